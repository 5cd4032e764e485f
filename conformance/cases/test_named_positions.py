"""Orders for a position that the strategy names itself, on an account that has one position a symbol."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.inherited import REMEMBERED, Estate, Memory
from conformance.cases.situations import SEVERAL_POSITIONS, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
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

_RULE = "Position Information V3: in one-way mode one position a symbol, BOTH"
_NAME = "P-1"
_NETS = {"strategy": {"oms_type": "NETTING"}}


async def _of_its_own(_: Trader) -> str:
    return _NAME


async def _of_another_strategy(trader: Trader) -> str:
    await (await trader.strategy(2).submit(market_order("BUY", "0.010"))).reaches("FILLED")
    await trader.holds("0.010")
    (position,) = (await trader.books())["positions"]
    return str(position["position_id"])


async def _of_a_closed_one(trader: Trader) -> str:
    await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    await trader.holds("0.010")
    (position,) = (await trader.books())["positions"]
    await (await trader.submit(market_order("SELL", "0.010"))).reaches("FILLED")
    await trader.holds("0")
    return str(position["position_id"])


@dataclass(frozen=True, kw_only=True)
class Whose(AxisValue):
    """Which position an order names; `others` is what another strategy holds then."""

    names: Callable[[Trader], Awaitable[str]]
    others: str = "0"


async def _enters_at_once(trader: Trader, _: Market, position_id: str) -> Order:
    return await trader.submit(market_order("BUY", "0.010").but(position_id=position_id))


async def _enters_with_a_list(trader: Trader, market: Market, position_id: str) -> Order:
    asked = (market_order("BUY", "0.010"), limit("BUY", "0.010", market.below_last("5%")))
    entry, _ = await trader.submit_list([each.but(position_id=position_id) for each in asked])
    return entry


async def _enters_by_a_stop(trader: Trader, market: Market, position_id: str) -> Order:
    asked = stop_market("BUY", "0.010", trigger=market.above_last("1%"))
    entry = await trader.submit(asked.but(position_id=position_id))
    await entry.reaches("ACCEPTED", "DENIED")
    await market.moves_to(market.above_last("1.5%"))
    return entry


@dataclass(frozen=True, kw_only=True)
class Entry(AxisValue):
    """How the strategy enters 0.010 with an order for a position."""

    does: Callable[[Trader, Market, str], Awaitable[Order]]


@case.each(
    "NET-050",
    axes={
        "entry": (
            Entry(name="single", words="An entry", does=_enters_at_once),
            Entry(name="list", words="An entry in a list", does=_enters_with_a_list, needs=("order_lists",)),
            Entry(name="stop", words="A stop that enters", does=_enters_by_a_stop, needs=("market_moves",)),
        ),
        "whose": (
            Whose(name="own", words="of its own making", names=_of_its_own),
            Whose(name="another", words="of another strategy's", names=_of_another_strategy, others="0.010"),
            Whose(name="closed", words="that is closed", names=_of_a_closed_one),
        ),
    },
    tier="full",
    core=["single.own", "list.own", "stop.another", "single.closed"],
    rule=_RULE,
    upstream=["#3991", "667556d051"],
    needs=["unrecordable", "venue_positions"],
    trader=_NETS,
)
async def test_netting_strategy_opens_no_second_position(
    traders: Traders, venue: Venue, market: Market, entry: Entry, whose: Whose
) -> None:
    """{entry} of a netting strategy for a position {whose} MUST be denied, or an exit that names none MUST close it."""
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    if whose.others != "0":
        for difference in (SEVERAL_POSITIONS, "the trader's entry price is not the venue's"):
            trader.may_differ(difference, why="two strategies hold a part of it each")
    order = await entry.does(trader, market, await whose.names(trader))

    if await _is_denied(order):
        order = await trader.submit(market_order("BUY", "0.010"))
        await order.reaches("FILLED")
    await (await trader.submit(market_order("SELL", "0.010"))).reaches("FILLED")

    await trader.settles()
    others = [] if whose.others == "0" else [("CASE-002", whose.others)]
    equal("positions held, by strategy", await _held(trader), others)
    equal("position at the venue", Decimal(await venue.position()), Decimal(whose.others))


async def _is_denied(order: Order) -> bool:
    """Wait until the order has filled or is denied, and return which of it is so."""
    if not _was_denied(order):
        await order.reaches("FILLED", "DENIED")
    return _was_denied(order)


def _was_denied(order: Order) -> bool:
    return any(event.name == "OrderDenied" for event in order.events)


async def _held(trader: Trader) -> list[tuple[str, str]]:
    return [(str(row["strategy"]), str(row["signed_qty"])) for row in (await trader.books())["positions"]]


_LEGS = {"LEG-A": "0.010", "LEG-B": "0.004"}
_HEDGES: Mapping[str, Any] = {"strategy": {"oms_type": "HEDGING"}}
_COUNTS = (
    AxisValue(name="hedging", words="hedges", trader=_HEDGES),
    AxisValue(
        name="alone", words="hedges without the venue's ids", trader={**_HEDGES, "client": {"use_position_ids": False}}
    ),
)
_SESSION = AxisValue(name="session", words="in the same session")
_FIRST = (
    AxisValue(name="a", words="the larger"),
    AxisValue(name="b", words="the smaller"),
)


@case.each(
    "POS-930",
    axes={"counts": _COUNTS, "since": (_SESSION, *REMEMBERED), "first": _FIRST},
    tier="full",
    core=["hedging.session.b", "alone.warm.a"],
    rule=f"{_RULE}; New Order: an order trades whatever is held",
    upstream=["#4327", "ea0aa83999"],
    needs=["unrecordable"],
)
async def test_named_positions_are_closed_by_name(
    traders: Traders, venue: Venue, market: Market, counts: AxisValue, since: AxisValue, first: AxisValue
) -> None:
    """Two positions named by a strategy that {counts}, left {since}, MUST each be closed by name, {first} first."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    for name, quantity in _LEGS.items():
        await (await trader.submit(market_order("BUY", quantity).but(position_id=name))).reaches("FILLED")
    await trader.settles()
    await _holds(trader, _LEGS)
    if isinstance(since, Memory):
        estate = Estate(traders, venue, market)
        await estate.ends(trader, since)
        trader, _ = await estate.starts(since)
        await trader.settles()
        await _holds(trader, _LEGS)

    left = dict(_LEGS)
    for name in sorted(_LEGS, reverse=first.name == "b"):
        exits = market_order("SELL", left.pop(name)).but(position_id=name).named(f"EXIT-{name}")
        await (await trader.submit(exits)).reaches("FILLED")
        await trader.settles()
        await _holds(trader, left)
    equal("position at the venue", Decimal(await venue.position()), Decimal(0))


async def _holds(trader: Trader, legs: Mapping[str, str]) -> None:
    held = {str(row["position_id"]): str(row["signed_qty"]) for row in (await trader.books())["positions"]}
    require(held == legs, f"{len(legs)} positions, each by its name", seen=held)
