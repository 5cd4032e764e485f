"""A bypassed risk engine: nothing of the trader's own stands between a strategy and the venue, which then judges.

So NautilusTrader says of it (`RiskEngineConfig.bypass`): "If True, then will bypass all pre-trade risk checks and rate
limits".
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases.largest import largest_value
from conformance.cases.restricted import STATES, State
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    Traders,
    Wire,
    case,
    limit,
    market_order,
    require,
)
from conformance.kit.needs import Need

_RULE = "New Order, Modify Order: whatever margin and filters allow is taken; a lower limit is the trader's own"
_WHY = "these are about a risk engine that is bypassed, and about limits and states that it then has no say in"
_NEEDS: tuple[Need, ...] = ("unrecordable",)


def _bypassed(**limits: Any) -> dict[str, Any]:
    return {"risk_engine": {"bypass": True, **limits}}


def _resting(market: Market) -> OrderRequest:
    return limit("BUY", "0.010", market.below_last("2%"))


async def _rests(trader: Trader, market: Market) -> Order:
    order = await trader.submit(_resting(market))
    await order.reaches("ACCEPTED")
    return order


@case.each(
    {"RISK-930": {"field": "price"}, "RISK-931": {"field": "quantity"}},
    tier="full",
    core=["RISK-930"],
    rule=_RULE,
    upstream=["#2330", "067c3f47ba"],
    needs=_NEEDS,
    profile="default",
    why=_WHY,
    trader=_bypassed(max_order_modify_rate="1/00:01:00"),
)
async def test_bypassed_rate_keeps_no_amendment_back(trader: Trader, wire: Wire, market: Market, field: str) -> None:
    """Where the risk engine is bypassed, an amended {field} beyond the rate MUST be sent, and be UPDATED."""
    order = await _rests(trader, market)

    for price, quantity in (("3%", "0.011"), ("4%", "0.012"), ("5%", "0.013")):
        to = {"price": str(market.below_last(price))} if field == "price" else {"quantity": quantity}
        await order.modify(**to)
        await order.reaches("UPDATED")

    await wire.exactly(3, "modify order")


@case(
    "RISK-932",
    rule="Modify Multiple Orders",
    upstream=["#2330"],
    needs=[*_NEEDS, "batch_amend"],
    profile="default",
    why=_WHY,
    trader=_bypassed(max_order_modify_rate="1/00:01:00"),
)
async def test_bypassed_rate_keeps_no_batch_of_amendments_back(trader: Trader, market: Market) -> None:
    """Where the risk engine is bypassed, each of two amendments in a batch beyond the rate MUST be UPDATED."""
    first, second = await _rests(trader, market), await _rests(trader, market)

    await trader.modify_batch({first: {"price": str(market.below_last("3%"))}, second: {"quantity": "0.012"}})

    for order in (first, second):
        await order.reaches("UPDATED")


@dataclass(frozen=True, kw_only=True)
class Command(AxisValue):
    """What is asked for, with these terms; the order that it is about, how it is asked, and how it ends."""

    asked: Callable[[Trader, Market, Mapping[str, str]], Awaitable[Order]]
    routes: tuple[str, ...] = ("place order", "batch place")
    done: str = "ACCEPTED"
    refused: str = "REJECTED"


async def _submitted(trader: Trader, market: Market, terms: Mapping[str, str]) -> Order:
    return await trader.submit(_resting(market).but(**terms))


async def _listed(trader: Trader, market: Market, terms: Mapping[str, str]) -> Order:
    first, _ = await trader.submit_list([_resting(market).but(**terms), _resting(market)])
    return first


async def _amended(trader: Trader, market: Market, terms: Mapping[str, str]) -> Order:
    order = await _rests(trader, market)
    await order.modify(**terms)
    return order


_COMMANDS = (
    Command(name="submit", words="an order", asked=_submitted),
    Command(name="list", words="an order of a list", asked=_listed, needs=("order_lists",)),
    Command(
        name="modify",
        words="an amendment",
        asked=_amended,
        routes=("modify order",),
        done="UPDATED",
        refused="MODIFY_REJECTED",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Figure(AxisValue):
    """A figure that the trader's own checks refuse, and whether the venue takes it."""

    terms: Callable[[Market], Mapping[str, str]]
    taken: bool = False


