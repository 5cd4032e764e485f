"""What every fault has in common: how often it applies, how long it holds, and that its happening can be awaited."""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field


class FaultError(RuntimeError):
    """A fault that was armed did not happen: whatever the case shows, it does not show what the fault would do."""


@dataclass(eq=False, kw_only=True)
class Fault[Passing](ABC):
    """Passed over `skip` times, then applied at most `times` times (None: every time) to what passes on the wire."""

    times: int | None = 1
    skip: int = 0
    seconds: float | None = None
    until: asyncio.Event | None = None
    seen: int = 0
    applied: int = 0
    _happened: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def __post_init__(self) -> None:
        if self.skip < 0 or (self.times is not None and self.times < 1):
            raise ValueError(f"{self}: times must be at least 1 (or None) and skip at least 0")

    @abstractmethod
    def matches(self, passing: Passing) -> bool:
        """Say whether what passes is one of this fault's."""

    def takes(self, passing: Passing) -> bool:
        """Count what reaches this fault; say whether it is applied to it."""
        if not self.matches(passing) or (self.times is not None and self.applied >= self.times):
            return False
        self.seen += 1
        if self.seen <= self.skip:
            return False
        self.applied += 1
        self._happened.set()
        return True

    async def hold(self) -> None:
        """Wait as long as this delay says: until its event is set, or for its seconds."""
        if self.until is not None:
            await self.until.wait()
        if self.seconds is not None:
            await asyncio.sleep(self.seconds)

    async def happens(self, within_s: float = 5.0) -> None:
        """Return once the fault has been applied; raises `FaultError` if it is not within `within_s` seconds."""
        try:
            async with asyncio.timeout(within_s):
                await self._happened.wait()
        except TimeoutError:
            raise FaultError(f"{self}: did not happen within {within_s:g} s, nothing like it passed") from None


def one_duration(what: str, seconds: float | None, until: asyncio.Event | None) -> None:
    """Refuse a delay that has no end, or two."""
    if (seconds is None) == (until is None):
        raise ValueError(f"{what}: give either seconds or until=Event, exactly one of the two")
