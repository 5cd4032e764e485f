"""Starts that look back for a time that is given: what has ended within it, whenever it began, and weeks of it."""

from dataclasses import dataclass

from conformance.cases.inherited import CHILD, LIMIT, NAME, STOP, STOP_LIMIT, WARM, Estate, Left, told_apart
from conformance.cases.meanwhile import MEANWHILE, STOPPED, Meanwhile
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Side, Traders, Venue, case, market_order

_TWO_HOURS_MS = 2 * 3_600_000
_TEN_DAYS_MS = 10 * 24 * 3_600_000
_MINUTES_A_DAY = 24 * 60
_ENDS = "All Orders, Query All Algo Orders, Account Trade List: updateTime is when an order changed"
_AT_MOST_A_WEEK = "the time between startTime and endTime cannot be longer than 7 days"


def _back(name: str, words: str, minutes: int) -> AxisValue:
    return AxisValue(name=name, words=words, trader={"exec_engine": {"reconciliation_lookback_mins": minutes}})


HOUR = _back("hour", "an hour", 60)
DAY = _back("day", "a day", _MINUTES_A_DAY)
FORTNIGHT = _back("fortnight", "a fortnight", 14 * _MINUTES_A_DAY)
LOOK_BACKS = (HOUR, DAY, FORTNIGHT)


@case.each(
    "INH-140",
    axes={"look_back": LOOK_BACKS, "meanwhile": MEANWHILE},
    tier="full",
    core=[
        "hour.filled",
        "hour.cancelled",
        "hour.filled-and-cancelled",
        "day.filled",
        "fortnight.filled",
        "fortnight.filled-and-cancelled",
    ],
    rule=f"{_ENDS}; {_AT_MOST_A_WEEK}",
    needs=["cache_database", "market_moves", "venue_acts", "orders_of_others", "expiries", "unrecordable"],
)
async def test_order_of_two_hours_ago_changes_while_no_trader_runs(
    traders: Traders, venue: Venue, market: Market, look_back: AxisValue, meanwhile: Meanwhile
) -> None:
    """A LIMIT order placed two hours ago and {meanwhile} just now MUST stand as at the venue, filled by its own trades.

    The start looks back for {look_back}.
    """
    await _changes_while_no_trader_runs(traders, venue, market, LIMIT, meanwhile)


@case.each(
    "INH-150",
    axes={"look_back": LOOK_BACKS, "left": (STOP, STOP_LIMIT), "meanwhile": STOPPED},
    but={
        "a stop without a limit rests no more once it has triggered": {
            "left": "stop",
            "meanwhile": ("resting", "triggered-and-cancelled"),
        },
        "what ends a stop before it triggers ends one with a limit as well": {
            "left": "stop-limit",
            "meanwhile": ("nothing", "filled", "cancelled", "expired", "rejected"),
        },
    },
    tier="full",
    core=[
        "hour.stop.filled",
        "hour.stop.cancelled",
        "day.stop.cancelled",
        "fortnight.stop.cancelled",
        "fortnight.stop.rejected",
        "hour.stop-limit.resting",
    ],
    rule=f"{_ENDS}; {_AT_MOST_A_WEEK}",
    needs=["cache_database", "market_moves", "venue_acts", "unrecordable"],
)
async def test_stop_of_two_hours_ago_changes_while_no_trader_runs(
    traders: Traders, venue: Venue, market: Market, look_back: AxisValue, left: Left, meanwhile: Meanwhile
) -> None:
    """{left} of two hours ago and {meanwhile} just now MUST stand as at the venue, filled by the venue's trades.

    The start looks back for {look_back}.
    """
    await _changes_while_no_trader_runs(traders, venue, market, left, meanwhile)


async def _changes_while_no_trader_runs(
    traders: Traders, venue: Venue, market: Market, left: Left, meanwhile: Meanwhile
) -> None:
    estate = Estate(traders, venue, market)
    await estate.leaves(left, WARM)
    await venue.ages(_TWO_HOURS_MS)
    await meanwhile.does(estate, left)

    trader, order = await estate.starts(WARM)

    await venue.confirms(order, meanwhile.status or None)
    await trader.holds(await venue.position())
    await trader.has_booked(NAME, await venue.trades())


@case.each(
    {"INH-160": {"look_back": HOUR}, "INH-161": {"look_back": DAY}, "INH-162": {"look_back": FORTNIGHT}},
    tier="full",
    core=["INH-160"],
    rule="Algo Order service, actualOrderId: a stop that has triggered is the order that it became; Cancel Order",
    needs=["cache_database", "market_moves", "venue_acts", "unrecordable"],
)
async def test_resting_order_of_an_old_stop_is_cancelled(
    traders: Traders, venue: Venue, market: Market, faults: Faults, look_back: AxisValue
) -> None:
    """What a stop of two hours ago became MUST be the trader's to cancel when its start looks back for {look_back}."""
    estate = Estate(traders, venue, market, look_back.trader)
    await estate.leaves(CHILD, WARM)
    await venue.ages(_TWO_HOURS_MS)
    _, order = await estate.starts(WARM)
    apart = told_apart(faults)

    await order.cancel()

    await order.reaches("CANCELED")
    apart.set()
    await order.stands("CANCELED")


@dataclass(frozen=True, kw_only=True)
class Traded(AxisValue):
    """What has been traded two hours ago, after a buy of 0.010 ten days ago, each trade at a price of its own."""

    side: Side
    quantity: str


TRADED = (
    Traded(name="grown", words="more of it", side="BUY", quantity="0.006"),
    Traded(name="reduced", words="less of it", side="SELL", quantity="0.004"),
    Traded(name="turned", words="a short one", side="SELL", quantity="0.016"),
)


@case.each(
    "RECON-340",
    axes={"look_back": LOOK_BACKS, "traded": TRADED},
    tier="full",
    core=["fortnight.grown", "fortnight.turned"],
    rule=f"Account Trade List: {_AT_MOST_A_WEEK}; Position Information V3, entryPrice",
    needs=["market_moves", "venue_acts", "unrecordable", "orders_of_others"],
)
async def test_position_of_ten_days_is_held(
    traders: Traders, venue: Venue, market: Market, look_back: AxisValue, traded: Traded
) -> None:
    """A position of ten days ago that is {traded} since MUST be held by a start that looks back for {look_back}."""
    await venue.opens_position("BUY", "0.010")
    await venue.ages(_TEN_DAYS_MS)
    await market.moves_to(market.above_last("2%"))
    await venue.places(market_order(traded.side, traded.quantity).named("LATER-1"))
    await venue.ages(_TWO_HOURS_MS)

    trader = await traders.start()

    passes_over_what_is_free(trader)
    await trader.settles()
    # Invariant 8 compares the entry price.
    await trader.holds(await venue.position(), within_s=1.0)
