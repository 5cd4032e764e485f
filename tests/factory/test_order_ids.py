"""Client order ids, sides and strategies that an order helper refuses."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from factory import (
    limit_order,
    market_order,
)
from tests.factory.ordering import ALL, refused


def test_without_an_id_the_order_factory_makes_one(make: Callable[..., Any]) -> None:
    """Ids are NautilusTrader's own unless given."""
    first, second = make(market_order), make(market_order)

    assert str(first.client_order_id).startswith("O-")
    assert first.client_order_id != second.client_order_id


@pytest.mark.parametrize("helper", ALL)
@pytest.mark.parametrize(
    ("client_order_id", "nearest"),
    [
        ("x" * 37, "'" + "x" * 36 + "'"),
        ("mein Auftrag", "'meinAuftrag'"),
        ("order#1", "'order1'"),
        ("", None),
        ("€", None),
    ],
)
def test_the_client_order_id_has_the_venues_form(
    helper: Callable[..., Any], client_order_id: str, nearest: str | None, make: Callable[..., Any]
) -> None:
    """At most 36 characters of letters, digits and . : / _ -."""
    error = refused(helper, make, client_order_id=client_order_id)

    assert error.rule.startswith("client order id")
    assert error.given == client_order_id
    assert error.nearest == nearest


@pytest.mark.parametrize("client_order_id", ["x" * 36, "A-z.0:9/_"])
def test_a_legal_client_order_id_is_kept(client_order_id: str, make: Callable[..., Any]) -> None:
    """The longest id and every legal character pass."""
    assert str(make(limit_order, client_order_id=client_order_id).client_order_id) == client_order_id


def test_an_id_made_too_long_by_long_names_is_refused(make: Callable[..., Any], native: SimpleNamespace) -> None:
    """The order factory puts trader and strategy tags into its ids, and those can be too long for the venue."""
    wordy = native.strategy("TRADER-" + "1" * 20, "S-" + "2" * 20)

    assert refused(market_order, make, strategy=wordy).rule.startswith("client order id")
