"""How algo orders look in answers (section 11, formats of section 16)."""

from typing import Any

from conformance.simulator.model.algo_order import AlgoOrder
from conformance.simulator.numbers import padded, trimmed_float


def placed(algo: AlgoOrder) -> dict[str, Any]:
    """Return the answer of POST /algoOrder: padded numbers; trailing keys only for trailing orders."""
    places = algo.symbol.price_precision
    body: dict[str, Any] = {
        "algoId": algo.id,
        "clientAlgoId": algo.client_id,
        "algoType": "CONDITIONAL",
        "orderType": algo.type,
        "symbol": algo.symbol.name,
        "side": algo.side,
        "positionSide": algo.position_side,
        "timeInForce": algo.tif,
        "quantity": padded(algo.quantity, algo.symbol.quantity_precision),
        "algoStatus": algo.status,
        "triggerPrice": padded(algo.trigger, places),
        "price": padded(algo.price, places),
        "icebergQuantity": None,
        "selfTradePreventionMode": algo.stp,
        "workingType": algo.working_type,
        "priceMatch": algo.price_match,
        "closePosition": algo.close_position,
        "priceProtect": algo.price_protect,
        "reduceOnly": algo.reduce_only,
    }
    if algo.is_trailing:
        body["activatePrice"] = padded(algo.activate, places) if algo.activate else ""
        body["callbackRate"] = trimmed_float(algo.callback)
    body["createTime"] = algo.create_ms
    body["updateTime"] = algo.update_ms
    body["triggerTime"] = algo.trigger_ms
    body["goodTillDate"] = algo.good_till_ms
    return body


def _followed(algo: AlgoOrder) -> dict[str, Any]:
    """Return the keys that tell what became of the child."""
    return {
        "actualOrderId": str(algo.child_id) if algo.child_id else "",
        "actualPrice": padded(algo.child_average, algo.symbol.price_precision + 1)
        if algo.child_executed
        else "0.00000",
    }


def queried(algo: AlgoOrder, *, trailing: bool = True) -> dict[str, Any]:
    """Return the answer of GET /algoOrder; `trailing` adds the fields of trailing orders."""
    body = _without_trailing(placed(algo), trailing) | _followed(algo)
    if algo.child_id:
        body["actualType"] = algo.child_type
        body["actualQty"] = trimmed_float(algo.child_executed)
    body["tpOrderType"] = ""
    return body


def listed(algo: AlgoOrder, *, trailing: bool = True) -> dict[str, Any]:
    """Return a row of openAlgoOrders: prices trimmed, nothing of an actual price or of take-profit and stop-loss."""
    body = _without_trailing(placed(algo), trailing)
    if algo.close_position:
        body["quantity"] = "0"
    body["actualOrderId"] = ""
    body["triggerPrice"] = trimmed_float(algo.trigger)
    body["price"] = trimmed_float(algo.price)
    body["actualQty"] = trimmed_float(algo.child_executed)
    body["isActivated"] = algo.activated
    return body


def remembered(algo: AlgoOrder, *, trailing: bool = True) -> dict[str, Any]:
    """Return a row of allAlgoOrders: prices padded; what was filled only once it has triggered."""
    body = _without_trailing(placed(algo), trailing) | _followed(algo)
    body["isActivated"] = algo.activated
    if algo.child_id:
        body["actualType"] = algo.child_type
        body["actualQty"] = trimmed_float(algo.child_executed)
    return body


def _without_trailing(body: dict[str, Any], trailing: bool) -> dict[str, Any]:
    if trailing:
        return body
    return {key: value for key, value in body.items() if key not in ("activatePrice", "callbackRate")}


def cancelled(algo: AlgoOrder) -> dict[str, Any]:
    """Return the answer of DELETE /algoOrder; its code is a string."""
    return {"algoId": algo.id, "clientAlgoId": algo.client_id, "code": "200", "msg": "success"}
