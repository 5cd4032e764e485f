"""Which orders made which position, as the cache has it in its indexes."""

import importlib
import sys
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, patch

import pytest

from conformance.subject import child

with patch.dict(sys.modules, {"nautilus_trader": MagicMock()}), patch.dict(vars(child)):
    relations = importlib.import_module("conformance.subject.child.relations")

SIDES = SimpleNamespace(BUY="BUY", SELL="SELL", LONG="LONG", SHORT="SHORT")


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sides be their own names, as no NautilusTrader is installed."""
    monkeypatch.setattr(relations, "OrderSide", SIDES)
    monkeypatch.setattr(relations, "PositionSide", SIDES)
    monkeypatch.setattr(relations, "name_of", lambda _, side: side)


def order(name: str, position_id: str | None = "P", side: str = "BUY", trades: int = 1) -> Any:
    """Return an order that has filled by so many trades."""
    states = {"is_open": False, "is_closed": True, "is_inflight": False}
    trade_ids = list(range(trades))
    return SimpleNamespace(client_order_id=name, position_id=position_id, side=side, trade_ids=trade_ids, **states)


def position(name: str, orders: list[str]) -> Any:
    """Return a position that these orders have made."""
    return SimpleNamespace(id=name, side="LONG", is_open=True, strategy_id="CASE-001", client_order_ids=orders)


class Indexed:
    """A cache that has indexed these orders under this position, and no others."""

    def __init__(self, orders: list[Any], made: Any, indexed: list[str]) -> None:
        self._orders, self._made, self._indexed = orders, made, indexed
        self.orders: Any = lambda side=None, venue=None: [each for each in orders if side in (None, each.side)]
        self.orders_closed = self.orders
        self.orders_open: Any = lambda side, venue: []
        self.orders_inflight = self.orders_open
        self.positions = lambda: [made]
        self.positions_open: Any = lambda side, venue: [made] if side == made.side else []

    def __getattr__(self, question: str) -> Any:
        answers: dict[str, Any] = {
            "order_exists": lambda _: True,
            "position_exists": lambda _: True,
            "order": lambda name: name,
            "position": lambda _: self._made,
            "strategy_id_for_position": lambda _: "CASE-001",
            "position_id": lambda name: "P" if name in self._indexed else None,
            "position_for_order": lambda name: self._made if name in self._indexed else None,
            "orders_for_position": lambda _: [each for each in self._orders if each.client_order_id in self._indexed],
        }
        return answers[question]


def test_orders_that_are_indexed_under_their_position_are_true() -> None:
    """Entry and exit; an order that has not filled is of no position yet."""
    orders = [order("A"), order("B", side="SELL"), order("C", None, trades=0)]
    assert relations.untrue(Indexed(orders, position("P", ["A", "B"]), ["A", "B"])) == []


def test_exit_that_is_not_indexed_is_told() -> None:
    """As of all versions: only the order that opened a position is found as one of it."""
    orders = [order("A"), order("B", side="SELL")]
    found = relations.untrue(Indexed(orders, position("P", ["A", "B"]), ["A"]))
    assert {question for question, _ in found} == {"position_id", "position_for_order", "orders_for_position"}
    assert {about for _, about in found} == {"B"}


def test_order_that_a_list_of_the_other_side_has_is_told() -> None:
    """What is asked for by side is on that side."""
    cache = Indexed([order("A")], position("P", ["A"]), ["A"])
    cache.orders_closed = lambda side, venue: cache._orders
    assert relations.untrue(cache) == [("orders_closed by side", "A")]
