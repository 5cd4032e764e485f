"""The history: all that happened in one case, in one order.

Commands, wire, trader events and snapshots are appended to one list by whoever saw them; every check reads this list
and nothing else. On disk a history is JSON lines, so that any check can be re-run offline over any stored history.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from conformance.history.record import KINDS, Kind, Record
from conformance.history.timeline import describe


class HistoryError(ValueError):
    """A stored history that cannot be read; the message names file, line and remedy."""


class DeadlineError(AssertionError):
    """Something required did not happen in time. Carries the history's timeline as its explanation."""


class History:
    """Append-only records, awaitable: `await history.wait(predicate)` returns the first record that satisfies it."""

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self._clock = clock
        self._records: list[Record] = []
        self._grown = asyncio.Event()
        self._listeners: list[Callable[[Record], None]] = []
        self._ended: Exception | None = None

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def now_s(self) -> float:
        """Return the history's own clock in seconds, for deadlines."""
        return self._clock() / 1e9

    @property
    def records(self) -> Sequence[Record]:
        """All records so far, oldest first."""
        return self._records

    def append(self, kind: Kind, *, at_ns: int | None = None, **data: Any) -> Record:
        """Write one record down and wake whoever waits.

        `at_ns` is the monotonic time at which it happened, where the writer knows it better than the clock at this
        moment (a trader's event is stamped in the trader's own process). The sequence is the order of arrival.
        """
        record = Record(len(self._records), self._clock() if at_ns is None else at_ns, kind, data)
        self._records.append(record)
        for listener in self._listeners:
            listener(record)
        self._grown.set()
        return record

    def listen(self, listener: Callable[[Record], None]) -> None:
        """Call `listener` with every record from now on, as it is appended."""
        self._listeners.append(listener)

    def of(self, *kinds: Kind, since: int = 0) -> list[Record]:
        """Return the records of the given kinds whose sequence number is at least `since`."""
        return [record for record in self._records[since:] if record.kind in kinds]

    def end(self, error: Exception) -> None:
        """Say that nothing more can come, and why: whoever waits, now or later, gets `error` instead of a deadline."""
        self._ended = error
        self._grown.set()

    async def wait(
        self, predicate: Callable[[Record], bool], *, what: str, within_s: float = 5.0, since: int = 0
    ) -> Record:
        """Return the first record from `since` on that satisfies `predicate`, waiting until it is written.

        Raises `DeadlineError`, which says `what` was awaited and shows the timeline, after `within_s` seconds.
        """
        position = since
        try:
            async with asyncio.timeout(within_s):
                while True:
                    # Cleared before the scan: an append between scan and wait is then never missed.
                    self._grown.clear()
                    while position < len(self._records):
                        if predicate(self._records[position]):
                            return self._records[position]
                        position += 1
                    if self._ended is not None:
                        raise self._ended
                    await self._grown.wait()
        except TimeoutError:
            raise DeadlineError(f"{what}: did not happen within {within_s:g} s\n{self.timeline()}") from None

    def timeline(self, last: int = 60) -> str:
        """Return what happened as a person reads it: one line a record, times in ms since the first."""
        shown = self._records[-last:]
        if not shown:
            return "  (nothing happened)"
        start = self._records[0].ns
        lines = [f"  {(record.ns - start) / 1e6:10.1f} ms  {describe(record)}" for record in shown]
        if len(self._records) > last:
            lines.insert(0, f"  … {len(self._records) - last} earlier records")
        return "\n".join(lines)

    def write(self, path: Path) -> None:
        """Store the history as JSON lines; the file appears whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        partial.write_text("".join(record.to_json() + "\n" for record in self._records), encoding="utf-8")
        partial.replace(path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Load a stored history; raises `HistoryError` naming the line that is damaged or out of order."""
        history = cls()
        for number, line in enumerate(path.read_text(encoding="utf-8").removesuffix("\n").split("\n"), start=1):
            try:
                raw = json.loads(line)
                record = Record(int(raw["seq"]), int(raw["ns"]), raw["kind"], raw["data"])
            except (ValueError, KeyError, TypeError) as error:
                raise HistoryError(
                    f"{path}:{number}: not a history record ({error}); the file was cut or edited: record it again"
                ) from error
            if record.kind not in KINDS or record.seq != number - 1:
                raise HistoryError(
                    f"{path}:{number}: expected record {number - 1} of a kind in {', '.join(KINDS)}, "
                    f"found record {record.seq} of kind {record.kind!r}"
                )
            history._records.append(record)
        return history
