"""What a strategy reads of its cache and its portfolio in the handler of an event, in the protocol's words."""

from decimal import Decimal
from typing import Any

from .installed import OrderStatus, PositionId, PositionSide, name_of

_LISTS = ("open", "inflight", "closed")


def read(cache: Any, portfolio: Any, event: Any) -> dict[str, str]:
    """Return what an event is about and what is read then: of an order, of a position, of all of them.

    `held` is the sum of the cache's open positions of the symbol, `net` what the portfolio has.
    """
    of_order = hasattr(event, "client_order_id")
    line = _order(cache, event.client_order_id) if of_order else _position(cache, event.position_id)
    positions = [each for each in cache.positions_open() if each.instrument_id == event.instrument_id]
    held = sum(map(_signed, positions), Decimal(0))
    net = Decimal(str(portfolio.net_position(event.instrument_id)))
    return {"event": type(event).__name__, **line, "held": f"{held.normalize():f}", "net": f"{net.normalize():f}"}


def _signed(position: Any) -> Decimal:
    quantity = Decimal(str(position.quantity))
    return -quantity if name_of(PositionSide, position.side) == "SHORT" else quantity


def _order(cache: Any, client_order_id: Any) -> dict[str, str]:
    order = cache.order(client_order_id)
    line = {"about": str(client_order_id)}
    if order is None:
        return {**line, "status": "none"}
    lists = [
        name
        for name in _LISTS
        if str(client_order_id) in {str(each.client_order_id) for each in getattr(cache, f"orders_{name}")()}
    ]
    return {
        **line,
        "status": name_of(OrderStatus, order.status) or "none",
        "filled": f"{Decimal(str(order.filled_qty)).normalize():f}",
        "lists": "+".join(lists) or "none",
        "known": " ".join(sorted(str(each.client_order_id) for each in cache.orders())),
    }


def _position(cache: Any, position_id: Any) -> dict[str, str]:
    position = cache.position(PositionId(str(position_id)))
    open_ = {str(each.id) for each in cache.positions_open()}
    return {
        "about": str(position_id),
        "status": "none" if position is None else "open" if str(position_id) in open_ else "closed",
    }
