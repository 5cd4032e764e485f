"""Lineages: which traders of a history keep the same books, one handing them on to the next by a cache database."""

from typing import Any

from conformance.history.entries import Command, Event
from conformance.history.history import History


class Lineages:
    """Numbers the books that the traders of a history keep.

    A trader begins with an empty book, unless its config names a cache database that an earlier one had: then it goes
    on with that one's. Events that do not say whose they are belong to one trader, whatever was started.
    """

    def __init__(self, history: History) -> None:
        self.starts = [command for command in history.of(Command) if command.op == "start"]
        self._told = any(event.trader is not None for event in history.of(Event))
        self._books: list[int] = []
        seen: dict[tuple[Any, Any], int] = {}
        for number, start in enumerate(self.starts):
            cache = _cache(start)
            book = seen.get(cache, number) if cache else number
            self._books.append(book)
            if cache:
                seen[cache] = book

    def of(self, event: Event) -> int:
        """Return the number of the book that an event changed."""
        index = self._start_of(event)
        return 0 if index is None else self._books[index]

    def start_of(self, event: Event) -> Command | None:
        """Return the start of the trader that an event is of, None where it does not say whose it is."""
        index = self._start_of(event)
        return None if index is None else self.starts[index]

    def are_of_one(self, event: Event, other: Event) -> bool:
        """Whether two events are of one trader, and not of one that goes on with the other's books."""
        return self._start_of(event) == self._start_of(other)

    def _start_of(self, event: Event) -> int | None:
        # A process that is replaced counts its commands anew: the latest start of that number is the event's.
        numbered = (
            index for index, start in enumerate(self.starts) if start.n == event.trader and start.seq < event.seq
        )
        return None if event.trader is None else max(numbered, default=None)

    def at(self, seq: int) -> int:
        """Return the number of the book of the trader that was started last before `seq`."""
        started = sum(start.seq <= seq for start in self.starts)
        return self._books[started - 1] if started and self._told else 0

    def last_before(self, seq: int) -> Command | None:
        """Return the start of the trader that was started last before `seq`, None before the first."""
        return next((start for start in reversed(self.starts) if start.seq <= seq), None)

    def goes_on(self, start: Command) -> bool:
        """Whether this start takes up an earlier trader's book."""
        index = self.starts.index(start)
        return self._books[index] < index


def _cache(start: Command) -> tuple[Any, Any] | None:
    database = start.config.get("cache_database")
    return (database, start.config.get("trader_id")) if database else None
