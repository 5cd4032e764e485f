"""Starts on an account whose trades explain its position in part only, and whose ids are unique in a symbol only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases.inherited import FOREIGN, LIMIT, PARTIAL, STOP, Estate, Left
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Side,
    Traders,
    Venue,
    case,
    equal,
    limit,
    market_order,
    stop_market,
)

_LOOKS_BACK_AN_HOUR = {"exec_engine": {"reconciliation_lookback_mins": 60}}
_A_MINUTE_MS = 60_000
_TWO_HOURS_MS = 2 * 3_600_000


@dataclass(frozen=True, kw_only=True)
class Told(AxisValue):
    """What has been traded within the time that a start asks for, after a first buy of 0.010 that is older."""

    trades: tuple[tuple[Side, str], ...]


_BUY: Side = "BUY"
_SELL: Side = "SELL"
TOLD = (
    Told(name="more", words="one more buy", trades=((_BUY, "0.004"),)),
    Told(name="other-side", words="one sell", trades=((_SELL, "0.004"),)),
    Told(name="to-flat", words="a buy and as much of a sell", trades=((_BUY, "0.004"), (_SELL, "0.004"))),
    Told(
        name="past-flat",
        words="a buy, as much of a sell, and a buy",
        trades=((_BUY, "0.004"), (_SELL, "0.004"), (_BUY, "0.002")),
    ),
)


@case.each(
    "RECON-710",
    axes={"told": TOLD, "left": (LIMIT, STOP, PARTIAL)},
    rule="Current All Open Orders: all of them, whatever has been traded; Position Information V3",
    upstream=["#5000"],
    needs=["unrecordable", "venue_acts", "market_moves", "orders_of_others"],
    profile="default",
    why="a check of positions corrects some of what the start made of it, sooner or later",
    trader=_LOOKS_BACK_AN_HOUR,
)
async def test_open_order_beside_a_position_that_trades_do_not_explain(
    traders: Traders, market: Market, venue: Venue, told: Told, left: Left
) -> None:
    """Where the trades told are {told} of a position that is older, {left} MUST be open, and the position be held."""
    await venue.opens_position("BUY", "0.010")
    await venue.ages(_TWO_HOURS_MS)
    for number, (side, quantity) in enumerate(told.trades):
        await venue.places(market_order(side, quantity).named(f"NEWER-{number}"))
        await venue.ages(_A_MINUTE_MS)
    estate = Estate(traders, venue, market)
    await estate.leaves(left, FOREIGN)

    trader, order = await estate.starts(FOREIGN)

    await trader.settles()
    await trader.has_open("LEFT-1", within_s=1.0)
    await venue.confirms(order)
    await trader.holds(await venue.position(), within_s=1.0)


@dataclass(frozen=True, kw_only=True)
class First(AxisValue):
    """When the position was opened, as seen from the time that a start asks for."""

    age_ms: int


FIRST = (
    First(name="within", words="within the time that the start asks for", age_ms=_A_MINUTE_MS),
    First(name="before", words="before the time that the start asks for", age_ms=_TWO_HOURS_MS),
)
HELD = (AxisValue(name="long", words="a long position"), AxisValue(name="short", words="a short position"))
_OTHER: Mapping[Side, Side] = {_BUY: _SELL, _SELL: _BUY}


@case.each(
    "RECON-715",
    axes={"first": FIRST, "told": TOLD, "held": HELD},
    rule="Position Information V3; Account Trade List: side and buyer say which way a trade went",
    needs=["unrecordable", "venue_acts", "orders_of_others"],
    trader={**_LOOKS_BACK_AN_HOUR, "client": {"use_position_ids": False}},
)
async def test_position_that_the_trader_makes_of_trades(
    traders: Traders, venue: Venue, first: First, told: Told, held: AxisValue
) -> None:
    """Without the venue's position ids, {held} opened {first}, and then {told}, MUST come to the venue's position."""
    turned = held.name == "short"
    await venue.opens_position(_SELL if turned else _BUY, "0.010")
    await venue.ages(first.age_ms)
    for number, (side, quantity) in enumerate(told.trades):
        await venue.places(market_order(_OTHER[side] if turned else side, quantity).named(f"NEWER-{number}"))
        await venue.ages(_A_MINUTE_MS)

    trader = await traders.start()

    await trader.settles()
    await trader.holds(await venue.position(), within_s=1.0)


@case(
    "RECON-720",
    rule="Query Order: orderId is self-increment for each specific symbol",
    needs=["unrecordable", "other_symbols", "orders_of_others"],
    profile="default",
    why="a check of open orders asks again, and finds the one that the start passed over",
)
async def test_orders_of_two_symbols_with_one_id_are_known(
    traders: Traders, market: Market, venue: Venue, faults: Faults
) -> None:
    """Where the open orders of two symbols have one orderId, which counts for each symbol, a start MUST know both."""
    first = await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("LEFT-1"))
    await venue.places(limit("BUY", "0.100", "2000.00").but(symbol="ETHUSDT").named("LEFT-2"))

    def one_id(body: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row | {"orderId": first["orderId"]} for row in body]

    faults.rewrite_answer(("open orders", "all orders"), one_id, times=None, optional=True)

    trader = await traders.start()

    trader.may_differ(_OPEN_ELSEWHERE, about="LEFT-2", why="the venue is asked about the other symbol's orders alone")
    await trader.has_open("LEFT-1", "LEFT-2", within_s=1.0)


_OPEN_ELSEWHERE = "the trader holds an order open (ACCEPTED) that the venue does not"
_HELD_ELSEWHERE = "the trader's position is not the venue's"


@case(
    "RECON-730",
    rule="Position Information V3, Current All Open Orders: without a symbol those of all symbols",
    needs=["unrecordable", "other_symbols", "orders_of_others"],
)
async def test_positions_of_several_symbols_are_held_and_closed(traders: Traders, market: Market, venue: Venue) -> None:
    """Positions, orders and stops of several symbols MUST be known at a start, and one be closed without the others."""
    ether: Mapping[str, Any] = {"symbol": "ETHUSDT"}
    await venue.opens_position("BUY", "0.010")
    await venue.places(market_order("SELL", "0.100").but(**ether).named("EARLIER-ETH"))
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("LEFT-1"))
    await venue.places(limit("BUY", "0.100", "2000.00").but(**ether).named("LEFT-2"))
    await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("3%")).named("LEFT-STOP-1"))
    # Symbols without a position: one of the same base asset, and one of which there is nothing but a stop.
    quarter: Mapping[str, Any] = {"symbol": "BTCUSDT_261225"}
    await venue.places(limit("BUY", "0.010", market.below_last("5%")).but(**quarter).named("LEFT-3"))
    await venue.places(stop_market("SELL", "1000", trigger="0.050000").but(symbol="DOGEUSDT").named("LEFT-STOP-4"))
    trader = await traders.start()
    passes_over_what_is_free(trader)
    trader.may_differ(_HELD_ELSEWHERE, about="ETHUSDT", why="the venue is asked about the other symbol alone")
    for elsewhere in ("LEFT-2", "LEFT-3", "LEFT-STOP-4"):
        trader.may_differ(_OPEN_ELSEWHERE, about=elsewhere, why="the venue is asked about one symbol's orders alone")
    await trader.has_open("LEFT-1", "LEFT-2", "LEFT-3", "LEFT-STOP-1", "LEFT-STOP-4", within_s=1.0)
    for name, symbol in (("LEFT-3", "BTCUSDT_261225"), ("LEFT-STOP-4", "DOGEUSDT")):
        equal("symbol", (await trader.order(name).row())["symbol"], symbol)
    await trader.holds("0.010", within_s=1.0)
    await trader.holds("-0.100", "ETHUSDT", within_s=1.0)

    leaving = await trader.submit(limit("BUY", "0.100", "2510.00", reduce_only=True).but(**ether))

    await leaving.reaches("FILLED")
    await trader.holds("0", "ETHUSDT", within_s=2.0)
    await trader.holds("0.010", within_s=2.0)