_FIGURES = (
    Figure(name="value", words="worth more than the largest", terms=lambda _: {"quantity": "0.020"}, taken=True),
    Figure(name="tick", words="at a price of too many decimals", terms=lambda m: {"price": f"{m.below_last('3%')}5"}),
    Figure(name="most", words="for more than the most", terms=lambda _: {"quantity": "1000.001"}),
)


@case.each(
    "RISK-935",
    axes={"command": _COMMANDS, "figure": _FIGURES},
    tier="full",
    core=["modify.tick"],
    rule=f"{_RULE}; Error codes: -1111, -4005: what is beyond the filters is refused",
    upstream=["#2330", "067c3f47ba"],
    needs=[*_NEEDS, "large_orders"],
    profile="default",
    why=_WHY,
)
async def test_venue_judges_what_a_bypassed_engine_does_not(
    traders: Traders, wire: Wire, market: Market, command: Command, figure: Figure
) -> None:
    """Where the risk engine is bypassed, {command} {figure} MUST be sent, and end as the venue judges it."""
    trader = await traders.start(**_bypassed(**largest_value(market)["risk_engine"]))
    terms = figure.terms(market)

    order = await command.asked(trader, market, terms)

    await order.reaches(command.done if figure.taken else command.refused)
    await trader.settles()
    ((term, asked),) = terms.items()
    sent = [each for each in wire.asked(command.routes) if asked in str(each.params)]
    require(len(sent) == 1, f"one request that has the {term} as asked", seen=len(sent))


@dataclass(frozen=True, kw_only=True)
class Wish(AxisValue):
    """What is asked for in a state in which nothing may open a position, beside an order that rests."""

    asked: Callable[[Trader, Market, Order], Awaitable[list[Order]]]
    reaches: str = "ACCEPTED"


async def _an_order(trader: Trader, market: Market, _: Order) -> list[Order]:
    return [await trader.submit(_resting(market))]


async def _a_list(trader: Trader, market: Market, _: Order) -> list[Order]:
    return await trader.submit_list([_resting(market), _resting(market)])


async def _an_amendment(_trader: Trader, _market: Market, order: Order) -> list[Order]:
    await order.modify(quantity="0.014")
    return [order]


async def _a_cancellation(_trader: Trader, _market: Market, order: Order) -> list[Order]:
    await order.cancel()
    return [order]


_WISHES = (
    Wish(name="submit", words="an order", asked=_an_order),
    Wish(name="list", words="each order of a list", asked=_a_list, needs=("order_lists",)),
    Wish(name="modify", words="an amendment to more", asked=_an_amendment, reaches="UPDATED"),
    Wish(name="cancel", words="a cancellation", asked=_a_cancellation, reaches="CANCELED"),
)


@case.each(
    "RISK-940",
    axes={"state": STATES, "wish": _WISHES},
    tier="full",
    core=["halted.modify"],
    rule=_RULE,
    upstream=["#2330", "067c3f47ba"],
    needs=[*_NEEDS, "trading_state"],
    profile="default",
    why=_WHY,
    trader=_bypassed(),
)
async def test_state_of_a_bypassed_engine_keeps_nothing_back(
    trader: Trader, market: Market, state: State, wish: Wish
) -> None:
    """Of a trader that holds a position and is {state}, its risk engine bypassed, {wish} MUST be sent, and done."""
    passes_over_what_is_free(trader)
    await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    await trader.holds("0.010")
    resting = await _rests(trader, market)
    await trader.sets_trading_state(state.state)

    orders = await wish.asked(trader, market, resting)

    for order in orders:
        await order.reaches(wish.reaches)
