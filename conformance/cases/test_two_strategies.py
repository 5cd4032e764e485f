"""Two strategies of one trader on one symbol: what one of them does, the other's orders do not feel."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import WARM, Estate
from conformance.cases.situations import SEVERAL_POSITIONS, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Side,
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


@dataclass(frozen=True, kw_only=True)
class Course(AxisValue):
    """What two strategies trade on a symbol, by number, each step 3 % above the one before, and what is left."""

    steps: tuple[tuple[int, Side, str], ...]
    left: str


_AGAINST = Course(
    name="against",
    words="of which one sells and buys back what the other holds",
    steps=((1, "BUY", "0.010"), (2, "SELL", "0.004"), (1, "BUY", "0.004")),
    left="0.010",
)
_BEYOND = Course(
    name="beyond",
    words="of which one has sold more than the other holds",
    steps=((1, "BUY", "0.010"), (2, "SELL", "0.014")),
    left="-0.004",
)
_TOGETHER = Course(
    name="together",
    words="that have bought at two prices",
    steps=((1, "BUY", "0.010"), (2, "BUY", "0.004")),
    left="0.014",
)


@case.each(
    {"STRAT-040": {"course": _AGAINST}, "STRAT-041": {"course": _BEYOND}, "STRAT-042": {"course": _TOGETHER}},
    tier="full",
    core=["STRAT-040"],
    rule="Position Information V3: one position a symbol in one-way mode, whichever order made it",
    upstream=["#4736"],
    needs=["cache_database", "market_moves", "unrecordable", "venue_positions"],
)
async def test_two_strategies_start_again_on_their_position(
    traders: Traders, venue: Venue, market: Market, course: Course
) -> None:
    """A trader of two strategies {course} MUST start again on its cache, hold what is left, and trade."""
    trader = await traders.start(strategies=2)
    for number, side, quantity in course.steps:
        await market.moves_to(market.above_last("3%"))
        await (await trader.strategy(number).submit(market_order(side, quantity))).reaches("FILLED")
    await trader.holds(course.left)
    estate = Estate(traders, venue, market)
    await estate.ends(trader, WARM)

    again, _ = await estate.starts(WARM)

    again.may_differ(SEVERAL_POSITIONS, why="STRAT-020 is about how many positions it is")
    await again.settles()
    await again.holds(course.left)
    order = await again.strategy(2).submit(limit("BUY", "0.010", market.below_last("3%")).named("AGAIN-1"))
    await order.reaches("ACCEPTED")


@dataclass(frozen=True, kw_only=True)
class Leaving(AxisValue):
    """A reduce-only order, and what makes it fill."""

    make: Callable[[Market, str], OrderRequest]
    falls: str = ""


LEAVING = (
    Leaving(
        name="market", words="a market order", make=lambda _, quantity: market_order("SELL", quantity, reduce_only=True)
    ),
    Leaving(
        name="limit",
        words="a LIMIT order",
        make=lambda m, quantity: limit("SELL", quantity, m.below_last("1%"), reduce_only=True),
    ),
    Leaving(
        name="stop",
        words="a stop that triggers",
        make=lambda m, quantity: stop_market("SELL", quantity, trigger=m.below_last("1%"), reduce_only=True),
        falls="2%",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Share(AxisValue):
    """How much of the position of 0.010 it is for."""

    quantity: str


SHARES = (
    Share(name="whole", words="wholly", quantity="0.010"),
    Share(name="part", words="in part", quantity="0.004"),
)


@case.each(
    "STRAT-050",
    axes={"leaving": LEAVING, "share": SHARES},
    tier="full",
    core=["market.whole", "stop.part"],
    rule="New Order, reduceOnly: of the account's position in the symbol, whichever order made it",
    needs=["market_moves", "unrecordable", "reduce_only", "venue_positions"],
)
async def test_one_strategy_leaves_the_position_of_another(
    traders: Traders, venue: Venue, market: Market, leaving: Leaving, share: Share
) -> None:
    """A position that one strategy opens and another leaves {share} by {leaving}, reduce-only, MUST be the venue's.

    An order that the trader does not want to send for it, it may deny: then the position stays, here as there.
    """
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    trader.may_differ(SEVERAL_POSITIONS, why="STRAT-020 is about how many positions it is")
    await (await trader.strategy(1).submit(market_order("BUY", "0.010"))).reaches("FILLED")
    await trader.holds("0.010")

    order = await trader.strategy(2).submit(leaving.make(market, share.quantity))
    if leaving.falls:
        await order.reaches("ACCEPTED", "DENIED")
        await market.moves_to(market.below_last(leaving.falls))

    await order.reaches("FILLED", "DENIED")
    await trader.settles()
    await trader.holds(await venue.position())
