"""Turns 1.x events and cache objects into the protocol's: names as NautilusTrader's, every number a string."""

from typing import Any

from nautilus_trader.model.enums import LiquiditySide, OrderSide, OrderType, PositionSide

Line = dict[str, Any]


def text(value: Any) -> str | None:
    """Return the value as the protocol writes it: a string, or None for what is not there."""
    return None if value is None else str(value)


def without_nothing(line: Line) -> Line:
    """Return the line without its absent keys."""
    return {key: value for key, value in line.items() if value is not None}


def venue_symbol(instrument_id: Any) -> str:
    """Return the venue's symbol, BTCUSDT-PERP.BINANCE → "BTCUSDT"."""
    symbol: str = instrument_id.symbol.value
    return symbol.removesuffix("-PERP")


def order_terms(order: Any) -> Line:
    """Return an order as the cache has it, in the words of a snapshot."""
    return {
        "client_order_id": order.client_order_id.value,
        "venue_order_id": text(order.venue_order_id),
        "status": order.status_string(),
        "symbol": venue_symbol(order.instrument_id),
        "side": order.side_string(),
        "type": order.type_string(),
        "quantity": str(order.quantity),
        "filled_qty": str(order.filled_qty),
        "price": text(getattr(order, "price", None)),
        "trigger_price": text(getattr(order, "trigger_price", None)),
        "time_in_force": order.tif_string(),
        "reduce_only": order.is_reduce_only,
    }


def order_event(event: Any, order: Any | None, ns: int) -> Line:
    """Return an order event; `order` is what the cache holds after it, None if it holds nothing."""
    line: Line = {"event": type(event).__name__, "client_order_id": event.client_order_id.value}
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
            "trade_id": event.trade_id.value,
            "commission": text(event.commission and event.commission.as_decimal()),
            "commission_currency": text(event.commission and event.commission.currency),
            "liquidity": _name(LiquiditySide, event.liquidity_side),
        }
    line["reason"] = text(getattr(event, "reason", None))
    line["strategy"] = event.strategy_id.value
    line["reconciliation"] = bool(getattr(event, "reconciliation", False))
    line |= {"ts_event": event.ts_event, "ns": ns}
    return without_nothing(line)


def _initial_terms(event: Any) -> Line:
    """An order's first event is published before the cache holds the order: what is known is in the event."""
    options = getattr(event, "options", None) or {}
    return {
        "status": "INITIALIZED" if type(event).__name__ == "OrderInitialized" else None,
        "symbol": venue_symbol(event.instrument_id),
        "side": _name(OrderSide, getattr(event, "side", None)),
        "type": _name(OrderType, getattr(event, "order_type", None)),
        "price": text(options.get("price")),
        "trigger_price": text(options.get("trigger_price")),
        "reduce_only": getattr(event, "reduce_only", None),
    }


def position_event(event: Any, ns: int) -> Line:
    """Return a position event."""
    line = {
        "event": type(event).__name__,
        "symbol": venue_symbol(event.instrument_id),
        "position_id": event.position_id.value,
        "side": _name(PositionSide, getattr(event, "side", None)),
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
        "total": str(balance.total.as_decimal()),
        "free": str(balance.free.as_decimal()),
        "locked": str(balance.locked.as_decimal()),
    }


def snapshot(cache: Any) -> Line:
    """Return the trader's own books: every order it knows, open positions, balances."""
    return {
        "orders": [
            without_nothing({**order_terms(order), "open": order.is_open, "inflight": order.is_inflight})
            for order in cache.orders()
        ],
        "positions": [
            {
                "symbol": venue_symbol(position.instrument_id),
                "position_id": position.id.value,
                "side": _name(PositionSide, position.side),
                "signed_qty": str(position.signed_decimal_qty()),
                "avg_px_open": str(position.avg_px_open),
            }
            for position in cache.positions_open()
        ],
        "balances": [balance_terms(balance) for account in cache.accounts() for balance in account.balances().values()],
    }


def _name(enumeration: Any, value: Any) -> str | None:
    return None if value is None else str(enumeration(value).name)
