"""What one history shows of a version, topic by topic, in words that are the same in every run of that version.

A topic is one scalar: how often a route is asked for one cause, a parameter's value, how often an event is emitted for
one order, a field's value. Several runs of one version show a set of values on each topic; two versions differ where
their sets have nothing in common.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.binance.fields import figure
from conformance.history.entries import Connection, Event, Frame
from conformance.history.history import History
from conformance.invariants.order_acts import order_acts
from conformance.wire_changes.causes import RUNNING, START, STOP, Asked, Cause, Causes, often
from conformance.wire_changes.names import Names
from conformance.wire_changes.stages import Stages

Kind = Literal["asks", "carries", "emits", "says", "in order", "connects", "paces"]
TIME = "<time>"
ACCOUNT = "the account"
OWN_POSITION = "position "
"""How the positions begin that the trader's own orders opened, and closed if they are."""
_OTHER_POSITION = "another position "
#: Parameters that say when, or prove who asks.
_TIMES = re.compile(r"(?i)time(stamp)?$|date$")
_UNSAID = frozenset({"signature", "apiKey", "listenKey", "id"})
#: What an event says of the process or of the moment, and not of the order.
_OF_THE_RUN = frozenset({"ts_event", "trader", "strategy", "balances", "reported"})
_IDS = frozenset({"client_order_id", "venue_order_id", "opening_order_id", "closing_order_id", "client_order_ids"})
#: So many orders at once show how they are paced.
_BURST = 50
_LISTEN_KEY = re.compile(r"LISTENKEY-\d+")
_GENERATED = re.compile(r"\d{8}-\d{6}")
"""The date and time in a generated id."""
_SIDES = frozenset({"LONG", "SHORT", "BOTH"})
_NETTED = re.compile(r"\.BINANCE-(.+)")
_CODE = re.compile(r"-\d{4}\b")


@dataclass(frozen=True, slots=True)
class Topic:
    """One scalar: `about` is what lines are grouped by, `where` the place in the case, `item` the detail of a line."""

    kind: Kind
    about: str
    where: tuple[Any, ...]
    item: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What one cause asked of the venue."""

    cause: Cause
    routes: Mapping[str, int]
    weight: int
    plain: bool
    """Whether nothing had gone wrong, and at a start there was nothing to take over."""

    @property
    def requests(self) -> int:
        """How many requests it was."""
        return sum(self.routes.values())


@dataclass(slots=True)
class Observed:
    """All topics of one history with their values. `places` are those that were reached, whatever was seen there."""

    values: dict[Topic, str] = field(default_factory=dict)
    places: set[tuple[Any, ...]] = field(default_factory=set)
    troubled: set[tuple[Any, ...]] = field(default_factory=set)
    """The occasions on which something had gone wrong, or a request was refused."""
    stages: dict[tuple[str, str, int], str] = field(default_factory=dict)
    """(order, event, nth) → the circumstances in which it was emitted."""
    costs: list[Cost] = field(default_factory=list)
    emitted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Order or position → the names of its events, in their order."""
    made: dict[tuple[str, str], str] = field(default_factory=dict)
    """(order, field) → its value as the strategy made the order."""
    sent: set[str] = field(default_factory=set)
    """The orders that the trader asked the venue to place."""
    kinds: dict[str, str] = field(default_factory=dict)
    """The types of the orders that the case had the trader place, by their names; "" where it is not known."""


def observe(history: History, until: int | None = None, names: Names | None = None) -> Observed:
    """Return what a history shows, up to entry `until` where that is given."""
    names = names or Names(history)
    seen = Observed()
    causes = Causes(history, names, until)
    asked = list(causes.asked())
    _asks(seen, asked, causes.all, causes.failed_starts)
    _carries(seen, asked, names)
    _paces(seen, asked)
    entries = history.entries if until is None else history.entries[:until]
    placing = (each for each in asked if (endpoint := each.request.endpoint) is not None and endpoint.act == "place")
    seen.sent = {name for each in placing for name in each.orders}
    seen.kinds = names.commanded
    _events(seen, [entry for entry in entries if isinstance(entry, Event)], names, Stages(history, names))
    for entry in entries:
        if isinstance(entry, Connection) and entry.state == "open":
            seen.values[Topic("connects", entry.channel, ("connections",), path_of(entry.path))] = "1"
        elif isinstance(entry, Frame) and entry.direction == "up" and entry.channel != "ws-api":
            for said in _subscribed(entry.data):
                seen.values[Topic("connects", entry.channel, ("connections",), said)] = "1"
    seen.places.add(("connections",))
    return seen


