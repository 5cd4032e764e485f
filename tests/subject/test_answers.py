"""The cache's answers to a strategy, held against its own orders and positions."""

import importlib
import sys
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, patch

import pytest

from conformance.subject import child

with patch.dict(sys.modules, {"nautilus_trader": MagicMock()}), patch.dict(vars(child)):
    untrue = importlib.import_module("conformance.subject.child.answers").untrue

STATES = ("is_open", "is_closed", "is_inflight")


def order(name: str, state: str = "is_open", **other: Any) -> Any:
    """Return an order in that state."""
    terms = {"instrument_id": "BTCUSDT", "strategy_id": "CASE-001", "venue_order_id": "7", **other}
    return SimpleNamespace(client_order_id=name, **{each: each == state for each in STATES}, **terms)


def position(name: str, state: str = "is_open") -> Any:
    """Return a position in that state."""
    terms = {"instrument_id": "BTCUSDT", "strategy_id": "CASE-001"}
    return SimpleNamespace(id=name, **{each: each == state for each in STATES}, **terms)


class Indexed:
    """A cache that answers from indexes, which are as its orders and positions were when it was made."""

    def __init__(self, orders: list[Any], positions: list[Any]) -> None:
        self._rows = {"orders": orders, "positions": positions}
        self._listed = {
            f"{every}_{state.removeprefix('is_')}": [row for row in rows if getattr(row, state)]
            for every, rows in self._rows.items()
            for state in STATES
        } | {every: list(rows) for every, rows in self._rows.items()}

    def __getattr__(self, question: str) -> Any:
        if question in self._listed:
            return lambda **by: [row for row in self._listed[question] if _fits(row, by)]
        if question.endswith("_count"):
            return lambda **by: len(getattr(self, question.removesuffix("_count"))(**by))
        kind, state = question.removeprefix("is_").split("_", 1)
        return lambda name: any(_named(row) == name for row in self._listed[f"{kind}s_{state}"])

    def venue_order_id(self, name: str) -> str:
        """Return the venue's id of an order."""
        return next(row.venue_order_id for row in self._listed["orders"] if row.client_order_id == name)

    def strategy_id_for_order(self, name: str) -> str:
        """Return whose an order is."""
        return next(row.strategy_id for row in self._listed["orders"] if row.client_order_id == name)


def _fits(row: Any, by: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in by.items())


def _named(row: Any) -> str:
    return str(getattr(row, "client_order_id", None) or row.id)


def test_answers_that_agree_are_true() -> None:
    """Orders and positions in any state, of two strategies, are found by each question about them."""
    orders = [order("A"), order("B", "is_closed", strategy_id="CASE-002"), order("C", "is_inflight")]
    assert untrue(Indexed(orders, [position("P"), position("Q", "is_closed")])) == []


@pytest.mark.parametrize("change", [{"is_open": False, "is_closed": True}, {"strategy_id": "CASE-009"}])
def test_order_that_changed_behind_its_index_is_told(change: dict[str, Any]) -> None:
    """What an index was not told of shows in each question that rests on it, with the order's name."""
    changed = order("A")
    cache = Indexed([changed, order("B")], [])
    cache._listed = {
        question: [SimpleNamespace(**vars(row)) for row in rows] for question, rows in cache._listed.items()
    }
    cache._listed["orders"] = [changed, cache._listed["orders"][1]]
    vars(changed).update(change)
    found = untrue(cache)
    assert {about for _, about in found} <= {"A", "all"}
    assert found


def test_position_that_is_listed_as_closed_and_is_open_is_told() -> None:
    """As of 1.221.0, where one order had turned it around."""
    cache = Indexed([], [position("P")])
    cache._listed["positions_closed"] = [position("P")]
    assert {question.partition(" ")[0] for question, _ in untrue(cache)} == {
        "is_position_closed",
        "positions_closed",
        "positions_closed_count",
    }
