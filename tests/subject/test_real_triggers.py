"""Orders that a trader of the oldest and the newest of each generation holds for another symbol's price."""

import pytest

from conformance.simulator import Simulator
from conformance.subject.subject import Subject
from tests.subject.real import AT_BOTH_ENDS, REAL, Events, config, order

pytestmark = [
    *REAL,
    pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True),
]


async def test_held_order_is_released_by_the_symbol_that_it_names(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """An order with a `trigger_symbol` waits for that symbol's price, whatever its own symbol's is."""
    settings = config(subject, venue, "default", symbols=["BTCUSDT", "ETHUSDT"], subscribe=["quotes"])
    trader = await subject.start_trader(settings, events)
    price = venue.control.price("ETHUSDT")
    terms = {"trigger_price": f"{price * 99 // 100}.00", "emulation_trigger": "BID_ASK", "trigger_symbol": "ETHUSDT"}

    await trader.command("submit", order=order("E-1", type="STOP_MARKET", side="SELL", **terms))

    await events.wait("OrderEmulated", "E-1")
    venue.control.move_price("ETHUSDT", price * 98 // 100)
    await events.wait("OrderFilled", "E-1")
