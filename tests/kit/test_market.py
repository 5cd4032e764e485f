"""Prices that a case measures from the last one: on the tick, and never nearer than asked for."""

from decimal import Decimal

import pytest

from conformance.kit.market import Market

MOVES: list[tuple[Decimal, ...]] = []


async def remember(path: tuple[Decimal, ...]) -> None:
    """Take note of a move."""
    MOVES.append(path)


@pytest.fixture
def market() -> Market:
    """A market whose last price is off the tick."""
    MOVES.clear()
    return Market("BTCUSDT", Decimal("50000.07"), Decimal("0.10"), remember)


def test_distances_are_rounded_away_from_the_last_price(market: Market) -> None:
    """A price below is rounded down and a price above up: both lie on the tick, and at least as far as asked."""
    assert market.below_last("2%") == Decimal("49000.00")
    assert market.above_last("2%") == Decimal("51000.10")
    assert market.below_last("0.5%") == Decimal("49750.00")


@pytest.mark.parametrize("distance", ["2", "0.02", "", "two%"])
def test_distance_is_a_percentage(market: Market, distance: str) -> None:
    """A distance without its percent sign, or without a number, is refused: 2 and 2% are not the same."""
    with pytest.raises((ValueError, ArithmeticError)):
        market.below_last(distance)


async def test_moves_are_followed(market: Market) -> None:
    """The market moves along the path, each price on the tick, and its last price is then where the path ends."""
    await market.moves_to(Decimal("49000.04"), Decimal("48000.06"))
    assert [(Decimal("49000.00"), Decimal("48000.10"))] == MOVES
    assert market.last == Decimal("48000.10")
