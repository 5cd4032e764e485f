"""The venue's clock: wall time plus an offset that a control may advance, and the timers that hang on it."""

import heapq
import itertools
import time
from collections.abc import Callable


class Timer:
    """Something that happens once at a venue time, unless cancelled first."""

    __slots__ = ("at_ms", "callback")

    def __init__(self, at_ms: int, callback: Callable[[], None]) -> None:
        self.at_ms = at_ms
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """Let the time pass without anything happening."""
        self.callback = None


class Clock:
    """Milliseconds since the epoch, as the venue tells them.

    Timers run when `run_due` is called: by the server shortly after they are due, and by `advance` at once.
    """

    def __init__(self, wall_ns: Callable[[], int] = time.time_ns) -> None:
        self._wall_ns = wall_ns
        self._offset_ms = 0
        self._timers: list[tuple[int, int, Timer]] = []
        self._order = itertools.count()
        self._running = False
        self.on_change: Callable[[], None] = lambda: None
        """Called when the next due time may have changed; the server re-arms its alarm."""

    def now_ms(self) -> int:
        """Return the venue's time in ms since the epoch."""
        return self._wall_ns() // 1_000_000 + self._offset_ms

    def at(self, at_ms: int, callback: Callable[[], None]) -> Timer:
        """Call `callback` once the venue's time reaches `at_ms`."""
        timer = Timer(at_ms, callback)
        heapq.heappush(self._timers, (at_ms, next(self._order), timer))
        if self._timers[0][2] is timer:
            self.on_change()
        return timer

    def next_due_ms(self) -> int | None:
        """Return when the next timer is due, or None."""
        while self._timers and self._timers[0][2].callback is None:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def run_due(self) -> None:
        """Run every timer that is due, in the order of their times."""
        if self._running:
            return
        self._running = True
        try:
            while (due := self.next_due_ms()) is not None and due <= self.now_ms():
                callback = heapq.heappop(self._timers)[2].callback
                if callback is not None:
                    callback()
        finally:
            self._running = False

    def skew(self, ms: int) -> None:
        """Let the venue's time differ by `ms` more from the wall's; timers keep their venue time.

        Unlike `advance` it may be negative, and passes over the time between at once.
        """
        self._offset_ms += ms
        self.run_due()
        self.on_change()

    def advance(self, ms: int) -> None:
        """Move the venue's time forward by `ms` milliseconds, stopping at every timer on the way.

        The time that those timers take comes on top: afterwards the venue is ahead of the wall by `ms` more, to the
        millisecond, however busy the machine is. What falls due meanwhile is left to `run_due`.
        Raises `ValueError` for a negative step: a venue's time does not run backwards.
        """
        if ms < 0:
            raise ValueError(f"the venue's clock cannot go back by {-ms} ms; give a number of ms of at least 0")
        target_ms, ahead_ms = self.now_ms() + ms, self._offset_ms + ms
        while (due := self.next_due_ms()) is not None and due <= target_ms:
            self._offset_ms += max(0, due - self.now_ms())
            self.run_due()
        self._offset_ms = max(self._offset_ms, ahead_ms)
        self.on_change()
