"""Whether the cache knows which orders made which position, and which orders and positions are on a side."""

from collections.abc import Iterator
from typing import Any

from .answers import Untrue
from .events import holds
from .installed import BINANCE, OrderSide, PositionSide, name_of

#: The lists that are narrowed to a side. One of closed positions has none: they are flat.
_LISTED = {"orders": ("orders", "orders_open", "orders_closed", "orders_inflight"), "positions": ("positions_open",)}


def untrue(cache: Any) -> list[Untrue]:
    """Return the answers of the cache that its own orders and positions belie, each with what it is about."""
    orders, positions = list(cache.orders()), list(cache.positions())
    return [
        *_of_orders(cache, orders),
        *_of_positions(cache, positions),
        *_by_side(cache, "orders", orders, OrderSide, ("BUY", "SELL")),
        *_by_side(cache, "positions", positions, PositionSide, ("LONG", "SHORT")),
    ]


def _of_orders(cache: Any, orders: list[Any]) -> Iterator[Untrue]:
    """An order that has filled is of the position that it says, and is listed as one of it."""
    for order in orders:
        name, position_id = order.client_order_id, order.position_id
        if not cache.order_exists(name):
            yield "order_exists", str(name)
        if position_id is None or not _ids(order.trade_ids):
            continue
        position = cache.position_for_order(name)
        if str(cache.position_id(name)) != str(position_id):
            yield "position_id", str(name)
        told = None if position is None else str(position.id)
        # The position may have been purged: then nothing is told, but never another one.
        if told != str(position_id) and (told is not None or cache.position(position_id) is not None):
            yield "position_for_order", str(name)
        if str(name) not in _names(cache.orders_for_position(position_id)):
            yield "orders_for_position", str(name)


def _of_positions(cache: Any, positions: list[Any]) -> Iterator[Untrue]:
    for position in positions:
        if not cache.position_exists(position.id):
            yield "position_exists", str(position.id)
        if str(cache.strategy_id_for_position(position.id)) != str(position.strategy_id):
            yield "strategy_id_for_position", str(position.id)
        listed = _names(cache.orders_for_position(position.id))
        yield from (
            ("orders_for_position", str(name))
            for name in _ids(position.client_order_ids)
            if cache.order(name) is not None and str(name) not in listed
        )


def _by_side(cache: Any, every: str, rows: list[Any], sides: Any, names: tuple[str, str]) -> Iterator[Untrue]:
    """What is asked for by side, and of the one venue that there is, is what is on that side."""
    for name in names:
        of_side = [row for row in rows if name_of(sides, row.side) == name]
        for listing in _LISTED[every]:
            state = listing.removeprefix(every)
            wanted = {_name(row) for row in of_side if not state or holds(row, f"is{state}")}
            asked = {"side": getattr(sides, name), "venue": BINANCE}
            found = {_name(row) for row in getattr(cache, listing)(**asked)}
            yield from ((f"{listing} by side", each) for each in sorted(found ^ wanted))


def _names(orders: Any) -> set[str]:
    return {str(order.client_order_id) for order in orders}


def _name(row: Any) -> str:
    return str(row.client_order_id if hasattr(row, "client_order_id") else row.id)


def _ids(ids: Any) -> list[Any]:
    return list(ids() if callable(ids) else ids)
