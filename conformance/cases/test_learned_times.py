"""When it was: what is learned by asking has the venue's time, however long it has been over by then."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases.learned import LEARNED, Learned, Learner
from conformance.cases.situations import UNCHECKED, passes_over_what_is_free
from conformance.cases.times import has_the_time_of
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    OrderRequest,
    Traders,
    UserStream,
    Venue,
    Wire,
    case,
    limit,
    stop_market,
)

#: As long as a trader may have been cut off; less than what any version asks back for.
_AGE_MS = 20 * 60 * 1000


@dataclass(frozen=True, kw_only=True)
class Change(AxisValue):
    """An order, and what becomes of it unheard."""

    request: Callable[[Market], OrderRequest]
    happens: Callable[[Venue, Market, str], Awaitable[Any]]
    reaches: str


def _rests(market: Market) -> OrderRequest:
    return limit("BUY", "0.010", market.below_last("2%"))


CHANGES = (
    Change(
        name="fill",
        words="the fill of an order",
        request=_rests,
        happens=lambda _, market, number: market.takes(number, "0.010"),
        reaches="FILLED",
    ),
    Change(
        name="part",
        words="a fill of a part of an order",
        request=_rests,
        happens=lambda _, market, number: market.takes(number, "0.004"),
        reaches="PARTIALLY_FILLED",
    ),
    Change(
        name="cancel",
        words="the cancellation of an order",
        request=_rests,
        happens=lambda venue, _, number: venue.cancels(number),
        reaches="CANCELED",
    ),
    Change(
        name="cancel-stop",
        words="the cancellation of a stop",
        request=lambda market: stop_market("SELL", "0.010", trigger=market.below_last("2%")),
        happens=lambda venue, _, number: venue.cancels_stop(number),
        reaches="CANCELED",
    ),
)


@case.each(
    "FATE-200",
    axes={"change": CHANGES, "learned": LEARNED},
    tier="full",
    core=["fill.query", "fill.reconnect", "cancel.query"],
    rule="Account Trade List, time; Query Order, All Orders, Query Algo Order: updateTime",
    needs=["market_moves", "venue_acts", "unrecordable"],
    trader=UNCHECKED,
)
async def test_what_is_learned_has_the_time_of_the_venue(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    change: Change,
    learned: Learned,
) -> None:
    """When {learned}, {change} unheard MUST be told with the time at which it was at the venue, 20 minutes ago."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    trader.may_differ("the trader's balance is not the venue's", why="STRM-220 is about the balance")
    order = await trader.submit(change.request(market))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    learner = Learner(trader, wire, faults, user_stream)
    heard = learner.is_deaf()
    await change.happens(venue, market, accepted["venue_order_id"])
    await trader.is_told()
    await venue.ages(_AGE_MS)
    heard.set()

    await learned.happens(learner, order)

    told = await order.reaches(change.reaches, within_s=3.0)
    has_the_time_of(told, (await venue.standing(order.id)).changed_ms)
