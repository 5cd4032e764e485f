"""Positions that a trader counts by ids of its own making, without the venue's: several orders can name one of them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    case,
    limit,
    market_order,
    require,
    stop_market,
)

_RULE = "New Order: an order that is not reduce-only trades whatever is held; Position Information V3"
_COUNTS_ITS_OWN = {"client": {"use_position_ids": False}}
#: As a firm has it whose strategies hold several positions of a symbol at once.
_HEDGES_ITSELF: Mapping[str, Any] = {**_COUNTS_ITS_OWN, "strategy": {"oms_type": "HEDGING"}}


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


@case(
    "POS-910",
    rule=f"{_RULE}: one a symbol, which a trader may count as several of its own",
    upstream=["2ca158b4c6"],
    needs=["unrecordable"],
    trader=_HEDGES_ITSELF,
)
async def test_entries_are_positions_of_their_own(trader: Trader) -> None:
    """Without the venue's position ids each entry MUST be a position of its own, which an order can name and close."""
    passes_over_what_is_free(trader)
    for quantity in ("0.010", "0.004"):
        await (await trader.submit(market_order("BUY", quantity))).reaches("FILLED")
    await _holds_each(trader, "0.010", "0.004")
    smaller = next(row for row in (await trader.books())["positions"] if row["signed_qty"].startswith("0.004"))

    leaving = await trader.submit(market_order("SELL", "0.004").but(position_id=smaller["position_id"]))

    await leaving.reaches("FILLED")
    await _holds_each(trader, "0.010")


async def _holds_each(trader: Trader, *quantities: str) -> None:
    await trader.holds(str(sum(map(Decimal, quantities))))
    held = [row["signed_qty"] for row in (await trader.books())["positions"]]
    require(sorted(held) == sorted(quantities), "positions of their own", seen=held)


_CLAIMED = AxisValue(name="claimed", words="claims", trader={"external_order_claims": ["BTCUSDT"]})
_UNCLAIMED = AxisValue(name="unclaimed", words="does not claim")


@case.each(
    {"POS-920": {"owner": _UNCLAIMED}, "POS-921": {"owner": _CLAIMED}},
    tier="full",
    core=["POS-920"],
    rule=f"{_RULE}; Account Trade List: positionSide BOTH",
    upstream=["2ca158b4c6"],
    needs=["orders_of_others", "unrecordable"],
    trader=_HEDGES_ITSELF,
)
async def test_trades_told_at_a_start_are_not_of_the_venues_position(
    traders: Traders, venue: Venue, owner: AxisValue
) -> None:
    """Without the venue's position ids a start MUST NOT hold by the venue's the trades of orders that it {owner}."""
    for number, quantity in enumerate(("0.010", "0.004")):
        await venue.places(market_order("BUY", quantity).named(f"EARLIER-{number}"))

    trader = await traders.start()

    await trader.settles()
    await trader.holds("0.014", within_s=1.0)
    ids = [row["position_id"] for row in (await trader.books())["positions"]]
    require(not any(each.endswith("-BOTH") for each in ids), "positions by ids of the trader's own", seen=ids)
