"""Client order ids that are used again: Binance wants one to be unique among open orders, and no longer.

Programs that call their orders by fixed names, such as `TP`, use each of them many times a day. What an order is, its
id at the venue says.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases.situations import SEVERAL_POSITIONS, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    case,
    limit,
    market_order,
    require,
    stop_market,
)
from conformance.kit.waiting import comes_true

_NAME = "BOT-1"
_RULE = "New Order, newClientOrderId: a unique id among open orders; orderId is one a symbol, for ever"


@dataclass(frozen=True)
class Desk:
    """The account, on which several orders go by one name."""

    venue: Venue
    market: Market

    async def places(self, request: OrderRequest) -> str:
        """Place an order as another client, and return the venue's id of it."""
        answer = await self.venue.places(request.named(_NAME))
        return str(answer.get("orderId") or answer["algoId"])

    async def rests(self, percent: str = "2%") -> str:
        """Place an order that waits below the market."""
        return await self.places(limit("BUY", "0.010", self.market.below_last(percent)))

    async def waits(self) -> str:
        """Place a stop that waits below the market."""
        return await self.places(stop_market("SELL", "0.010", trigger=self.market.below_last("6%")))


async def _filled(desk: Desk) -> None:
    await desk.places(market_order("BUY", "0.010"))


async def _cancelled(desk: Desk) -> None:
    await desk.venue.cancels(await desk.rests())


async def _cancelled_after_a_part(desk: Desk) -> None:
    order = await desk.rests()
    await desk.market.takes(order, "0.004")
    await desk.venue.cancels(order)


async def _stop_cancelled(desk: Desk) -> None:
    await desk.venue.cancels_stop(await desk.waits())


@dataclass(frozen=True, kw_only=True)
class First(AxisValue):
    """How the order of the same name has ended before."""

    happens: Callable[[Desk], Awaitable[None]]


FIRSTS = (
    First(name="filled", words="an order that filled", happens=_filled),
    First(name="cancelled", words="an order that was cancelled", happens=_cancelled),
    First(name="part", words="an order that filled in part and was cancelled", happens=_cancelled_after_a_part),
    First(name="stop", words="a stop that was cancelled", happens=_stop_cancelled),
)


async def _rests(desk: Desk) -> str:
    return await desk.rests("3%")


async def _fills_in_part(desk: Desk) -> str:
    order = await desk.rests("3%")
    await desk.market.takes(order, "0.003")
    return order


async def _fills(desk: Desk, quantity: str, side: Any = "BUY") -> str:
    await desk.places(market_order(side, quantity))
    return ""


@dataclass(frozen=True, kw_only=True)
class Second(AxisValue):
    """What becomes of the order that is then called so; `happens` returns the venue's id of it if it is open."""

    happens: Callable[[Desk], Awaitable[str]]


SECONDS = (
    Second(name="rests", words="rests", happens=_rests),
    Second(name="part", words="fills in part", happens=_fills_in_part),
    Second(name="smaller", words="fills, of a smaller quantity,", happens=lambda desk: _fills(desk, "0.003")),
    Second(name="equal", words="fills, of the same quantity,", happens=lambda desk: _fills(desk, "0.010")),
    Second(name="larger", words="fills, of a larger quantity,", happens=lambda desk: _fills(desk, "0.020")),
    Second(name="sells", words="fills on the other side", happens=lambda desk: _fills(desk, "0.010", "SELL")),
)


async def _ends(trader: Trader, market: Market, own: str) -> Order:
    """Let an order of the trader's own go by the name, and end."""
    order = await trader.submit(
        {
            "filled": market_order("BUY", "0.010"),
            "cancelled": limit("BUY", "0.010", market.below_last("2%")),
            "stop": stop_market("SELL", "0.010", trigger=market.below_last("2%")),
        }[own].named(_NAME)
    )
    if own == "filled":
        await order.reaches("FILLED")
    else:
        await order.reaches("ACCEPTED")
        await order.cancel()
        await order.reaches("CANCELED")
    await trader.settles()
    return order


