"""What becomes of an emulated order across a restart, and of one whose release the venue refuses or leaves open."""

import asyncio
from decimal import Decimal

from conformance.cases.emulated import NEEDS, UNASKED, is_released_once
from conformance.cases.inherited import CRASH, WARM, Memory
from conformance.cases.refusals import NO_MARGIN, REDUCE_ONLY, Refusal
from conformance.kit import (
    Faults,
    Market,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_market,
    trailing_stop_market,
)
from conformance.kit.fates import OF_SOCKETS

_FATES = {fate.name: fate for fate in OF_SOCKETS}


@case.each(
    "EMU-310",
    axes={"memory": (WARM, CRASH), "watched": ("last", "bid-ask")},
    tier="full",
    core=["warm.last", "crash.bid-ask"],
    rule="New Order: what was never placed is the trader's to keep",
    needs=NEEDS,
    trader=UNASKED,
)
async def test_held_stop_outlives_its_session(
    traders: Traders, wire: Wire, market: Market, memory: Memory, watched: str
) -> None:
    """A stop that was held back for {watched} {memory} MUST be held back by the next one, and be sent once in time."""
    beyond = market.below_last("2%")
    trader = await traders.start()
    stop = stop_market("SELL", "0.010", trigger=market.below_last("1%"))
    order = await trader.submit(stop.but(emulation_trigger="LAST_PRICE" if watched == "last" else "BID_ASK"))
    await order.reaches("EMULATED")
    await trader.settles()

    again = await _goes_on(traders, memory)
    await is_released_once(again.order(order.id), wire, market, beyond)


@case.each(
    "EMU-370",
    axes={"memory": (WARM, CRASH), "side": ("sell", "buy")},
    tier="full",
    core=["crash.sell"],
    rule="New Order: what was never placed is the trader's to keep; callbackRate: from the best price since",
    needs=[*NEEDS, "cache_database"],
    trader=UNASKED,
)
async def test_held_trailing_stop_keeps_how_far_it_has_come(
    traders: Traders, wire: Wire, market: Market, memory: Memory, side: str
) -> None:
    """A trailing stop to {side}, held back {memory}, MUST be sent at its way from the best price that session saw."""
    away = market.above_last if side == "sell" else market.below_last
    best, near, beyond = away("4%"), away("3.2%"), away("2.5%")
    trader = await traders.start()
    stop = trailing_stop_market("SELL" if side == "sell" else "BUY", "0.010", callback_rate="1")
    order = await trader.submit(stop.but(emulation_trigger="LAST_PRICE", trigger_type="LAST_PRICE"))
    await order.reaches("EMULATED")
    await market.moves_to(best, near)
    await trader.settles()
    await traders.have_time_to_keep(order.id)

    again = await _goes_on(traders, memory)
    await is_released_once(again.order(order.id), wire, market, beyond)


@case.each(
    {"EMU-320": {"memory": WARM}, "EMU-330": {"memory": CRASH}},
    rule="New Order: what was never placed is the trader's to keep",
    needs=[*NEEDS, "brackets", "cache_database", "order_lists"],
    trader=UNASKED,
)
async def test_exits_of_a_bracket_outlive_their_session(
    traders: Traders, wire: Wire, venue: Venue, market: Market, memory: Memory
) -> None:
    """The exits of a filled bracket, held back {memory}, MUST still close its position by one of them, once."""
    beyond = market.below_last("5%")
    trader = await traders.start()
    orders = await trader.bracket(
        market_order("BUY", "0.010"),
        limit("SELL", "0.010", market.above_last("2%")),
        stop_market("SELL", "0.010", trigger=market.below_last("4%")),
        emulation_trigger="LAST_PRICE",
    )
    entry, take, stop = orders
    await entry.reaches("FILLED")
    await stop.reaches("EMULATED")
    await take.reaches("EMULATED")
    await trader.settles()

    again = await _goes_on(traders, memory)
    kept_take, kept_stop = again.order(take.id), again.order(stop.id)
    await kept_stop.stands("EMULATED")
    await market.moves_to(beyond)
    await kept_stop.reaches("FILLED")
    await kept_take.reaches("CANCELED")
    await again.settles()

    sent = await wire.one("place order", newClientOrderId=stop.id)
    equal("quantity", Decimal(sent.params["quantity"]), Decimal("0.010"))
    wire.none("place order", newClientOrderId=take.id)
    equal("the position at the venue", Decimal(await venue.position()), Decimal(0))


@case.each(
    "EMU-410",
    axes={"refusal": (NO_MARGIN, REDUCE_ONLY), "watched": ("last", "bid-ask")},
    tier="full",
    core=["2019.last"],
    rule="New Order (-2019, -2022)",
    needs=NEEDS,
    trader=UNASKED,
)
async def test_refused_release_is_told(
    trader: Trader, wire: Wire, market: Market, faults: Faults, refusal: Refusal, watched: str
) -> None:
    """A held stop that the venue refuses ({refusal}) when it is released MUST be REJECTED as such, and sent once."""
    beyond, further = market.below_last("2%"), market.below_last("3%")
    stop = stop_market("SELL", "0.010", trigger=market.below_last("1%"))
    order = await trader.submit(stop.but(emulation_trigger="LAST_PRICE" if watched == "last" else "BID_ASK"))
    await order.reaches("EMULATED")
    faults.answer("place order", refusal.status, refusal.body)

    await market.moves_to(beyond)
    rejected = await order.reaches("REJECTED")
    refusal.is_told_by(rejected["reason"])
    await market.moves_to(further)

    await order.stands("REJECTED")
    await wire.one("place order", newClientOrderId=order.id)


@case.each(
    {"EMU-420": {"fate": "408"}, "EMU-430": {"fate": "503"}, "EMU-440": {"fate": "reset-after"}},
    rule="General info: 503, 408: execution status UNKNOWN",
    needs=NEEDS,
    trader=UNASKED,
)
async def test_release_of_unknown_fate_is_told_later(
    trader: Trader, venue: Venue, market: Market, faults: Faults, fate: str
) -> None:
    """A held stop whose release meets {fate}, though it was done, MUST be FILLED as the stream tells, and sent once."""
    told = asyncio.Event()
    beyond = market.below_last("2%")
    stop = stop_market("SELL", "0.010", trigger=market.below_last("1%"))
    order = await trader.submit(stop.but(emulation_trigger="LAST_PRICE"))
    await order.reaches("EMULATED")
    met = _FATES[fate].meets(faults, ["place order"], processed=True)
    faults.delay_frame("TRADE_LITE", until=told, optional=True)
    faults.delay_frame("ORDER_TRADE_UPDATE", until=told, optional=True)

    await market.moves_to(beyond)
    await met.happens()
    await trader.repeats_nothing()
    told.set()

    await order.reaches("FILLED")
    await venue.confirms(order)
    await trader.holds("-0.010")


async def _goes_on(traders: Traders, memory: Memory) -> Trader:
    """Return the next trader on the cache of the one that ends now, once it has come to rest."""
    await memory.ends(traders)
    again = await traders.start_again()
    await again.settles()
    return again
