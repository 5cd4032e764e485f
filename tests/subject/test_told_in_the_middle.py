"""What a strategy hears, and what its clock rings for, from the middle of its run on; and what it reads in handlers."""

import pytest

from conformance.simulator import Simulator
from conformance.subject.errors import NotSupported
from conformance.subject.subject import Subject
from tests.subject.real import AT_BOTH_ENDS, REAL, Events, below, config, order

pytestmark = [
    *REAL,
    pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True),
]


async def test_strategy_hears_a_topic_from_then_on_until_it_leaves(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """It notes what comes on the topic between its subscription and its end, and nothing else; 2.x has no topics."""
    trader = await subject.start_trader(config(subject, venue, strategies=2), events)
    if subject.generation == 2:
        with pytest.raises(NotSupported, match="bus_topics"):
            await trader.command("hear", strategy=2, topic="events.fills.*")
        return

    async def fills(name: str) -> None:
        await trader.command("submit", strategy=1, order=order(name, type="MARKET", side="BUY"))
        await events.wait("OrderFilled", name)

    topic = "events.fills.BTCUSDT-PERP.BINANCE"
    await fills("BEFORE-1")
    await trader.command("hear", strategy=2, topic=topic)
    await fills("HEARD-1")
    await trader.command("hear_no_more", strategy=2, topic=topic)
    await fills("AFTER-1")

    heard = (await trader.command("heard", strategy=2))["heard"]
    assert [(row["event"], row["client_order_id"]) for row in heard] == [("OrderFilled", "HEARD-1")]


async def test_timer_rings_for_the_strategy_that_set_it(subject: Subject, venue: Simulator, events: Events) -> None:
    """What is armed for a timer's name is done when it rings, by the one strategy; a cancelled one rings no more."""
    trader = await subject.start_trader(config(subject, venue, strategies=2), events)
    submitted = order("T-1", type="LIMIT", side="BUY", price=below(venue))
    await trader.command("when", strategy=2, event="TimeEvent", of="looks", do={"op": "submit", "order": submitted})
    await trader.command("set_timer", strategy=2, name="looks", every_ms=20, by_default=True)

    accepted = await events.wait("OrderAccepted", "T-1")

    assert accepted["strategy"] == "CASE-002"
    assert (await trader.command("rung", strategy=2))["rung"]["looks"] >= 1
    assert (await trader.command("rung", strategy=1))["rung"] == {}
    await trader.command("cancel_timer", strategy=2, name="looks")
    rung = (await trader.command("rung", strategy=2))["rung"]
    await trader.command("submit", strategy=2, order=order("T-2", type="LIMIT", side="BUY", price=below(venue)))
    await events.wait("OrderAccepted", "T-2")
    assert (await trader.command("rung", strategy=2))["rung"] == rung


async def test_strategy_notes_what_it_reads_in_handlers(subject: Subject, venue: Simulator, events: Events) -> None:
    """Of each event its order as the cache has it then, and what is held; all of it is told on the node's thread."""
    trader = await subject.start_trader(config(subject, venue, hears=["readings"]), events)
    await trader.command("submit", order=order("R-1", type="MARKET", side="BUY"))
    await events.find(lambda event: event["event"] == "PositionOpened")

    read = {row["event"]: row for row in (await trader.command("heard"))["heard"]}
    threads = await trader.command("threads")

    assert {name: read["OrderFilled"][name] for name in ("about", "status", "filled", "lists")} == {
        "about": "R-1",
        "status": "FILLED",
        "filled": "0.01",
        "lists": "closed",
    }
    assert read["PositionOpened"]["status"] == "open"
    assert read["PositionOpened"]["held"] == "0.01"
    assert {"OrderFilled", "PositionOpened", "Started"} <= set(threads["told"])
    assert set(threads["others"]) <= {"AccountState"}
