"""ORDER_TRADE_UPDATE and TRADE_LITE (sections 9.1, 9.2; key order as on the wire)."""

from decimal import Decimal
from typing import Any

from conformance.simulator.model.exposure import Exposure
from conformance.simulator.model.order import Order
from conformance.simulator.model.trade import Trade
from conformance.simulator.model.words import Execution
from conformance.simulator.numbers import ZERO, padded, trimmed


def order_trade_update(
    order: Order,
    execution: Execution,
    now_ms: int,
    exposure: Exposure,
    trade: Trade | None = None,
    *,
    modify_id: int | None = None,
) -> dict[str, Any]:
    """Return the event of one change of an order.

    `execution` is NEW, TRADE, CANCELED, EXPIRED, AMENDMENT or CALCULATED.
    """
    body = _order_fields(order, execution, now_ms, exposure)
    if trade is not None:
        body["l"] = trimmed(trade.quantity)
        body["L"] = trimmed(trade.price)
        body["n"] = padded(trade.commission, 8)
        body["N"] = trade.commission_asset
        body["t"] = trade.id
        body["m"] = trade.maker
        body["rp"] = trimmed(trade.realised)
    if modify_id is not None:
        body["M"] = str(modify_id)
    return {"e": "ORDER_TRADE_UPDATE", "T": now_ms, "E": now_ms, "o": body}


def _order_fields(order: Order, execution: Execution, now_ms: int, exposure: Exposure) -> dict[str, Any]:
    """Return the fields of an event that reports no trade."""
    kind = order.type
    return {
        "s": order.symbol.name,
        "c": order.client_id,
        "S": order.side,
        "o": kind,
        "f": order.tif,
        "q": trimmed(order.quantity),
        "p": trimmed(order.price),
        "ap": trimmed(order.average, order.symbol.price_precision + 5) if order.executed else "0",
        "sp": "0",
        "x": execution,
        "X": order.status,
        "i": order.id,
        "l": "0",
        "z": trimmed(order.executed),
        "L": "0",
        "n": "0",
        "N": order.symbol.margin_asset,
        "T": now_ms,
        "t": 0,
        "b": trimmed(exposure.bid),
        "a": trimmed(exposure.ask),
        "m": False,
        "R": order.reduce_only,
        "wt": order.working_type,
        "ot": kind,
        "ps": order.position_side,
        "cp": order.close_position,
        "rp": "0",
        "pP": order.price_protect,
        "si": 0,
        "ss": 0,
        "V": order.stp,
        "pm": order.price_match,
        "gtd": order.good_till_ms,
        "er": str(order.expiry_reason),
    }


def trade_lite(
    order: Order, trade_id: int, price: Decimal, quantity: Decimal, now_ms: int, *, maker: bool
) -> dict[str, Any]:
    """Return the short event of one fill, which comes before everything else about it."""
    places = order.symbol.price_precision
    return {
        "e": "TRADE_LITE",
        "E": now_ms,
        "T": now_ms,
        "s": order.symbol.name,
        "q": padded(order.quantity, order.symbol.quantity_precision),
        "p": padded(order.price if order.type != "MARKET" else ZERO, places),
        "m": maker,
        "c": order.client_id,
        "S": order.side,
        "L": padded(price, places),
        "l": padded(quantity, order.symbol.quantity_precision),
        "t": trade_id,
        "i": order.id,
    }
