"""Where an adapter can be wrong on the wire: every field that a history shows on its way from or to the trader."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from conformance.binance.events import AlgoUpdate, OrderUpdate
from conformance.binance.events import Event as VenueEvent
from conformance.history.entries import Answer, Event, Frame, Request
from conformance.history.history import History

Way = Literal["request", "answer", "frame", "event"]
"""A request of the trader's, an answer to a read, a frame of its user stream, an event of its node."""

_WORD = re.compile(r"[A-Z][A-Z0-9_]+")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One field on one way; no field means the whole of it.

    `of` is a route, an event of the venue's (`ORDER_TRADE_UPDATE/TRADE`: by what it tells, where it is the whole), or
    an event of the trader's; `field` a path, `o.S`, where `[]` stands for each row. A path that ends in `[]` is a list
    of an answer that had several rows: `symbols[]`, or `[]` where the answer is the list.
    """

    way: Way
    of: str
    field: str = ""

    @property
    def is_list(self) -> bool:
        """Whether this is a list with its rows, not a value."""
        return self.field.endswith("[]")

    def __str__(self) -> str:
        return " ".join(filter(None, (self.way, self.of, self.field)))


def places(history: History) -> set[Place]:
    """Return every place that the history shows."""
    found: set[Place] = set()
    reads: dict[int, str] = {}
    for entry in history:
        match entry:
            case Request(by="trader"):
                found.add(Place("request", entry.route))
                found |= {Place("request", entry.route, name) for name in entry.params}
                if entry.method == "GET":
                    reads[entry.id] = entry.route
            case Answer(by="trader", ended="answered", status=200) if entry.to in reads:
                route = reads[entry.to]
                found |= {Place("answer", route, path) for path in _values(entry.body)} | {Place("answer", route)}
                found |= {Place("answer", route, path) for path in lists(entry.body)}
            case Frame(channel="user") if entry.event is not None:
                found.add(Place("frame", named(entry.event)))
                found |= {Place("frame", entry.event.name, path) for path in _values(entry.data)}
            case Event():
                found.add(Place("event", entry.name))
                found |= {Place("event", entry.name, path) for path in _values(entry.fields())}
    return found


def words(history: History) -> set[str]:
    """Return every word of a closed list that passes the wire, such as `AMENDMENT`: all capitals, no figure alone."""
    found: set[str] = set()
    for entry in history:
        match entry:
            case Request(by="trader"):
                said: Any = entry.params
            case Answer(by="trader", ended="answered"):
                said = entry.body
            case Frame(channel="user"):
                said = entry.data
            case _:
                continue
        found |= {value for _, value in fields(said) if isinstance(value, str) and _WORD.fullmatch(value)}
    return found


def named(event: VenueEvent) -> str:
    """Return a frame's name: its event, of an order with what it tells."""
    match event:
        case OrderUpdate():
            return f"{event.name}/{event.execution or event.status}"
        case AlgoUpdate():
            return f"{event.name}/{event.status}"
        case _:
            return event.name


def fields(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path of every plain value with one of its values."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from fields(value, f"{path}.{name}" if path else str(name))
    elif isinstance(data, list | tuple):
        for row in data:
            yield from fields(row, f"{path}[]")
    elif path and data is not None:
        yield path, data


def _values(data: Any) -> set[str]:
    """Return the path of every value that can be altered: one of a list of words or numbers has no name of its own."""
    return {path for path, _ in fields(data) if not path.endswith("[]")}


def lists(data: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every list that has several rows, such as `symbols[]`."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from lists(value, f"{path}.{name}" if path else str(name))
    elif isinstance(data, list | tuple):
        if len(data) > 1 and isinstance(data[0], Mapping):
            yield f"{path}[]"
        for row in data:
            yield from lists(row, f"{path}[]")
