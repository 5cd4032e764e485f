"""Lists whose command says more than their orders do: what goes beside a list is for each order of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Trader,
    Venue,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_limit,
    stop_market,
    take_profit_market,
)

_RULE = "New Order, priceMatch: cannot be passed together with price; New Algo Order, priceMatch, closePosition"
_PRICE = "price of an open order is not the venue's"


@dataclass(frozen=True, kw_only=True)
class Listed(AxisValue):
    """Orders of one list that is submitted with params."""

    orders: Callable[[Market], Sequence[OrderRequest]]
    holds: bool = False


def _queued(market: Market) -> Sequence[OrderRequest]:
    asked = [limit("BUY", "0.010", market.below_last("2%")), limit("SELL", "0.012", market.above_last("2%"))]
    return [order.but(price_match="QUEUE") for order in asked]


def _queued_stops(market: Market) -> Sequence[OrderRequest]:
    asked = [
        stop_limit("SELL", "0.010", trigger=market.below_last("2%"), price=market.below_last("3%")),
        stop_limit("SELL", "0.012", trigger=market.below_last("3%"), price=market.below_last("4%")),
    ]
    return [order.but(price_match="QUEUE") for order in asked]


def _closing(market: Market) -> Sequence[OrderRequest]:
    asked = [
        stop_market("SELL", "0.010", trigger=market.below_last("2%")),
        take_profit_market("SELL", "0.010", trigger=market.above_last("2%")),
    ]
    return [order.but(close_position=True) for order in asked]


@case.each(
    {
        "LIST-910": {
            "listed": Listed(
                name="limit",
                words="two LIMIT orders that the venue is to price",
                orders=_queued,
                needs=("price_match",),
            )
        },
        "LIST-911": {
            "listed": Listed(
                name="stop-limit",
                words="two stop limit orders that the venue is to price",
                orders=_queued_stops,
                needs=("price_match",),
            )
        },
        "LIST-912": {
            "listed": Listed(
                name="closing",
                words="a stop and a take-profit that close the position",
                orders=_closing,
                holds=True,
                needs=("close_position_stops",),
            )
        },
    },
    tier="full",
    core=["LIST-910"],
    rule=_RULE,
    upstream=["#3074"],
    needs=["order_lists", "unrecordable"],
)
async def test_what_goes_beside_a_list_is_for_each_order(
    trader: Trader, venue: Venue, market: Market, listed: Listed
) -> None:
    """Of a list of {listed}, by the list's params, each order MUST be sent so, or the list be refused."""
    passes_over_what_is_free(trader)
    trader.may_differ(_PRICE, why="the venue prices a stop when it triggers, and has no price before")
    if listed.holds:
        await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")

    orders = await trader.submit_list(listed.orders(market))

    for order in orders:
        await order.reaches("ACCEPTED", "DENIED")
    denied = [order.state == "DENIED" for order in orders]
    require(len(set(denied)) == 1, "one fate for all of the list", seen=[order.state for order in orders])
    if not any(denied):
        # Invariant 13 compares what was sent with what was asked, invariant 8 what both have of it.
        for order in orders:
            equal("status at the venue", (await venue.standing(order.id)).status, "ACCEPTED")
