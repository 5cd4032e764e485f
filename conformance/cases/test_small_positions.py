"""What is left of a position that was closed in part: it can be worth less than the venue's least order, and is left
by reduce-only orders, which the venue takes of any worth."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Side,
    Trader,
    Traders,
    Venue,
    case,
    limit,
    market_order,
    require,
    stop_limit,
    stop_market,
    take_profit_limit,
    take_profit_market,
    trailing_stop_market,
)

_RULE = "Filters: MIN_NOTIONAL; -4164: no smaller than the least notional, unless you choose reduce only"
_LEFT = "0.001"


@dataclass(frozen=True)
class Exit:
    """The side on which a position is left, and prices measured in its direction."""

    side: Side
    market: Market

    def gain(self, percent: str) -> Decimal:
        """Return a price that far away where the position gains."""
        return self.market.above_last(percent) if self.side == "SELL" else self.market.below_last(percent)

    def loss(self, percent: str) -> Decimal:
        """Return a price that far away where the position loses."""
        return self.market.below_last(percent) if self.side == "SELL" else self.market.above_last(percent)


@dataclass(frozen=True, kw_only=True)
class Way(AxisValue):
    """An order that leaves a position: at once, or once the market comes to it."""

    make: Callable[[Exit], OrderRequest]
    rests: bool = True


@dataclass(frozen=True, kw_only=True)
class Command(AxisValue):
    """A command of the trader that leaves its positions, without an order of the case's own."""

    does: Callable[[Trader], Awaitable[object]]


WAYS = (
    Way(name="market", words="MARKET order", make=lambda e: market_order(e.side, _LEFT), rests=False),
    Way(name="takes", words="LIMIT order that takes", make=lambda e: limit(e.side, _LEFT, e.loss("1%")), rests=False),
    Way(name="limit", words="LIMIT order that rests", make=lambda e: limit(e.side, _LEFT, e.gain("2%"))),
    Way(name="stop", words="STOP_MARKET order", make=lambda e: stop_market(e.side, _LEFT, trigger=e.loss("2%"))),
    Way(
        name="stop-limit",
        words="STOP_LIMIT order",
        make=lambda e: stop_limit(e.side, _LEFT, trigger=e.loss("2%"), price=e.loss("2.1%")),
    ),
    Way(
        name="take",
        words="MARKET_IF_TOUCHED order",
        make=lambda e: take_profit_market(e.side, _LEFT, trigger=e.gain("2%")),
    ),
    Way(
        name="take-limit",
        words="LIMIT_IF_TOUCHED order",
        make=lambda e: take_profit_limit(e.side, _LEFT, trigger=e.gain("2%"), price=e.gain("1.9%")),
    ),
    Way(
        name="trailing",
        words="TRAILING_STOP_MARKET order",
        make=lambda e: trailing_stop_market(e.side, _LEFT, callback_rate="1", activation=e.gain("2%")),
    ),
)
COMMANDS = (
    Command(
        name="close-all",
        words="close_all_positions",
        needs=("close_position",),
        does=lambda trader: trader.close_all_positions(reduce_only=True),
    ),
    Command(name="market-exit", words="market_exit", needs=("market_exit",), does=Trader.market_exit),
)
SIDES = (AxisValue(name="long", words="long"), AxisValue(name="short", words="short"))


async def _is_left_with_little(traders: Traders, market: Market, held: AxisValue) -> tuple[Trader, Exit]:
    """Start a trader that opens a position of 0.010 and closes 0.009 of it: what is left is worth 48 USDT, below 50.

    The market has fallen before: a trader that values an order by a price heard earlier values it no higher.
    """
    await market.moves_to(market.below_last("4%"))
    trader = await traders.start()
    passes_over_what_is_free(trader)
    sides: tuple[Side, Side] = ("BUY", "SELL") if held.name == "long" else ("SELL", "BUY")
    opens, leaves = sides
    entry = await trader.submit(market_order(opens, "0.010"))
    await entry.reaches("FILLED")
    part = await trader.submit(market_order(leaves, "0.009", reduce_only=True))
    await part.reaches("FILLED")
    await trader.holds(_LEFT if held.name == "long" else f"-{_LEFT}")
    return trader, Exit(leaves, market)


@case.each(
    "DUST-010",
    axes={"way": WAYS, "held": SIDES},
    tier="full",
    core=["market.long", "limit.long", "stop.long", "take.short", "trailing.long"],
    rule=_RULE,
    upstream=["#4695"],
    needs=["market_moves", "reduce_only", "risk_engine", "unrecordable"],
)
async def test_rest_of_a_position_is_left(
    traders: Traders, market: Market, venue: Venue, way: Way, held: AxisValue
) -> None:
    """A reduce-only {way} for a {held} position below the least notional MUST be sent, and close it or rest."""
    trader, leaving = await _is_left_with_little(traders, market, held)

    order = await trader.submit(way.make(leaving).but(reduce_only=True))

    if way.rests:
        await order.reaches("ACCEPTED")
        await trader.has_open(order.id)
    else:
        await order.reaches("FILLED")
        await trader.holds("0")
    await venue.confirms(order)


@case.each(
    "DUST-020",
    axes={"how": COMMANDS, "held": SIDES},
    tier="full",
    core=["close-all.long", "market-exit.short"],
    rule=_RULE,
    upstream=["#4695"],
    needs=["market_moves", "reduce_only", "risk_engine", "unrecordable"],
)
async def test_rest_of_a_position_is_left_by_command(
    traders: Traders, market: Market, venue: Venue, how: Command, held: AxisValue
) -> None:
    """{how} MUST leave a {held} position flat that is worth less than the least notional."""
    trader, _ = await _is_left_with_little(traders, market, held)

    await how.does(trader)

    await trader.holds("0")
    require(Decimal(await venue.position()) == 0, "no position at the venue", seen=await venue.position())


@case(
    "DUST-030",
    rule=_RULE,
    needs=["market_moves", "unrecordable"],
)
async def test_small_order_that_opens_is_refused(traders: Traders, market: Market, venue: Venue) -> None:
    """An order below the least notional that is not reduce-only MUST be refused with an event."""
    await market.moves_to(market.below_last("4%"))
    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.001", market.below_last("2%")))

    await order.reaches("DENIED", "REJECTED")
    await trader.has_open()
