"""What happens while no trader runs: orders fill, end and change, positions too, and the next session must see it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.inherited import (
    LIMIT,
    NAME,
    PARTIAL,
    REMEMBERED,
    STOP,
    STOP_LIMIT,
    TAKE_PROFIT,
    Estate,
    Left,
    Memory,
    venue_id,
)
from conformance.kit import (
    AxisValue,
    Market,
    Traders,
    Venue,
    case,
    limit,
    stop_market,
)


@dataclass(frozen=True, kw_only=True)
class Meanwhile(AxisValue):
    """What happens to the order while no trader runs, and how it then stands ("": open as before)."""

    does: Callable[[Estate, Left], Awaitable[None]]
    status: str


async def _nothing(estate: Estate, left: Left) -> None:
    pass


async def _fills(estate: Estate, left: Left) -> None:
    await estate.takes(f"{left.rest:f}")


async def _fills_in_part(estate: Estate, left: Left) -> None:
    await estate.takes("0.003")


async def _is_cancelled(estate: Estate, left: Left) -> None:
    await estate.venue.cancels(await venue_id(estate.venue, NAME))


async def _fills_and_is_cancelled(estate: Estate, left: Left) -> None:
    await _fills_in_part(estate, left)
    await _is_cancelled(estate, left)


async def _is_amended(estate: Estate, left: Left) -> None:
    number, price = await venue_id(estate.venue, NAME), estate.market.below_last("5%")
    await estate.venue.amends(number, "BUY", quantity="0.012", price=price)


async def _expires(estate: Estate, left: Left) -> None:
    await estate.venue.expires(await venue_id(estate.venue, NAME))


async def _fills_and_expires(estate: Estate, left: Left) -> None:
    await _fills_in_part(estate, left)
    await _expires(estate, left)


MEANWHILE = (
    Meanwhile(name="nothing", words="left alone", does=_nothing, status=""),
    Meanwhile(name="filled", words="filled", does=_fills, status="FILLED"),
    Meanwhile(name="partly-filled", words="filled in part", does=_fills_in_part, status="PARTIALLY_FILLED"),
    Meanwhile(name="cancelled", words="cancelled", does=_is_cancelled, status="CANCELED"),
    Meanwhile(
        name="filled-and-cancelled",
        words="filled in part and cancelled",
        does=_fills_and_is_cancelled,
        status="CANCELED",
    ),
    Meanwhile(name="amended", words="amended", does=_is_amended, status=""),
    Meanwhile(name="expired", words="expired", does=_expires, status="EXPIRED"),
    Meanwhile(name="filled-and-expired", words="filled in part and expired", does=_fills_and_expires, status="EXPIRED"),
)


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


async def _triggers(estate: Estate, left: Left) -> None:
    if left is TAKE_PROFIT:
        await estate.market.moves_to(estate.market.above_last("4%"))
    else:
        await estate.market.moves_to(estate.market.below_last("6%"))


async def _triggers_and_fills(estate: Estate, left: Left) -> None:
    await _triggers(estate, left)
    await estate.market.moves_to(estate.market.above_last("8%"))


async def _triggers_and_is_cancelled(estate: Estate, left: Left) -> None:
    await _triggers(estate, left)
    await _is_cancelled(estate, left)


async def _stop_is_cancelled(estate: Estate, left: Left) -> None:
    await estate.venue.cancels_stop(await venue_id(estate.venue, NAME))


async def _stop_expires(estate: Estate, left: Left) -> None:
    await estate.venue.expires_stop(await venue_id(estate.venue, NAME))


async def _is_refused(estate: Estate, left: Left) -> None:
    await estate.venue.rejects_at_trigger(await venue_id(estate.venue, NAME))
    await _triggers(estate, left)


STOPPED = (
    Meanwhile(name="nothing", words="left alone", does=_nothing, status="ACCEPTED"),
    Meanwhile(name="filled", words="triggered and filled", does=_triggers_and_fills, status="FILLED"),
    Meanwhile(name="resting", words="triggered, and resting,", does=_triggers, status=""),
    Meanwhile(
        name="triggered-and-cancelled",
        words="triggered and cancelled",
        does=_triggers_and_is_cancelled,
        status="CANCELED",
    ),
    Meanwhile(name="cancelled", words="cancelled", does=_stop_is_cancelled, status="CANCELED"),
    Meanwhile(name="expired", words="expired", does=_stop_expires, status="EXPIRED"),
    Meanwhile(name="rejected", words="refused at its trigger", does=_is_refused, status="REJECTED"),
)


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
