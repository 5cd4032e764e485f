"""The trader's book of its own orders, by which a market maker quotes and leaves itself out of the venue's book."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    Side,
    Trader,
    Traders,
    Venue,
    case,
    equal,
    limit,
)
from conformance.kit.needs import Need

_OWN = {"exec_engine": {"manage_own_order_books": True}}
_RULE = "New Order, Modify Order, Cancel Order: the open LIMIT orders of an account are its part of the venue's book"

type Quotes = list[tuple[str, Side, str]]


@dataclass(frozen=True, kw_only=True)
class Course(AxisValue):
    """What becomes of the trader's orders; returns those that are at the venue then: id, side, and size left."""

    runs: Callable[[Trader, Market], Awaitable[Quotes]]


async def _resting(trader: Trader, market: Market) -> Order:
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    return order


async def _rests(trader: Trader, market: Market) -> Quotes:
    bid = await _resting(trader, market)
    return [(bid.id, "BUY", "0.010")]


async def _price_amended(trader: Trader, market: Market) -> Quotes:
    order = await _resting(trader, market)
    await order.modify(price=str(market.below_last("3%")))
    await order.reaches("UPDATED")
    return [(order.id, "BUY", "0.010")]


async def _quantity_amended(trader: Trader, market: Market) -> Quotes:
    order = await _resting(trader, market)
    await order.modify(quantity="0.016")
    await order.reaches("UPDATED")
    return [(order.id, "BUY", "0.016")]


async def _filled_in_part(trader: Trader, market: Market) -> Quotes:
    order = await _resting(trader, market)
    await market.takes((await order.row())["venue_order_id"], "0.004")
    await order.reaches("PARTIALLY_FILLED")
    return [(order.id, "BUY", "0.006")]


async def _filled(trader: Trader, market: Market) -> Quotes:
    order = await _resting(trader, market)
    await market.takes((await order.row())["venue_order_id"], "0.010")
    await order.reaches("FILLED")
    return []


async def _cancelled(trader: Trader, market: Market) -> Quotes:
    order = await _resting(trader, market)
    await order.cancel()
    await order.reaches("CANCELED")
    return []


async def _refused(trader: Trader, market: Market) -> Quotes:
    order = await trader.submit(limit("BUY", "0.010", market.above_last("2%"), post_only=True))
    await order.reaches("REJECTED", "EXPIRED", "CANCELED")
    return []


async def _immediate(trader: Trader, market: Market) -> Quotes:
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%"), time_in_force="IOC"))
    await order.reaches("EXPIRED", "CANCELED")
    return []


async def _held(trader: Trader, market: Market) -> Quotes:
    order = limit("BUY", "0.010", market.below_last("3%")).but(emulation_trigger="LAST_PRICE")
    await (await trader.submit(order)).reaches("EMULATED")
    await trader.settles()
    return []


async def _held_beside(trader: Trader, market: Market) -> Quotes:
    resting = await _resting(trader, market)
    await _held(trader, market)
    return [(resting.id, "BUY", "0.010")]


_MOVES: tuple[Need, ...] = ("market_moves",)
_COURSES = (
    Course(name="rests", words="a bid rests beside an ask", runs=_rests),
    Course(name="price-amended", words="an order's price was amended", runs=_price_amended),
    Course(name="quantity-amended", words="an order's quantity was amended", runs=_quantity_amended),
    Course(name="filled-in-part", words="an order has filled in part", runs=_filled_in_part, needs=_MOVES),
    Course(name="filled", words="an order has filled", runs=_filled, needs=_MOVES),
    Course(name="cancelled", words="an order was cancelled", runs=_cancelled),
    Course(name="refused", words="a post-only order was refused", runs=_refused),
    Course(name="immediate", words="an IOC order found nothing", runs=_immediate),
    Course(name="held", words="an order is held back", runs=_held, needs=("emulation",)),
    Course(
        name="held-beside", words="an order is held back beside one that rests", runs=_held_beside, needs=("emulation",)
    ),
)


@case.each(
    {f"OWN-01{number}": {"course": course} for number, course in enumerate(_COURSES)},
    tier="full",
    core=["OWN-019"],
    rule=_RULE,
    needs=["own_order_books", "unrecordable"],
    trader=_OWN,
)
async def test_own_book_is_what_rests_at_the_venue(
    trader: Trader, venue: Venue, market: Market, course: Course
) -> None:
    """When {course}, the trader's book of its own orders MUST hold its LIMIT orders at the venue, and no other."""
    passes_over_what_is_free(trader)
    # An ask that rests all the while shows that there is a book, also where it is to hold nothing else.
    ask = await trader.submit(limit("SELL", "0.004", market.above_last("4%")))
    await ask.reaches("ACCEPTED")

    left = [(ask.id, "SELL", "0.004"), *await course.runs(trader, market)]

    # The book is kept with the events that the course has waited for.
    await trader.has_in_own_book(*left, within_s=1.0)
    await _are_at_the_venue(venue, left)


@case.each(
    {
        "OWN-020": {"how": "stopped"},
        "OWN-021": {"how": "killed"},
        "OWN-022": {"how": "stopped while it held another order back"},
    },
    tier="full",
    core=["OWN-020"],
    rule=_RULE,
    needs=["own_order_books", "cache_database", "emulation", "unrecordable"],
    trader=_OWN,
)
async def test_own_book_after_a_warm_restart(traders: Traders, market: Market, how: str) -> None:
    """A trader that was {how} and starts again on its cache MUST have its LIMIT orders at the venue in its own book."""
    trader = await traders.start()
    order = await _resting(trader, market)
    ended = await trader.submit(limit("BUY", "0.010", market.below_last("4%")))
    await ended.reaches("ACCEPTED")
    await ended.cancel()
    await ended.reaches("CANCELED")
    held = "held" in how
    if held:
        await _held(trader, market)
    await traders.have_time_to_keep(order.id, ended.id, "OrderCanceled", *(["OrderEmulated"] if held else []))
    await (traders.kill() if how == "killed" else traders.stop())

    again = await traders.start_again()
    passes_over_what_is_free(again)

    await again.has_in_own_book((order.id, "BUY", "0.010"))


@case(
    "OWN-030",
    rule=_RULE,
    needs=["own_order_books", "orders_of_others", "unrecordable"],
    trader=_OWN,
)
async def test_own_book_after_a_cold_start(traders: Traders, venue: Venue, market: Market) -> None:
    """A trader that finds an open LIMIT order of its account at its start MUST have it in its own book."""
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("LEFT"))

    trader = await traders.start()
    passes_over_what_is_free(trader)

    await trader.has_open("LEFT")
    await trader.has_in_own_book(("LEFT", "BUY", "0.010"))


async def _are_at_the_venue(venue: Venue, quotes: Quotes) -> None:
    resting = {
        (row["side"], Decimal(row["quantity"]) - Decimal(row["filled_qty"])) for row in (await venue.books())["orders"]
    }
    equal("what rests at the venue", resting, {(side, Decimal(size)) for _, side, size in quotes})
