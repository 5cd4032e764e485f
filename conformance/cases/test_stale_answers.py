"""Answers to a query that are older than what the stream has told since: an answer is of its own moment."""

import asyncio

from conformance.cases.inherited import NAME
from conformance.cases.situations import UNCHECKED, passes_over_what_is_free
from conformance.cases.stream_losses import (
    AMENDED,
    CANCELLED,
    FILLED,
    IN_PART,
    PART_CANCELLED,
    STOP_CANCELLED,
    Meanwhile,
    Stream,
    holds_something,
)
from conformance.kit import Faults, Market, Trader, Traders, UserStream, Venue, case, market_order


@case.each(
    {
        "FATE-930": {"meanwhile": FILLED},
        "FATE-931": {"meanwhile": IN_PART},
        "FATE-932": {"meanwhile": PART_CANCELLED},
        "FATE-933": {"meanwhile": CANCELLED},
        "FATE-934": {"meanwhile": AMENDED},
        "FATE-935": {"meanwhile": STOP_CANCELLED},
    },
    tier="full",
    core=["FATE-934"],
    rule="Query Order, Query Algo Order beside Event: Order Update: an answer is of its own moment",
    needs=["unrecordable", "market_moves", "venue_acts"],
    trader={"inflight_check": None, **UNCHECKED},
)
async def test_answer_that_is_older_than_the_stream_undoes_nothing(
    traders: Traders, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, meanwhile: Meanwhile
) -> None:
    """Where {meanwhile} between a query and its answer, the trader MUST have it once, and as it is."""
    trader = await holds_something(traders, Stream(venue, market, faults, user_stream), meanwhile)
    trader.may_differ("the trader's free balance is more than the venue has available", why="it is about orders")
    order, answered = trader.order(NAME), asyncio.Event()
    routes = ("query stop", "query order") if meanwhile is STOP_CANCELLED else ("query order",)
    held = faults.delay(routes, until=answered, processed=True, times=None)
    await order.query()
    await held.happens()

    await meanwhile.happens(Stream(venue, market, faults, user_stream))
    await trader.is_told()
    # Told is not yet dealt with: what the stream said comes first, or the answer would not be late.
    await trader.answers_twice()
    answered.set()

    await trader.settles()
    await venue.confirms(order, meanwhile.status or None)
    await trader.holds(await venue.position())


@case(
    "FATE-940",
    rule="Account Information beside Event: Balance and Position Update: an answer is of its own moment",
    needs=["unrecordable", "query_account"],
)
async def test_answer_about_the_account_that_is_older_than_the_stream_undoes_nothing(
    trader: Trader, faults: Faults
) -> None:
    """Where a fill is paid for between a question about the account and its answer, the balance MUST be the venue's."""
    passes_over_what_is_free(trader)
    answered = asyncio.Event()
    held = faults.delay("account", until=answered, processed=True)
    await trader.query_account()
    await held.happens()

    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")
    await trader.holds("0.010")
    answered.set()

    # Invariant 8 judges the balance.
    await trader.settles()
