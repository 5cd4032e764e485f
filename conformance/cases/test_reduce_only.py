"""Reduce-only orders that are larger than what there is to reduce: the venue cuts them, and tells so."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    Side,
    Trader,
    Venue,
    case,
    limit,
    market_order,
)

_RULE = "New Order, reduceOnly: what is beyond the position is cut, and the order's quantity told as what is left"


@dataclass(frozen=True)
class Exit:
    """A position of 0.004 that is to be closed by 0.010."""

    trader: Trader
    market: Market
    venue: Venue
    side: Side

    def away(self, percent: str) -> str:
        """Return a price that far away on the side where the exit rests."""
        return str(self.market.above_last(percent) if self.side == "SELL" else self.market.below_last(percent))

    def through(self, percent: str) -> str:
        """Return a price that far away on the side where the exit takes."""
        return str(self.market.below_last(percent) if self.side == "SELL" else self.market.above_last(percent))

    async def rests_and_fills(self) -> Order:
        """Let a LIMIT order rest and be taken."""
        order = await self.trader.submit(limit(self.side, "0.010", self.away("2%"), reduce_only=True))
        accepted = await order.reaches("ACCEPTED")
        await self.market.takes(accepted["venue_order_id"], "0.004")
        return order

    async def rests_and_fills_in_parts(self) -> Order:
        """Let a LIMIT order rest and be taken in two parts."""
        order = await self.trader.submit(limit(self.side, "0.010", self.away("2%"), reduce_only=True))
        accepted = await order.reaches("ACCEPTED")
        await self.market.takes(accepted["venue_order_id"], "0.001")
        await order.reaches("PARTIALLY_FILLED")
        await self.market.takes(accepted["venue_order_id"], "0.003")
        return order

    async def takes(self) -> Order:
        """Let a LIMIT order take."""
        return await self.trader.submit(limit(self.side, "0.010", self.through("1%"), reduce_only=True))

    async def takes_by_market(self) -> Order:
        """Let a MARKET order take."""
        return await self.trader.submit(market_order(self.side, "0.010", reduce_only=True))


@dataclass(frozen=True, kw_only=True)
class Way(AxisValue):
    """How the position is closed."""

    closes: Callable[[Exit], Awaitable[Order]]


WAYS = (
    Way(name="rests", words="LIMIT order that rests", closes=Exit.rests_and_fills),
    Way(name="parts", words="LIMIT order that fills in parts", closes=Exit.rests_and_fills_in_parts),
    Way(name="takes", words="LIMIT order that takes", closes=Exit.takes),
    Way(name="market", words="MARKET order", closes=Exit.takes_by_market),
)
SIDES = (AxisValue(name="long", words="long"), AxisValue(name="short", words="short"))


@case.each(
    "LMT-210",
    axes={"way": WAYS, "held": SIDES},
    tier="full",
    core=["rests.long", "takes.short"],
    rule=_RULE,
    upstream=["#3983"],
    needs=["market_moves", "reduce_only", "unrecordable"],
)
async def test_exit_beyond_the_position_ends_with_it(
    trader: Trader, market: Market, venue: Venue, way: Way, held: AxisValue
) -> None:
    """A reduce-only {way} over 0.010 that closes a {held} position of 0.004 MUST end with it, as at the venue."""
    passes_over_what_is_free(trader)
    entry = await trader.submit(market_order("BUY" if held.name == "long" else "SELL", "0.004"))
    await entry.reaches("FILLED")
    await trader.settles()

    order = await way.closes(Exit(trader, market, venue, "SELL" if held.name == "long" else "BUY"))

    await trader.holds("0", within_s=2.0)
    await venue.confirms(order, within_s=2.0)
    await trader.has_open()


@case.each(
    {"LMT-900": {"held": SIDES[0]}, "LMT-901": {"held": SIDES[1]}},
    tier="full",
    core=["LMT-900"],
    rule=_RULE,
    upstream=["#3983"],
    needs=["market_moves", "reduce_only", "unrecordable"],
)
async def test_exit_beyond_the_position_rests_as_it_was_cut(
    trader: Trader, market: Market, venue: Venue, held: AxisValue
) -> None:
    """A reduce-only LIMIT order over 0.010 of a {held} position of 0.004 MUST rest over what the venue left of it."""
    passes_over_what_is_free(trader)
    entry = await trader.submit(market_order("BUY" if held.name == "long" else "SELL", "0.004"))
    await entry.reaches("FILLED")
    await trader.settles()
    leaving = Exit(trader, market, venue, "SELL" if held.name == "long" else "BUY")

    order = await trader.submit(limit(leaving.side, "0.010", leaving.away("2%"), reduce_only=True))
    await order.reaches("ACCEPTED")
    await trader.settles()

    await venue.confirms(order, "ACCEPTED", within_s=2.0)


@case.each(
    {"LMT-230": {"left": "0.004"}, "LMT-231": {"left": "0"}},
    tier="full",
    core=["LMT-230"],
    rule="New Order, reduceOnly; Event: Order Update, er 4",
    upstream=["#3983"],
    needs=["market_moves", "reduce_only", "unrecordable", "orders_of_others"],
)
async def test_exit_follows_a_position_that_shrinks(trader: Trader, market: Market, venue: Venue, left: str) -> None:
    """A reduce-only order of a position that another client reduces to {left} MUST stand as the venue leaves it."""
    passes_over_what_is_free(trader)
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    order = await trader.submit(limit("SELL", "0.010", market.above_last("2%"), reduce_only=True))
    await order.reaches("ACCEPTED")
    await trader.settles()

    await venue.closes_position("0.006" if left != "0" else None)

    await trader.holds(left, within_s=2.0)
    await trader.settles()
    await venue.confirms(order, within_s=2.0)
