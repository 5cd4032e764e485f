"""The sequence diagram of a history: who said what to whom, and two of them aligned, step by step."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import zip_longest

from conformance.binance.client_order_id import own_id
from conformance.binance.events import AlgoUpdate, OrderUpdate
from conformance.history.entries import (
    Answer,
    Command,
    Connection,
    Control,
    Event,
    FailedCheck,
    FaultApplied,
    Frame,
    Reply,
    Request,
    Snapshot,
)
from conformance.history.folding import Fold, Told, WaitBegins, folded
from conformance.history.history import History
from conformance.history.timeline import line_of

LONGEST = 160
"""More steps than this are no longer read in a diagram; the stored history has them all."""
_FIELDS = re.compile(r" (?=[\w.]+=)")
_NUMBERED = re.compile(r"#\d+ ?")


class Lane(IntEnum):
    """Who takes part, from left to right."""

    STRATEGY = 0
    TRADER = 1
    GATEWAY = 2
    VENUE = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step: an arrow between two lanes, a mark on one (`start` and `end` are the same), or a band over all."""

    kind: str
    title: str
    fields: str = ""
    """What a reader decides by, beyond the title."""
    rest: str = ""
    start: Lane | None = None
    """None is a band over all lanes."""
    end: Lane | None = None
    ms: float = 0.0
    key: str = ""
    """What aligns it with a step of another history: the same in every run."""

    @property
    def left(self) -> int:
        """The leftmost lane, counted from 0."""
        return min(self.start or 0, self.end or 0)

    @property
    def width(self) -> int:
        """How many lanes the arrow crosses."""
        return abs((self.start or 0) - (self.end or 0))

    @property
    def backward(self) -> bool:
        """Whether it points to the left."""
        return (self.end or 0) < (self.start or 0)


@dataclass(frozen=True, slots=True)
class Row:
    """A step of the baseline beside one of the candidate; None where only the other side has one."""

    baseline: Step | None
    candidate: Step | None

    @property
    def differs(self) -> bool:
        """Whether the two sides do different things here; what folds is no difference, nor a look at the books."""
        if all(each is None or each.kind in ("fold", "books") for each in (self.baseline, self.candidate)):
            return False
        return self.baseline is None or self.candidate is None or self.baseline.key != self.candidate.key


def steps_of(history: History) -> list[Step]:
    """Return a history's steps; times count from the case's first command to a trader that has started."""
    entries = history.entries
    if not entries:
        return []
    acts = (entry.ns for entry in entries if isinstance(entry, Command) and entry.op != "start")
    zero = next(acts, entries[0].ns)
    unsent = {entry.to for entry in entries if isinstance(entry, FaultApplied) and entry.processed is False}
    return [replace(_step(told, unsent), ms=(told.ns - zero) / 1e6) for told in folded(entries)]


def aligned(baseline: Sequence[Step], candidate: Sequence[Step]) -> list[Row]:
    """Return both sides row by row: what both do stands beside each other."""
    matcher = SequenceMatcher(None, [each.key for each in baseline], [each.key for each in candidate], autojunk=False)
    rows: list[Row] = []
    for _, start, end, other_start, other_end in matcher.get_opcodes():
        pairs = zip_longest(baseline[start:end], candidate[other_start:other_end])
        rows.extend(Row(one, other) for one, other in pairs)
    return rows


def shortened(rows: Sequence[Row]) -> tuple[Sequence[Row], int]:
    """Return the rows that are drawn, those before the end of what went wrong, and how many were left out."""
    failed = [number for number, row in enumerate(rows) if row.candidate and row.candidate.kind == "check"]
    last = min(len(rows), (failed[-1] if failed else len(rows)) + 10)
    kept = rows[max(0, last - LONGEST) : last]
    return kept, len(rows) - len(kept)


def _step(told: Told, unsent: set[int | None]) -> Step:
    line = line_of(told)
    title, *fields = _FIELDS.split(line.what, maxsplit=1)
    kind, start, end = _place(told, unsent)
    if isinstance(told, FaultApplied):
        title = f"fault: {title}"
    return Step(kind, title, "".join(fields), line.rest, start, end, key=_key(told, title))


def _place(told: Told, unsent: set[int | None]) -> tuple[str, Lane | None, Lane | None]:
    """Return the kind of a step, and from where to where it goes."""
    match told:
        case Command():
            return "command", Lane.STRATEGY, Lane.TRADER
        case Reply():
            return "refused", Lane.TRADER, Lane.STRATEGY
        case Event():
            return "event", Lane.TRADER, Lane.STRATEGY
        case Request(by="suite"):
            return "suite", Lane.GATEWAY, Lane.VENUE
        case Request():
            return "request", Lane.TRADER, Lane.GATEWAY if told.id in unsent else Lane.VENUE
        case Answer():
            return _answered(told)
        case Frame():
            return "frame", *((Lane.VENUE, Lane.TRADER) if told.direction == "down" else (Lane.TRADER, Lane.VENUE))
        case Connection():
            return "connection", Lane.GATEWAY, Lane.GATEWAY
        case FaultApplied():
            return "fault", Lane.GATEWAY, Lane.GATEWAY
        case Control():
            return "control", Lane.VENUE, Lane.VENUE
        case Snapshot():
            lane = Lane.TRADER if told.who == "trader" else Lane.VENUE
            return "books", lane, lane
    kinds: Mapping[type, str] = {FailedCheck: "check", WaitBegins: "wait", Fold: "fold"}
    return kinds.get(type(told), "note"), None, None


def _answered(answer: Answer) -> tuple[str, Lane, Lane]:
    if answer.by == "suite":
        return "suite", Lane.VENUE, Lane.GATEWAY
    if answer.ended == "hung":
        return "fault", Lane.GATEWAY, Lane.GATEWAY
    if answer.ended == "dropped" or answer.source == "fault":
        return "faulty", Lane.GATEWAY, Lane.TRADER
    return ("answer" if answer.status == 200 else "error"), Lane.VENUE, Lane.TRADER


def _key(told: Told, title: str) -> str:
    """Return what is the same in every run: no numbers of requests, no ids but those that the case gave."""
    match told:
        case Event():
            return f"{told.name} {own_id(told.client_order_id or '')}"
        case Answer():
            code = told.body.get("code", "") if isinstance(told.body, dict) else ""
            return f"answer {told.by} {told.status} {told.ended} {told.source} {code}"
        case Frame() if told.event is not None:
            state = told.event.status if isinstance(told.event, OrderUpdate | AlgoUpdate) else ""
            return f"frame {told.event.name} {state}"
        case Connection():
            return f"connection {told.channel} {told.state}"
        case Snapshot():
            return f"books {told.who}"
        case Fold():
            return f"fold {told.what.partition(':')[0]}"
        case Control():
            return f"control {told.what}"
    return f"{type(told).__name__} {_NUMBERED.sub('', title)}"
