"""What a trader's portfolio is asked, of the oldest and the newest of each generation."""

from decimal import Decimal

import pytest

from conformance.simulator import Simulator
from conformance.subject.subject import Subject
from tests.subject.real import AT_BOTH_ENDS, REAL, Events, config, order, submitted

pytestmark = [
    *REAL,
    pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True),
]


async def test_profits_are_of_the_fills_and_of_the_price_that_is_given(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """A position has realised its commission, and is worth what the price that is asked for makes of it."""
    trader = await subject.start_trader(config(subject, venue), events)
    await submitted(trader, events, order("M-1", type="MARKET", side="BUY"))
    fill = await events.find(lambda event: event["event"] == "OrderFilled" and event.get("client_order_id") == "M-1")
    bought, price = Decimal(fill["last_qty"]), Decimal(fill["last_px"]) + 100

    told = await trader.command("profits", symbol="BTCUSDT", price=f"{price}")

    cost = Decimal(fill["commission"])
    assert abs(Decimal(told["realized"]) + cost) < Decimal("0.0001")
    assert Decimal(told["unrealized"]) == 100 * bought
    assert abs(Decimal(told["total"]) - (100 * bought - cost)) < Decimal("0.0001")
    assert Decimal(told["net_position"]) == bought


async def test_profits_without_a_price_are_at_the_latest_that_is_known(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """Asked at no price, the portfolio values a position at the one that it was told last: here, the best bid."""
    trader = await subject.start_trader(config(subject, venue, "default"), events)
    await submitted(trader, events, order("M-1", type="MARKET", side="BUY"))
    await events.find(lambda event: event["event"] == "OrderFilled" and event.get("client_order_id") == "M-1")

    told = await trader.command("profits", symbol="BTCUSDT")

    assert Decimal("-0.1") < Decimal(told["unrealized"]) < 0
