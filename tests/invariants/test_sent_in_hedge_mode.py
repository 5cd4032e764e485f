"""Invariant 13 in hedge mode, where the venue wants to be told which of its two positions an order is for."""

from typing import Any

import pytest

from tests.invariants.test_sent import LIMIT, sent


@pytest.mark.parametrize(
    ("order", "leg", "sound"),
    [
        (LIMIT, "LONG", True),
        (LIMIT, "SHORT", False),
        ({**LIMIT, "side": "SELL"}, "SHORT", True),
        ({**LIMIT, "position_id": "X.BINANCE-LONG"}, "LONG", True),
        ({**LIMIT, "position_id": "X.BINANCE-SHORT"}, "LONG", False),
        ({**LIMIT, "position_id": "P-1"}, "LONG", False),
    ],
)
def test_an_order_is_sent_for_the_position_that_it_names_or_opens(order: dict[str, Any], leg: str, sound: bool) -> None:
    """An order that names no position may be sent for the one that its side opens, and for no other."""
    found = sent(order, positionSide=leg, side=order["side"])

    assert found == ([] if sound else ["position_side of a LIMIT was not sent"])
