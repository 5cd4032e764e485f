"""Orders that the venue makes by itself, liquidation, deleveraging, settlement: what the trader then holds."""

import asyncio
from decimal import Decimal

from conformance.cases.closings import CLOSINGS, Closing
from conformance.cases.stream_losses import KEY_EXPIRED, RESET, TELLING, Loss, Stream
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Trader,
    Traders,
    UserStream,
    Venue,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)

_A_MINUTE_MS = 60_000
_RULE = "Event: Order Update, c autoclose-, adl_autoclose, settlement_autoclose-; x CALCULATED or TRADE"


SIDES = (AxisValue(name="long", words="long"), AxisValue(name="short", words="short"))


@case.each(
    "VEN-010",
    axes={"closing": CLOSINGS, "side": SIDES},
    rule=_RULE,
    upstream=["#3453"],
    needs=["unrecordable", "venue_acts", "venue_positions", "orders_of_others"],
    tier="full",
    core=[f"{closing.name}.long" for closing in CLOSINGS],
)
async def test_position_follows_what_the_venue_closes(
    trader: Trader, venue: Venue, closing: Closing, side: AxisValue
) -> None:
    """After {closing} of a {side} position, the trader MUST hold what the venue has left of it, as one position."""
    order = await trader.submit(market_order("BUY" if side.name == "long" else "SELL", "0.010"))
    await order.reaches("FILLED")
    sign = "" if side.name == "long" or closing.left == "0" else "-"

    await closing.act(venue)

    await trader.holds(f"{sign}{closing.left}", within_s=2.0)
    positions = (await trader.books())["positions"]
    require(len(positions) <= 1, "one position a symbol", seen=positions)


@case.each(
    "VEN-030",
    axes={"closing": CLOSINGS, "side": SIDES},
    rule="Position Information V3; All Orders tells orders of type LIQUIDATION",
    upstream=["#3453"],
    needs=["unrecordable", "venue_acts", "orders_of_others"],
    tier="full",
    core=["liquidation.long", "adl-part.long"],
)
async def test_trader_starts_after_the_venue_closed(
    traders: Traders, venue: Venue, market: Market, closing: Closing, side: AxisValue
) -> None:
    """After {closing} of a {side} position while no trader ran, a trader MUST start and hold what is left of it."""
    await venue.opens_position("BUY" if side.name == "long" else "SELL", "0.010")
    await closing.act(venue)
    sign = "" if side.name == "long" or closing.left == "0" else "-"

    trader = await traders.start()

    await trader.holds(f"{sign}{closing.left}", within_s=2.0)
    if closing.name != "settlement":
        order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
        await order.reaches("ACCEPTED")


_OURS = ("ENTRY-1", "AGAIN-1")
_FREE = "the trader's free balance is more than the venue has available"
_BALANCE = "the trader's balance is not the venue's"


async def _holds(trader: Trader, side: AxisValue = SIDES[0]) -> None:
    is_long = side is SIDES[0]
    entry = await trader.submit(market_order("BUY" if is_long else "SELL", "0.010").named("ENTRY-1"))
    await entry.reaches("FILLED")
    await trader.holds("0.010" if is_long else "-0.010")
    await trader.settles()


def _left(closing: Closing, side: AxisValue) -> str:
    return closing.left if closing.left == "0" or side is SIDES[0] else f"-{closing.left}"


@case.each(
    "VEN-020",
    axes={"closing": CLOSINGS, "side": SIDES},
    rule=f"{_RULE}; t, n and L of each trade",
    upstream=["#3453"],
    needs=["unrecordable", "venue_acts", "orders_of_others"],
    tier="full",
    core=["liquidation-in-parts.long"],
)
async def test_order_of_the_venue_is_one_order(trader: Trader, venue: Venue, closing: Closing, side: AxisValue) -> None:
    """The order that the venue makes for {closing} of a {side} position MUST be one, filled by the venue's trades."""
    await _holds(trader, side)
    before = set(await venue.trades())

    await closing.act(venue)

    await trader.holds(_left(closing, side), within_s=2.0)
    await trader.settles()
    made = [row for row in (await trader.books())["orders"] if row["client_order_id"] not in _OURS]
    require(len(made) == 1, "one order for one order of the venue", seen=made)
    trades = sorted(set(await venue.trades()) - before)
    require(sorted(made[0].get("trade_ids", [])) == trades, "filled by the venue's trades", seen=made)
    equal("status", made[0]["status"], "FILLED")


@case.each(
    "VEN-040",
    axes={"closing": CLOSINGS, "loss": (RESET, KEY_EXPIRED)},
    tier="full",
    core=["liquidation-trade.reset"],
    rule=f"{_RULE}; User Data Streams: no replay of events missed while disconnected",
    upstream=["#3453", "#3861"],
    needs=["unrecordable", "venue_acts", "orders_of_others"],
)
async def test_what_the_venue_closed_unheard_is_learned(
    trader: Trader,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    closing: Closing,
    loss: Loss,
) -> None:
    """After {closing} unheard, on a stream that {loss}, the trader MUST hold what is left once the stream is back."""
    await _holds(trader)
    trader.may_differ(_BALANCE, why="STRM-220 is about the balance")
    over = asyncio.Event()
    for event in TELLING:
        faults.lose(event, until=over, optional=True)

    await closing.act(venue)
    await loss.happens(Stream(venue, market, faults, user_stream))
    await user_stream.is_open_again(within_s=5.0)
    over.set()

    await trader.settles()
    await trader.holds(closing.left, within_s=3.0)


