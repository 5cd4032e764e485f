"""An order that expires unheard: once it is asked for it is EXPIRED, as if it had been told, and not cancelled."""

import time

from conformance.cases.situations import OF_ORDERS
from conformance.kit import Faults, Market, Trader, Venue, case, limit

_RULE = "Query Order: status EXPIRED, when by the time in force or the venue's own rules the order is ended"


@case("FATE-190", rule=f"{_RULE}; New Order, timeInForce IOC", needs=["unrecordable", "expiries"])
async def test_order_that_found_nothing_unheard_is_expired_by_query(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """An IOC order that finds nothing, of which no event tells, MUST be EXPIRED once it is queried."""
    for event in OF_ORDERS:
        faults.lose(event, times=None, optional=True)

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%"), time_in_force="IOC"))
    await trader.has_its_answers()
    await order.is_queried()

    await order.reaches("EXPIRED")
    await venue.confirms(order)


@case(
    "FATE-191",
    rule=f"{_RULE}; New Order, timeInForce GTD: auto-cancelled at goodTillDate",
    card="TC-E18",
    needs=["gtd", "venue_acts", "unrecordable", "expiries"],
)
async def test_order_that_ends_at_its_date_unheard_is_expired_by_query(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """A GTD order that the venue ends at its date, unheard, MUST be EXPIRED once it is queried."""
    expiry_ms = (int(time.time()) + 660) * 1000
    asked = limit("BUY", "0.010", market.below_last("2%"), time_in_force="GTD", expire_time_ms=expiry_ms)
    order = await trader.submit(asked)
    await order.reaches("ACCEPTED")
    await trader.settles()
    for event in OF_ORDERS:
        faults.lose(event, times=None, optional=True)

    await venue.lets_pass(670_000)
    # The questions have the machine's time.
    await venue.skews_clock(-670_000)
    await order.is_queried()

    await order.reaches("EXPIRED")
