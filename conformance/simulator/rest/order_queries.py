"""Asking about orders and trades (sections 6, 10.10)."""

from typing import Any

from conformance.simulator.errors import (
    BAD_COMBINATION,
    LONG_INTERVAL,
    NO_SUCH_ORDER,
    START_AFTER_END,
    Refusal,
)
from conformance.simulator.exchange import Exchange
from conformance.simulator.model.order import Order
from conformance.simulator.params import Params
from conformance.simulator.rest import order_shapes
from conformance.simulator.rest.orders import either_id

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS


def window(params: Params, now_ms: int, longest_ms: int = WEEK_MS) -> tuple[int, int]:
    """Return (start, end) in ms, both inclusive; refuses a window longer than allowed or turned around."""
    start, end = params.long("startTime"), params.long("endTime")
    if start is not None and end is not None:
        if start > end:
            raise Refusal(START_AFTER_END)
        if end - start > longest_ms:
            raise Refusal(LONG_INTERVAL, longest_ms // DAY_MS)
        return start, end
    if start is not None:
        return start, start + longest_ms
    end = now_ms if end is None else end
    return end - longest_ms, end


def visible(order: Order, now_ms: int) -> bool:
    """Return whether queries still find an order (10.10)."""
    age = now_ms - order.time_ms
    unfilled_end = order.status in ("CANCELED", "EXPIRED", "EXPIRED_IN_MATCH") and not order.executed
    return age <= 90 * DAY_MS and not (unfilled_end and age > 3 * DAY_MS)


def query(exchange: Exchange, params: Params) -> dict[str, Any]:
    """GET /order, order.status."""
    venue = exchange.venue
    symbol = venue.market.find(params.required("symbol")).symbol.name
    order = venue.changes.find(symbol, *either_id(params))
    if not visible(order, venue.clock.now_ms()):
        raise Refusal(NO_SUCH_ORDER)
    return order_shapes.queried(order)


def query_open(exchange: Exchange, params: Params) -> dict[str, Any]:
    """GET /openOrder: finished orders are not found."""
    venue = exchange.venue
    symbol = venue.market.find(params.required("symbol")).symbol.name
    order = venue.changes.find(symbol, *either_id(params))
    if not order.is_open:
        raise Refusal(NO_SUCH_ORDER)
    return order_shapes.queried(order)


def open_orders(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /openOrders: of one symbol, or of all."""
    venue = exchange.venue
    symbol = params.text("symbol")
    if symbol is not None:
        venue.market.find(symbol)
    return [order_shapes.listed(order) for order in venue.register.open_orders(symbol)]


def all_orders(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /allOrders: `orderId` means ids from there on; `limit` keeps the newest [PROD]."""
    venue = exchange.venue
    symbol = params.text("symbol")
    names = [venue.market.find(symbol).symbol.name] if symbol else list(venue.register.orders)
    now_ms = venue.clock.now_ms()
    limit = params.limit(500, 1000)
    from_id = params.long("orderId")
    start, end = window(params, now_ms)
    found: list[Order] = []
    for name in names:
        orders = list(venue.register.orders[name].values()) if name in venue.register.orders else []
        for order in reversed(orders):
            if from_id is not None and order.id < from_id:
                break
            if from_id is None and order.time_ms < start:
                break
            if (from_id is not None or order.time_ms <= end) and visible(order, now_ms):
                found.append(order)
    found.sort(key=lambda order: (order.time_ms, order.id))
    return [order_shapes.remembered(order) for order in found[-limit:]]


def user_trades(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /userTrades: `fromId` excludes times; `limit` keeps the oldest of the window [PROD]."""
    venue = exchange.venue
    symbol = venue.market.find(params.required("symbol")).symbol.name
    limit = params.limit(500, 1000)
    from_id, order_id = params.long("fromId"), params.long("orderId")
    if from_id is not None and (params.has("startTime") or params.has("endTime")):
        raise Refusal(BAD_COMBINATION)
    trades = venue.register.trades.get(symbol, [])
    if order_id is not None:
        trades = [trade for trade in venue.register.trades_of.get(order_id, []) if trade.order.symbol.name == symbol]
    if from_id is not None:
        chosen = [trade for trade in trades if trade.id >= from_id]
    else:
        start, end = window(params, venue.clock.now_ms())
        chosen = [trade for trade in trades if start <= trade.time_ms <= end]
    return [order_shapes.traded(trade) for trade in chosen[:limit]]


def amendments(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /orderAmendment: newest first, as the documented example is."""
    venue = exchange.venue
    symbol = venue.market.find(params.required("symbol")).symbol.name
    order = venue.changes.find(symbol, *either_id(params))
    start, end = params.long("startTime"), params.long("endTime")
    rows = [
        row
        for row in venue.register.amendments.get(order.id, [])
        if (start is None or row.time_ms >= start) and (end is None or row.time_ms <= end)
    ]
    return [order_shapes.amendment(row) for row in reversed(rows[-params.limit(50, 100) :])]


def force_orders(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /forceOrders: orders of liquidation and ADL."""
    venue = exchange.venue
    symbol = params.text("symbol")
    if symbol is not None:
        venue.market.find(symbol)
    kind = params.choice("autoCloseType", ("LIQUIDATION", "ADL"), BAD_COMBINATION)
    prefixes = {"LIQUIDATION": ("autoclose-",), "ADL": ("adl_autoclose",), None: ("autoclose-", "adl_autoclose")}
    start, end = window(params, venue.clock.now_ms())
    chosen = [
        order
        for order in venue.forced.history
        if symbol in (None, order.symbol.name)
        and order.client_id.startswith(prefixes[kind])
        and start <= order.time_ms <= end
    ]
    return [order_shapes.forced(order) for order in chosen[-params.limit(50, 100) :]]
