"""Unknown fates: fills that are learned by asking, and told or not told later."""

import asyncio

from conformance.cases.inherited import venue_id
from conformance.cases.situations import CHECKED, OF_ORDERS, UNHURRIED, hears_no_more, passes_over_what_is_free
from conformance.kit import (
    Faults,
    Market,
    Trader,
    Venue,
    Wire,
    case,
    limit,
    market_order,
    require,
    stop_limit,
    stop_market,
)

_RULE = "Query Order: executedQty; Account Trade List"


def _deaf(faults: Faults, until: asyncio.Event | None = None) -> None:
    for event in OF_ORDERS:
        faults.lose(event, times=None, until=until, optional=True)


@case("FATE-100", rule=_RULE, needs=["market_moves", "venue_acts"])
async def test_partial_fill_that_is_asked_for_and_told_counts_once(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """A partial fill that a query shows first and the stream tells later MUST be booked once, and so the rest."""
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    asked = asyncio.Event()
    faults.delay_frame("ORDER_TRADE_UPDATE", until=asked, x="TRADE")

    await market.takes(accepted["venue_order_id"], "0.004")
    await order.is_queried()
    asked.set()
    await trader.settles()
    await market.takes(accepted["venue_order_id"], "0.006")

    await order.reaches("FILLED", within_s=2.0)
    await venue.confirms(order)
    await trader.holds("0.010")


@case("FATE-110", rule=_RULE, upstream=["#4448"], needs=["market_moves"])
async def test_filled_stop_is_learned_by_query(trader: Trader, market: Market, venue: Venue, faults: Faults) -> None:
    """A stop that triggers and fills unheard MUST be FILLED, and its position held, once it is queried."""
    passes_over_what_is_free(trader)
    order = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await trader.settles()
    _deaf(faults)

    await market.moves_to(market.below_last("3%"))
    await order.is_queried()

    await venue.confirms(order, within_s=2.0)
    await trader.holds("-0.010")


async def _unanswered() -> bool:
    return False


@case(
    "FATE-112",
    rule=f"{_RULE}; Query Algo Order: actualOrderId; General info: 503: execution status UNKNOWN",
    needs=["market_moves", "unrecordable"],
    profile="quiet",
    why="which questions the query asks, and which of them fails, is the requirement",
)
async def test_query_whose_second_question_is_refused_ends_no_stop(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """A stop cut to the position that filled unheard MUST NOT be CANCELED where its query is answered by half.

    FINISHED says that it has triggered; how much of it was to fill says the order that it became, asked for second.
    """
    passes_over_what_is_free(trader)
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    order = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%"), reduce_only=True))
    await order.reaches("ACCEPTED")
    part = await trader.submit(market_order("SELL", "0.004", reduce_only=True))
    await part.reaches("FILLED")
    await trader.settles()
    hears_no_more(trader, faults)
    await market.moves_to(market.below_last("3%"))
    over = asyncio.Event()
    # Which of the questions of orders that is: the first one asks for the stop itself, and finds no such order (-2013).
    faults.answer(
        "GET /fapi/v1/order",
        503,
        {"code": -1000, "msg": "Unknown error"},
        times=None,
        skip=1,
        until=over,
        optional=True,
    )

    await order.is_queried()
    # Who asks again is refused again, until it has had enough of it.
    await trader.asks_until(_unanswered, "GET /fapi/v1/order", silence_s=1.0)

    await trader.settles()
    order.never("CANCELED")
    over.set()
    await order.is_queried()
    await venue.confirms(order, "FILLED", within_s=2.0)
    await trader.holds("0")


@case("FATE-115", rule=_RULE, needs=["market_moves"])
async def test_triggered_stop_limit_is_learned_by_query(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """A stop limit that triggers unheard and rests MUST be open once it is queried, and be cancelled when asked for."""
    passes_over_what_is_free(trader)
    trigger, price = market.below_last("2%"), market.below_last("1%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price))
    await order.reaches("ACCEPTED")
    await trader.settles()
    heard = asyncio.Event()
    _deaf(faults, heard)

    await market.moves_to(market.below_last("3%"))
    await order.is_queried()
    heard.set()
    await order.cancel()

    await order.reaches("CANCELED")
    await venue.confirms(order)


@case("FATE-120", rule=_RULE, needs=["market_moves", "venue_acts"])
async def test_fill_of_a_cancelled_order_is_learned_by_query(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """An order that is filled in part and cancelled unheard MUST be CANCELED with its fill once it is queried."""
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    _deaf(faults)

    await market.takes(accepted["venue_order_id"], "0.004")
    await venue.cancels(accepted["venue_order_id"])
    await order.is_queried()

    await venue.confirms(order, within_s=2.0)
    await trader.holds("0.004")


@case("FATE-130", rule=_RULE, needs=["market_moves", "venue_acts", "inflight_check", "expiries"], trader=CHECKED)
async def test_fill_of_an_expired_order_is_learned_by_query(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """An IOC order that fills in part and expires unheard MUST be known with its fill from the in-flight check."""
    passes_over_what_is_free(trader)
    await market.offers(asks=[(market.last, "0.003")])
    _deaf(faults)

    order = await trader.submit(limit("BUY", "0.010", market.last, time_in_force="IOC"))

    await venue.confirms(order)
    await trader.holds("0.003")


@case("FATE-140", rule=f"Cancel Order; {_RULE}", needs=["market_moves", "venue_acts"], trader=CHECKED)
async def test_fill_during_a_lost_cancellation_is_learned(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults
) -> None:
    """An order that fills unheard while its cancellation is lost MUST be FILLED from the in-flight check."""
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    _deaf(faults)
    faults.drop("cancel order", processed=False, times=None)

    await market.takes(accepted["venue_order_id"], "0.010")
    await trader.settles()
    await order.cancel()

    await venue.confirms(order)
    await trader.holds("0.010")


@case("FATE-145", rule=f"Modify Order; {_RULE}", needs=["market_moves", "venue_acts"], trader=CHECKED)
async def test_fill_during_a_lost_amendment_is_learned(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """An order that fills in part unheard while its amendment is lost MUST be open with its fill once it is asked."""
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    _deaf(faults)
    faults.drop("modify", processed=False, times=None)

    await market.takes(accepted["venue_order_id"], "0.004")
    await trader.settles()
    await order.modify(price=str(market.below_last("3%")))

    await venue.confirms(order, within_s=3.0)
    await trader.holds("0.004")


@case.each(
    {"FATE-220": {"then": "fills"}, "FATE-221": {"then": "is cancelled"}},
    rule=f"{_RULE}; Event: Order Update",
    needs=["market_moves", "unrecordable"],
    trader=UNHURRIED,
)
async def test_order_that_was_learned_filled_in_part_is_not_accepted_again(
    trader: Trader, market: Market, venue: Venue, faults: Faults, then: str
) -> None:
    """An order that is learned by a query, filled in part, and then {then} heard, MUST be accepted once, before."""
    passes_over_what_is_free(trader)
    unheard = asyncio.Event()
    _deaf(faults, unheard)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await trader.has_its_answers()
    number = await venue_id(venue, order.id)
    await market.takes(number, "0.004")
    await order.is_queried()
    await trader.holds("0.004")
    unheard.set()

    if then == "fills":
        await market.takes(number, "0.006")
        await order.reaches("FILLED")
    else:
        await order.cancel()
        await order.reaches("CANCELED")

    await trader.settles()
    await venue.confirms(order)
    accepted = len([event for event in order.events if event.name == "OrderAccepted"])
    require(accepted > 0, "an acceptance", seen="none")
    require(accepted < 2, "no second acceptance", seen=accepted)
