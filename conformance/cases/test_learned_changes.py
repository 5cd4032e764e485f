"""What is learned of an order by asking: several changes at once, none at all, and answers that are behind."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.learned import BY_CHECK, BY_QUERY, LEARNED, Learned, Learner
from conformance.cases.situations import passes_over_what_is_free
from conformance.cases.stops import STOP_LIMIT, STOP_MARKET, Kind, Stop
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
    Trader,
    Traders,
    UserStream,
    Venue,
    Wire,
    case,
    equal,
    limit,
    require,
    stop_limit,
    stop_market,
    take_profit_limit,
    take_profit_market,
    trailing_stop_market,
)
from conformance.kit.waiting import comes_true

_RULE = "Query Order, All Orders, Current All Open Orders: origQty, price, executedQty, status as they are now"
_TERMS = ("status", "quantity", "price", "trigger_price", "activation_price", "trailing_offset", "filled_qty")


@dataclass(frozen=True)
class _AtVenue:
    """A LIMIT order of 0.010 as it lies at the venue, and what others do to it."""

    venue: Venue
    market: Market
    number: str

    async def amended(self, quantity: str) -> None:
        price = self.market.below_last("3%")
        await self.venue.amends(self.number, "BUY", quantity=quantity, price=price)

    async def filled(self, quantity: str) -> None:
        await self.market.takes(self.number, quantity)


async def _grown_and_filled(order: _AtVenue) -> None:
    await order.amended("0.012")
    await order.filled("0.012")


async def _cut_and_filled(order: _AtVenue) -> None:
    await order.amended("0.006")
    await order.filled("0.006")


async def _grown_and_filled_in_part(order: _AtVenue) -> None:
    await order.amended("0.012")
    await order.filled("0.004")


async def _filled_in_part_and_grown(order: _AtVenue) -> None:
    await order.filled("0.004")
    await order.amended("0.012")


@dataclass(frozen=True, kw_only=True)
class Changes(AxisValue):
    """What happens to the order unheard."""

    happen: Callable[[_AtVenue], Awaitable[None]]


CHANGES = (
    Changes(name="grown-filled", words="amended to more and filled", happen=_grown_and_filled),
    Changes(name="cut-filled", words="amended to less and filled", happen=_cut_and_filled),
    Changes(name="grown-part", words="amended to more and filled in part", happen=_grown_and_filled_in_part),
    Changes(name="part-grown", words="filled in part and amended to more", happen=_filled_in_part_and_grown),
)


@case.each(
    "FATE-150",
    axes={"changes": CHANGES, "learned": (BY_QUERY, BY_CHECK)},
    tier="full",
    core=["grown-filled.query", "grown-filled.check"],
    rule=f"{_RULE}; Modify Order",
    needs=["market_moves", "venue_acts", "unrecordable"],
)
async def test_amendment_and_end_are_learned_together(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    changes: Changes,
    learned: Learned,
) -> None:
    """An order that was {changes} unheard MUST stand as at the venue once {learned}, and its position be held."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    trader.may_differ("the trader's balance is not the venue's", why="STRM-220 is about the balance")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    learner = Learner(trader, wire, faults, user_stream)
    heard = learner.is_deaf()

    await changes.happen(_AtVenue(venue, market, accepted["venue_order_id"]))
    await learned.happens(learner, order)

    # The check of 2.x asks several times before it concludes.
    await venue.confirms(order, within_s=5.0)
    heard.set()
    await trader.holds(await venue.position(), within_s=2.0)


@dataclass(frozen=True, kw_only=True)
class Resting(AxisValue):
    """An order that is left as it is."""

    request: Callable[[Market], OrderRequest]


RESTING = (
    Resting(name="limit", words="a limit order", request=lambda m: limit("BUY", "0.010", m.below_last("2%"))),
    Resting(
        name="stop-market",
        words="a stop",
        request=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("2%")),
    ),
    Resting(
        name="stop-limit",
        words="a stop limit order",
        request=lambda m: stop_limit("SELL", "0.010", trigger=m.below_last("2%"), price=m.below_last("3%")),
    ),
    Resting(
        name="take-market",
        words="a take-profit order",
        request=lambda m: take_profit_market("SELL", "0.010", trigger=m.above_last("2%")),
    ),
    Resting(
        name="take-limit",
        words="a take-profit limit order",
        request=lambda m: take_profit_limit("SELL", "0.010", trigger=m.above_last("2%"), price=m.above_last("2%")),
    ),
    Resting(
        name="trailing",
        words="a trailing stop",
        request=lambda m: trailing_stop_market("SELL", "0.010", callback_rate="1"),
    ),
    Resting(
        name="trailing-later",
        words="a trailing stop that is not active yet",
        request=lambda m: trailing_stop_market("SELL", "0.010", callback_rate="1", activation=m.above_last("2%")),
    ),
)


