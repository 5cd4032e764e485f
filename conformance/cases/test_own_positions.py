"""Positions that a trader counts by ids of its own making, without the venue's: several orders can name one of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Market, OrderRequest, Trader, case, limit, market_order, stop_market

_RULE = "New Order: an order that is not reduce-only trades whatever is held; Position Information V3"
_COUNTS_ITS_OWN = {"client": {"use_position_ids": False}}


@dataclass(frozen=True)
class Stop:
    """An order that is to end a long position of 0.010 at a loss, and how it comes to be filled."""

    asked: Callable[[Market], OrderRequest]
    fills: Callable[[Market, str], Awaitable[None]]


async def _is_taken(market: Market, venue_order_id: str) -> None:
    await market.takes(venue_order_id, "0.010")


async def _triggers(market: Market, venue_order_id: str) -> None:
    await market.moves_to(market.below_last("3%"))


_BY_HAND = Stop(asked=lambda m: limit("SELL", "0.010", m.above_last("2%")), fills=_is_taken)
_AT_THE_VENUE = Stop(asked=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("2%")), fills=_triggers)


@case.each(
    {"POS-010": {"stop": _BY_HAND}, "POS-011": {"stop": _AT_THE_VENUE}},
    tier="full",
    core=["POS-010"],
    rule=_RULE,
    upstream=["#4714"],
    needs=["market_moves", "unrecordable"],
    trader=_COUNTS_ITS_OWN,
)
async def test_two_exits_of_one_position_both_fill(trader: Trader, market: Market, stop: Stop) -> None:
    """Where both exits of one position fill, the trader MUST go on, and hold what the venue does."""
    passes_over_what_is_free(trader)
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    await trader.holds("0.010")
    (position,) = (await trader.books())["positions"]
    of_it = position["position_id"]
    first = await trader.submit(limit("SELL", "0.010", market.above_last("1%")).but(position_id=of_it))
    second = await trader.submit(stop.asked(market).but(position_id=of_it))
    first_at, second_at = await first.reaches("ACCEPTED"), await second.reaches("ACCEPTED")
    await market.takes(first_at["venue_order_id"], "0.010")
    await first.reaches("FILLED")
    await trader.holds("0")

    await stop.fills(market, second_at["venue_order_id"])

    await second.reaches("FILLED")
    await trader.holds("-0.010")
    later = await trader.submit(limit("BUY", "0.010", market.below_last("5%")))
    await later.reaches("ACCEPTED")
