"""How orders and trades look in answers (sections 6 and 16: key order and number formats per endpoint)."""

from typing import Any

from conformance.simulator.model.order import Amendment, Order
from conformance.simulator.model.trade import Trade
from conformance.simulator.numbers import ZEROS, money, padded, trimmed


def placed(order: Order, *, ack: bool = False) -> dict[str, Any]:
    """Return the answer of placing, amending or cancelling: no avgPrice and no cumQuote since 2026-06-30.

    `ack`: as at acceptance, whatever has happened since.
    """
    symbol = order.symbol
    places = symbol.quantity_precision
    executed = ZEROS[places] if ack or not order.executed else padded(order.executed, places)
    return {
        "orderId": order.id,
        "symbol": symbol.name,
        "status": "NEW" if ack else order.status,
        "clientOrderId": order.client_id,
        "price": padded(order.price, symbol.price_precision),
        "origQty": padded(order.quantity, places),
        "executedQty": executed,
        "cumQty": executed,
        "timeInForce": order.tif,
        "type": order.type,
        "reduceOnly": order.reduce_only,
        "closePosition": order.close_position,
        "side": order.side,
        "positionSide": order.position_side,
        "stopPrice": ZEROS[symbol.price_precision],
        "workingType": order.working_type,
        "priceProtect": order.price_protect,
        "origType": order.type,
        "priceMatch": order.price_match,
        "selfTradePreventionMode": order.stp,
        "goodTillDate": order.good_till_ms,
        "updateTime": order.time_ms if ack else order.update_ms,
    }


def tested(order: Order) -> dict[str, Any]:
    """Return the answer of POST /order/test, which keeps the fields that placement has lost."""
    zero = {"avgPrice": "0.00000", "cumQuote": "0"}
    return placed(order, ack=True) | zero


def amended(order: Order, modify_id: int | None, *, with_pair: bool = True) -> dict[str, Any]:
    """Return the answer of PUT /order; the WS API's has no pair."""
    body = placed(order)
    if with_pair:
        body = {"orderId": body.pop("orderId"), "symbol": body.pop("symbol"), "pair": order.symbol.pair} | body
    if modify_id is not None:
        body["modifyId"] = modify_id
    return body


def _average(order: Order) -> str:
    places = order.symbol.price_precision
    return padded(order.average, places + 1) if order.executed else padded(order.average, places)


def _quote(order: Order) -> str:
    return padded(order.quote, order.symbol.price_precision + order.symbol.quantity_precision)


def queried(order: Order) -> dict[str, Any]:
    """Return the answer of GET /order and /openOrder: with avgPrice and cumQuote, without cumQty."""
    body = placed(order)
    del body["cumQty"]
    return body | {"avgPrice": _average(order), "cumQuote": _quote(order), "time": order.time_ms}


def listed(order: Order) -> dict[str, Any]:
    """Return a row of openOrders: prices trimmed, averages padded once there is one."""
    body = queried(order) | {"price": trimmed(order.price), "stopPrice": "0", "strategyType": ""}
    return body if order.executed else body | {"avgPrice": "0"}


def remembered(order: Order) -> dict[str, Any]:
    """Return a row of allOrders: prices padded where there is one, what is unfilled without decimals."""
    places = order.symbol.price_precision
    body = queried(order) | {"stopPrice": "0", "cumBase": "0", "pair": order.symbol.pair}
    body["price"] = padded(order.price, places) if order.price else "0"
    if not order.executed:
        body |= {"avgPrice": ZEROS[places + 1], "cumQuote": "0", "executedQty": "0"}
    return body


def forced(order: Order) -> dict[str, Any]:
    """Return a row of forceOrders: what the stream calls LIQUIDATION is a LIMIT here."""
    body = remembered(order) | {"type": "LIMIT", "origType": "LIMIT"}
    for name in ("priceProtect", "priceMatch", "selfTradePreventionMode", "goodTillDate"):
        del body[name]
    return body


def traded(trade: Trade) -> dict[str, Any]:
    """Return a row of userTrades."""
    order = trade.order
    symbol = order.symbol
    return {
        "symbol": symbol.name,
        "id": trade.id,
        "orderId": order.id,
        "pair": symbol.pair,
        "side": order.side,
        "price": padded(trade.price, symbol.price_precision),
        "qty": padded(trade.quantity, symbol.quantity_precision),
        "realizedPnl": money(trade.realised) if trade.realised else "0",
        "quoteQty": padded(trade.price * trade.quantity, symbol.price_precision + symbol.quantity_precision),
        "commission": money(trade.commission),
        "commissionAsset": trade.commission_asset,
        "time": trade.time_ms,
        "buyer": order.side == "BUY",
        "maker": trade.maker,
        "positionSide": order.position_side,
        "baseQty": "0",
        "marginAsset": symbol.margin_asset,
    }


def amendment(row: Amendment) -> dict[str, Any]:
    """Return a row of orderAmendment."""
    symbol = row.order.symbol
    change: dict[str, Any] = {
        "price": {"before": trimmed(row.price_before), "after": trimmed(row.price_after)},
        "origQty": {"before": trimmed(row.quantity_before), "after": trimmed(row.quantity_after)},
        "count": row.count,
    }
    if row.modify_id is not None:
        change["modifyId"] = row.modify_id
    return {
        "amendmentId": row.id,
        "symbol": symbol.name,
        "pair": symbol.pair,
        "orderId": row.order.id,
        "clientOrderId": row.order.client_id,
        "time": row.time_ms,
        "amendment": change,
    }
