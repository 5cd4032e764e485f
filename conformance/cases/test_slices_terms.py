"""What a slice has of its order beside what it sends: its tags, what its algorithm was told, its list and links."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases.emulated import UNASKED
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)

_OF_ITS_ORDER = (
    *("tags", "exec_algorithm_id", "exec_algorithm_params"),
    *("order_list_id", "parent_order_id", "linked_order_ids", "contingency_type"),
)


@dataclass(frozen=True, kw_only=True)
class Algorithm(AxisValue):
    """Who cuts an order of 0.010 up, and what it is told."""

    told: Callable[[Market], dict[str, Any]]
    id: str


_ALGORITHMS = (
    Algorithm(
        name="twap",
        words="a TWAP",
        id="TWAP",
        told=lambda _: {"horizon_secs": 0.6, "interval_secs": 0.3},
        needs=("twap",),
        trader={"twap": True},
    ),
    Algorithm(
        name="own",
        words="an algorithm of a user's own",
        id="SLICES",
        told=lambda m: {"quantity": "0.004", "price": str(m.above_last("1%")), "time_in_force": "IOC"},
        needs=("exec_algorithms",),
        trader={"slices": True},
    ),
)


async def _tagged(trader: Trader, _: Market, entry: OrderRequest) -> Order:
    return await trader.submit(entry.but(tags=("grid", "level 3")))


async def _listed(trader: Trader, market: Market, entry: OrderRequest) -> Order:
    first, *_ = await trader.bracket(
        entry,
        limit("SELL", "0.010", market.above_last("2%")),
        stop_market("SELL", "0.010", trigger=market.below_last("4%")),
        contingency="OUO",
        emulation_trigger="LAST_PRICE",
    )
    return first


@dataclass(frozen=True, kw_only=True)
class Whole(AxisValue):
    """The order that is cut up."""

    asked: Callable[[Trader, Market, OrderRequest], Awaitable[Order]]


_WHOLES = (
    Whole(name="tags", words="an order with tags", asked=_tagged),
    Whole(
        name="bracket",
        words="the entry of a held bracket",
        asked=_listed,
        needs=("brackets", "emulation", "market_moves", "order_lists"),
    ),
)


@case.each(
    "ALG-140",
    axes={"algorithm": _ALGORITHMS, "whole": _WHOLES},
    tier="full",
    core=["own.tags"],
    rule="New Order: tags, links and algorithms are no parameters of the venue's; only the trader has them",
    needs=["unrecordable"],
    trader=UNASKED,
)
async def test_slice_has_what_its_order_has(trader: Trader, market: Market, algorithm: Algorithm, whole: Whole) -> None:
    """A slice that {algorithm} cuts off {whole} MUST have its order's tags, params, list and links."""
    passes_over_what_is_free(trader)
    entry = market_order("BUY", "0.010").but(
        exec_algorithm_id=algorithm.id, exec_algorithm_params=algorithm.told(market)
    )

    order = await whole.asked(trader, market, entry)

    await order.reaches("FILLED")
    await trader.holds("0.010")
    of_order, of_slice = await order.row(), await trader.order(f"{order.id}-E1").row()
    require(bool(of_slice), "a slice of the order in the trader's books", seen=of_slice)
    for name in _OF_ITS_ORDER:
        equal(f"{name} of the slice", of_slice.get(name), of_order.get(name))
