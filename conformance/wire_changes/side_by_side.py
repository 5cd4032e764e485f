"""Two histories of one case side by side: what was done, sent, told and emitted, without what differs in every run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest

from conformance.binance.events import AlgoUpdate, OrderUpdate
from conformance.binance.fate import code_of
from conformance.history.entries import (
    Answer,
    Command,
    Connection,
    Control,
    Entry,
    Event,
    FaultApplied,
    Frame,
    Request,
)
from conformance.history.history import History
from conformance.wire_changes.names import Names
from conformance.wire_changes.observed import path_of, value_of

_UNSAID = ("signature", "timestamp", "apiKey", "listenKey")


@dataclass(frozen=True, slots=True)
class Row:
    """What happened on either side at the same place; None where nothing corresponds."""

    left: str | None
    right: str | None

    @property
    def same(self) -> bool:
        """Whether both sides did the same."""
        return self.left == self.right


def side_by_side(left: History, right: History) -> Sequence[Row]:
    """Return both histories, aligned by what they have in common."""
    one, other = _told(left), _told(right)
    rows: list[Row] = []
    for _, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        rows += [Row(mine, theirs) for mine, theirs in zip_longest(one[a:b], other[c:d])]
    return rows


def _told(history: History) -> list[str]:
    """Return the history as lines; questions that were asked at the same time stand in one order."""
    names = Names(history)
    lines = [line for entry in history for line in _line(entry, names)]
    told: list[str] = []
    for together, group in groupby(lines, key=lambda line: line.startswith("trader → GET")):
        asked = list(group)
        told += sorted(asked) if together else asked
    return told


def _line(entry: Entry, names: Names) -> Iterator[str]:
    match entry:
        case Command():
            named = " ".join(filter(None, map(names.order, entry.orders)))
            yield f"case: {entry.op} {named}".rstrip()
        case Control():
            yield f"venue: {entry.what}"
        case FaultApplied():
            yield f"fault: {entry.what} {entry.route or ''}".rstrip()
        case Request() if entry.by == "trader":
            params = (f"{name}={value_of(name, value, names)}" for name, value in entry.params.items())
            said = " ".join(sorted(each for each in params if each.partition("=")[0] not in _UNSAID))
            yield f"trader → {entry.route} {said}".rstrip()
        case Answer() if entry.by == "trader" and (entry.status != 200 or entry.ended != "answered"):
            yield f"venue → {entry.status or entry.ended} {code_of(entry.body) or ''}".rstrip()
        case Connection() if entry.channel != "market":
            yield f"connection: {entry.channel} {entry.state} {path_of(entry.path)}".rstrip()
        case Frame() if entry.channel == "user" and entry.direction == "down":
            yield from _frame(entry, names)
        case Event():
            order = names.order(entry.client_order_id) or entry.client_order_id or entry.symbol or ""
            yield f"event: {entry.name} {order} {entry.status or ''}".rstrip()


def _frame(frame: Frame, names: Names) -> Iterator[str]:
    told = frame.event
    if isinstance(told, OrderUpdate):
        yield f"venue ⇒ {told.name} {names.order(told.client_order_id)} {told.execution} {told.status}"
    elif isinstance(told, AlgoUpdate):
        yield f"venue ⇒ {told.name} {names.order(told.client_algo_id)} {told.status}"
    elif told is not None:
        yield f"venue ⇒ {told.name}"
