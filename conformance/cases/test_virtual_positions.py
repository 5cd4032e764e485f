"""A strategy that hedges by itself (its own OMS is HEDGING) on an account in one-way mode: positions of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import REMEMBERED, Estate, Memory, venue_id
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, OrderRequest, Trader, Traders, Venue, case, equal, limit, market_order

_NAME = "WORKING-1"
_HEDGES = {"strategy": {"oms_type": "HEDGING"}}


@dataclass(frozen=True, kw_only=True)
class Working(AxisValue):
    """An order of which a `part` fills before the session ends: `enters` says whether a position of 0.010 stands then.

    `held` is what is held when all of it has filled.
    """

    asked: Callable[[Market], OrderRequest]
    part: str
    rest: str
    held: str
    enters: bool = True


def _selling(quantity: str) -> Callable[[Market], OrderRequest]:
    return lambda market: limit("SELL", quantity, market.above_last("2%"))


_TURNS = Working(
    name="turns",
    words="has turned its position around",
    asked=_selling("0.020"),
    part="0.014",
    rest="0.006",
    held="-0.010",
)
_OPENS = Working(
    name="opens",
    words="has opened its position",
    asked=lambda market: limit("BUY", "0.010", market.below_last("2%")),
    part="0.004",
    rest="0.006",
    held="0.010",
    enters=False,
)
_REDUCES = Working(
    name="reduces", words="has reduced its position", asked=_selling("0.006"), part="0.004", rest="0.002", held="0.004"
)
WORKING = (_OPENS, _REDUCES, _TURNS)


async def _after(estate: Estate, memory: Memory, rest: str) -> Trader:
    trader, _ = await estate.starts(memory)
    await trader.settles()
    await estate.market.takes(await venue_id(estate.venue, _NAME), rest)
    await trader.order(_NAME).reaches("FILLED")
    return trader


async def _meanwhile(estate: Estate, memory: Memory, rest: str) -> Trader:
    await estate.market.takes(await venue_id(estate.venue, _NAME), rest)
    trader, _ = await estate.starts(memory)
    return trader


@dataclass(frozen=True, kw_only=True)
class When(AxisValue):
    """When the rest of the order fills."""

    fills: Callable[[Estate, Memory, str], Awaitable[Trader]]


WHENS = (
    When(name="after", words="after it", fills=_after),
    When(name="meanwhile", words="while no trader runs", fills=_meanwhile),
)


@case.each(
    "STRAT-060",
    axes={"working": WORKING, "when": WHENS, "memory": REMEMBERED},
    tier="full",
    core=["turns.after.warm"],
    rule="Position Information V3: in one-way mode one position a symbol, BOTH; Event: Order Update, each trade once",
    needs=["market_moves", "close_position", "cache_database", "unrecordable", "venue_positions"],
    trader=_HEDGES,
)
async def test_rest_of_a_working_order_fills_its_own_position(
    traders: Traders, venue: Venue, market: Market, working: Working, when: When, memory: Memory
) -> None:
    """The rest of an order that {working}, left {memory}, MUST fill that one position when it fills {when}."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    request = working.asked(market).named(_NAME)
    if working.enters:
        await (await trader.submit(market_order("BUY", "0.010").named("ENTRY-1"))).reaches("FILLED")
        await trader.holds("0.010")
        (position,) = (await trader.books())["positions"]
        request = request.but(position_id=position["position_id"])
    order = await trader.submit(request)
    accepted = await order.reaches("ACCEPTED")
    await market.takes(accepted["venue_order_id"], working.part)
    await order.reaches("PARTIALLY_FILLED")
    estate = Estate(traders, venue, market)
    await estate.ends(trader, memory)

    again = await when.fills(estate, memory, working.rest)

    await again.settles()
    await again.holds(working.held)
    positions = (await again.books())["positions"]
    equal("positions held", len(positions), 1)
    equal("whose it is", {row["strategy"] for row in positions}, {"CASE-001"})
    await again.close_all_positions()
    await again.holds("0")
    equal("position at the venue", Decimal(await venue.position()), Decimal(0))
