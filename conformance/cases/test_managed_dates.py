"""Dates until which orders are good, held by the strategy in the venue's place: it cancels them when they come."""

import time

from conformance.cases.inherited import CRASH, WARM, Memory
from conformance.kit import AxisValue, Market, Traders, Venue, Wire, case, equal, limit
from conformance.kit.waiting import comes_true

_RULE = "New Order, timeInForce GTD: goodTillDate is at least 600 s ahead; Cancel Order"
#: The venue is sent GTC, and the strategy holds the date.
_DATED = {"client": {"use_gtd": False}, "strategy": {"manage_gtd_expiry": True}}
_GOOD_FOR_MS = 1_500
PASSED = AxisValue(name="passed", words="has passed")
TO_COME = AxisValue(name="to-come", words="is to come")


def _in_ms(ms: int) -> int:
    return time.time_ns() // 1_000_000 + ms


@case.each(
    {
        "MNG-110": {"until": "nothing"},
        "MNG-111": {"until": "a partial fill"},
        "MNG-112": {"until": "an amendment"},
    },
    tier="full",
    core=["MNG-111"],
    rule=_RULE,
    needs=["gtd", "market_moves", "unrecordable"],
    trader=_DATED,
)
async def test_order_is_cancelled_at_its_date(traders: Traders, market: Market, venue: Venue, until: str) -> None:
    """An order whose date the strategy holds, and that meets {until} before it, MUST be cancelled at its date."""
    trader = await traders.start()
    asked = limit("BUY", "0.010", market.below_last("2%"), time_in_force="GTD", expire_time_ms=_in_ms(_GOOD_FOR_MS))
    order = await trader.submit(asked)
    accepted = await order.reaches("ACCEPTED")

    if until == "a partial fill":
        await market.takes(accepted["venue_order_id"], "0.004")
        await order.reaches("PARTIALLY_FILLED")
    elif until == "an amendment":
        await order.modify(price=str(market.below_last("3%")))
        await order.reaches("UPDATED")

    await order.reaches("CANCELED")
    await venue.confirms(order)


@case.each(
    {"MNG-120": {"end": "a cancellation"}, "MNG-121": {"end": "a fill"}},
    tier="full",
    core=["MNG-120"],
    rule=_RULE,
    needs=["gtd", "market_moves", "unrecordable"],
    trader=_DATED,
)
async def test_date_of_an_order_that_has_ended_asks_for_nothing(
    traders: Traders, market: Market, venue: Venue, wire: Wire, end: str
) -> None:
    """An order whose date the strategy holds, and that {end} ends before it, MUST NOT be cancelled at its date."""
    trader = await traders.start()
    dated = limit("BUY", "0.010", market.below_last("2%"), time_in_force="GTD", expire_time_ms=_in_ms(_GOOD_FOR_MS))
    order = await trader.submit(dated)
    later = await trader.submit(dated.but(price=market.below_last("3%"), expire_time_ms=_in_ms(2 * _GOOD_FOR_MS)))
    accepted = await order.reaches("ACCEPTED")
    if end == "a cancellation":
        await order.cancel()
        await order.reaches("CANCELED")
    else:
        await market.takes(accepted["venue_order_id"], "0.010")
        await order.reaches("FILLED")
    since = trader.moment

    # The date of the other is past by then.
    await later.reaches("CANCELED")

    equal("cancellations since", len(wire.asked("cancel order", since=since)), 1)


@case.each(
    "MNG-130",
    axes={"memory": (WARM, CRASH), "date": (PASSED, TO_COME)},
    tier="full",
    core=["warm.passed", "crash.to-come"],
    rule=_RULE,
    needs=["gtd", "cache_database", "unrecordable", "orders_of_others"],
    trader=_DATED,
)
async def test_date_outlives_the_session(
    traders: Traders, market: Market, venue: Venue, memory: Memory, date: AxisValue
) -> None:
    """An order {memory}, whose date {date} at the next start, MUST be cancelled by the strategy that holds it."""
    trader = await traders.start()
    expires_ms = _in_ms(_GOOD_FOR_MS)
    asked = limit("BUY", "0.010", market.below_last("2%"), time_in_force="GTD", expire_time_ms=expires_ms)
    order = await trader.submit(asked)
    await order.reaches("ACCEPTED")
    await traders.have_time_to_keep(order.id)
    await (traders.kill() if memory.killed else traders.stop())

    async def has_passed() -> bool:
        return _in_ms(0) > expires_ms

    if date is PASSED:
        await comes_true(trader.history, has_passed)
    again = await traders.start_again()

    kept = again.order(order.id)
    await kept.reaches("CANCELED")
    await venue.confirms(kept)