def _asks(seen: Observed, asked: list[Asked], causes: list[Cause], failed: set[int]) -> None:
    by_cause: dict[tuple[str, int], list[Asked]] = {(cause.op, cause.nth): [] for cause in causes}
    for each in asked:
        by_cause.setdefault((each.cause.op, each.cause.nth), []).append(each)
    kinds = {(cause.op, cause.nth): cause for cause in causes}
    for place, requests in by_cause.items():
        if place[0] == START and place[1] in failed:
            continue
        cause = kinds.get(place) or Cause(place[0], place[1])
        troubled = cause.troubled or any(each.cause.troubled for each in requests)
        routes = Counter(each.request.route for each in requests)
        about = " ".join(filter(None, (cause.op, cause.kind)))
        seen.places.add(place)
        if troubled or any(each.answer is not None and _is_refused(each) for each in requests):
            seen.troubled.add(place)
        for route, count in routes.items():
            # A periodic check and the end of a session are cut off at any moment: a slow case sees more of the former.
            vague = troubled or cause.op in ("reconnect", STOP)
            times = 1 if cause.op == RUNNING else count
            seen.values[Topic("asks", about, place, route)] = often(times, troubled=vague)
        seen.costs.append(_cost(cause, requests, routes, troubled=troubled))


def _cost(cause: Cause, requests: list[Asked], routes: Counter[str], *, troubled: bool) -> Cost:
    refused = any(_is_refused(each) for each in requests)
    inherits = any(_tells_of_something(each) for each in requests)
    return Cost(cause, routes, sum(map(_weight, requests)), plain=not troubled and not refused and not inherits)


def _is_refused(asked: Asked) -> bool:
    return asked.answer is None or asked.answer.status != 200


def _tells_of_something(asked: Asked) -> bool:
    """Whether a read at a start was answered with orders or positions, about each of which more may be asked."""
    endpoint = asked.request.endpoint
    if asked.answer is None or endpoint is None or not isinstance(asked.answer.body, list):
        return False
    if endpoint.act == "positions":
        return any(isinstance(row, Mapping) and figure(row.get("positionAmt")) for row in asked.answer.body)
    return endpoint.act in ("open orders", "all orders", "trades") and bool(asked.answer.body)


def _weight(asked: Asked) -> int:
    endpoint = asked.request.endpoint
    if endpoint is None or endpoint.weight == "by limit":
        return 0
    if isinstance(endpoint.weight, tuple):
        one, all_of_them = endpoint.weight
        return one if asked.request.params.get("symbol") else all_of_them
    return endpoint.weight


def _carries(seen: Observed, asked: list[Asked], names: Names) -> None:
    firsts: dict[tuple[Any, ...], Asked] = {}
    for each in asked:
        first = (each.cause.op, each.cause.nth, each.request.route, each.orders)
        # A retry, or another page: what is asked again is the count's concern. Which of several symbols is asked about
        # first is nobody's: a set of them has another order in each process.
        if first not in firsts or (each.request.method == "GET" and _symbol(each) < _symbol(firsts[first])):
            firsts[first] = each
    for first, each in firsts.items():
        about = " ".join(filter(None, (each.request.route, each.cause.kind)))
        entries = [act.params for act in order_acts([each.request], {})] or [each.request.params]
        for number, params in enumerate(entries):
            place = ("carries", *first, number)
            seen.places.add(place)
            for name, value in params.items():
                if name not in _UNSAID:
                    seen.values[Topic("carries", about, place, name)] = value_of(name, str(value), names)


def _symbol(asked: Asked) -> str:
    return asked.request.params.get("symbol", "")


