"""Starts after more orders of other clients than an answer of All Orders holds: what was left is older."""

from dataclasses import dataclass

from conformance.cases.inherited import LIMIT, NAME, STOP, WARM, Estate, Left
from conformance.cases.meanwhile import MEANWHILE, STOPPED, Meanwhile
from conformance.kit import AxisValue, Market, Traders, Venue, case, limit, stop_market

#: An account may place 300 orders in 10 seconds.
_AT_ONCE = 250
_A_MINUTE_MS = 60_000
_FILLED, _CANCELLED = (next(each for each in MEANWHILE if each.name == name) for name in ("filled", "cancelled"))
_STOP_CANCELLED = next(each for each in STOPPED if each.name == "cancelled")


@dataclass(frozen=True, kw_only=True)
class Ended(AxisValue):
    """What was left, and how it ended."""

    left: Left
    meanwhile: Meanwhile


ENDED = (
    Ended(name="filled", words="A LIMIT order that filled", left=LIMIT, meanwhile=_FILLED),
    Ended(name="cancelled", words="A LIMIT order that was cancelled", left=LIMIT, meanwhile=_CANCELLED),
    Ended(name="stop-cancelled", words="A stop that was cancelled", left=STOP, meanwhile=_STOP_CANCELLED),
)


@dataclass(frozen=True, kw_only=True)
class Since(AxisValue):
    """How many orders another client has placed since."""

    orders: int


SINCE = (
    Since(name="more-than-default", words="more orders than an answer has by default", orders=520),
    Since(name="more-than-most", words="more orders than the largest answer has", orders=1020),
)


@case.each(
    "INH-590",
    axes={"ended": ENDED, "since": SINCE},
    tier="full",
    rule="All Orders, Query All Algo Orders: limit 500, at most 1000, the newest of them; orderId: from this order on",
    needs=["cache_database", "unrecordable", "market_moves", "venue_acts", "orders_of_others"],
)
async def test_order_that_ended_before_many_others_is_known_to_have(
    traders: Traders, market: Market, venue: Venue, ended: Ended, since: Since
) -> None:
    """{ended} while no trader ran, before {since}, MUST stand as at the venue, and its position be held."""
    estate = Estate(traders, venue, market)
    await estate.leaves(ended.left, WARM)
    await ended.meanwhile.does(estate, ended.left)
    for number in range(since.orders):
        if number % _AT_ONCE == 0:
            await venue.ages(_A_MINUTE_MS)
        await _comes_and_goes(venue, market, ended.left, number)

    trader, order = await estate.starts(WARM)

    await trader.settles()
    await order.stands(ended.meanwhile.status)
    await trader.holds(await venue.position())
    await trader.has_booked(NAME, await venue.trades())


async def _comes_and_goes(venue: Venue, market: Market, like: Left, number: int) -> None:
    """Let another client place an order of the kind, and let it end without a trade."""
    name = f"LATER-{number}"
    if like is STOP:
        placed = await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("2%")).named(name))
        await venue.cancels_stop(str(placed["algoId"]))
    else:
        await venue.places(limit("BUY", "0.010", market.below_last("4%"), time_in_force="IOC").named(name))
