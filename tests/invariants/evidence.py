"""Histories of what the venue has said of an order, and what of invariant 3 breaks after them."""

from copy import deepcopy
from typing import Any

from conformance.invariants import violations
from tests.invariants.histories import Scripted

PLACE = "POST /fapi/v1/order"
CANCEL = "DELETE /fapi/v1/order"
ALGO = "POST /fapi/v1/algoOrder"
ORDER = {"orderId": 7, "clientOrderId": "T-1", "status": "NEW", "executedQty": "0"}
ALGO_ORDER = {"algoId": 4001, "clientAlgoId": "T-1", "algoStatus": "NEW"}
CANCELED = {**ORDER, "status": "CANCELED"}
OTHER = {"orderId": 6, "clientOrderId": "E-1", "status": "CANCELED"}
UNKNOWN = {"code": -2011, "msg": "Unknown order sent."}
NONE = {"code": -2013, "msg": "Order does not exist."}
DONE = {"code": 200, "msg": "The operation of cancel all open order is done."}


def signatures(script: Scripted) -> list[str]:
    """Return the signatures of what breaks an invariant in a scripted history."""
    return [violation.signature for violation in violations(script.history)]


def accepted() -> Scripted:
    """A limit order that the venue has."""
    script = Scripted().command("submit", order={"client_order_id": "T-1"}).event("OrderSubmitted")
    script.request(PLACE, newClientOrderId="T-1", type="LIMIT", symbol="BTCUSDT").answer(200, ORDER)
    return script.event("OrderAccepted", venue_order_id="7")


def resting() -> Scripted:
    """A stop order that rests on the Algo service."""
    script = Scripted().command("submit", order={"client_order_id": "T-1"}).event("OrderSubmitted")
    script.request(ALGO, clientAlgoId="T-1", type="STOP_MARKET", symbol="BTCUSDT").answer(200, ALGO_ORDER)
    return script.event("OrderAccepted", venue_order_id="4001")


def submitted() -> Scripted:
    """An order that the trader was told to submit."""
    return Scripted().command("submit", order={"client_order_id": "T-1"}).event("OrderSubmitted")


def asked() -> Scripted:
    """An order that was sent to the venue, whose answer is next."""
    return submitted().request(PLACE, newClientOrderId="T-1", type="LIMIT", symbol="BTCUSDT")


def judged(script: Scripted, event: str, **fields: Any) -> list[str]:
    """Return what of invariant 3 an event breaks after what a script tells, and break nothing of the script itself."""
    after = deepcopy(script).event(event, **fields)
    return [signature for signature in signatures(after) if signature.startswith("invariant 3")]


def batch(script: Scripted, *rows: Any) -> Scripted:
    """Append a cancellation of `E-1` and `T-1` in one batch, and its rows."""
    return script.request("DELETE /fapi/v1/batchOrders", origClientOrderIdList='["E-1","T-1"]').answer(200, list(rows))


def traded(script: Scripted, trade: int, quantity: str, in_all: str) -> Scripted:
    """Append a trade of the order as the user stream tells it."""
    status = "FILLED" if in_all == "1" else "PARTIALLY_FILLED"
    return script.order_frame(status, trade=trade, i=7, l=quantity, z=in_all)


def gone(script: Scripted, *listed: Any, of: str = "openOrders", code: Any = NONE, by: Any = "trader") -> Scripted:
    """Append a list of what is open, and the answer to a query of the order, which the venue no longer finds."""
    asked_of = script.request(f"GET /fapi/v1/{of}", by).answer(200, list(listed))
    return asked_of.request("GET /fapi/v1/order", by, orderId="7").answer(400, code)


def gone_stop(script: Scripted) -> Scripted:
    """Append a list of open stops without this one, and the answer to a query of it, which the service lacks."""
    asked_of = script.request("GET /fapi/v1/openAlgoOrders").answer(200, [])
    return asked_of.request("GET /fapi/v1/algoOrder", clientAlgoId="T-1").answer(400, NONE)
