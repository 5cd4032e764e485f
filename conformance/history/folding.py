"""Shortens a timeline: start-up, market data and the suite's own questions fold to a line each.

A fault, a refusal, an event of an order and whatever a case has prepared at the venue before a start never folds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from msgspec.structs import replace

from conformance.binance.usdm import CHANGE_LEVERAGE, SYMBOL_CONFIG
from conformance.history.entries import (
    Answer,
    Command,
    Connection,
    Control,
    Entry,
    Event,
    FailedCheck,
    Frame,
    Reply,
    Request,
    Snapshot,
)

_BARRIER = frozenset({CHANGE_LEVERAGE.route, SYMBOL_CONFIG.route})
_START, _STOP, _MARKET, _HEARD, _LOOKS = "start-up", "end", "market data", "barrier", "looks"


@dataclass(frozen=True, slots=True)
class Fold:
    """Entries that are one line: `what` they are together, with the time of the first."""

    what: str
    entries: tuple[Entry, ...]

    @property
    def ns(self) -> int:
        """The monotonic time of the first entry."""
        return self.entries[0].ns


@dataclass(frozen=True, slots=True)
class WaitBegins:
    """The place where the wait began that ended in a failed check."""

    check: FailedCheck
    ns: int


type Told = Entry | Fold | WaitBegins


def folded(entries: Sequence[Entry]) -> list[Told]:
    """Return the lines of a timeline: routine entries folded, and a mark where the wait that failed began."""
    chatter = _Chatter(entries)
    waits = {each.began: each for each in entries if isinstance(each, FailedCheck) and each.began is not None}
    told: list[Told] = []
    for part in _cut_at(entries, waits):
        if part and (check := waits.get(part[0].seq)) is not None:
            told.append(WaitBegins(check, part[0].ns))
        spoken = [entry for entry in part if not (isinstance(entry, Reply) and entry.ok)]
        for what, group in groupby(spoken, key=chatter.of):
            together = tuple(group)
            told.extend(together if what is None else [Fold(_said(what, together), together)])
    return told


def _cut_at(entries: Sequence[Entry], places: Mapping[int, object]) -> list[Sequence[Entry]]:
    cuts = [0, *sorted(place for place in places if 0 < place < len(entries)), len(entries)]
    return [entries[start:end] for start, end in pairwise(cuts)]


class _Chatter:
    """Which entries of one history belong to which chatter."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._requests = {entry.id: entry for entry in entries if isinstance(entry, Request)}
        self._started = _end_of_start(entries)
        self._stopped = _start_of_end(entries)
        self._unchanged = _unchanged_at_the_venue(entries)

    def of(self, entry: Entry) -> str | None:
        """Return the name of the routine that the entry is part of; None for an entry with a line of its own."""
        if entry.seq < self._started and self._is_plain(entry):
            return _START
        if entry.seq >= self._stopped:
            return _STOP
        if isinstance(entry, Frame | Connection) and entry.channel == "market" and _is_calm(entry):
            return _MARKET
        if isinstance(entry, Frame) and entry.event is not None and entry.event.name == "ACCOUNT_CONFIG_UPDATE":
            return _HEARD
        return _LOOKS if entry.seq in self._unchanged else self._of_the_suite(entry)

    def _of_the_suite(self, entry: Entry) -> str | None:
        request = self._requests.get(entry.to) if isinstance(entry, Answer) else entry
        if not isinstance(request, Request) or request.by != "suite":
            return None
        if isinstance(entry, Answer) and entry.status != 200:
            return None
        if request.route in _BARRIER:
            return _HEARD
        return _LOOKS if request.method == "GET" else None

    def _is_plain(self, entry: Entry) -> bool:
        if isinstance(entry, Answer):
            return entry.status == 200 and entry.source != "fault" and entry.ended == "answered"
        if isinstance(entry, Connection):
            return entry.state == "open"
        if isinstance(entry, Event):
            return entry.client_order_id is None and entry.symbol is None
        if isinstance(entry, Snapshot):
            return not entry.orders and not entry.positions
        return isinstance(entry, Request | Frame | Command | Reply)


def _is_calm(entry: Frame | Connection) -> bool:
    return isinstance(entry, Frame) or entry.state == "open"


def _end_of_start(entries: Sequence[Entry]) -> int:
    """Return where the first trader's start has ended; 0 where the case has prepared something before it."""
    start: int | None = None
    for entry in entries:
        acts = isinstance(entry, Request) and entry.by == "suite" and entry.method != "GET"
        if start is None and (acts or isinstance(entry, Control | FailedCheck)):
            return 0
        if isinstance(entry, Command) and entry.op == "start":
            start = entry.n
        elif start is not None and isinstance(entry, Event) and entry.acts:
            return entry.seq  # What its strategy does in its on_start is no routine.
        elif isinstance(entry, Reply) and entry.n == start:
            return entry.seq if entry.ok else 0
    return 0


def _unchanged_at_the_venue(entries: Sequence[Entry]) -> set[int]:
    """Return which looks at the venue's books showed what the last one did: who waits for an end looks many times."""
    found: set[int] = set()
    latest: Snapshot | None = None
    for entry in entries:
        if isinstance(entry, Snapshot) and entry.who == "venue":
            if latest is not None and replace(entry, seq=latest.seq, ns=latest.ns) == latest:
                found.add(entry.seq)
            latest = entry
    return found


def _start_of_end(entries: Sequence[Entry]) -> int:
    """Return where the last stop begins, if nothing but its own consequences follows."""
    for entry in reversed(entries):
        if isinstance(entry, Command):
            return entry.seq if entry.op == "stop" else len(entries)
        if not isinstance(entry, Reply | Connection | Frame | Request | Answer):
            break
    return len(entries)


def _said(what: str, entries: Sequence[Entry]) -> str:
    requests = sum(isinstance(entry, Request) for entry in entries)
    frames = sum(isinstance(entry, Frame) for entry in entries)
    streams = sum(isinstance(entry, Connection) for entry in entries)
    match what:
        case "start-up":
            return f"start-up: {requests} requests, all answered; {streams} streams opened"
        case "end":
            return "the trader is stopped, its streams close"
        case "market data":
            return f"market data: {frames} frames" if frames else "market data: a stream opened"
        case "barrier":
            return "the suite makes sure that the trader has heard all so far"
    return f"the suite looks at the venue: {requests} questions, answered"
