"""A trader at rest: what a barrier waits for, and what must not happen before it has passed."""

import asyncio

import pytest

from conformance.history.entries import Answer, Entry, Event, Request
from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.trader import Trader
from conformance.kit.wire import Wire
from tests.kit.scripted_trader import Saying, ScriptedLink, order_event

SOON_S = 0.02


def settling(*entries: Entry) -> tuple[Trader, Saying, History]:
    """Return a trader that, each time a barrier is put up, does the next of these things."""
    history = History()
    barrier = Saying(history, *entries)
    return Trader(ScriptedLink(), history, "CASE-010", barrier=barrier), barrier, history


REQUEST = Request(id=1, by="trader", method="GET", path="/fapi/v1/order")


async def test_a_trader_settles_when_a_barrier_passes_without_a_word() -> None:
    """As long as it tells of something or asks for something, another barrier is put up."""
    trader, barrier, _ = settling()
    await trader.settles()
    assert barrier.rounds == 1
    trader, barrier, _ = settling(order_event("OrderAccepted"), REQUEST, Answer(to=1))
    await trader.settles()
    assert barrier.rounds == 3


async def test_a_trader_that_waits_for_an_answer_has_not_settled() -> None:
    """Whatever it will do with the answer is still to come."""
    trader, barrier, history = settling()
    history.append(REQUEST)
    asyncio.get_running_loop().call_later(SOON_S, lambda: history.append(Answer(to=1)))
    await trader.settles()
    assert barrier.rounds > 1
    assert history.of(Answer)


async def test_a_trader_that_never_rests_fails() -> None:
    """At the deadline it is said."""
    trader, _, _ = settling(*[order_event("OrderUpdated")] * 100_000)
    with pytest.raises(CheckError) as failure:
        await trader.settles(within_s=SOON_S)
    assert failure.value.signature == "the trader does not come to rest"


async def test_a_trader_whose_checks_never_pause_settles_all_the_same() -> None:
    """Questions alone are no news: a slow machine leaves no pause between those of one check and the next."""
    asked = [
        (Request(id=number, by="trader", method="GET", path="/fapi/v1/openOrders"), Answer(to=number))
        for number in range(50_000)
    ]
    trader, _, _ = settling(*[entry for pair in asked for entry in pair])
    await trader.settles(within_s=SOON_S)
    orders = [Request(id=number, by="trader", method="POST", path="/fapi/v1/order") for number in range(100_000)]
    trader, _, _ = settling(*orders)
    with pytest.raises(CheckError):
        await trader.settles(within_s=SOON_S)


@pytest.mark.parametrize("event", ["OrderFilled", "PositionOpened", "PositionClosed"])
async def test_quiet_is_broken_by_what_moves_a_position(event: str) -> None:
    """A fill or a change of position is an end of the quiet, and is named."""
    trader, _, _ = settling(order_event(event))
    with pytest.raises(CheckError) as failure:
        await trader.stays_quiet()
    assert failure.value.signature == f"{event} though nothing had changed"


async def test_quiet_is_kept_by_all_else() -> None:
    """What came before, and news about orders and the account, break no quiet; from an earlier moment they may."""
    trader, _, history = settling(order_event("OrderAccepted"), Event(name="AccountState"))
    before = trader.moment
    history.append(order_event("OrderFilled"))
    await trader.stays_quiet()
    with pytest.raises(CheckError):
        await trader.stays_quiet(since=before)


async def test_checks_on_a_timer_are_waited_for_while_they_go_on() -> None:
    """`asks_until` lasts until what it waits for was asked, however slowly: each question gives it another silence.

    The second question comes after the first silence would have been over. Whoever asks no more is not waited for.
    """
    trader, _, history = settling()
    wire, loop, since = Wire(history), asyncio.get_running_loop(), trader.moment

    async def asked_twice() -> bool:
        return len(wire.asked("query", since=since)) == 2

    def asks(number: int) -> None:
        history.append(Request(id=number, by="trader", method="GET", path="/fapi/v1/order"))

    for number, after_s in ((1, 0.6), (2, 1.2)):
        loop.call_later(after_s, asks, number)
    await asyncio.wait_for(trader.asks_until(asked_twice, "query", silence_s=1.0, within_s=60), 10)
    assert await asked_twice()

    since = trader.moment
    history.append(Request(id=3, by="trader", method="GET", path="/fapi/v1/order"))
    await asyncio.wait_for(trader.asks_until(asked_twice, "query", silence_s=SOON_S, within_s=60), 10)
    assert not await asked_twice()
