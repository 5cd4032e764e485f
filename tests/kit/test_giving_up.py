"""How long a trader that is given no answer is waited for: until it concludes, or asks no more."""

import asyncio
import itertools

import pytest

from conformance.history.entries import Answer, Request
from conformance.history.history import History
from conformance.kit import rest
from conformance.kit.trader import Trader
from conformance.subject.orders import limit
from tests.kit.scripted_trader import ScriptedLink, order_event, soon

LIMIT = limit("BUY", "0.010", "49000.00")


async def test_a_trader_gives_up_when_it_asks_no_more() -> None:
    """`gives_up` lasts for as long as an order is in flight and is asked for: other requests do not count."""
    history = History()
    trader = Trader(ScriptedLink(), history, "CASE-010")
    order = await trader.submit(LIMIT)
    history.append(order_event("OrderSubmitted"))
    waiting = asyncio.create_task(trader.gives_up([order], "query", within_s=8))
    await asyncio.sleep(0)
    soon(history, Request(id=1, by="trader", method="GET", path="/fapi/v1/order"))
    await asyncio.wait_for(waiting, 10)

    waiting = asyncio.create_task(trader.gives_up([order], "query", within_s=60))
    await asyncio.sleep(0)
    soon(
        history,
        Request(id=2, by="trader", method="POST", path="/fapi/v1/order"),
        order_event("OrderAccepted", "OTHER"),
        order_event("OrderRejected"),
    )
    await asyncio.wait_for(waiting, 10)


async def test_a_trader_may_take_a_second_between_two_questions() -> None:
    """On a busy machine a check that asks every 0.2 s may pause for longer: `gives_up` goes on waiting."""
    history = History()
    trader = Trader(ScriptedLink(), history, "CASE-010")
    order = await trader.submit(LIMIT)
    history.append(order_event("OrderSubmitted"))
    waiting = asyncio.create_task(trader.gives_up([order], "query"))
    await asyncio.sleep(0)
    soon(history, Request(id=1, by="trader", method="GET", path="/fapi/v1/order"))

    await asyncio.wait({waiting}, timeout=1.0)
    assert not waiting.done()

    history.append(order_event("OrderRejected"))
    await asyncio.wait_for(waiting, 10)


async def test_only_repetitions_of_a_command_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """`repeats_nothing` of a route waits for one more request to it, and for no end of what is asked on a timer."""
    monkeypatch.setattr(rest, "_LONGEST_PAUSE_S", 1.5)
    history = History()
    trader = Trader(ScriptedLink(), history, "CASE-010")
    asking = asyncio.create_task(_asks_for_ever(history))
    waiting = asyncio.create_task(trader.repeats_nothing("POST /fapi/v1/order"))
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    loop.call_later(0.4, history.append, Request(id=1, by="trader", method="POST", path="/fapi/v1/order"))
    loop.call_later(0.5, history.append, Answer(to=1))

    await asyncio.wait_for(waiting, 10)

    asking.cancel()
    assert [each.id for each in history.of(Request) if each.method == "POST"] == [1]


async def _asks_for_ever(history: History) -> None:
    for number in itertools.count(2):
        history.append(Request(id=number, by="trader", method="GET", path="/fapi/v1/openOrders"))
        history.append(Answer(to=number))
        await asyncio.sleep(0.1)


async def test_an_order_in_flight_in_the_books_alone_is_waited_for() -> None:
    """1.x tells of no event where a cancellation of all orders puts one in flight: its books say so."""
    history = History()
    link = ScriptedLink(orders=[{"client_order_id": "CASE-010-1", "status": "PENDING_CANCEL"}])
    trader = Trader(link, history, "CASE-010")
    order = await trader.submit(LIMIT)
    history.append(order_event("OrderAccepted"))
    waiting = asyncio.create_task(trader.gives_up([order], "query", within_s=60))
    await asyncio.wait({waiting}, timeout=0.2)
    assert not waiting.done()

    link.books["orders"] = [{"client_order_id": "CASE-010-1", "status": "REJECTED"}]
    soon(history, order_event("OrderRejected"))
    await asyncio.wait_for(waiting, 10)
