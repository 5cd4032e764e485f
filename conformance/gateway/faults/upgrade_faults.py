"""Faults on WebSocket connections as they are opened: what the trader gets in place of the venue's."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from conformance.gateway.faults.fault import Fault
from conformance.history.entries import Channel

type Opening = Literal["held", "reset", "closed", "late"] | int


@dataclass(eq=False, kw_only=True)
class UpgradeFault(Fault[Channel]):
    """The connection is accepted, and no stream comes of it, or not yet.

    `opening` is `held` for a peer that says nothing more, `reset` for one that cuts it, or the HTTP status that refuses
    it; of these no WebSocket comes. With `closed` there is one, and it is closed before a word was said on it. One that
    is `late` is upgraded once the fault is over, as one on a slow way: it needs `until`.
    """

    what: ClassVar[str] = "upgrade"

    channel: Channel
    opening: Opening

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.opening == "late" and self.until is None:
            raise ValueError(f"{self}: give until=Event, without which it never opens")

    def matches(self, passing: Channel) -> bool:
        """Say whether a connection of this channel is one of this fault's."""
        return passing == self.channel

    def __str__(self) -> str:
        return f"{self.what} of a {self.channel} connection {self.opening}"
