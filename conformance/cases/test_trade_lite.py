"""TRADE_LITE: a trader that fills by it (`use_trade_lite`): it says less, and comes before the order's own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.stream_lives import AT_ONCE, IN_PARTS, PART_CANCELLED, STOP_FILLED, Life, Told, is_lived_once
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Side,
    Trader,
    Traders,
    Venue,
    case,
    equal,
    limit,
    require,
)

_RULE = "Event: Trade Lite: one a trade of an order, without commission, position side and status"
_USED = {"client": {"use_trade_lite": True}}
_TRADE = {"x": "TRADE"}
_SIDES: Mapping[str, Side] = {"buy": "BUY", "sell": "SELL"}


@case.each(
    "STRM-510",
    axes={
        "life": (IN_PARTS, AT_ONCE, PART_CANCELLED, STOP_FILLED),
        "comes": ("first", "last", "twice"),
    },
    tier="full",
    core=["at-once.first", "stop-filled.first"],
    rule=f"{_RULE}; events of two types come in any order",
    needs=["market_moves", "venue_acts", "unrecordable"],
    trader=_USED,
)
async def test_fill_by_trade_lite_is_the_venues(
    trader: Trader, market: Market, venue: Venue, faults: Faults, life: Life, comes: str
) -> None:
    """With TRADE_LITE in use and coming {comes}, {life} MUST fill once by the venue's trades, with their commission."""
    if comes == "last":
        faults.reorder("TRADE_LITE", after="ORDER_TRADE_UPDATE", after_fields=_TRADE, times=None)
    elif comes == "twice":
        faults.duplicate("TRADE_LITE", times=None)

    order = await is_lived_once(Told(trader, market, venue), life)

    commissions = await venue.commissions()
    for filled in (event.fields() for event in order.events if event.name == "OrderFilled"):
        amount, asset = commissions.get(str(filled["trade_id"]), (None, None))
        require(amount is not None, "filled by the venue's trade", seen=filled["trade_id"])
        paid = Decimal(filled.get("commission") or "0")
        require(paid == amount, "the venue's commission for each trade", seen=f"{paid}, venue {amount} {asset}")


async def _buys(venue: Venue, market: Market, trader: Trader) -> None:
    await venue.opens_position("BUY", "0.010")


async def _fills_in_part(venue: Venue, market: Market, trader: Trader) -> None:
    placed = await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("FOREIGN-1"))
    # Whether a trader has dealt with an acceptance that is a millisecond older than the fill is left to chance.
    await venue.confirms(trader.order("FOREIGN-1"), "ACCEPTED", within_s=2.0)
    await market.takes(str(placed["orderId"]), "0.004")


@dataclass(frozen=True, kw_only=True)
class Foreign(AxisValue):
    """What another client's order does: how it stands then, and what the trader holds."""

    does: Callable[[Venue, Market, Trader], Awaitable[None]]
    order: str
    status: str
    held: str


@case.each(
    {
        "STRM-530": {
            "foreign": Foreign(
                name="filled",
                words="fills",
                does=_buys,
                order="EARLIER-ENTRY",
                status="FILLED",
                held="0.010",
            )
        },
        "STRM-531": {
            "foreign": Foreign(
                name="in-part",
                words="fills in part",
                does=_fills_in_part,
                order="FOREIGN-1",
                status="PARTIALLY_FILLED",
                held="0.004",
            )
        },
    },
    tier="full",
    core=["STRM-531"],
    rule=f"{_RULE}; every event of the account, whichever client caused it",
    needs=["market_moves", "venue_acts", "unrecordable", "orders_of_others"],
    trader=_USED,
)
async def test_trade_lite_of_another_client(trader: Trader, market: Market, venue: Venue, foreign: Foreign) -> None:
    """With TRADE_LITE in use, an order of another client that {foreign} MUST stand as at the venue."""
    await foreign.does(venue, market, trader)

    await venue.confirms(trader.order(foreign.order), foreign.status, within_s=2.0)
    await trader.holds(foreign.held, within_s=2.0)


@case.each(
    {
        "STRM-540": {"closing": "liquidated", "execution": "TRADE"},
        "STRM-541": {"closing": "deleveraged", "execution": "TRADE"},
        "STRM-542": {"closing": "liquidated", "execution": "CALCULATED"},
    },
    tier="full",
    core=["STRM-540"],
    rule=f"{_RULE}; Event: Order Update, autoclose- and adl_autoclose: no TRADE_LITE tells of them",
    needs=["venue_acts", "unrecordable", "orders_of_others"],
    trader=_USED,
)
async def test_what_no_trade_lite_tells_is_booked(
    traders: Traders, venue: Venue, faults: Faults, closing: str, execution: str
) -> None:
    """With TRADE_LITE in use, a position that is {closing}, told as {execution} alone, MUST be closed in the trader."""
    await venue.opens_position("BUY", "0.010")
    trader = await traders.start()
    await trader.holds("0.010")
    faults.lose("TRADE_LITE", times=None, optional=True)

    await (venue.liquidates if closing == "liquidated" else venue.deleverages)(execution=execution)

    await trader.holds("0", within_s=2.0)


@case(
    "STRM-550",
    rule=f"{_RULE}; ps: in hedge mode a position of each side",
    upstream=["#4732"],
    needs=["venue_acts", "unrecordable", "hedge", "orders_of_others"],
    trader={**_USED, "hedge": True},
)
async def test_trade_lite_fills_the_right_leg(traders: Traders, venue: Venue) -> None:
    """With TRADE_LITE in use in hedge mode, a fill of another client MUST be booked to the leg that it is of."""
    await venue.turns_hedge_mode_on()
    trader = await traders.start()

    await venue.opens_position("BUY", "0.010", position_side="LONG")
    await venue.opens_position("SELL", "0.004", position_side="SHORT")

    await trader.holds("0.006", within_s=2.0)
    held = sorted(row["signed_qty"] for row in (await trader.books())["positions"])
    require(len(held) == 2, "a position of each side", seen=held)
    equal("legs", held, ["-0.004", "0.010"])


@case.each(
    "STRM-790",
    axes={"side": ("buy", "sell"), "by": ("maker", "taker")},
    tier="full",
    core=["buy.maker"],
    rule=f"{_RULE}; S, L, m: side, price and maker side of the trade, beside p, the order's own price",
    needs=["fresh_account", "market_moves", "unrecordable"],
    trader=_USED,
)
async def test_trade_lite_tells_price_side_and_liquidity(
    trader: Trader, market: Market, venue: Venue, faults: Faults, side: str, by: str
) -> None:
    """With TRADE_LITE in use, the fill of a LIMIT order to {side} by its {by} MUST have the trade's terms."""
    told = asyncio.Event()
    # What the order's own event says of the trade comes later: on one connection, but no rule orders the two.
    faults.delay_frame("ORDER_TRADE_UPDATE", until=told, x="TRADE")
    rests, asked = by == "maker", _SIDES[side]
    price = market.below_last("2%") if rests == (side == "buy") else market.above_last("2%")
    order = await trader.submit(limit(asked, "0.010", price))
    if rests:
        accepted = await order.reaches("ACCEPTED")
        await market.takes(accepted["venue_order_id"], "0.010")

    filled = await order.reaches("FILLED")
    told.set()

    (position,) = (await venue.books())["positions"]
    equal("side", filled["side"], asked)
    equal("last_px", Decimal(filled["last_px"]), Decimal(position["avg_px_open"]))
    equal("liquidity", filled["liquidity"], by.upper())
