"""An order that names an execution algorithm which the trader does not have: it is told of, and stays nowhere."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.emulated import UNASKED
from conformance.cases.situations import passes_over_what_is_free
from conformance.history.order_states import TERMINAL
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    Venue,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)
from conformance.kit.needs import Need

_RULE = "New Order knows no algorithm: who carries an order out is the trader's own affair, and so is its refusal"
_NEEDS: tuple[Need, ...] = ("exec_algorithms", "unrecordable")
_AMOUNT = "0.010"


def _of(request: OrderRequest) -> OrderRequest:
    """Return the order as one that names an algorithm which is not there."""
    return request.but(exec_algorithm_id="NOT-THERE", exec_algorithm_params={"quantity": "0.004"})


def _resting(market: Market) -> OrderRequest:
    return limit("BUY", _AMOUNT, market.below_last("2%"))


async def _market(trader: Trader, _: Market) -> list[Order]:
    return [await trader.submit(_of(market_order("BUY", _AMOUNT)))]


async def _limit(trader: Trader, market: Market) -> list[Order]:
    return [await trader.submit(_of(_resting(market)))]


async def _first_of_a_list(trader: Trader, market: Market) -> list[Order]:
    return await trader.submit_list([_of(_resting(market)), _resting(market)])


async def _entry(trader: Trader, market: Market) -> list[Order]:
    legs = await trader.bracket(
        _of(market_order("BUY", _AMOUNT)),
        limit("SELL", _AMOUNT, market.above_last("2%")),
        stop_market("SELL", _AMOUNT, trigger=market.below_last("4%")),
        contingency="OUO",
    )
    return list(legs)


async def _released(trader: Trader, market: Market) -> list[Order]:
    stop = stop_market("SELL", _AMOUNT, trigger=market.below_last("1%")).but(emulation_trigger="LAST_PRICE")
    order = await trader.submit(_of(stop))
    await order.reaches("EMULATED")
    await market.moves_to(market.below_last("2%"))
    return [order]


@dataclass(frozen=True, kw_only=True)
class Asked(AxisValue):
    """What names the algorithm; the orders that it is asked with."""

    by: Callable[[Trader, Market], Awaitable[list[Order]]]


_MARKET = Asked(name="market", words="a market order", by=_market)
_LIMIT = Asked(name="limit", words="a limit order", by=_limit)
_LIST = Asked(name="list", words="the first order of a list", by=_first_of_a_list, needs=("order_lists",))
_BRACKET = Asked(name="bracket", words="the entry of a bracket", by=_entry, needs=("brackets", "order_lists"))
_RELEASED = Asked(
    name="released",
    words="a held stop whose price has come",
    by=_released,
    needs=("emulation", "market_moves"),
    trader=UNASKED,
)
#: Of an order that is not carried out as it was asked, or of one that is sent as it is.
_AT_REST = frozenset({*TERMINAL, "ACCEPTED", "PARTIALLY_FILLED"})
_ENDED = ("DENIED", "REJECTED", "CANCELED", "EXPIRED", "FILLED")


async def _stands_somewhere(order: Order) -> None:
    """Wait until the order has ended, or is at the venue."""
    await order.reaches(*_ENDED, "ACCEPTED")
    state = str((await order.row()).get("status", "unknown"))
    require(state in _AT_REST, "an order that has ended, or that the venue has", seen=state)


@case.each(
    {
        "ALG-130": {"asked": _MARKET},
        "ALG-131": {"asked": _LIMIT},
        "ALG-132": {"asked": _LIST},
        "ALG-133": {"asked": _BRACKET},
        "ALG-134": {"asked": _RELEASED},
    },
    tier="full",
    core=["ALG-130", "ALG-134"],
    rule=_RULE,
    needs=_NEEDS,
    trader={"slices": True},
)
async def test_order_for_an_algorithm_that_is_not_there_is_told_of(
    trader: Trader, market: Market, asked: Asked
) -> None:
    """Where {asked} names an algorithm that the trader does not have, each order MUST be refused, or be sent."""
    passes_over_what_is_free(trader)

    orders = await asked.by(trader, market)

    for order in orders:
        await _stands_somewhere(order)


async def _one(trader: Trader, orders: list[Order]) -> None:
    del trader
    for order in orders:
        if not order.events or order.state not in TERMINAL:
            await order.cancel()


async def _all(trader: Trader, _: list[Order]) -> None:
    await trader.cancel_all()


async def _exits(trader: Trader, _: list[Order]) -> None:
    await trader.market_exit()


@dataclass(frozen=True, kw_only=True)
class Ending(AxisValue):
    """How the strategy ends what it asked for."""

    by: Callable[[Trader, list[Order]], Awaitable[None]]


_ENDINGS = (
    Ending(name="cancel", words="is cancelled", by=_one),
    Ending(name="cancel-all", words="is cancelled with all others", by=_all),
    Ending(name="exit", words="is ended by a market exit", by=_exits, needs=("market_exit",)),
)


@case.each(
    "ALG-135",
    axes={"asked": (_LIMIT, _RELEASED), "ending": _ENDINGS},
    tier="full",
    core=["limit.cancel"],
    rule="Cancel Order; NautilusTrader, cancel_all_orders, market_exit: all that the strategy has",
    needs=_NEEDS,
)
async def test_order_for_an_algorithm_that_is_not_there_is_ended(
    trader: Trader, market: Market, venue: Venue, asked: Asked, ending: Ending
) -> None:
    """When what names an algorithm that is not there, {asked}, {ending}, each of its orders MUST have ended by then."""
    passes_over_what_is_free(trader)
    orders = await asked.by(trader, market)
    await trader.settles()

    await ending.by(trader, orders)

    for order in orders:
        if order.state not in TERMINAL:
            await order.reaches(*_ENDED)
    if ending.name == "exit":
        await trader.holds("0")
        equal("the position at the venue", Decimal(await venue.position()), Decimal(0))