@case.each(
    "FATE-160",
    axes={"kind": RESTING, "learned": LEARNED},
    tier="full",
    core=["trailing.query", "trailing-later.query", "stop-limit.check"],
    rule=f"{_RULE}; Query Algo Order",
    needs=["unrecordable"],
)
async def test_asking_about_an_unchanged_order_changes_nothing(
    traders: Traders,
    wire: Wire,
    market: Market,
    faults: Faults,
    user_stream: UserStream,
    kind: Resting,
    learned: Learned,
) -> None:
    """Of {kind} that is as it was, nothing MUST be told once {learned}, and every term be as before."""
    trader = await traders.start()
    order = await trader.submit(kind.request(market))
    await order.reaches("ACCEPTED")
    await trader.settles()
    events, before = len(order.events), await order.row()

    await learned.happens(Learner(trader, wire, faults, user_stream), order)

    await order.stands("ACCEPTED")
    _has_terms(await order.row(), before)
    told = [event.name for event in order.events[events:]]
    require(not told, "no event about an order that has not changed", seen=told)


def _has_terms(row: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    for name in _TERMS:
        equal(name, row.get(name), before.get(name))


@case.each(
    {
        "FATE-170": {"kind": STOP_MARKET},
        "FATE-171": {"kind": STOP_LIMIT},
    },
    rule="All Orders: stopPrice is 0 of the order that a stop became; Query All Algo Orders: triggerPrice stays",
    needs=["market_moves", "unrecordable"],
)
async def test_stop_keeps_its_trigger(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, kind: Kind
) -> None:
    """{kind} that triggers and fills while the stream is lost MUST keep its trigger price in the trader's books."""
    passes_over_what_is_free(trader)
    trader.may_differ("the trader's balance is not the venue's", why="STRM-220 is about the balance")
    stop = Stop.of(trader, wire, market, venue, kind)
    order = await stop.is_accepted()
    await trader.settles()
    before = (await order.row())["trigger_price"]
    learner = Learner(trader, wire, faults, user_stream)
    heard = learner.is_deaf()

    await stop.triggers()
    await learner.by_reconnect(order)
    heard.set()

    equal("trigger_price", (await order.row()).get("trigger_price"), Decimal(before))
    await order.stands("FILLED")


_UNFILLED = {"status": "NEW", "executedQty": "0.000", "cumQuote": "0.00", "avgPrice": "0.00"}


@case.each(
    {
        "FATE-180": {"behind": _UNFILLED, "says": "not filled at all"},
        "FATE-181": {"behind": {"status": "PARTIALLY_FILLED", "executedQty": "0.002"}, "says": "filled to 0.002"},
    },
    tier="full",
    core=["FATE-180"],
    rule="General info: what REST answers may be behind what the stream has told",
    needs=["market_moves", "venue_acts", "unrecordable"],
)
async def test_answer_that_is_behind_takes_nothing_back(
    trader: Trader, market: Market, venue: Venue, faults: Faults, behind: Mapping[str, str], says: str
) -> None:
    """An order filled in two parts to 0.004 MUST stay so, with no event, when a query is answered that it is {says}."""
    passes_over_what_is_free(trader)
    order: Order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    for _ in range(2):
        await market.takes(accepted["venue_order_id"], "0.002")
    await trader.holds("0.004")
    events = len(order.events)
    faults.rewrite_answer("query order", dict(behind))

    await order.is_queried()

    await order.stands("PARTIALLY_FILLED")
    told = [event.name for event in order.events[events:]]
    require(not told, "no event for an answer that is behind", seen=told)
    await trader.holds("0.004")


@case.each(
    {"FATE-185": {"stop": False, "what": "a LIMIT order"}, "FATE-186": {"stop": True, "what": "a stop"}},
    tier="full",
    core=["FATE-185"],
    rule="Query Order, Query Algo Order; Event: Order Update, ALGO_UPDATE: both tell of the same acceptance",
    needs=["unrecordable"],
    trader={"inflight_check": None},
)
async def test_acceptance_that_is_asked_for_and_told_is_one(
    trader: Trader, market: Market, venue: Venue, faults: Faults, stop: bool, what: str
) -> None:
    """The acceptance of {what} that a query shows first, and the stream tells later, MUST be told the strategy once."""
    asked = asyncio.Event()
    faults.delay("place stop" if stop else "place order", until=asked, processed=True)
    if stop:
        faults.delay_frame("ALGO_UPDATE", until=asked, X="NEW")
        request = stop_market("SELL", "0.010", trigger=market.below_last("4%"))
    else:
        faults.delay_frame("ORDER_TRADE_UPDATE", until=asked, x="NEW")
        request = limit("BUY", "0.010", market.below_last("2%"))
    order = await trader.submit(request)

    async def is_there() -> bool:
        return (await venue.standing(order.id)).state == "NEW"

    require(await comes_true(trader.history, is_there, within_s=3.0), "an order at the venue", seen="none")

    await order.is_queried()
    asked.set()
    await trader.settles()

    await order.stands("ACCEPTED")
    equal("acceptances", [event.name for event in order.events].count("OrderAccepted"), 1)
