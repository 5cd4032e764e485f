"""Batch cancellations of orders of which one is still on its way: the venue has it, and the trader has no id of it."""

import asyncio
from dataclasses import dataclass

from conformance.kit import AxisValue, Faults, Market, Order, Trader, Venue, Wire, case, limit, require

_CANCELS = ("batch cancel", "cancel order")


@dataclass(frozen=True, kw_only=True)
class Others(AxisValue):
    """How many orders rest beside the one that is on its way."""

    count: int


_PLACES = (AxisValue(name="last", words="after"), AxisValue(name="first", words="before"))
_OTHERS = (
    Others(name="one", words="one that rests", count=1),
    # The venue takes ten at once.
    Others(name="eleven", words="eleven that rest", count=11),
)


@case.each(
    "CXL-280",
    axes={"place": _PLACES, "others": _OTHERS},
    tier="full",
    core=["last.one"],
    rule="Cancel Multiple Orders: either orderIdList or origClientOrderIdList, up to ten",
    needs=["batch_cancel", "unrecordable"],
)
async def test_batch_cancels_an_order_that_is_on_its_way(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, place: AxisValue, others: Others
) -> None:
    """A batch cancellation with an order on its way, {place} {others}, MUST end each order in books and at venue."""
    resting: list[Order] = []
    for _ in range(others.count):
        resting.append(await trader.submit(limit("BUY", "0.010", market.below_last("3%"))))
        await resting[-1].reaches("ACCEPTED")
    await trader.settles()
    told = asyncio.Event()
    late = limit("BUY", "0.010", market.below_last("2%")).named("LATE-1")
    on_its_way = faults.delay("place order", until=told, processed=True, newClientOrderId=late.client_order_id)
    faults.delay_frame("ORDER_TRADE_UPDATE", until=told, optional=True, x="NEW")
    order = await trader.submit(late)
    await on_its_way.happens()
    orders = [*resting, order] if place.name == "last" else [order, *resting]

    await trader.cancel_batch(orders)

    await wire.answers(_CANCELS, within_s=3.0)
    told.set()
    for each in orders:
        await each.reaches("CANCELED")
        await venue.confirms(each, "CANCELED")
    both = [each for each in wire.asked("batch cancel") if {"orderIdList", "origClientOrderIdList"} <= set(each.params)]
    require(not both, "ids of the venue or of the trader, not both", seen=f"{len(both)} requests with both")
