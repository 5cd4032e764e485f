"""Invariant 9: request weight and order counts stay under the venue's limits, and its pauses are kept."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from conformance.binance.fate import THROTTLED_STATUSES, TOO_MANY_ORDERS, code_of
from conformance.binance.usdm import EXCHANGE_INFO, USDM
from conformance.history.entries import Answer, Request
from conformance.invariants.order_acts import OrderAct
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

_USED_WEIGHT = "x-mbx-used-weight-1m"
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86400}
# What counts as one more order: a batch is five within ten seconds, and one otherwise (binance-usdm, section 4).
_COUNTED = frozenset(endpoint.route for endpoint in USDM if endpoint.orders)
_SHORT_WINDOW_S = 10


@dataclass(frozen=True, slots=True)
class _Limits:
    """The venue's limits: weight a minute, and orders by seconds. The defaults are exchangeInfo's of 2026."""

    weight: int
    orders: Mapping[int, int]


@invariant(9)
def limits_are_kept(reading: Reading) -> Iterator[Break]:
    """Weight and order counts stay under the limits; `Retry-After` is honoured; no retry of a submit under a new id."""
    limits = _limits(reading)
    yield from _weight(reading, limits.weight)
    counted = [request for request in reading.requests if request.route in _COUNTED]
    for seconds, limit in limits.orders.items():
        if _most_within(counted, seconds) > limit:
            yield Break(f"more than {limit} orders within {seconds} s")
    yield from _pauses(reading)
    yield from _renamed_retries(reading)


def _limits(reading: Reading) -> _Limits:
    weight, orders = 2400, {10: 300, 60: 1200}
    for row in _told_limits(reading):
        seconds = _SECONDS.get(str(row.get("interval")), 0) * int(row.get("intervalNum") or 0)
        if row.get("rateLimitType") == "REQUEST_WEIGHT" and seconds == _SECONDS["MINUTE"]:
            weight = row["limit"]
        elif row.get("rateLimitType") == "ORDERS" and seconds:
            orders[seconds] = row["limit"]
    return _Limits(weight, orders)


def _told_limits(reading: Reading) -> list[Mapping[str, Any]]:
    asked = {request.id for request in reading.history.of(Request) if request.route == EXCHANGE_INFO.route}
    for answer in reading.history.of(Answer):
        body = answer.body
        if answer.to in asked and isinstance(body, dict) and isinstance(body.get("rateLimits"), list):
            rows = [row for row in body["rateLimits"] if isinstance(row, dict)]
            return [row for row in rows if isinstance(row.get("limit"), int)]
    return []


def _weight(reading: Reading, limit: int) -> Iterator[Break]:
    """Weight counts by address, and the suite asks from the same one: what it spent meanwhile is not the trader's."""
    last, of_the_suite = 0, 0
    for answer in reading.history.of(Answer):
        used = answer.headers.get(_USED_WEIGHT, "")
        if not used.isdecimal():  # the testnet may say -1
            continue
        if int(used) < last:  # a new minute
            last, of_the_suite = 0, 0
        if answer.by == "suite":
            of_the_suite += int(used) - last
        elif int(used) - of_the_suite > limit:
            yield Break(f"more than {limit} of request weight within a minute", f"#{answer.to}: {used}")
        last = int(used)


def _most_within(requests: Sequence[Request], seconds: int) -> int:
    """Return the most orders in one of the venue's windows: they are fixed, and begin at its full 10 s and minutes."""
    counts: Counter[int] = Counter()
    for request in requests:
        counts[_venue_ns(request, requests) // (seconds * 1_000_000_000)] += _orders(request, seconds)
    return max(counts.values(), default=0)


def _venue_ns(request: Request, requests: Sequence[Request]) -> int:
    """Return when a request came by the clock that signed requests were held against.

    Where none shows that clock, windows are counted from the monotonic clock's own start.
    """
    for shown in (request, *requests):
        stamp = shown.params.get("timestamp", "")
        if stamp.isdecimal() and shown.skew_ms is not None:
            return (int(stamp) - shown.skew_ms) * 1_000_000 + request.ns - shown.ns
    return request.ns


def _orders(request: Request, seconds: int) -> int:
    endpoint = request.endpoint
    short, long = endpoint.orders if endpoint is not None and endpoint.orders else (1, 1)
    return short if seconds == _SHORT_WINDOW_S else long


def _pauses(reading: Reading) -> Iterator[Break]:
    """A pause binds every route of the address, the one for too many orders (-1015) those that count as orders.

    Of another answer than 429 and 418, such as 503, it binds the route that was asked.
    """
    requests = reading.requests
    by_id = {request.id: request for request in requests}
    for answer in reading.history.of(Answer):
        pause = answer.headers.get("retry-after")
        asked = by_id.get(answer.to)
        if pause is None or asked is None:
            continue
        pause_ns = _pause_ns(pause, answer.ns, requests)
        within = [later for later in requests if answer.ns < later.ns < answer.ns + pause_ns]
        for later in within:
            if _binds(answer, asked, later):
                detail = f"#{asked.id} {asked.route}: {pause}; #{later.id} {later.route}"
                yield Break(f"Retry-After was not honoured on {asked.route}", detail)
                break


def _binds(answer: Answer, asked: Request, later: Request) -> bool:
    if code_of(answer.body) == TOO_MANY_ORDERS:
        return later.route in _COUNTED
    return answer.status in THROTTLED_STATUSES or later.route == asked.route


def _pause_ns(given: str, answered_ns: int, requests: Sequence[Request]) -> int:
    """Return the pause in ns: seconds, or until an HTTP date by the clock that signed requests were held against.

    0 for what is neither, and for a date where no request shows the clock: then nothing can be said of the pause.
    """
    if given.strip().replace(".", "", 1).isdecimal():
        return int(float(given) * 1e9)
    try:
        until_ms = int(parsedate_to_datetime(given).timestamp() * 1000)
    except ValueError:
        return 0
    for request in requests:
        stamp, skew_ms = request.params.get("timestamp", ""), request.skew_ms
        if stamp.isdecimal() and skew_ms is not None:
            answered_ms = int(stamp) - skew_ms + (answered_ns - request.ns) // 1_000_000
            return max(0, until_ms - answered_ms) * 1_000_000
    return 0


def _renamed_retries(reading: Reading) -> Iterator[Break]:
    """A submit that no command of ours asked for, after one of the very same order that did not end in a placement."""
    # A list is one command with several orders.
    listed = (order["client_order_id"] for command in reading.commands for order in command.more.get("orders", ()))
    commanded = {*reading.submissions, *listed}
    if not commanded:
        return
    placed = reading.placements
    failed = [act for name in commanded for act in placed.get(name, []) if act.fate != "executed"]
    for name in placed.keys() - commanded:
        if any(
            _same_order(first, again) and _ended(first) < again.request.seq
            for first in failed
            for again in placed[name]
        ):
            yield Break("a submit was retried under a new client order id", name)


def _same_order(one: OrderAct, other: OrderAct) -> bool:
    return all(one.params.get(name) == other.params.get(name) for name in ("symbol", "side", "type", "quantity"))


def _ended(act: OrderAct) -> int:
    return act.answer.seq if act.answer is not None else act.request.seq
