"""Invariant 13 in hedge mode, where the venue wants to be told which of its two positions an order is for."""

from typing import Any

import pytest

from tests.invariants.test_sent import ALGO, LIMIT, asked, differences, sent


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


@pytest.mark.parametrize(("side", "leg"), [("SELL", "LONG"), ("BUY", "SHORT")])
def test_a_stop_that_closes_the_position_is_sent_for_the_leg_that_it_closes(side: str, leg: str) -> None:
    """A stop with closePosition that names no position sells the long one, or buys the short one back."""
    stop = {"type": "STOP_MARKET", "side": side, "trigger_price": "51000", "symbol": "BTCUSDT", "close_position": True}
    terms = {"clientAlgoId": "T-1", "type": "STOP_MARKET", "side": side, "triggerPrice": "51000", "symbol": "BTCUSDT"}
    found = {}
    for each in ("LONG", "SHORT"):
        script = asked(stop).request(ALGO, **terms, closePosition="true", positionSide=each)
        found[each] = differences(script)

    assert [each for each, wrong in found.items() if not wrong] == [leg]
