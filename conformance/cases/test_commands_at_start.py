"""What a strategy commands as it begins, in its `on_start` or `on_resume`: it is carried out as at any later time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.inherited import CLAIMED, COLD, CRASH, FOREIGN, NAME, WARM, Estate, Memory
from conformance.cases.inherited import LIMIT as A_LIMIT
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    case,
    equal,
    limit,
    market_order,
    stop_market,
    trailing_stop_market,
)
from conformance.kit.needs import Need

_RULE = "Strategies, handlers: on_start and on_resume are where a strategy cancels, closes and submits"
_FIRST = "FIRST-1"
#: No price has come yet by which the risk engine of 2.x could value an order.
_UNVALUED = {"risk_engine": {"bypass": True}}


@dataclass(frozen=True, kw_only=True)
class First(AxisValue):
    """The order that a strategy submits first, what that comes to, and what it holds then."""

    request: Callable[[Market], OrderRequest]
    reaches: str = "ACCEPTED"
    held: str = "0"


FIRSTS = (
    First(name="limit", words="a LIMIT order", request=lambda m: limit("BUY", "0.010", m.below_last("2%"))),
    First(
        name="market",
        words="a MARKET order",
        request=lambda _: market_order("BUY", "0.010"),
        reaches="FILLED",
        held="0.010",
    ),
    First(name="stop", words="a stop", request=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("2%"))),
    First(
        name="trailing",
        words="a trailing stop",
        request=lambda m: trailing_stop_market("SELL", "0.010", callback_rate="1", activation=m.above_last("1%")),
    ),
)
BEGINS = (
    AxisValue(name="anew", words="that knows nothing yet"),
    AxisValue(name="warm", words="that has run before, and has a cache of then", needs=WARM.needs),
)


@case.each(
    "LIFE-730",
    axes={"first": FIRSTS, "begins": BEGINS},
    tier="full",
    core=["limit.anew", "stop.anew"],
    rule=_RULE,
    needs=["unrecordable"],
    trader=_UNVALUED,
)
async def test_first_order_is_submitted_as_the_strategy_starts(
    traders: Traders, market: Market, venue: Venue, first: First, begins: AxisValue
) -> None:
    """What a strategy {begins} submits in its on_start ({first}) MUST be placed and followed as any other order."""

    async def submits(strategy: Trader) -> None:
        await strategy.submit(first.request(market).named(_FIRST))

    if begins.name == "warm":
        await traders.start()
        await traders.stop()
    trader = await traders.start(**await traders.at_start(submits))
    passes_over_what_is_free(trader)

    order = trader.order(_FIRST)
    await order.reaches(first.reaches)
    await venue.confirms(order, first.reaches)
    await trader.holds(first.held)
    if first.reaches == "ACCEPTED":
        await order.cancel()
        await order.reaches("CANCELED")
        await venue.confirms(order, "CANCELED")


async def _cancels(strategy: Trader, _: Market) -> None:
    await strategy.cancel_all()


async def _closes(strategy: Trader, _: Market) -> None:
    await strategy.close_all_positions()


async def _cancels_and_closes(strategy: Trader, _: Market) -> None:
    await strategy.cancel_all()
    await strategy.close_all_positions()


async def _cancels_one(strategy: Trader, _: Market) -> None:
    await strategy.order(NAME).cancel()


async def _amends(strategy: Trader, market: Market) -> None:
    await strategy.order(NAME).modify(price=str(market.below_last("3%")))


async def _reduces(strategy: Trader, _: Market) -> None:
    await strategy.submit(market_order("SELL", "0.004").but(reduce_only=True).named(_FIRST))


@dataclass(frozen=True, kw_only=True)
class Clears(AxisValue):
    """What a strategy does, and whether its LIMIT order still rests then; what it holds of 0.010, if it trades."""

    does: Callable[[Trader, Market], Awaitable[None]]
    rests: bool = True
    held: str | None = None


_CLOSE: tuple[Need, ...] = ("close_position",)
#: What a strategy does with all that is its own.
OF_ALL = (
    Clears(name="cancels", words="cancels all its orders", does=_cancels, rests=False),
    Clears(name="closes", words="closes its positions", does=_closes, held="0", needs=_CLOSE),
    Clears(
        name="clears", words="cancels and closes all", does=_cancels_and_closes, held="0", rests=False, needs=_CLOSE
    ),
)
AMENDS = Clears(name="amends", words="amends the order", does=_amends)
#: What a strategy does with one that it finds, whoever placed it.
OF_ONE = (
    Clears(name="cancels-one", words="cancels the order", does=_cancels_one, rests=False),
    AMENDS,
    Clears(name="reduces", words="reduces the position", does=_reduces, held="0.006"),
)


@case.each(
    "LIFE-740",
    axes={"does": (*OF_ALL, *OF_ONE), "memory": (WARM, CRASH, CLAIMED, COLD, FOREIGN)},
    but={
        "what is of no session, and claimed by no strategy, is not its own": {
            "does": tuple(each.name for each in OF_ALL),
            "memory": ("cold", "foreign"),
        },
        "2.x tells a strategy nothing of what it takes over: the first word of it would be of what it has done": {
            "does": ("amends", "closes", "clears", "reduces"),
            "memory": "claimed",
        },
    },
    tier="full",
    core=["clears.warm", "cancels.claimed", "amends.cold", "reduces.foreign"],
    rule=_RULE,
    needs=["unrecordable", "orders_of_others"],
    trader=_UNVALUED,
)
async def test_what_a_strategy_finds_is_its_to_end_as_it_starts(
    traders: Traders, market: Market, venue: Venue, does: Clears, memory: Memory
) -> None:
    """A strategy that {does} in its on_start, where what there is was left {memory}, MUST have done so at the venue."""
    estate = Estate(traders, venue, market)
    trades = does.held is not None
    if memory.by_session:
        session = await memory.begins(traders)
        if trades:
            await (await session.submit(market_order("BUY", "0.010"))).reaches("FILLED")
        await (await session.submit(A_LIMIT.request(market).named(NAME))).reaches("ACCEPTED")
        await estate.ends(session, memory)
    else:
        if trades:
            await venue.opens_position("BUY", "0.010")
        await venue.places(A_LIMIT.request(market).named(NAME))

    async def begins(strategy: Trader) -> None:
        await does.does(strategy, market)

    config = await traders.at_start(begins)
    trader = await (traders.start_again(**config) if memory.by_session else traders.start(**config))
    passes_over_what_is_free(trader)

    await _has_done(trader, market, venue, does, held=does.held or "0")


@case.each(
    "LIFE-750",
    axes={
        "does": (*OF_ALL, AMENDS),
        "since": (
            AxisValue(name="started", words="before it was stopped"),
            AxisValue(name="paused", words="while it was stopped"),
        ),
    },
    tier="full",
    core=["clears.started", "amends.paused"],
    rule=_RULE,
    needs=["unrecordable", "market_moves"],
    trader={"on_resume": True},
)
async def test_what_a_strategy_does_as_it_goes_on(
    trader: Trader, market: Market, venue: Venue, does: Clears, since: AxisValue
) -> None:
    """A strategy that {does} in its on_resume MUST have done so at the venue, where its position was opened {since}."""
    passes_over_what_is_free(trader)
    entry = await trader.submit(limit("BUY", "0.010", market.below_last("1%")))
    accepted = await entry.reaches("ACCEPTED")
    if since.name == "started":
        await market.takes(str(accepted["venue_order_id"]), "0.010")
        await entry.reaches("FILLED")
    await (await trader.submit(A_LIMIT.request(market).named(NAME))).reaches("ACCEPTED")
    await does.does(trader.when("Resumed"), market)

    await trader.pauses()
    if since.name == "paused":
        await market.takes(str(accepted["venue_order_id"]), "0.010")
    await trader.holds("0.010")
    await trader.resumes()

    await _has_done(trader, market, venue, does, held=does.held or "0.010")


async def _has_done(trader: Trader, market: Market, venue: Venue, does: Clears, *, held: str) -> None:
    await trader.settles()
    order = trader.order(NAME)
    await trader.holds(held)
    equal("position at the venue", float(await venue.position()), float(held))
    price = market.below_last("3%") if does.name == "amends" else None
    await venue.confirms(order, "ACCEPTED" if does.rests else "CANCELED", price=price)
    await trader.has_open(*([NAME] if does.rests else []))
