"""Invariants 5, 6 and 7: the form of every request that the trader makes."""

import re
from collections.abc import Iterator, Mapping

from conformance.checks.invariants.evidence import route
from conformance.checks.invariants.rule import Violation, invariant
from conformance.gateway.history import History
from conformance.gateway.record import Record
from conformance.subject.orders import CONDITIONAL

_CLIENT_ID = re.compile(r"^[.A-Z:/a-z0-9_-]{1,36}$")  # binance-usdm, 10.9
_DEFAULT_RECV_WINDOW_MS = 5000
_AHEAD_MS = 1000  # the venue takes a timestamp up to a second ahead of its own clock: binance-usdm, section 3
_ORDER_ROUTES = ("POST /fapi/v1/order", "POST /fapi/v1/batchOrders", "WS order.place")


@invariant(5)
def requests_are_well_formed(history: History) -> Iterator[Violation]:
    """A signed request has a valid signature, a timestamp inside recvWindow, a client order id of the venue's form."""
    for request in _by_trader(history):
        where = f"#{request['id']} {route(request)}"
        if request.get("signature") == "invalid":
            yield Violation(5, f"invalid signature on {route(request)}", where)
        skew_ms = request.get("skew_ms")
        if skew_ms is not None:
            window_ms = int(request["params"].get("recvWindow", _DEFAULT_RECV_WINDOW_MS))
            # The gateway writes timestamp − wall clock: what is old is negative.
            if not -window_ms <= skew_ms < _AHEAD_MS:
                detail = f"{where}: {skew_ms} ms from the clock, recvWindow {window_ms} ms"
                yield Violation(5, f"timestamp outside recvWindow on {route(request)}", detail)
        for name in ("newClientOrderId", "clientAlgoId"):
            value = request["params"].get(name)
            if value is not None and not _CLIENT_ID.match(value):
                yield Violation(5, f"{name} is not of the venue's form", f"{where}: {value!r}")


@invariant(6)
def conditional_orders_go_to_the_algo_service(history: History) -> Iterator[Violation]:
    """Conditional types go to the Algo endpoints and nowhere else, and their cancels follow the id's namespace."""
    answers = {answer["to"]: answer for answer in history.of("answer")}
    algo_ids: set[str] = set()
    order_ids: set[str] = set()
    for request in _by_trader(history):
        answer = answers.get(request["id"])
        body = answer.get("body") if answer is not None else None
        if isinstance(body, dict):
            algo_ids |= {str(body["algoId"])} if body.get("algoId") else set()
            order_ids |= {str(body["orderId"])} if body.get("orderId") else set()
        params: Mapping[str, str] = request["params"]
        if route(request) in _ORDER_ROUTES and params.get("type") in CONDITIONAL:
            yield Violation(6, f"{params['type']} sent to {route(request)}", f"#{request['id']}")
        if (
            route(request) in ("POST /fapi/v1/algoOrder", "WS algoOrder.place")
            and params.get("type") not in CONDITIONAL
        ):
            yield Violation(6, f"{params.get('type')} sent to {route(request)}", f"#{request['id']}")
        named = params.get("orderId")
        if route(request) in ("DELETE /fapi/v1/order", "WS order.cancel") and named in algo_ids - order_ids:
            yield Violation(6, f"an algo order was cancelled with {route(request)}", f"#{request['id']}")


@invariant(7)
def flags_combine_as_allowed(history: History) -> Iterator[Violation]:
    """`reduceOnly`, `positionSide` and `closePosition` appear only in combinations that the venue allows."""
    for request in _by_trader(history):
        params: Mapping[str, str] = request["params"]
        if params.get("positionSide") in ("LONG", "SHORT") and "reduceOnly" in params:
            yield Violation(7, "reduceOnly with a hedge-mode positionSide", f"#{request['id']}")
        if params.get("closePosition", "").lower() == "true":
            for forbidden in ("quantity", "reduceOnly"):
                if forbidden in params:
                    yield Violation(7, f"{forbidden} with closePosition", f"#{request['id']}")


def _by_trader(history: History) -> list[Record]:
    return [request for request in history.of("request") if request["by"] == "trader"]
