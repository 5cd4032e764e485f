"""How orders stand at the venue, and whether a trader has them as they stand there."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.run import CaseRun
from conformance.kit.standing import Standing
from conformance.kit.trader import Trader
from conformance.subject.orders import limit, market, stop_market
from conformance.worlds.simulator import SimulatorWorld
from tests.kit.scripted_trader import ScriptedLink, order_event
from tests.support.case_runs import Opener

RESTING = limit("BUY", "0.010", "49000.00").named("RESTING")
SHOWN = {"client_order_id": "RESTING", "status": "ACCEPTED", "price": "49000", "quantity": "0.010", "filled_qty": "0"}


@pytest.fixture
async def simulated(case_run: Opener) -> AsyncIterator[CaseRun]:
    """A run of a case in the simulator world; not yet open."""
    run = case_run(world=SimulatorWorld())
    yield run
    await run.close()


async def test_orders_stand_in_the_traders_words(simulated: CaseRun) -> None:
    """Open, filled and cancelled orders, stops, and what there is not: each in the state that a trader would show."""
    await simulated.open()
    venue = simulated.venue
    placed = await venue.places(RESTING)
    await venue.places(market("BUY", "0.010").named("FILLED"))
    await venue.places(stop_market("SELL", "0.010", trigger="48000.00").named("STOP"))

    assert (await venue.standing("RESTING")).is_shown_by(SHOWN)
    assert (await venue.standing("FILLED")).status == "FILLED"
    assert (await venue.standing("STOP")).status == "ACCEPTED"
    assert (await venue.standing("NEVER-PLACED")).status == "REJECTED"

    await venue.cancels(str(placed["orderId"]))
    assert (await venue.standing("RESTING")).status == "CANCELED"


async def test_the_last_change_is_as_old_as_the_venue_says(simulated: CaseRun) -> None:
    """Of an order and of a stop it is known when they last changed; what only lies there longer is older by that."""
    await simulated.open()
    venue = simulated.venue
    placed = await venue.places(RESTING)
    stop = await venue.places(stop_market("SELL", "0.010", trigger="48000.00").named("STOP"))

    standing = {"RESTING": placed["updateTime"], "STOP": stop["updateTime"]}
    await venue.ages(60_000)

    for name, placed_ms in standing.items():
        assert (await venue.standing(name)).changed_ms == placed_ms - 60_000
    await simulated.market.takes(str(placed["orderId"]), "0.004")
    assert (await venue.standing("RESTING")).changed_ms >= placed["updateTime"]
    assert (await venue.standing("NEVER-PLACED")).changed_ms == 0


def test_an_end_is_told_by_the_venues_word_for_it() -> None:
    """An expiry is no cancellation and a cancellation no expiry, of a stop as of any order."""
    row = {"clientAlgoId": "STOP", "algoStatus": "EXPIRED", "price": "0", "quantity": "0.010"}
    canceled = {"status": "CANCELED", "price": "0", "quantity": "0.010", "filled_qty": "0"}

    assert not Standing.of_algo(row).is_shown_by(canceled)
    assert Standing.of_algo(row).is_shown_by({**canceled, "status": "EXPIRED"})
    assert not Standing.of_algo({**row, "algoStatus": "CANCELED"}).is_shown_by({**canceled, "status": "EXPIRED"})
    assert not Standing("LIMIT", "EXPIRED", "0", "0.010").is_shown_by(canceled)


async def test_an_order_that_was_placed_twice_is_no_one_order(simulated: CaseRun) -> None:
    """Two orders of one name are what a trader must never cause, however they end."""
    await simulated.open()
    for _ in range(2):
        await simulated.venue.places(market("BUY", "0.010").named("TWICE"))
    with pytest.raises(CheckError) as failure:
        await simulated.venue.standing("TWICE")
    assert failure.value.signature == "one order was placed twice"


@pytest.mark.parametrize(
    ("shown", "signature"),
    [
        ({}, None),
        ({"status": "SUBMITTED"}, "LIMIT stands SUBMITTED, at the venue ACCEPTED"),
        ({"status": "REJECTED"}, "LIMIT stands REJECTED, at the venue ACCEPTED"),
        ({"price": "48000"}, "LIMIT stands ACCEPTED with another price than the venue's"),
    ],
)
async def test_a_trader_is_held_to_the_venues_word(
    simulated: CaseRun, shown: dict[str, Any], signature: str | None
) -> None:
    """State and figures are compared; the signature says what differs, without a figure."""
    await simulated.open()
    await simulated.venue.places(RESTING)
    link, history = ScriptedLink(orders=[{**SHOWN, **shown}]), History()
    order = await Trader(link, history, "CASE-010").submit(RESTING)
    history.append(order_event("OrderSubmitted", "RESTING"))
    if signature is None:
        assert await simulated.venue.confirms(order) == "ACCEPTED"
        return
    with pytest.raises(CheckError) as failure:
        await simulated.venue.confirms(order, within_s=0.05)
    assert failure.value.signature == signature
    words = "required as at the venue, status ACCEPTED quantity 0.010 filled_qty 0 price 49000"
    assert words in str(failure.value).replace("49000.00", "49000").replace("filled_qty 0.000", "filled_qty 0")


@pytest.mark.parametrize(
    ("wanted", "signature"),
    [
        ({"status": "CANCELED"}, "LIMIT stands ACCEPTED at the venue, required CANCELED"),
        ({"price": Decimal(48000)}, "LIMIT stands ACCEPTED at the venue, required with another price"),
    ],
)
async def test_what_an_order_must_come_to_is_required_of_the_venue(
    simulated: CaseRun, wanted: dict[str, Any], signature: str
) -> None:
    """Agreement about a state that the order was to leave is none: the venue has to come to the wanted one."""
    await simulated.open()
    await simulated.venue.places(RESTING)
    order = await Trader(ScriptedLink(orders=[SHOWN]), History(), "CASE-010").submit(RESTING)
    with pytest.raises(CheckError) as failure:
        await simulated.venue.confirms(order, **wanted, within_s=0.05)
    assert failure.value.signature == signature


async def test_an_order_that_is_on_its_way_is_waited_for(simulated: CaseRun) -> None:
    """What the venue does not have yet has not ended there; it is over once the trader says so."""
    await simulated.open()
    link, history = ScriptedLink(orders=[SHOWN]), History()
    order = await Trader(link, history, "CASE-010").submit(RESTING)
    confirmed = asyncio.create_task(simulated.venue.confirms(order, price=Decimal(49000)))
    for _ in range(3):
        # Each of these looks is answered behind one of the waiting one's.
        assert (await simulated.venue.standing("RESTING")).status == "REJECTED"
    await simulated.venue.places(RESTING)
    history.append(order_event("OrderAccepted", "RESTING"))

    assert await confirmed == "ACCEPTED"

    ended = ScriptedLink(orders=[{**SHOWN, "client_order_id": "REFUSED", "status": "REJECTED"}])
    refused = await Trader(ended, History(), "CASE-010").submit(limit("BUY", "0.010", "49000.00").named("REFUSED"))
    with pytest.raises(CheckError) as failure:
        await simulated.venue.confirms(refused, "CANCELED")
    assert failure.value.signature == "LIMIT stands REJECTED at the venue, required CANCELED"


def test_what_the_venue_never_had_is_rejected() -> None:
    """An order that did not reach the venue has no figures there to differ from."""
    nothing = Standing("GONE")
    assert nothing.is_shown_by({"status": "REJECTED", "quantity": "0.010"})
    assert str(nothing) == "no such order"
    assert nothing.difference_from({"status": "SUBMITTED"}) == "SUBMITTED, at the venue there is none"
