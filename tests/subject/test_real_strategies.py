"""A strategy, stopped by itself, acting on the clock and naming its orders, at both ends of 1.x and 2.x."""

import pytest

from conformance.simulator import Simulator
from conformance.subject.errors import CommandRefused
from conformance.subject.subject import Subject
from conformance.worlds.cache_database import CacheDatabase
from tests.subject.real import AT_BOTH_ENDS, REAL, Events, below, config, order

pytestmark = [
    *REAL,
    pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True),
]


async def test_strategy_is_stopped_by_itself_and_goes_on(subject: Subject, venue: Simulator, events: Events) -> None:
    """One that runs does not go on; one that was stopped does, but in 2.0.0rc3, which is on record."""
    trader = await subject.start_trader(config(subject, venue), events)
    assert not (await trader.command("resume"))["resumed"]
    await trader.command("pause")
    if subject.installation.version == "2.0.0rc3":
        with pytest.raises(CommandRefused, match="Python on_resume failed"):
            await trader.command("resume")
    else:
        assert (await trader.command("resume"))["resumed"]


async def test_strategy_acts_on_the_clock_under_a_name_that_it_makes(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """Its factory makes a name for each order, and what an alert is to bring about happens without another command."""
    trader = await subject.start_trader(config(subject, venue), events)
    names = (await trader.command("names", count=3))["names"]
    assert len(set(names)) == 3
    submitted = order(names[0], type="LIMIT", side="BUY", price=below(venue))
    await trader.command("when", event="TimeEvent", do={"op": "submit", "order": submitted})
    await events.wait("OrderAccepted", names[0])


async def test_strategy_acts_as_it_starts(subject: Subject, venue: Simulator, events: Events) -> None:
    """What it is to do in its on_start is done there, and told once, before anything comes of it."""
    submitted = order("S-1", type="LIMIT", side="BUY", price=below(venue))
    await subject.start_trader(config(subject, venue, at_start=[{"op": "submit", "order": submitted}]), events)
    await events.wait("OrderAccepted", "S-1")

    told = [event["event"] for event in events.all]
    assert told.index("Started") < min(place for place, name in enumerate(told) if name.startswith("Order"))
    assert [len(event["acts"]) for event in events.all if event["event"] == "Started"] == [1]


async def test_strategy_is_given_back_what_it_kept(subject: Subject, venue: Simulator, redis: str) -> None:
    """What its on_save said at a native stop 2.x gives to its on_load; 1.x does not, which is on record."""
    kept = config(subject, venue, cache_database=redis, trader_id=CacheDatabase.new_trader_id(), state="step 3")
    kept["node"] = {"save_state": True, "load_state": True}
    trader = await subject.start_trader(kept, Events())
    await trader.stop(graceful=True)

    again = await subject.start_trader(kept, Events())

    given_back = [{"handler": "on_load", "event": "state", "about": "1 step 3"}]
    assert (await again.command("heard"))["heard"] == (given_back if subject.generation == 2 else [])
