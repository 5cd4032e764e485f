"""Two strategies of one trader on one symbol: what one of them does, the other's orders do not feel."""

from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    Market,
    Order,
    Trader,
    Traders,
    Venue,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)

_OWNERS = {1: "CASE-001", 2: "CASE-002"}


@dataclass(frozen=True)
class _Desk:
    """A strategy, by its number, with an order that rests and a stop that waits."""

    number: int
    strategy: Trader
    resting: Order
    stop: Order

    @classmethod
    async def of(cls, trader: Trader, number: int, market: Market) -> "_Desk":
        """Have the strategy of that number submit both, farther from the market than those of the one before."""
        strategy, away = trader.strategy(number), number + 1
        resting = await strategy.submit(limit("BUY", "0.010", market.below_last(f"{away}%")))
        stop = await strategy.submit(stop_market("SELL", "0.010", trigger=market.below_last(f"{away + 3}%")))
        for order in (resting, stop):
            await order.reaches("ACCEPTED")
        return cls(number, strategy, resting, stop)

    async def stands(self, *states: str) -> None:
        """Require that both orders stand so."""
        for order, state in zip((self.resting, self.stop), states, strict=True):
            await order.stands(state)

    def hears_its_own(self) -> None:
        """Require that all that was told of both orders was told to this strategy."""
        heard = {str(event.more.get("strategy")) for order in (self.resting, self.stop) for event in order.events}
        equal(f"strategies that the orders of {_OWNERS[self.number]} are told to", heard, {_OWNERS[self.number]})


async def _start(traders: Traders, market: Market) -> tuple[Trader, _Desk, _Desk]:
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    return trader, await _Desk.of(trader, 1, market), await _Desk.of(trader, 2, market)


async def _are_left(venue: Venue, *orders: Order) -> None:
    left = {str(row["venue_order_id"]) for row in (await venue.books())["orders"]}
    wanted = {str((await order.row()).get("venue_order_id")) for order in orders}
    require(left == wanted, f"{len(orders)} orders left at the venue, as they were", seen=sorted(left))


@case.each(
    {"STRAT-010": {"by": 1}, "STRAT-011": {"by": 2}},
    rule="Cancel All Open Orders, Cancel All Algo Open Orders: all of the symbol's, whoever has sent them",
    needs=["unrecordable"],
)
async def test_cancelling_all_leaves_the_other_strategys_orders(
    traders: Traders, venue: Venue, market: Market, by: int
) -> None:
    """When strategy {by} of two on a symbol cancels all its orders, they MUST end, and those of the other stay."""
    trader, *desks = await _start(traders, market)
    mine, others = (desks[by - 1], desks[2 - by])

    await mine.strategy.cancel_all()

    for order in (mine.resting, mine.stop):
        await venue.confirms(order, "CANCELED")
    await trader.settles()
    await mine.stands("CANCELED", "CANCELED")
    await others.stands("ACCEPTED", "ACCEPTED")
    await _are_left(venue, others.resting, others.stop)
    for desk in desks:
        desk.hears_its_own()


@case(
    "STRAT-020",
    rule="Position Information V3: one position a symbol in one-way mode, whichever order made it",
    needs=["market_moves", "unrecordable"],
)
async def test_fills_of_two_strategies_are_one_position(traders: Traders, venue: Venue, market: Market) -> None:
    """Fills of two strategies MUST each be told to the one whose order it was, and their position be the venue's."""
    trader, first, second = await _start(traders, market)

    await market.takes((await first.resting.row())["venue_order_id"], "0.004")
    await market.takes((await second.resting.row())["venue_order_id"], "0.010")

    await first.resting.reaches("PARTIALLY_FILLED")
    await second.resting.reaches("FILLED")
    await trader.holds("0.014")
    equal("position at the venue", Decimal(await venue.position()), Decimal("0.014"))
    for desk in (first, second):
        desk.hears_its_own()


@case(
    "STRAT-030",
    rule="New Order, reduceOnly; Position Information V3",
    needs=["close_position", "unrecordable"],
)
async def test_closing_all_leaves_the_other_strategys_orders(traders: Traders, venue: Venue, market: Market) -> None:
    """When one strategy of two closes its position, the other's orders MUST stay, and the position be the venue's."""
    trader, first, second = await _start(traders, market)
    await (await first.strategy.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    await trader.holds("0.010")

    (closing,) = await first.strategy.close_all_positions()

    await closing.reaches("FILLED")
    await trader.holds(await venue.position())
    await trader.settles()
    for desk in (first, second):
        await desk.stands("ACCEPTED", "ACCEPTED")
    await _are_left(venue, first.resting, first.stop, second.resting, second.stop)
