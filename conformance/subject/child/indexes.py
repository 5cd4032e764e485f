"""Whether a trader's cache and portfolio agree with themselves: strategies ask them for open orders, not for each."""

from collections.abc import Iterator
from typing import Any

from .events import Line, holds, venue_symbol
from .installed import OrderStatus, name_of

_STATES = ("open", "closed", "inflight", "emulated")
#: In what status an order may be in a list before it is in that state: one that is to be held back and waits for its
#: entry (2.x lists it already, 1.x does not), and one that the venue has not accepted yet.
_LISTED_EARLY = {"emulated": "INITIALIZED", "open": "SUBMITTED"}


def at_odds(cache: Any, portfolio: Any) -> list[Line]:
    """Return each place where an index says otherwise than the order or position that it is of.

    Of each what it is `of`, the id or symbol it is `about`, what the index `says` and what `is`.
    """
    orders, positions = cache.orders(), cache.positions()
    return [
        *_states(cache, orders),
        *_names(cache, orders),
        *_positions(cache, positions),
        *_nets(portfolio, positions),
    ]


def _states(cache: Any, orders: list[Any]) -> Iterator[Line]:
    """What the cache lists by state is the orders that are in it, and what it may list early."""
    statuses = {str(each.client_order_id): name_of(OrderStatus, each.status) for each in orders}
    for state in _STATES:
        listed = {str(each) for each in getattr(cache, f"client_order_ids_{state}")()}
        are = {str(each.client_order_id) for each in orders if holds(each, f"is_{state}")}
        early = {order for order, status in statuses.items() if status == _LISTED_EARLY.get(state)}
        for order in sorted((listed ^ are) - early):
            yield _differs(f"orders {state}", order, order in listed, order in are)


def _names(cache: Any, orders: list[Any]) -> Iterator[Line]:
    """An order is found by the venue's id of it, and as its strategy's."""
    for order in orders:
        ours, theirs = order.client_order_id, order.venue_order_id
        if theirs is not None and (found := cache.client_order_id(theirs)) != ours:
            yield _differs("client order id of a venue order id", ours, found, ours)
        if (whose := cache.strategy_id_for_order(ours)) != order.strategy_id:
            yield _differs("strategy of an order", ours, whose, order.strategy_id)


def _positions(cache: Any, positions: list[Any]) -> Iterator[Line]:
    for state in ("open", "closed"):
        listed = {str(each) for each in getattr(cache, f"position_{state}_ids")()}
        are = {str(each.id) for each in positions if holds(each, f"is_{state}")}
        for position in sorted(listed ^ are):
            yield _differs(f"positions {state}", position, position in listed, position in are)


def _nets(portfolio: Any, positions: list[Any]) -> Iterator[Line]:
    """The portfolio is flat, long or short in a symbol as its net position there is."""
    is_flat = getattr(portfolio, "is_net_flat", None) or portfolio.is_flat
    for traded in {each.instrument_id for each in positions}:
        net = portfolio.net_position(traded)
        says = (is_flat(traded), portfolio.is_net_long(traded), portfolio.is_net_short(traded))
        if says != (net == 0, net > 0, net < 0):
            yield _differs("flat, long, short", venue_symbol(traded), says, net)


def _differs(of: str, about: Any, says: object, actual: object) -> Line:
    return {"of": of, "about": str(about), "says": str(says), "is": str(actual)}
