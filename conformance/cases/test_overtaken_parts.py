"""Answers that tell of a part filled, and are overtaken: the order has been amended, filled or ended since."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.cases.happenings import LEFT_LIMIT, ORDERS, Account, Happens
from conformance.cases.parts_overtaken import OVERTAKING
from conformance.cases.situations import UNCHECKED, passes_over_what_is_free
from conformance.gateway.faults.request_faults import RequestFault
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Venue, Wire, case, limit, require
from conformance.kit.waiting import silence

#: A check that asks for one order after the other acts once it has asked for all.
_ALL_AGAIN = 3
#: Often, of orders alone, and passing over what has just happened.
_OFTEN: dict[str, Any] = {
    "exec_engine": {
        "open_check_interval_secs": 0.5,
        "open_check_open_only": False,
        "open_check_threshold_ms": 2000,
        "position_check_interval_secs": None,
    },
    # 1.221.0 has no position check.
    "optional": ["exec_engine.position_check_interval_secs"],
}


async def _command(order: Order) -> None:
    await order.query()


async def _by_itself(order: Order) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Asks(AxisValue):
    """What asks the venue for the order: `begins` has it ask, in one of these `questions`, each with its parameters."""

    begins: Callable[[Order], Awaitable[None]]
    questions: Sequence[tuple[tuple[str, ...], Mapping[str, Any]]]
    again: int = 0
    """How many further questions tell that what was answered has been dealt with."""


ASKS = (
    # By the venue's id or by its own.
    Asks(name="query", words="a query", begins=_command, questions=[(("query order",), {})], trader=UNCHECKED),
    Asks(
        name="check",
        words="an open-order check",
        begins=_by_itself,
        questions=ORDERS.about(LEFT_LIMIT),
        again=_ALL_AGAIN,
        needs=("open_check",),
        trader=_OFTEN,
    ),
)


@case.each(
    "FATE-945",
    axes={"asks": ASKS, "happens": OVERTAKING},
    tier="full",
    core=["query.beyond", "query.more"],
    rule="Query Order, Modify Order, Event: Order Update: an answer is of its own moment; origQty, executedQty",
    needs=["unrecordable", "market_moves", "venue_acts"],
    trader={"inflight_check": None},
    upstream=["#3380"],
)
async def test_answer_of_a_part_that_is_overtaken_undoes_nothing(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, asks: Asks, happens: Happens
) -> None:
    """Where an order {happens} between {asks} that finds 0.004 filled and its answer, it MUST stay as told since.

    Each trade counts once, and nothing is told for the answer.
    """
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")).named(LEFT_LIMIT))
    await order.reaches("ACCEPTED")
    account = Account(venue, market)
    if happens.before is not None:
        await happens.before(account)
    await order.reaches("PARTIALLY_FILLED")
    await trader.is_told()
    answered = asyncio.Event()
    held = [
        faults.delay(asked, until=answered, processed=True, times=None, optional=True, **about)
        for asked, about in asks.questions
    ]
    await asks.begins(order)
    await _any_happens(held)

    await happens.does(account)
    await venue.confirms(order, happens.status)
    await trader.answers_twice()
    heard = len(order.events)
    for each in held:
        each.times = each.applied or 1
    since = trader.moment
    answered.set()

    async def is_dealt_with() -> bool:
        return len(wire.asked(ORDERS.asked, since=since)) >= asks.again

    await trader.has_its_answers()
    await trader.asks_until(is_dealt_with, ORDERS.asked, silence_s=3.0)
    # 2.x reads an answer on threads of their own, and may come to it late.
    await silence(trader.history, lambda event: event.client_order_id == order.id, 0.3)
    told = [event.name for event in order.events[heard:]]
    require(not told, "no event for an answer that is behind", seen=told)
    await trader.settles()
    await venue.confirms(order, happens.status, within_s=1.0)
    await trader.has_booked(order.id, await venue.trades(), within_s=1.0)
    await trader.holds(await venue.position(), within_s=1.0)


async def _any_happens(held: list[RequestFault]) -> None:
    """Wait until the venue has answered one of them."""
    asked = [asyncio.ensure_future(each.happens(within_s=15.0)) for each in held]
    await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    for each in asked:
        each.cancel()
    require(any(each.applied for each in held), "a question for the order within 15 s", seen="none")
