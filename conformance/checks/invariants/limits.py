"""Invariant 9: request weight and order counts stay under the venue's limits, and its pauses are kept."""

from collections.abc import Iterator

from conformance.checks.invariants.evidence import fate, placements, route
from conformance.checks.invariants.rule import Violation, invariant
from conformance.gateway.history import History
from conformance.gateway.record import Record

_PLACING = ("POST /fapi/v1/order", "PUT /fapi/v1/order", "POST /fapi/v1/algoOrder", "WS order.place", "WS order.modify")
_WINDOWS = ((10, 300), (60, 1200))  # seconds, orders: exchangeInfo.rateLimits, binance-usdm section 4


@invariant(9)
def limits_are_kept(history: History) -> Iterator[Violation]:
    """Order counts stay under the venue's; `Retry-After` is honoured; no retry of a submit under a new id."""
    requests = [request for request in history.of("request") if request["by"] == "trader"]
    placing = [request for request in requests if route(request) in _PLACING]
    for seconds, limit in _WINDOWS:
        if _most_within(placing, seconds) > limit:
            yield Violation(9, f"more than {limit} orders within {seconds} s")
    by_id = {request["id"]: request for request in requests}
    for answer in history.of("answer"):
        pause_s = (answer.get("headers") or {}).get("retry-after")
        asked = by_id.get(answer["to"])
        if pause_s is None or asked is None:
            continue
        until_ns = answer.ns + int(float(pause_s) * 1e9)
        if any(answer.ns < later.ns < until_ns and route(later) == route(asked) for later in requests):
            yield Violation(9, f"Retry-After was not honoured on {route(asked)}", f"#{asked['id']}: {pause_s} s")
    yield from _renamed_retries(history)


def _most_within(requests: list[Record], seconds: int) -> int:
    times = [request.ns for request in requests]
    first, most = 0, 0
    for index, time_ns in enumerate(times):
        while time_ns - times[first] >= seconds * 1_000_000_000:
            first += 1
        most = max(most, index - first + 1)
    return most


def _renamed_retries(history: History) -> Iterator[Violation]:
    """A submit for which the trader had no command of ours, right after one that did not end in a placement."""
    commanded = {command["order"]["client_order_id"] for command in history.of("command") if command["op"] == "submit"}
    if not commanded:
        return
    placed = placements(history)
    failed = any(fate(answer) != "placed" for name in commanded for _, answer in placed.get(name, []))
    for name in placed.keys() - commanded:
        if failed:
            yield Violation(9, "a submit was retried under a new client order id", name)
