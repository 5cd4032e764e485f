"""What a strategy asks of the cache: it is answered from indexes, which have to be as the orders and positions are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.inherited import COLD, CRASH, WARM, Memory
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Trader,
    Traders,
    case,
    limit,
    market_order,
    stop_market,
)
from conformance.kit.venue import Venue

_RULE = "Cache: orders_open, positions_closed and the others return the orders and positions in that state"


@dataclass(frozen=True)
class Desk:
    """A trader, its market and its venue."""

    trader: Trader
    market: Market
    venue: Venue

    async def trades(self, *sides_and_quantities: str) -> None:
        """Trade at the market, one after another: "BUY 0.010"."""
        for each in sides_and_quantities:
            side, quantity = each.split()
            request = market_order("BUY" if side == "BUY" else "SELL", quantity)
            await (await self.trader.submit(request)).reaches("FILLED")


async def _orders(desk: Desk) -> None:
    rests = await desk.trader.submit(limit("BUY", "0.010", desk.market.below_last("2%")))
    await rests.reaches("ACCEPTED")
    amended = await desk.trader.submit(limit("BUY", "0.010", desk.market.below_last("3%")))
    await amended.reaches("ACCEPTED")
    await amended.modify(price=str(desk.market.below_last("4%")))
    await amended.reaches("UPDATED")
    cancelled = await desk.trader.submit(limit("BUY", "0.010", desk.market.below_last("5%")))
    await cancelled.reaches("ACCEPTED")
    await cancelled.cancel()
    await cancelled.reaches("CANCELED")
    refused = await desk.trader.submit(limit("BUY", "0.010", desk.market.above_last("2%"), post_only=True))
    await refused.reaches("REJECTED")


async def _part(desk: Desk) -> None:
    order = await desk.trader.submit(limit("BUY", "0.010", desk.market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await desk.market.takes(str(accepted["venue_order_id"]), "0.004")
    await order.reaches("PARTIALLY_FILLED")


async def _stop(desk: Desk) -> None:
    await desk.trades("BUY 0.010")
    waits = await desk.trader.submit(stop_market("SELL", "0.010", trigger=desk.market.below_last("6%")))
    await waits.reaches("ACCEPTED")
    stop = await desk.trader.submit(stop_market("SELL", "0.010", trigger=desk.market.below_last("1%")))
    await stop.reaches("ACCEPTED")
    await desk.market.moves_to(desk.market.below_last("2%"))
    await stop.reaches("FILLED")


async def _closed(desk: Desk) -> None:
    await desk.trades("BUY 0.010", "SELL 0.004", "SELL 0.006")


async def _opened_again(desk: Desk) -> None:
    await desk.trades("BUY 0.010", "SELL 0.010", "SELL 0.004")


async def _turned(desk: Desk) -> None:
    await desk.trades("BUY 0.010", "SELL 0.014")


async def _turned_and_closed(desk: Desk) -> None:
    await desk.trades("BUY 0.010", "SELL 0.014", "BUY 0.004")


async def _others(desk: Desk) -> None:
    await desk.venue.places(limit("BUY", "0.010", desk.market.below_last("3%")).named("OTHERS"))
    await desk.trader.has_open("OTHERS")


@dataclass(frozen=True, kw_only=True)
class Life(AxisValue):
    """What has happened."""

    happens: Callable[[Desk], Awaitable[None]]


LIVES = (
    Life(name="orders", words="orders rest, were amended, cancelled and refused", happens=_orders),
    Life(name="part", words="an order has filled in part", happens=_part),
    Life(name="stop", words="one stop waits and one has filled", happens=_stop),
    Life(name="closed", words="a position was closed in parts", happens=_closed),
    Life(name="opened-again", words="a position was closed and opened the other way", happens=_opened_again),
    Life(name="turned", words="one order turned a position around", happens=_turned),
    Life(name="turned-and-closed", words="a turned position was closed", happens=_turned_and_closed),
    Life(name="others", words="another client's order rests", happens=_others, needs=("orders_of_others",)),
)


async def _sessions(
    traders: Traders, market: Market, venue: Venue, life: Life, memory: AxisValue
) -> AsyncIterator[Trader]:
    """Yield the trader once this has happened, and then the one that starts on what is left, if there is to be one."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await life.happens(Desk(trader, market, venue))
    await trader.settles()
    yield trader
    if isinstance(memory, Memory):
        await memory.ends(traders)
        trader = await traders.start_again()
        passes_over_what_is_free(trader)
        await trader.settles()
        yield trader


@case.each(
    "ACC-970",
    axes={"life": LIVES, "memory": (AxisValue(name="live", words="in its session"), WARM, CRASH, COLD)},
    tier="full",
    core=["turned.live"],
    rule=_RULE,
    needs=["market_moves", "unrecordable"],
)
async def test_cache_answers_as_its_orders_and_positions_are(
    traders: Traders, market: Market, venue: Venue, life: Life, memory: AxisValue
) -> None:
    """Where {life}, the cache MUST answer a strategy {memory} as its orders and positions are, whatever it is asked."""
    async for trader in _sessions(traders, market, venue, life, memory):
        await trader.answers_truly()


@case.each(
    "ACC-975",
    axes={"life": LIVES, "memory": (AxisValue(name="live", words="in its session"), WARM)},
    but={
        "a start reads these back as it does the others": {
            "life": ("orders", "stop", "opened-again", "turned-and-closed", "others"),
            "memory": "warm",
        }
    },
    tier="full",
    core=["closed.live", "turned.live"],
    rule="Cache: position_for_order, orders_for_position, strategy_id_for_position; lists narrowed to a side",
    needs=["market_moves", "unrecordable"],
)
async def test_cache_knows_which_orders_made_which_position(
    traders: Traders, market: Market, venue: Venue, life: Life, memory: AxisValue
) -> None:
    """Where {life}, the cache MUST tell a strategy {memory} which orders made which position, and what is on a side."""
    async for trader in _sessions(traders, market, venue, life, memory):
        await trader.relates_truly()