def _paces(seen: Observed, asked: list[Asked]) -> None:
    """Take down how fast a burst of orders went out, as a power of 2 a second: neighbours are the machine's doing."""
    placed: dict[str, list[int]] = defaultdict(list)
    for each in asked:
        endpoint = each.request.endpoint
        if endpoint is not None and endpoint.act == "place" and not each.cause.troubled:
            placed[each.request.route].append(each.request.ns)
    for route, times in placed.items():
        if len(times) >= _BURST:
            seen.places.add(("paces", route))
            per_second = len(times) * 1e9 / max(times[-1] - times[0], 1)
            seen.values[Topic("paces", route, ("paces", route), "")] = str(max(0, round(math.log2(per_second))))


def value_of(name: str, value: str, names: Names) -> str:
    """Return a parameter's value as it is in every run: an id by what it names, a time as one."""
    if _TIMES.search(name):
        return TIME
    order = names.order(value)
    if order is not None:
        return f"<{names.kind(value)}>"
    return value


def _events(seen: Observed, events: list[Event], names: Names, stages: Stages) -> None:
    sequences: dict[str, list[str]] = defaultdict(list)
    occurrences: Counter[tuple[str, str]] = Counter()
    for event in sorted(events, key=lambda each: each.ns):
        owner = _owner(event, names)
        occurrences[owner, event.name] += 1
        nth = occurrences[owner, event.name]
        sequences[owner].append(event.name)
        if owner == ACCOUNT:
            continue
        if event.client_order_id:
            seen.stages[owner, event.name, nth] = stages.of(event, owner)
        place: tuple[Any, ...] = ("says", owner, event.name, nth)
        seen.places.add(place)
        if event.name == "OrderInitialized":
            # The trader's own word, before anything goes over the wire.
            seen.made.update({(owner, name): str(value) for name, value in event.fields().items()})
            continue
        for name, value in event.fields().items():
            if name not in _OF_THE_RUN:
                seen.values[Topic("says", event.name, place, name)] = _said(name, value, names)
    seen.emitted = {owner: tuple(told) for owner, told in sequences.items()}
    for owner, told in sequences.items():
        place = ("emits", owner)
        for name, count in Counter(told).items():
            seen.values[Topic("emits", name, place, seen.kinds.get(owner, ""))] = often(
                count, troubled=owner == ACCOUNT
            )
        if owner != ACCOUNT:
            seen.values[Topic("in order", "", place, "")] = " ".join(told)
    positions = {f"{whose}{symbol}" for symbol in names.symbols for whose in (OWN_POSITION, _OTHER_POSITION)}
    seen.places.update(("emits", owner) for owner in {*sequences, *names.known, *positions, ACCOUNT})


def _owner(event: Event, names: Names) -> str:
    if event.client_order_id:
        return names.order(event.client_order_id) or "an order that only the trader knows"
    if not event.name.startswith("Position"):
        return ACCOUNT
    ids = (event.fields().get(name) for name in ("opening_order_id", "closing_order_id"))
    own = all(names.order(str(raw)) in names.commanded for raw in ids if raw)
    return f"{OWN_POSITION if own else _OTHER_POSITION}{event.symbol}"


def _said(name: str, value: Any, names: Names) -> str:
    text = str(value)
    if name in _IDS:
        return f"<{names.kind(text)}>" if names.order(text) is not None else "<an id of its own>"
    if name == "trade_id":
        return "<the venue's>" if names.is_trade(text) else "<made up>"
    if name == "position_id":
        return _position_id(text)
    if name == "reason":
        code = _CODE.search(text)
        return code[0] if code else "<in words>"
    if name == "expire_time_ms":
        return TIME
    return text


def _position_id(text: str) -> str:
    """Return what a position is called by: 1.x calls it by the venue's side, 2.x by the strategy."""
    if _GENERATED.search(text):
        return "<an id of its own>"
    named = _NETTED.search(text)
    if named is None or named[1] == "EXTERNAL":
        return text
    return f"<by side: {named[1]}>" if named[1] in _SIDES else "<by strategy>"


def path_of(path: str) -> str:
    """Return a path of a stream without its listen key."""
    return _LISTEN_KEY.sub("<listen key>", path)


def _subscribed(data: Any) -> Iterator[str]:
    if isinstance(data, Mapping) and data.get("method") in ("SUBSCRIBE", "UNSUBSCRIBE"):
        for stream in data.get("params") or ():
            yield f"{data['method']} {path_of(str(stream))}"