async def _has_open(trader: Trader, *venue_ids: str) -> None:
    """Wait until exactly the orders with these ids of the venue's are open in the trader, whatever it calls them."""
    found: list[str] = []

    async def matches() -> bool:
        rows = (await trader.books())["orders"]
        found[:] = sorted(str(row["venue_order_id"]) for row in rows if row["open"])
        return found == sorted(filter(None, venue_ids))

    known = await comes_true(trader.history, matches, within_s=2.0)
    require(known, f"{len(list(filter(None, venue_ids)))} orders open, by the venue's ids", seen=found)


async def _is_as_at_the_venue(trader: Trader, venue: Venue, *open_ids: str) -> None:
    passes_over_what_is_free(trader)
    trader.may_differ(SEVERAL_POSITIONS, why="OTH-040 is about the positions of which others trade a part")
    await trader.settles()
    await trader.holds(await venue.position(), within_s=2.0)
    await _has_open(trader, *open_ids)


@case.each(
    "COID-310",
    axes={"first": FIRSTS, "second": SECONDS},
    tier="full",
    core=["filled.rests", "filled.smaller", "cancelled.part"],
    rule=_RULE,
    needs=["market_moves", "unrecordable", "orders_of_others"],
)
async def test_name_of_an_ended_order_is_used_again(
    trader: Trader, market: Market, venue: Venue, first: First, second: Second
) -> None:
    """Where another client calls an order as it did {first}, and it {second}, the trader MUST know it, and the fills.

    It is another order, whatever its name: what the first has filled stays, and the second's fill adds to it.
    """
    desk = Desk(venue, market)
    await first.happens(desk)
    await trader.settles()
    await trader.holds(await venue.position(), within_s=2.0)

    open_id = await second.happens(desk)

    await _is_as_at_the_venue(trader, venue, open_id)


ENDS = ("filled", "cancelled", "stop")


@case.each(
    "COID-320",
    axes={"own": ENDS, "second": SECONDS},
    tier="full",
    core=["filled.smaller", "cancelled.rests"],
    rule=_RULE,
    needs=["market_moves", "unrecordable", "orders_of_others"],
)
async def test_name_of_an_own_order_is_used_by_another_client(
    trader: Trader, market: Market, venue: Venue, own: str, second: Second
) -> None:
    """Where another client calls an order as an ended one ({own}), and it {second}, the trader MUST know that order.

    And its fills. What has ended is an order of the trader's own, which stays as it ended.
    """
    order = await _ends(trader, market, own)
    ended = order.state

    open_id = await second.happens(Desk(venue, market))

    await _is_as_at_the_venue(trader, venue, open_id)
    await order.stands(ended)


@dataclass(frozen=True, kw_only=True)
class Open(AxisValue):
    """An order that is open when a trader starts, and how much of it fills then."""

    happens: Callable[[Desk], Awaitable[str]]
    fills: str = ""


OPEN = (
    Open(name="limit", words="a LIMIT order", happens=_rests),
    Open(name="limit-fills", words="a LIMIT order that then fills", happens=_rests, fills="0.010"),
    Open(name="stop", words="a stop", happens=Desk.waits),
)


@case.each(
    "COID-330",
    # Of those that filled, it is by chance which one 1.222 takes.
    axes={"first": (FIRSTS[1], FIRSTS[3]), "second": OPEN},
    tier="full",
    core=["cancelled.limit", "cancelled.limit-fills", "stop.stop"],
    rule=f"{_RULE}; Current All Open Orders; Query Current All Algo Open Orders",
    needs=["market_moves", "unrecordable", "orders_of_others", "venue_acts"],
)
async def test_open_order_is_known_at_the_start_whatever_was_called_so(
    traders: Traders, market: Market, venue: Venue, first: First, second: Open
) -> None:
    """With {second} of another client open that is called as {first}, a start MUST know the open one, and the fills."""
    desk = Desk(venue, market)
    await first.happens(desk)
    # Within one millisecond no version could tell the order of the two.
    await venue.ages(60_000)
    open_id = await second.happens(desk)

    trader = await traders.start()

    await _is_as_at_the_venue(trader, venue, open_id)
    if second.fills:
        await market.takes(open_id, second.fills)
        await _is_as_at_the_venue(trader, venue, "")
