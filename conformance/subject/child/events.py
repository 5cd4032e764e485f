"""Turns events and cache objects of either generation into the protocol's: native names, numbers as strings."""

from typing import Any

from .installed import (
    LiquiditySide,
    OrderSide,
    OrderStatus,
    OrderType,
    PositionSide,
    TimeInForce,
    name_of,
)

Line = dict[str, Any]


def text(value: Any) -> str | None:
    """Return the value as the protocol writes it: a string, or None for what is not there."""
    return None if value is None else str(value)


def without_nothing(line: Line) -> Line:
    """Return the line without its absent keys."""
    return {key: value for key, value in line.items() if value is not None}


def venue_symbol(instrument_id: Any) -> str:
    """Return the venue's symbol, BTCUSDT-PERP.BINANCE → "BTCUSDT"."""
    return str(instrument_id.symbol).removesuffix("-PERP")


def order_terms(order: Any) -> Line:
    """Return an order as the cache has it, in the words of a snapshot."""
    return {
        "client_order_id": str(order.client_order_id),
        "venue_order_id": text(order.venue_order_id),
        "status": name_of(OrderStatus, order.status),
        "symbol": venue_symbol(order.instrument_id),
        "side": name_of(OrderSide, order.side),
        "type": name_of(OrderType, order.order_type),
        "quantity": str(order.quantity),
        "filled_qty": str(order.filled_qty),
        "price": text(getattr(order, "price", None)),
        "trigger_price": text(getattr(order, "trigger_price", None)),
        "time_in_force": name_of(TimeInForce, order.time_in_force),
        "reduce_only": holds(order, "is_reduce_only"),
    }


def order_event(event: Any, order: Any | None, ns: int) -> Line:
    """Return an order event; `order` is what the cache holds after it, None if it holds nothing."""
    line: Line = {"event": type(event).__name__, "client_order_id": str(event.client_order_id)}
    if order is not None:
        line |= order_terms(order)
    else:
        line |= _initial_terms(event)
    # What the event itself says comes last: an update names the id or price that the order has from now on.
    for key in ("venue_order_id", "quantity", "price", "trigger_price"):
        if getattr(event, key, None) is not None:
            line[key] = str(getattr(event, key))
    if hasattr(event, "last_qty"):
        line |= {
            "last_qty": str(event.last_qty),
            "last_px": str(event.last_px),
            "currency": text(getattr(event, "currency", None)),
            "trade_id": str(event.trade_id),
            "commission": text(event.commission and event.commission.as_decimal()),
            "commission_currency": text(event.commission and event.commission.currency),
            "liquidity": name_of(LiquiditySide, event.liquidity_side),
        }
    line["reason"] = text(getattr(event, "reason", None))
    line["due_post_only"] = getattr(event, "due_post_only", None)
    line["strategy"] = str(event.strategy_id)
    # What a cache database keeps an order under: with another account the next version does not find it there.
    line["account_id"] = text(getattr(event, "account_id", None))
    line["reconciliation"] = bool(getattr(event, "reconciliation", False))
    line |= {"ts_event": event.ts_event, "ns": ns}
    return without_nothing(line)


def _initial_terms(event: Any) -> Line:
    """An order's first event is published before the cache holds the order: what is known is in the event."""
    options = getattr(event, "options", None) or {}
    return {
        "status": "INITIALIZED" if type(event).__name__ == "OrderInitialized" else None,
        "symbol": venue_symbol(event.instrument_id),
        "side": name_of(OrderSide, getattr(event, "side", getattr(event, "order_side", None))),
        "type": name_of(OrderType, getattr(event, "order_type", None)),
        "price": text(options.get("price", getattr(event, "price", None))),
        "trigger_price": text(options.get("trigger_price", getattr(event, "trigger_price", None))),
        "reduce_only": getattr(event, "reduce_only", None),
    }


def position_event(event: Any, ns: int) -> Line:
    """Return a position event."""
    line = {
        "event": type(event).__name__,
        "symbol": venue_symbol(event.instrument_id),
        "position_id": str(event.position_id),
        "account_id": text(getattr(event, "account_id", None)),
        "side": name_of(PositionSide, getattr(event, "side", None)),
        "quantity": text(getattr(event, "quantity", None)),
        "signed_qty": text(getattr(event, "signed_qty", None)),
        "avg_px_open": text(getattr(event, "avg_px_open", None)),
        "last_qty": text(getattr(event, "last_qty", None)),
        "last_px": text(getattr(event, "last_px", None)),
        "opening_order_id": text(getattr(event, "opening_order_id", None)),
        "closing_order_id": text(getattr(event, "closing_order_id", None)),
        "realized_pnl": text(getattr(event, "realized_pnl", None)),
        "ts_event": event.ts_event,
        "ns": ns,
    }
    return without_nothing(line)


def told_besides(told: Any, strategy_id: str, ns: int) -> Line:
    """Return a price, an alert of the clock, or that it has been started or goes on, as told to a strategy."""
    symbol = venue_symbol(told.instrument_id) if hasattr(told, "instrument_id") else None
    line = {
        "event": type(told).__name__,
        "symbol": symbol,
        "strategy": strategy_id,
        "ts_event": told.ts_event,
        "ns": ns,
    }
    return without_nothing(line)


def account_event(event: Any, ns: int) -> Line:
    """Return an account state with its balances."""
    return {
        "event": "AccountState",
        "reported": bool(event.is_reported),
        "balances": [balance_terms(balance) for balance in event.balances],
        "ts_event": event.ts_event,
        "ns": ns,
    }


def balance_terms(balance: Any) -> Line:
    """Return one currency's balance."""
    return {
        "currency": str(balance.currency),
        "total": f"{balance.total.as_decimal():f}",
        "free": f"{balance.free.as_decimal():f}",
        "locked": f"{balance.locked.as_decimal():f}",
    }


def holds(order: Any, question: str) -> bool:
    """Return a yes-or-no of an order, which is a property in one generation and a method in the other.

    2.x asks some only of the types of which the answer can be yes; of the others it is no.
    """
    answer = getattr(order, question, False)
    return bool(answer() if callable(answer) else answer)
