"""The history: all that happened in one case, in one order.

Commands, wire, trader events and snapshots are appended to one list by whoever saw them; every check reads this list
and nothing else. On disk a history is JSON lines, so that any check can be re-run offline over any stored history.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, overload

import msgspec

from conformance.history.entries import Entry
from conformance.history.folding import folded
from conformance.history.stored import read_entries, write_entries
from conformance.history.timeline import WIDTH, describe

_POLL_S = 0.5
"""A wait so short looks whether something happens at all: it is no deadline of anything."""


@dataclass(frozen=True, slots=True)
class Tight:
    """What was waited for, and how much of its deadline that took, of 1."""

    what: str
    share: float


class DeadlineError(AssertionError):
    """Something required did not happen in time. `since` is how many entries there were when the wait began."""

    def __init__(self, message: str, since: int = 0) -> None:
        super().__init__(message)
        self.since = since


class History:
    """Append-only entries, awaitable: `await history.wait(predicate)` returns the first entry that satisfies it."""

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self._clock = clock
        self._entries: list[Entry] = []
        self._grown = asyncio.Event()
        self._listeners: list[Callable[[Entry], None]] = []
        self._ended: Exception | None = None
        self.tightest: Tight | None = None
        """Of all waits that came to a good end, the one that took most of its deadline."""

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def now_s(self) -> float:
        """Return the history's own clock in seconds, for deadlines."""
        return self._clock() / 1e9

    @property
    def entries(self) -> Sequence[Entry]:
        """All entries so far, oldest first."""
        return self._entries

    def append[E: Entry](self, entry: E, *, at_ns: int | None = None) -> E:
        """Write one entry down, in its place and at its time, and wake all waiters; return it as it was written.

        `at_ns` is the monotonic time at which it happened, where the writer knows it better than the clock at this
        moment (a trader's event is stamped in the trader's own process). The sequence is the order of arrival.
        """
        now_ns = self._clock() if at_ns is None else at_ns
        written = msgspec.structs.replace(entry, seq=len(self._entries), ns=now_ns)
        self._entries.append(written)
        for listener in self._listeners:
            listener(written)
        self._grown.set()
        return written

    def listen(self, listener: Callable[[Entry], None]) -> None:
        """Call `listener` with every entry from now on, as it is appended."""
        self._listeners.append(listener)

    @overload
    def of[A: Entry](self, first: type[A], /, *, since: int = 0) -> list[A]: ...
    @overload
    def of[A: Entry, B: Entry](self, first: type[A], second: type[B], /, *, since: int = 0) -> list[A | B]: ...
    @overload
    def of[A: Entry, B: Entry, C: Entry](
        self, first: type[A], second: type[B], third: type[C], /, *, since: int = 0
    ) -> list[A | B | C]: ...
    def of(self, *kinds: type[Any], since: int = 0) -> list[Any]:
        """Return the entries of the given types whose sequence number is at least `since`."""
        return [entry for entry in self._entries[since:] if isinstance(entry, kinds)]

    def waited(self, what: str, seconds: float, within_s: float) -> None:
        """Note that a wait came to a good end in so many seconds of those that it had."""
        share = seconds / within_s
        if within_s > _POLL_S and (self.tightest is None or share > self.tightest.share):
            self.tightest = Tight(what.splitlines()[0][:120], round(share, 3))

    def end(self, error: Exception) -> None:
        """Declare the history complete: present and later waiters get `error` instead of a deadline."""
        self._ended = error
        self._grown.set()

    async def wait_for[E: Entry](
        self, kind: type[E], predicate: Callable[[E], bool], *, what: str, within_s: float = 5.0, since: int = 0
    ) -> E:
        """Return the first entry of one type from `since` on that satisfies `predicate`; see `wait`."""
        found = await self.wait(
            lambda entry: isinstance(entry, kind) and predicate(entry), what=what, within_s=within_s, since=since
        )
        assert isinstance(found, kind)
        return found

    async def wait(
        self, predicate: Callable[[Entry], bool], *, what: str, within_s: float = 5.0, since: int = 0
    ) -> Entry:
        """Return the first entry from `since` on that satisfies `predicate`, waiting until it is written.

        Raises `DeadlineError`, which says `what` was awaited, after `within_s` seconds. Where a caller's own time ends
        first, its error has `what` as a note.
        """
        position, began = since, len(self._entries)
        began_ns = time.monotonic_ns()
        try:
            async with asyncio.timeout(within_s):
                while True:
                    # Cleared before the scan: an append between scan and wait is then never missed.
                    self._grown.clear()
                    while position < len(self._entries):
                        if predicate(self._entries[position]):
                            self.waited(what, (time.monotonic_ns() - began_ns) / 1e9, within_s)
                            return self._entries[position]
                        position += 1
                    if self._ended is not None:
                        raise self._ended
                    await self._grown.wait()
        except TimeoutError:
            raise DeadlineError(f"{what}: did not happen within {within_s:g} s", began) from None
        except asyncio.CancelledError as cut_short:
            cut_short.add_note(f"waiting for {what}")
            raise

    def timeline(self, last: int | None = 60, width: int = WIDTH) -> str:
        """Return what happened as a person reads it, times in ms since the first entry; None shows all lines.

        Start-up, market data and the suite's own requests are folded into one line each. What decides nothing is cut
        at `width` columns, counted without the times.
        """
        told = folded(self._entries)
        shown = told if last is None else told[-last:]
        if not shown:
            return "  (nothing happened)"
        start = self._entries[0].ns
        lines = [f"  {(each.ns - start) / 1e6:10.1f} ms  {describe(each, width)}" for each in shown]
        if len(told) > len(shown):
            lines.insert(0, f"  … {len(told) - len(shown)} earlier lines")
        return "\n".join(lines)

    def write(self, path: Path) -> None:
        """Store the history as JSON lines; the file appears whole or not at all."""
        write_entries(self._entries, path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Load a stored history; raises `HistoryError` naming the line that is damaged or out of order."""
        history = cls()
        history._entries.extend(read_entries(path))
        return history
