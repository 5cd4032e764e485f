"""Faults on frames: lost, duplicated, delayed, or delivered after a later one."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.gateway.route import logical_id

FrameFaultKind = Literal["lose", "duplicate", "reorder", "delay", "release"]
_CLIENT_IDS = ("c", "caid")


@dataclass(eq=False)
class FrameFault:
    """A fault on the frames of one event: passed over `skip` times, then applied at most `times` times."""

    what: FrameFaultKind
    event: str
    fields: Mapping[str, str] = field(default_factory=dict)
    times: int | None = 1
    skip: int = 0
    release: "FrameFault | None" = None
    seconds: float | None = None
    until: asyncio.Event | None = None
    seen: int = 0
    applied: int = 0

    def matches(self, event: Any) -> bool:
        """Say whether a frame's event is one of this fault's; fields are looked up at the top and in the order."""
        if not isinstance(event, Mapping) or self.event not in ("*", event.get("e")):
            return False
        order = event.get("o")
        values = {**event, **(order if isinstance(order, Mapping) else {})}
        return all(name in values and _same(name, values[name], value) for name, value in self.fields.items())

    def takes(self, event: Any) -> bool:
        """Count a frame that reaches this fault; say whether it is applied to it."""
        if not self.matches(event) or (self.times is not None and self.applied >= self.times):
            return False
        self.seen += 1
        if self.seen <= self.skip:
            return False
        self.applied += 1
        return True

    async def hold(self) -> None:
        """Wait as long as this delay says: until its event is set, or for its seconds."""
        if self.until is not None:
            await self.until.wait()
        if self.seconds is not None:
            await asyncio.sleep(self.seconds)

    def __str__(self) -> str:
        which = "".join(f" {name}={value}" for name, value in self.fields.items())
        return f"{self.what} of {self.event}{which}"


class FrameFaults:
    """The faults on frames of one case, in the order they were armed."""

    def __init__(self) -> None:
        self.armed: list[FrameFault] = []

    def arm(self, fault: FrameFault) -> FrameFault:
        """Add a fault; returns it, so that a case can look at what became of it."""
        if fault.skip < 0 or (fault.times is not None and fault.times < 1):
            raise ValueError(f"{fault}: times must be at least 1 (or None) and skip at least 0")
        self.armed.append(fault)
        return fault

    def choose(self, event: Any) -> FrameFault | None:
        """Return the fault that applies to this event, counting it."""
        return next((fault for fault in self.armed if fault.takes(event)), None)


def _same(name: str, value: Any, wanted: str) -> bool:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return logical_id(text) == logical_id(wanted) if name in _CLIENT_IDS else text == wanted
