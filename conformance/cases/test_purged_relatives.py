"""Purges of what an order that is still open goes by, its primary or its exits: it trades and ends all the same."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.emulated import NEEDS, UNASKED
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    Trader,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_market,
)
from conformance.kit.waiting import comes_true

_RULE = "Position Information V3: what trades is held, whatever a client has forgotten of it"


@dataclass(frozen=True, kw_only=True)
class Memory(AxisValue):
    """Whether the trader forgets what is closed, as its engine's timer makes it do every few minutes."""

    purges: bool


@dataclass(frozen=True, kw_only=True)
class End(AxisValue):
    """What becomes of the order that is still open, and which part of its quantity of 0.004 trades."""

    comes: Callable[[Order, Market], Awaitable[None]]
    traded: str = "0.004"


PURGED = Memory(name="purged", words="purged", purges=True)
KEPT = Memory(name="kept", words="kept", purges=False)


async def _fills(order: Order, market: Market) -> None:
    await market.takes((await order.row())["venue_order_id"], "0.004")
    await order.reaches("FILLED")


async def _fills_in_parts(order: Order, market: Market) -> None:
    of_the_venue = (await order.row())["venue_order_id"]
    await market.takes(of_the_venue, "0.001")
    await order.reaches("PARTIALLY_FILLED")
    await market.takes(of_the_venue, "0.003")
    await order.reaches("FILLED")


async def _is_cancelled(order: Order, market: Market) -> None:
    await order.cancel()
    await order.reaches("CANCELED")


async def _is_cancelled_in_part(order: Order, market: Market) -> None:
    await market.takes((await order.row())["venue_order_id"], "0.001")
    await order.reaches("PARTIALLY_FILLED")
    await _is_cancelled(order, market)


ENDS = (
    End(name="fills", words="fills", comes=_fills),
    End(name="parts", words="fills in two parts", comes=_fills_in_parts),
    End(name="cancelled", words="is cancelled", comes=_is_cancelled, traded="0"),
    End(name="part", words="is cancelled when a part has filled", comes=_is_cancelled_in_part, traded="0.001"),
)


@case.each(
    "PURGE-045",
    axes={"memory": (PURGED, KEPT), "end": ENDS},
    tier="full",
    core=["purged.fills"],
    rule=_RULE,
    needs=["exec_algorithms", "market_moves", "unrecordable"],
    trader={"slices": True},
)
async def test_slice_outlives_the_order_that_it_was_cut_from(
    trader: Trader, market: Market, memory: Memory, end: End
) -> None:
    """A slice of an order that was cancelled and {memory} MUST be booked and ended as at the venue when it {end}."""
    passes_over_what_is_free(trader)
    asked = limit("BUY", "0.010", market.below_last("3%"))
    price = str(market.below_last("2%"))
    cut = asked.but(exec_algorithm_id="SLICES", exec_algorithm_params={"quantity": "0.004", "price": price})
    order = await trader.submit(cut)
    ahead = trader.order(f"{order.id}-E1")
    await ahead.reaches("ACCEPTED")
    await order.cancel()
    await order.reaches("CANCELED")
    if memory.purges:
        await trader.purges("orders")

    await end.comes(ahead, market)

    await trader.holds(end.traded)


async def _have_ended(trader: Trader, exits: tuple[Order, ...]) -> None:
    """Wait until the venue has refused the exits, for want of a position; what a trader holds back, it gives up."""

    def left() -> list[Order]:
        return [each for each in exits if each.state not in ("REJECTED", "CANCELED", "DENIED")]

    async def have_ended() -> bool:
        return not left()

    if not await comes_true(trader.history, have_ended, within_s=2.0):
        for each in left():
            await each.cancel()
            await each.reaches("CANCELED", "REJECTED", "DENIED")
    await trader.settles()


@case.each(
    "PURGE-050",
    axes={"memory": (PURGED, KEPT), "end": ENDS},
    tier="full",
    core=["purged.fills"],
    rule=f"{_RULE}; New Order (-2022): nothing reduces a position that is not there yet",
    needs=["brackets", "market_moves", "order_lists", "unrecordable"],
    trader={"strategy": {"manage_contingent_orders": True}},
)
async def test_entry_outlives_its_exits(trader: Trader, market: Market, memory: Memory, end: End) -> None:
    """An entry whose managed exits ended and were {memory} MUST be booked and ended as at the venue when it {end}."""
    passes_over_what_is_free(trader)
    entry, take, stop = await trader.bracket(
        limit("BUY", "0.004", market.below_last("2%")),
        limit("SELL", "0.004", market.above_last("2%")),
        stop_market("SELL", "0.004", trigger=market.below_last("6%")),
        contingency="OCO",
        apart=True,
    )
    await entry.reaches("ACCEPTED")
    await _have_ended(trader, (take, stop))
    if memory.purges:
        await trader.purges("orders")

    await end.comes(entry, market)

    await trader.holds(end.traded)


@case.each(
    {
        "PURGE-055": {"leaves": "stop", "memory": PURGED},
        "PURGE-056": {"leaves": "take-profit", "memory": PURGED},
        "PURGE-057": {"leaves": "stop", "memory": KEPT},
    },
    tier="full",
    core=["PURGE-055"],
    rule="Position Information V3; New Order, reduceOnly: an exit is for all that its entry has filled",
    needs=[*NEEDS, "brackets", "order_lists", "twap"],
    trader={**UNASKED, "twap": True},
)
async def test_exit_is_for_slices_that_were_purged_too(
    trader: Trader, market: Market, venue: Venue, wire: Wire, leaves: str, memory: Memory
) -> None:
    """The held {leaves} of an entry in slices, of which those that had filled were {memory}, MUST close all of it."""
    passes_over_what_is_free(trader)
    beyond = market.below_last("5%") if leaves == "stop" else market.above_last("3%")
    entry = market_order("BUY", "0.009").but(
        exec_algorithm_id="TWAP", exec_algorithm_params={"horizon_secs": 2.25, "interval_secs": 0.75}
    )
    _, take, stop = await trader.bracket(
        entry,
        limit("SELL", "0.009", market.above_last("2%")),
        stop_market("SELL", "0.009", trigger=market.below_last("4%")),
        contingency="OUO",
        emulation_trigger="LAST_PRICE",
    )
    leaving, other = (stop, take) if leaves == "stop" else (take, stop)
    await trader.holds("0.003")
    if memory.purges:
        await trader.purges("orders")
    await trader.holds("0.009")
    await leaving.reaches("EMULATED")
    await trader.settles()

    await market.moves_to(beyond)
    await leaving.reaches("FILLED")
    await other.reaches("CANCELED")

    sent = await wire.one("place order", newClientOrderId=leaving.id)
    equal("quantity", Decimal(sent.params["quantity"]), Decimal("0.009"))
    equal("the position at the venue", Decimal(await venue.position()), Decimal(0))
