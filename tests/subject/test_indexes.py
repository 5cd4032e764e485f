"""Whether a trader's books agree with themselves, of caches that do and that do not."""

import importlib
import sys
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import MagicMock, patch

import pytest

from conformance.subject import child

STATES = ("open", "closed", "inflight", "emulated")


def at_odds(cache: Any, portfolio: Any) -> list[tuple[str, str, str, str]]:
    """Return what is found, without a NautilusTrader."""
    with patch.dict(sys.modules, {"nautilus_trader": MagicMock()}), patch.dict(vars(child)):
        found = importlib.import_module("conformance.subject.child.indexes").at_odds(cache, portfolio)
    return [(row["of"], row["about"], row["says"], row["is"]) for row in found]


def order(name: str, *states: str, venue_order_id: str | None = None, status: str = "") -> Any:
    """Return an order in these states."""
    are = {f"is_{state}": state in states for state in STATES}
    return SimpleNamespace(
        client_order_id=name,
        venue_order_id=venue_order_id,
        strategy_id="S-1",
        status=SimpleNamespace(name=status),
        **are,
    )


def cache_of(orders: list[Any], positions: list[Any], **lists: Any) -> Any:
    """Return a cache whose lists agree with what is in it, but for those that are given."""
    made = {
        "orders": orders,
        "positions": positions,
        **{
            f"client_order_ids_{state}": {each.client_order_id for each in orders if getattr(each, f"is_{state}")}
            for state in STATES
        },
        **{
            f"position_{state}_ids": {each.id for each in positions if getattr(each, f"is_{state}")}
            for state in ("open", "closed")
        },
        **lists,
    }
    ours = {each.venue_order_id: each.client_order_id for each in orders}
    return SimpleNamespace(
        **{name: (lambda rows=rows: rows) for name, rows in made.items()},
        client_order_id=ours.get,
        strategy_id_for_order=lambda _: "S-1",
    )


def portfolio_of(net: int, **says: bool) -> Any:
    """Return a portfolio with a net position, and what it says of it where that is something else."""
    answers = {"is_net_flat": net == 0, "is_net_long": net > 0, "is_net_short": net < 0, **says}
    return SimpleNamespace(
        net_position=lambda _: net, **{name: (lambda _, answer=answer: answer) for name, answer in answers.items()}
    )


class Instrument(NamedTuple):
    """An instrument id."""

    symbol: str


LONG = SimpleNamespace(id="P-1", is_open=True, is_closed=False, instrument_id=Instrument("BTCUSDT-PERP"))
RESTS = order("A-1", "open", venue_order_id="7")
WAITS = order("A-2", "open", "inflight", venue_order_id="8")


def test_books_that_agree_are_not_at_odds() -> None:
    """Orders open, in flight, closed and held back, and a position, each in the lists that it belongs to."""
    orders = [RESTS, WAITS, order("A-3", "closed"), order("A-4", "emulated")]
    assert at_odds(cache_of(orders, [LONG]), portfolio_of(1)) == []


@pytest.mark.parametrize(
    ("lists", "says", "found"),
    [
        ({"client_order_ids_open": {"A-1"}}, {}, ("orders open", "A-2", "False", "True")),
        ({"client_order_ids_closed": {"A-1"}}, {}, ("orders closed", "A-1", "True", "False")),
        ({"client_order_ids_inflight": set()}, {}, ("orders inflight", "A-2", "False", "True")),
        ({"client_order_ids_emulated": {"A-9"}}, {}, ("orders emulated", "A-9", "True", "False")),
        ({"position_open_ids": set()}, {}, ("positions open", "P-1", "False", "True")),
        ({"position_closed_ids": {"P-1"}}, {}, ("positions closed", "P-1", "True", "False")),
        ({}, {"is_net_flat": True}, ("flat, long, short", "BTCUSDT", "(True, True, False)", "1")),
    ],
)
def test_list_that_says_otherwise_is_told(
    lists: dict[str, set[str]], says: dict[str, bool], found: tuple[str, ...]
) -> None:
    """One too many and one too few, of each list, and a portfolio that is flat with a position."""
    assert at_odds(cache_of([RESTS, WAITS], [LONG], **lists), portfolio_of(1, **says)) == [found]


def test_exit_that_waits_for_its_entry_may_be_listed_as_emulated() -> None:
    """One that is to be held back: 2.x lists it from the beginning, 1.x once it is. No other list may have it."""
    orders = [order("A-5", status="INITIALIZED")]
    assert at_odds(cache_of(orders, [], client_order_ids_emulated={"A-5"}), portfolio_of(0)) == []
    assert at_odds(cache_of(orders, [], client_order_ids_open={"A-5"}), portfolio_of(0)) == [
        ("orders open", "A-5", "True", "False")
    ]


def test_order_that_is_not_accepted_yet_may_be_listed_as_open() -> None:
    """One that was amended before the venue's answer is open already to some; one that is denied is to none."""
    for status, found in (("SUBMITTED", []), ("DENIED", [("orders open", "A-6", "True", "False")])):
        cache = cache_of([order("A-6", status=status)], [], client_order_ids_open={"A-6"})
        assert at_odds(cache, portfolio_of(0)) == found


def test_order_that_is_not_found_is_told() -> None:
    """An order that the venue's id of it does not lead to, and one that is said to be another strategy's."""
    cache = cache_of([RESTS], [])
    cache.client_order_id = {"7": "A-9"}.get
    cache.strategy_id_for_order = lambda _: None

    assert at_odds(cache, portfolio_of(0)) == [
        ("client order id of a venue order id", "A-1", "A-9", "A-1"),
        ("strategy of an order", "A-1", "None", "S-1"),
    ]
