"""Purges: a trader that forgets what is closed, every few minutes or hours, and goes on with what is open."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases.purges import NEVER, ORDERS, ORDERS_FIRST, PURGES, Purge
from conformance.cases.situations import hears_no_more, passes_over_what_is_free
from conformance.cases.stream_losses import CLOSED, RESET, Loss, Stream
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Trader,
    Traders,
    UserStream,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)
from conformance.kit.waiting import comes_true


@dataclass(frozen=True, kw_only=True)
class Open(AxisValue):
    """What the trader has open beside what is closed."""

    given: Callable[[Trader, Market], Awaitable[None]]
    held: str = "0"


async def _nothing(trader: Trader, market: Market) -> None:
    pass


async def _enters(trader: Trader, market: Market) -> None:
    entry = await trader.submit(market_order("BUY", "0.004").named("ENTRY-3"))
    await entry.reaches("FILLED")


async def _rests(trader: Trader, market: Market) -> None:
    order = await trader.submit(limit("BUY", "0.010", market.below_last("4%")).named("RESTING-1"))
    await order.reaches("ACCEPTED")


async def _protects(trader: Trader, market: Market) -> None:
    await _enters(trader, market)
    stop = await trader.submit(
        stop_market("SELL", "0.004", trigger=market.below_last("4%"), reduce_only=True).named("STOP-1")
    )
    await stop.reaches("ACCEPTED")


NOTHING = Open(name="nothing", words="nothing open", given=_nothing)
ENTRY = Open(name="entry", words="a further entry open", given=_enters, held="0.004")
RESTING = Open(name="resting", words="a resting order", given=_rests)
PROTECTED = Open(name="protected", words="a position and its stop open", given=_protects, held="0.004")
OPEN = (NOTHING, ENTRY, RESTING, PROTECTED)


async def _has_traded(traders: Traders, market: Market, left: Open, **config: Any) -> Trader:
    """Start a trader that makes two round trips, and then has something open or not."""
    trader = await traders.start(**config)
    passes_over_what_is_free(trader)
    await _goes_round(trader, "1")
    await _goes_round(trader, "2")
    await left.given(trader, market)
    await trader.holds(left.held)
    await trader.settles()
    return trader


async def _goes_round(trader: Trader, number: str) -> None:
    entry = await trader.submit(market_order("BUY", "0.010").named(f"ENTRY-{number}"))
    await entry.reaches("FILLED")
    leaving = await trader.submit(market_order("SELL", "0.010", reduce_only=True).named(f"EXIT-{number}"))
    await leaving.reaches("FILLED")
    await trader.holds("0")


async def _is_as_before(trader: Trader, left: Open, since: int) -> None:
    """Require that nothing was told, and that what is open is as it was; invariant 8 compares it with the venue's."""
    await trader.stays_quiet(since=since)
    await trader.holds(left.held, within_s=1.0)
    positions = (await trader.books())["positions"]
    equal("positions held", len(positions), 0 if left.held == "0" else 1)


@case.each(
    "PURGE-010",
    axes={"purge": PURGES, "left": OPEN},
    tier="full",
    core=["positions-first.nothing", "orders-first.protected"],
    rule="Position Information V3; Current All Open Orders: what is open stays open whatever a client forgets",
    upstream=["#3799"],
    needs=["unrecordable"],
)
async def test_purge_leaves_what_is_open(traders: Traders, market: Market, purge: Purge, left: Open) -> None:
    """A purge of {purge}, with {left}, MUST end, tell nothing, leave what is open, and let the trader trade on."""
    trader = await _has_traded(traders, market, left)
    since = trader.moment

    await purge.does(trader)

    await _is_as_before(trader, left, since)
    if left is NOTHING:
        equal(
            "orders that are not forgotten", [each["client_order_id"] for each in (await trader.books())["orders"]], []
        )
    further = await trader.submit(market_order("BUY", "0.002").named("FURTHER-1"))
    await further.reaches("FILLED")
    leaving = await trader.submit(market_order("SELL", "0.002", reduce_only=True).named("FURTHER-2"))
    await leaving.reaches("FILLED")
    await trader.holds(left.held)


@case.each(
    "PURGE-020",
    axes={"loss": (RESET, CLOSED), "purge": (ORDERS_FIRST, ORDERS), "left": OPEN},
    tier="full",
    core=["reset.orders-first.entry", "closed.orders.resting"],
    rule="All Orders; Account Trade List: they tell of what is long over, too",
    needs=["unrecordable"],
)
async def test_purged_is_not_booked_again_when_the_stream_is_back(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    purge: Purge,
    left: Open,
) -> None:
    """After a purge of {purge}, with {left}, a stream that {loss} MUST NOT lead to a fill or another position."""
    trader = await _has_traded(traders, market, left)
    await purge.does(trader)
    since = trader.moment

    await loss.happens(Stream(venue, market, faults, user_stream))
    await user_stream.is_open_again()

    await _is_as_before(trader, left, since)


@case.each(
    "PURGE-030",
    axes={"purge": (ORDERS_FIRST, ORDERS), "left": OPEN},
    tier="full",
    rule="All Orders; Account Trade List: they tell of what is long over, too",
    needs=["unrecordable", "open_check", "position_check"],
    profile="checks",
    why="the requirement is about what the periodic checks conclude",
)
async def test_purged_is_not_booked_again_by_the_checks(
    traders: Traders, market: Market, wire: Wire, purge: Purge, left: Open
) -> None:
    """After a purge of {purge}, with {left}, the checks MUST NOT lead to a fill or another position."""
    trader = await _has_traded(traders, market, left)
    await purge.does(trader)
    since = trader.moment

    # Of orders 2.x asks only where it has one open.
    async def checked() -> bool:
        return len(wire.asked("positions", since=since)) >= 4

    require(await comes_true(trader.history, checked, within_s=8.0), "four checks of positions", seen="fewer")

    await _is_as_before(trader, left, since)


@case.each(
    {"PURGE-040": {"purge": ORDERS_FIRST}, "PURGE-041": {"purge": ORDERS}, "PURGE-042": {"purge": NEVER}},
    tier="full",
    core=["PURGE-040"],
    rule="Account Trade List: it tells of what is long over, too",
    needs=["position_check", "market_moves", "unrecordable"],
    profile="checks",
    why="what the stream did not tell, the position check has to find",
    # The position check alone: the other one would learn of the fill from the order.
    trader={"exec_engine": {"open_check_interval_secs": None}},
)
async def test_purged_trades_hold_up_no_check(
    trader: Trader, market: Market, venue: Venue, faults: Faults, purge: Purge
) -> None:
    """After eight round trips and a purge of {purge}, a fill unheard MUST be booked as soon as without them."""
    passes_over_what_is_free(trader)
    for number in range(8):
        await _goes_round(trader, str(number))
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    await purge.does(trader)
    known = await venue.trades()
    hears_no_more(trader, faults)

    await market.takes(accepted["venue_order_id"], "0.010")

    # Two rounds of the check take a second; one of the sixteen trades a round would take eight.
    await trader.holds("0.010", within_s=5.0)
    await trader.has_booked(order.id, [trade for trade in await venue.trades() if trade not in known])