@case.each(
    "VEN-060",
    axes={"closing": CLOSINGS, "side": SIDES},
    rule="Position Information V3: what a position is, whatever was heard of it",
    upstream=["#3622"],
    needs=["unrecordable", "venue_acts", "position_check"],
    profile="checks",
    why="what the stream did not tell, the position check has to find",
    tier="full",
    core=["liquidation.long"],
)
async def test_what_the_venue_closed_unheard_is_found_by_the_check(
    trader: Trader, venue: Venue, faults: Faults, closing: Closing, side: AxisValue
) -> None:
    """After {closing} of a {side} position of which nothing is told, the position check MUST find what is left."""
    await _holds(trader, side)
    trader.may_differ(_BALANCE, why="no event and no check tells of the balance")
    trader.may_differ("the trader holds several positions where the venue has one", why="OTH-058 is about it")
    for event in TELLING:
        faults.lose(event, times=None, optional=True)

    await closing.act(venue)

    await trader.holds(_left(closing, side), within_s=5.0)


@case.each(
    {
        "VEN-080": {"closing": CLOSINGS[1]},
        "VEN-081": {"closing": CLOSINGS[5]},
        "VEN-082": {"closing": CLOSINGS[6]},
    },
    tier="full",
    core=["VEN-080"],
    rule=f"{_RULE}; one position a symbol in one-way mode",
    needs=["unrecordable", "venue_acts"],
)
async def test_trading_goes_on_after_the_venue_closed(trader: Trader, venue: Venue, closing: Closing) -> None:
    """After {closing}, what the trader buys next MUST add to what is left, and nothing else be held."""
    await _holds(trader)
    await closing.act(venue)
    await trader.holds(closing.left, within_s=2.0)
    trader.may_differ(_FREE, why="ACC-210 is about what is free")

    order = await trader.submit(market_order("BUY", "0.002").named("AGAIN-1"))
    await order.reaches("FILLED")

    await trader.holds(await venue.position(), within_s=2.0)
    positions = (await trader.books())["positions"]
    require(len(positions) == 1, "one position a symbol", seen=positions)


@case.each(
    "VEN-090",
    axes={"closing": (CLOSINGS[0], CLOSINGS[4], CLOSINGS[7]), "order": ("limit", "reduce-only", "stop")},
    tier="full",
    core=["settlement.stop"],
    rule="Event: Order Update, er 4, 5 and 7; Event: Algo Order Update, X EXPIRED",
    needs=["unrecordable", "venue_acts", "orders_of_others"],
)
async def test_open_order_stands_as_the_venue_leaves_it(
    trader: Trader, venue: Venue, market: Market, closing: Closing, order: str
) -> None:
    """A {order} order that is open when {closing} happens MUST stand in the trader as the venue leaves it."""
    await _holds(trader)
    request = {
        "limit": limit("BUY", "0.010", market.below_last("2%")),
        "reduce-only": limit("SELL", "0.010", market.above_last("2%"), reduce_only=True),
        "stop": stop_market("SELL", "0.010", trigger=market.below_last("4%"), reduce_only=True),
    }[order]
    resting = await trader.submit(request)
    await resting.reaches("ACCEPTED")
    trader.may_differ(_FREE, why="ACC-210 is about what is free")

    await closing.act(venue)

    await trader.holds("0", within_s=2.0)
    await venue.confirms(resting, within_s=2.0)


@case.each(
    {
        "VEN-110": {"closing": "liquidated", "leg": "LONG", "left": "-0.004"},
        "VEN-111": {"closing": "liquidated", "leg": "SHORT", "left": "0.010"},
        "VEN-112": {"closing": "deleveraged", "leg": "LONG", "left": "-0.004"},
    },
    tier="full",
    core=["VEN-110"],
    rule=f"{_RULE}; ps: in hedge mode a position of each side",
    upstream=["#4732"],
    needs=["unrecordable", "venue_acts", "hedge", "orders_of_others"],
    trader={"hedge": True},
)
async def test_one_leg_of_a_hedge_is_closed(traders: Traders, venue: Venue, closing: str, leg: str, left: str) -> None:
    """In hedge mode a {leg} position that is {closing} MUST leave the other as it was."""
    await venue.turns_hedge_mode_on()
    await venue.opens_position("BUY", "0.010", position_side="LONG")
    await venue.opens_position("SELL", "0.004", position_side="SHORT")
    trader = await traders.start()
    await trader.holds("0.006")

    await (venue.liquidates if closing == "liquidated" else venue.deleverages)(position_side=leg)

    await trader.holds(left, within_s=2.0)
    held = [row["signed_qty"] for row in (await trader.books())["positions"]]
    require([Decimal(each) for each in held] == [Decimal(left)], "the other position alone", seen=held)


@case(
    "VEN-120",
    rule="All Orders tells orders of type LIQUIDATION for as long as any other",
    upstream=["#3453"],
    needs=["unrecordable", "venue_acts", "orders_of_others"],
)
async def test_position_opened_since_a_liquidation_is_held(traders: Traders, venue: Venue) -> None:
    """A position that was opened since a liquidation MUST be held by a trader that starts, as one."""
    await venue.opens_position("BUY", "0.010")
    # Within one millisecond no version could tell the order of these trades.
    await venue.ages(_A_MINUTE_MS)
    await venue.liquidates()
    await venue.ages(_A_MINUTE_MS)
    await venue.places(market_order("SELL", "0.004").named("EARLIER-AGAIN"))

    trader = await traders.start()
    trader.may_differ(_FREE, why="the cases of the account are about what is free with a position")

    await trader.holds("-0.004", within_s=2.0)
