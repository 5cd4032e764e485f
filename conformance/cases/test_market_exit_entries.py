"""What a strategy asks for while it leaves the market: nothing opens a position behind the exit that is under way.

So NautilusTrader says of it (`market_exit`): "During a market exit, non-reduce-only orders are automatically denied.
For order lists, if any order in the list is non-reduce-only, the entire list is denied".
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.emulated import UNASKED
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
    Trader,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_market,
)

_AMOUNT = "0.010"
_SENDING = ("place order", "place stop", "batch place")


def _below(market: Market) -> OrderRequest:
    return limit("BUY", _AMOUNT, market.below_last("3%"))


def _above(market: Market) -> OrderRequest:
    return stop_market("BUY", _AMOUNT, trigger=market.above_last("3%"))


def _single(made: Callable[[Market], OrderRequest]) -> Callable[[Trader, Market], Awaitable[list[Order]]]:
    async def asked(trader: Trader, market: Market) -> list[Order]:
        return [await trader.submit(made(market))]

    return asked


async def _listed(trader: Trader, market: Market) -> list[Order]:
    return await trader.submit_list([_below(market), _below(market)])


@dataclass(frozen=True, kw_only=True)
class Wish(AxisValue):
    """What would open a position, once the exit is over."""

    asked: Callable[[Trader, Market], Awaitable[list[Order]]]


_LIMIT = Wish(name="limit", words="a limit order", asked=_single(_below))
_MARKET = Wish(name="market", words="a market order", asked=_single(lambda _: market_order("BUY", _AMOUNT)))
_STOP = Wish(name="stop", words="a stop", asked=_single(_above))
_LIST = Wish(name="list", words="a list of orders", asked=_listed, needs=("order_lists",))
_SLICES = Wish(
    name="slices",
    words="an order for an algorithm",
    asked=_single(
        lambda m: _below(m).but(
            exec_algorithm_id="SLICES", exec_algorithm_params={"quantity": "0.004", "price": str(m.below_last("4%"))}
        )
    ),
    needs=("exec_algorithms",),
    trader={"slices": True},
)
_HELD = Wish(
    name="held",
    words="an order to be held",
    asked=_single(lambda m: _above(m).but(emulation_trigger="LAST_PRICE")),
    needs=("emulation", "market_moves"),
)


@dataclass(frozen=True, kw_only=True)
class Leaving(AxisValue):
    """How the strategy leaves the market; `goes_on` after it, or not."""

    by: Callable[[Trader], Awaitable[None]]
    goes_on: bool


_EXIT = Leaving(name="exit", words="exits the market", by=Trader.market_exit, goes_on=True)
_IS_STOPPED = Leaving(
    name="stop",
    words="is stopped, which is to exit the market",
    by=Trader.pauses,
    goes_on=False,
    trader={"strategy": {"manage_stop": True}},
)


async def _has_something_to_leave(trader: Trader, market: Market) -> Order:
    passes_over_what_is_free(trader)
    await (await trader.submit(market_order("BUY", _AMOUNT))).reaches("FILLED")
    await trader.holds(_AMOUNT)
    resting = await trader.submit(limit("BUY", _AMOUNT, market.below_last("2%")))
    await resting.reaches("ACCEPTED")
    return resting


async def _has_left(trader: Trader, venue: Venue) -> None:
    await trader.has_open()
    await trader.holds("0")
    equal("the position at the venue", Decimal(await venue.position()), Decimal(0))


@case.each(
    {
        "LIFE-770": {"wish": _LIMIT, "leaving": _EXIT},
        "LIFE-771": {"wish": _MARKET, "leaving": _EXIT},
        "LIFE-772": {"wish": _STOP, "leaving": _EXIT},
        "LIFE-773": {"wish": _LIST, "leaving": _EXIT},
        "LIFE-774": {"wish": _SLICES, "leaving": _EXIT},
        "LIFE-775": {"wish": _HELD, "leaving": _EXIT},
        "LIFE-776": {"wish": _LIMIT, "leaving": _IS_STOPPED},
        "LIFE-777": {"wish": _HELD, "leaving": _IS_STOPPED},
    },
    tier="full",
    core=["LIFE-770"],
    rule="NautilusTrader, market_exit: orders that are not reduce-only are denied; at its end nothing is left",
    card="TC-E82",
    needs=["market_exit", "unrecordable"],
    trader=UNASKED,
)
async def test_order_that_is_asked_for_during_an_exit_is_denied(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, wish: Wish, leaving: Leaving
) -> None:
    """When a strategy {leaving}, {wish} that is asked for before it has left MUST be DENIED, and never be sent."""
    resting = await _has_something_to_leave(trader, market)
    answered = asyncio.Event()
    faults.delay(("cancel", "cancel all"), until=answered, times=None)
    await leaving.by(trader)

    orders = await wish.asked(trader, market)

    for order in orders:
        await order.reaches("DENIED")
    answered.set()
    await resting.reaches("CANCELED")
    await _has_left(trader, venue)
    for order in orders:
        # An exit ends by a check of its own, ten times a second.
        await order.stands("DENIED", after_s=1.0)
    named = {order.id for order in orders}
    equal("requests for them", len([each for each in wire.asked(_SENDING) if _names(each.params, named)]), 0)
    if leaving.goes_on:
        await (await trader.submit(_below(market))).reaches("ACCEPTED")


def _names(params: object, ids: set[str]) -> bool:
    return any(each in str(params) for each in ids)


@case(
    "LIFE-780",
    tier="full",
    rule="NautilusTrader, market_exit: orders that are not reduce-only are denied; at its end nothing is left",
    needs=["market_exit", "unrecordable"],
    trader=UNASKED,
)
async def test_order_of_a_handler_during_an_exit_is_denied(trader: Trader, market: Market, venue: Venue) -> None:
    """An order that a strategy places anew as soon as an exit has cancelled it MUST be DENIED, and nothing be left."""
    resting = await _has_something_to_leave(trader, market)
    again = await trader.when("OrderCanceled", resting).submit(_below(market))

    await trader.market_exit()

    await resting.reaches("CANCELED")
    await again.reaches("DENIED")
    await _has_left(trader, venue)


@case.each(
    {"LIFE-781": {"field": "price"}, "LIFE-782": {"field": "quantity"}},
    tier="full",
    core=["LIFE-782"],
    rule="NautilusTrader, market_exit: all orders are cancelled and all positions closed; at its end nothing is left",
    needs=["market_exit", "unrecordable"],
    trader=UNASKED,
)
async def test_amendment_during_an_exit_leaves_nothing(
    trader: Trader, market: Market, venue: Venue, faults: Faults, field: str
) -> None:
    """When the {field} of an order is amended while an exit cancels it, nothing MUST be left in the end."""
    resting = await _has_something_to_leave(trader, market)
    answered = asyncio.Event()
    faults.delay(("cancel", "cancel all"), until=answered, times=None)
    await trader.market_exit()

    to = {"price": str(market.above_last("1%"))} if field == "price" else {"quantity": "0.020"}
    await resting.try_to_modify(**to)
    await trader.settles()
    answered.set()

    await _has_left(trader, venue)
    # An exit ends by a check of its own, ten times a second.
    await resting.stands(str((await resting.row())["status"]), after_s=1.0)
    await _has_left(trader, venue)
