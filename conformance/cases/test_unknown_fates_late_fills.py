"""Fills that are learned only when the trader knows already that their order has ended: they count all the same."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Venue, case, limit


@dataclass(frozen=True, kw_only=True)
class End(AxisValue):
    """How an order ends of which 0.004 have filled: `happens` returns it when the trader knows of the end."""

    status: str
    happens: Callable[[Trader, Market, Venue], Awaitable[Order]]


async def _is_cancelled(trader: Trader, market: Market, venue: Venue) -> Order:
    order = await _fills_in_part(trader, market)
    await order.cancel()
    await order.reaches("CANCELED")
    return order


async def _is_cancelled_by_another_client(trader: Trader, market: Market, venue: Venue) -> Order:
    order = await _fills_in_part(trader, market)
    await venue.cancels(str((await order.row())["venue_order_id"]))
    await order.reaches("CANCELED")
    return order


async def _expires_at_the_venue(trader: Trader, market: Market, venue: Venue) -> Order:
    order = await _fills_in_part(trader, market)
    await venue.expires(str((await order.row())["venue_order_id"]), 4)
    await order.reaches("EXPIRED")
    return order


async def _is_taken_in_part(trader: Trader, market: Market, venue: Venue) -> Order:
    await market.offers(asks=[(market.last, "0.004")])
    order = await trader.submit(limit("BUY", "0.010", market.last, time_in_force="IOC"))
    await order.reaches("EXPIRED")
    return order


async def _fills_in_part(trader: Trader, market: Market) -> Order:
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    await market.takes(accepted["venue_order_id"], "0.004")
    return order


ENDS = (
    End(name="cancelled", words="that is cancelled", status="CANCELED", happens=_is_cancelled),
    End(
        name="cancelled-by-others",
        words="that another client cancels",
        status="CANCELED",
        happens=_is_cancelled_by_another_client,
    ),
    End(name="ioc", words="that is IOC", status="EXPIRED", happens=_is_taken_in_part, needs=("expiries",)),
    End(
        name="expired",
        words="that the venue expires",
        status="EXPIRED",
        happens=_expires_at_the_venue,
        needs=("expiries",),
    ),
)


@case.each(
    {f"FATE-{number}": {"end": end} for number, end in enumerate(ENDS, 210)},
    tier="full",
    core=["FATE-210", "FATE-212"],
    rule="Query Order: executedQty; Account Trade List; Event: Order Update, z of the event that tells the end",
    needs=["market_moves", "venue_acts", "unrecordable"],
)
async def test_fill_that_is_learned_after_the_end_counts(
    trader: Trader, market: Market, venue: Venue, faults: Faults, end: End
) -> None:
    """The fill of an order {end}, of which the end alone is told, MUST count once a query tells, and open nothing."""
    passes_over_what_is_free(trader)
    faults.lose("ORDER_TRADE_UPDATE", x="TRADE")
    faults.lose("TRADE_LITE", times=None, optional=True)
    order = await end.happens(trader, market, venue)
    await trader.settles()

    await order.is_queried()

    await venue.confirms(order, end.status, within_s=2.0)
    await trader.holds("0.004", within_s=2.0)
    await trader.has_open()
