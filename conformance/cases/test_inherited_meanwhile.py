"""What happens while no trader runs: orders fill, end and change, positions too, and the next session must see it."""

from conformance.cases.inherited import LIMIT, PARTIAL, REMEMBERED, STOP, STOP_LIMIT, TAKE_PROFIT, Estate, Left, Memory
from conformance.cases.meanwhile import MEANWHILE, STOPPED, Meanwhile
from conformance.kit import Market, Traders, Venue, case, limit, stop_market


@case.each(
    "INH-110",
    axes={"left": (LIMIT, PARTIAL), "meanwhile": MEANWHILE, "memory": REMEMBERED},
    tier="full",
    core=[
        "limit.filled.warm",
        "limit.partly-filled.warm",
        "limit.cancelled.warm",
        "limit.filled-and-cancelled.crash",
        "limit.filled-and-expired.warm",
        "limit.amended.warm",
        "partial.nothing.warm",
        "partial.filled.crash",
    ],
    rule="Query Order; All Orders; Account Trade List",
    upstream=["#4736"],
    needs=["market_moves", "venue_acts", "orders_of_others", "expiries"],
)
async def test_order_changes_while_no_trader_runs(
    traders: Traders, venue: Venue, market: Market, left: Left, meanwhile: Meanwhile, memory: Memory
) -> None:
    """{left} left {memory} and {meanwhile} before the trader starts again MUST stand there as at the venue."""
    estate = Estate(traders, venue, market)
    await estate.leaves(left, memory)
    await meanwhile.does(estate, left)

    trader, order = await estate.starts(memory)

    await venue.confirms(order, meanwhile.status or None)
    await trader.holds(await venue.position())


@case.each(
    "INH-120",
    axes={"left": (STOP, STOP_LIMIT, TAKE_PROFIT), "meanwhile": STOPPED, "memory": REMEMBERED},
    but={
        "a stop without a limit rests no more once it has triggered": {
            "left": ("stop", "take-profit"),
            "meanwhile": ("resting", "triggered-and-cancelled"),
        }
    },
    tier="full",
    core=[
        "stop.filled.warm",
        "stop.cancelled.warm",
        "stop.rejected.warm",
        "stop-limit.resting.warm",
        "take-profit.filled.crash",
    ],
    rule="Algo Order service: Query All Algo Orders, actualOrderId; Account Trade List",
    upstream=["#4716", "#3287"],
    needs=["market_moves", "venue_acts"],
)
async def test_stop_changes_while_no_trader_runs(
    traders: Traders, venue: Venue, market: Market, left: Left, meanwhile: Meanwhile, memory: Memory
) -> None:
    """{left} left {memory} and {meanwhile} before the trader starts again MUST stand there as at the venue."""
    estate = Estate(traders, venue, market)
    await estate.leaves(left, memory)
    await meanwhile.does(estate, left)

    trader, order = await estate.starts(memory)

    await venue.confirms(order, meanwhile.status or None)
    await trader.holds(await venue.position())


@case(
    "INH-130",
    rule="Current All Open Orders; Current All Algo Open Orders; one account, several clients",
    needs=["cache_database", "orders_of_others"],
)
async def test_orders_placed_while_no_trader_runs_are_known(traders: Traders, venue: Venue, market: Market) -> None:
    """Orders and stops that another client places while no trader runs MUST be open in the session that remembers."""
    trader = await traders.start()
    own = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await own.reaches("ACCEPTED")
    await traders.stop()
    await venue.places(limit("SELL", "0.010", market.above_last("3%")).named("NEW-LIMIT"))
    await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("3%")).named("NEW-STOP"))

    again = await traders.start_again()

    await again.has_open(own.id, "NEW-LIMIT", "NEW-STOP")
