"""What every fault has in common: how often it applies, and that its happening can be awaited."""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar


class FaultError(RuntimeError):
    """A fault that was armed did not happen: whatever the case shows, it does not show what the fault would do."""


@dataclass(eq=False, kw_only=True)
class Fault[Passing](ABC):
    """Passed over `skip` times, then applied at most `times` times (None: every time) to what passes on the wire.

    With `until`, it applies for as long as the event is not set. An `optional` fault is one that a version may never
    meet: that it did not happen is no mistake of the case.
    """

    what: ClassVar[str]

    times: int | None = 1
    skip: int = 0
    until: asyncio.Event | None = None
    optional: bool = False
    seen: int = 0
    applied: int = 0
    _happened: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def __post_init__(self) -> None:
        if self.skip < 0 or (self.times is not None and self.times < 1):
            raise ValueError(f"{self}: times must be at least 1 (or None) and skip at least 0")
        if self.until is not None and self.times == 1:
            self.times = None

    @abstractmethod
    def matches(self, passing: Passing) -> bool:
        """Say whether what passes is one of this fault's."""

    def takes(self, passing: Passing) -> bool:
        """Count what reaches this fault; say whether it is applied to it."""
        if not self.matches(passing) or self.is_over:
            return False
        self.seen += 1
        if self.seen <= self.skip:
            return False
        self.applied += 1
        self._happened.set()
        return True

    def withdraw(self) -> None:
        """Apply it no more, however often it was to be: what comes now is no part of what the case is about."""
        self.times = self.applied

    @property
    def is_over(self) -> bool:
        """Whether it will not apply any more."""
        spent = self.times is not None and self.applied >= self.times
        return spent or (self.until is not None and self.until.is_set())

    async def happens(self, within_s: float = 5.0) -> None:
        """Return once the fault has been applied; raises `FaultError` if it is not within `within_s` seconds."""
        try:
            async with asyncio.timeout(within_s):
                await self._happened.wait()
        except TimeoutError:
            raise FaultError(f"{self}: did not happen within {within_s:g} s, nothing like it passed") from None


@dataclass(frozen=True, slots=True)
class Hold:
    """How long a delay lasts: for `seconds`, or until an event is set."""

    seconds: float | None
    event: asyncio.Event | None

    @classmethod
    def of(cls, what: str, seconds: float | None, event: asyncio.Event | None) -> "Hold":
        """Return the hold; a delay that has no end, or two, is refused."""
        if (seconds is None) == (event is None):
            raise ValueError(f"{what}: give either seconds or until=Event, exactly one of the two")
        return cls(seconds, event)

    async def passes(self) -> None:
        """Wait until it is over."""
        if self.event is not None:
            await self.event.wait()
        if self.seconds is not None:
            await asyncio.sleep(self.seconds)
