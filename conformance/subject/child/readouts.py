"""What a strategy reads of an order, a position and its portfolio, in the protocol's words: figures as strings."""

from collections.abc import Iterable, Mapping
from typing import Any

from .events import Line, text, venue_symbol, without_nothing
from .installed import BINANCE, LiquiditySide, OrderSide, PositionSide, name_of

_TIMES_OF_ORDERS = ("ts_submitted", "ts_accepted", "ts_closed", "ts_last")
_TIMES_OF_POSITIONS = ("ts_opened", "ts_closed", "ts_last")


def orders(cache: Any) -> list[Line]:
    """Return of each order what it tells of its fills and of its times, Unix ns; what it cannot tell is left out."""
    return [_order(each) for each in cache.orders()]


def positions(cache: Any) -> list[Line]:
    """Return of each position, open or closed, what it tells of its trades and of its times, Unix ns."""
    return [_position(each) for each in cache.positions()]


def order_lists(cache: Any) -> list[Line]:
    """Return of each list of orders that the cache has its id, and the ids of the orders that it was made of."""
    return [{"order_list_id": str(each.id), "client_order_ids": _listed(each)} for each in cache.order_lists()]


def portfolio(of: Any) -> Line:
    """Return what a portfolio tells of all symbols together, by currency: what it cannot tell is left out."""
    flat = getattr(of, "is_completely_flat", None) or of.is_completely_net_flat
    return without_nothing(
        {
            "exposures": _by_currency(of.net_exposures(BINANCE)),
            "unrealized": _by_currency(of.unrealized_pnls(BINANCE)),
            "equity": _by_currency(of.equity(BINANCE)) if hasattr(of, "equity") else None,
            "flat": bool(flat()),
        }
    )


def _order(order: Any) -> Line:
    return without_nothing(
        {
            "client_order_id": str(order.client_order_id),
            "filled_qty": str(order.filled_qty),
            "leaves_qty": str(order.leaves_qty),
            "avg_px": _unless_nothing(order.avg_px),
            "slippage": text(order.slippage),
            "commissions": _by_currency(order.commissions()),
            "liquidity": _unless_none(LiquiditySide, order.liquidity_side),
            "trade_ids": _texts(order.trade_ids),
            "last_trade_id": text(order.last_trade_id),
            "venue_order_ids": _texts(order.venue_order_ids),
            "position_id": text(order.position_id),
            "events": int(order.event_count),
            **_times(order, _TIMES_OF_ORDERS),
        }
    )


def _position(position: Any) -> Line:
    return without_nothing(
        {
            "symbol": venue_symbol(position.instrument_id),
            "position_id": str(position.id),
            "side": name_of(PositionSide, position.side),
            "entry": name_of(OrderSide, position.entry),
            "quantity": str(position.quantity),
            "signed_qty": str(position.signed_qty),
            "peak_qty": str(position.peak_qty),
            "avg_px_open": _unless_nothing(position.avg_px_open),
            "avg_px_close": _unless_nothing(position.avg_px_close),
            "realized_pnl": _amount(position.realized_pnl),
            "realized_return": text(position.realized_return),
            "commissions": _by_currency(position.commissions()),
            "opening_order_id": text(position.opening_order_id),
            "closing_order_id": text(position.closing_order_id),
            "client_order_ids": _texts(position.client_order_ids),
            "venue_order_ids": _texts(position.venue_order_ids),
            "trade_ids": _texts(position.trade_ids),
            "last_trade_id": text(position.last_trade_id),
            "duration_ns": _unless_nothing(position.duration_ns),
            **_times(position, _TIMES_OF_POSITIONS),
        }
    )


def _listed(made: Any) -> list[str]:
    """1.x has the orders in a list, 2.x their ids."""
    ids = (
        made.client_order_ids() if hasattr(made, "client_order_ids") else [each.client_order_id for each in made.orders]
    )
    return _texts(ids)


def _times(of: Any, names: Iterable[str]) -> Line:
    return {name: getattr(of, name) or None for name in names}


def _texts(ids: Any) -> list[str]:
    return [str(each) for each in (ids() if callable(ids) else ids)]


def _unless_nothing(value: Any) -> str | None:
    """Return a figure that is 0 in one generation where there is none, and None in the other."""
    return None if not value else str(value)


def _unless_none(enumeration: Any, value: Any) -> str | None:
    name = name_of(enumeration, value)
    return None if name == "NO_LIQUIDITY_SIDE" else name


def _amount(money: Any) -> str | None:
    return None if money is None else f"{money.as_decimal():f}"


def _by_currency(amounts: Any) -> dict[str, str] | None:
    """Return amounts by currency, of which one generation has a mapping and the other a list."""
    if amounts is None:
        return None
    rows = amounts.values() if isinstance(amounts, Mapping) else amounts
    return {str(each.currency): f"{each.as_decimal():f}" for each in rows}
