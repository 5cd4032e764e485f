"""Whether the cache answers a strategy's questions as its own orders and positions are: it answers from indexes."""

from collections.abc import Iterator
from typing import Any

from .events import holds

#: The states of an order, each with the question about one order and the list of all that are in it.
_OF_ORDERS = (
    ("is_open", "is_order_open", "orders_open"),
    ("is_closed", "is_order_closed", "orders_closed"),
    ("is_inflight", "is_order_inflight", "orders_inflight"),
)
_OF_POSITIONS = (
    ("is_open", "is_position_open", "positions_open"),
    ("is_closed", "is_position_closed", "positions_closed"),
)
#: By what a strategy narrows its questions, each a field of orders and positions alike.
_NARROWED = ("instrument_id", "strategy_id")

type Untrue = tuple[str, str]
"""A question, and which order or position it is answered wrongly of."""


def untrue(cache: Any) -> list[Untrue]:
    """Return the answers of the cache that its own orders and positions belie."""
    orders, positions = list(cache.orders()), list(cache.positions())
    both = [*orders, *positions]
    return [
        *_states(cache, {str(row.client_order_id): row for row in orders}, both, _OF_ORDERS, "orders"),
        *_states(cache, {str(row.id): row for row in positions}, both, _OF_POSITIONS, "positions"),
        *(
            ("venue_order_id", str(row.client_order_id))
            for row in orders
            if str(cache.venue_order_id(row.client_order_id)) != str(row.venue_order_id)
        ),
        *(
            ("strategy_id_for_order", str(row.client_order_id))
            for row in orders
            if str(cache.strategy_id_for_order(row.client_order_id)) != str(row.strategy_id)
        ),
    ]


def _states(
    cache: Any, rows: dict[str, Any], both: list[Any], states: tuple[tuple[str, str, str], ...], every: str
) -> Iterator[Untrue]:
    narrowings: list[tuple[str, Any]] = [("", None)]
    narrowings += [
        (by, value) for by in _NARROWED for value in {str(each): each for each in _values(both, by)}.values()
    ]
    for by, value in narrowings:
        asked = {by: value} if by else {}
        among = {name: row for name, row in rows.items() if not by or str(getattr(row, by)) == str(value)}
        for listing, wanted in (
            (every, set(among)),
            *((listing, {name for name, row in among.items() if holds(row, state)}) for state, _, listing in states),
        ):
            narrowed = f" by {by}" if by else ""
            answer = [_name_of(row, every) for row in getattr(cache, listing)(**asked)]
            yield from ((f"{listing}{narrowed}", name) for name in sorted(set(answer) ^ wanted))
            if listing != every and getattr(cache, f"{listing}_count")(**asked) != len(wanted):
                yield f"{listing}_count{narrowed}", "all"
    for name, row in rows.items():
        for state, question, _ in states:
            if bool(getattr(cache, question)(row.client_order_id if every == "orders" else row.id)) is not holds(
                row, state
            ):
                yield question, name


def _values(rows: list[Any], name: str) -> Iterator[Any]:
    return (getattr(row, name) for row in rows)


def _name_of(row: Any, every: str) -> str:
    return str(row.client_order_id if every == "orders" else row.id)
