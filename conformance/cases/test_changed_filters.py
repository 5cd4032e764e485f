"""What was placed or is traded by other ticks and steps than the venue tells of: it changes them while orders rest."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from conformance.cases.situations import OF_ORDERS, passes_over_what_is_free
from conformance.cases.symbols import INFORMATION
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    OrderRequest,
    Side,
    Traders,
    Venue,
    case,
    equal,
    limit,
    market_order,
    stop_limit,
    stop_market,
)
from conformance.kit.needs import Need

#: Announcement of 2022-12-14, 898393a3ce894d329943e10cef74bfec, and of each change since, finer or coarser.
_RULE = (
    "Updates on Tick Size: it will not affect existing orders; orders placed before the update will be matched with "
    "the original tick size"
)
_NEEDS: tuple[Need, ...] = ("unrecordable", "orders_of_others", "market_moves")
_OLDER = "OLDER-1"


def _filters_told(filters: dict[str, dict[str, str]]) -> Callable[[Any], Any]:
    """Return the change of an answer to one in which BTCUSDT has other filters; its figures of precision stay."""

    def change(body: Any) -> Any:
        for row in body["symbols"]:
            if row["symbol"] == "BTCUSDT":
                for told in row["filters"]:
                    told.update(filters.get(told["filterType"], {}))
        return body

    return change


#: The simulator goes on by 0.10, as what was placed before does at the venue.
_COARSER = _filters_told({"PRICE_FILTER": {"tickSize": "1"}})


def _between(price: Decimal) -> Decimal:
    """Return a price near `price` that was on a tick of 0.10 and is on none of 1."""
    return price // 1 + Decimal("0.4")


async def _older_orders_rest(market: Market) -> Decimal:
    """Let others' older orders be the best ones of both sides, between two ticks; return the best ask."""
    ask = _between(market.above_last("0.1%"))
    await market.offers(asks=[(ask, "5")], bids=[(_between(market.below_last("0.1%")), "5")])
    return ask


@case.each(
    {"INST-530": {"told": "by its event"}, "INST-531": {"told": "by a query"}},
    rule=f"{_RULE}; Event: Order Update, L; Account Trade List, price",
    needs=_NEEDS,
)
async def test_fill_between_ticks_has_its_price(traders: Traders, market: Market, faults: Faults, told: str) -> None:
    """A fill against an order that was placed before the tick became coarser MUST be booked at its price, {told}."""
    faults.rewrite_answer(INFORMATION, _COARSER, times=None)
    price = await _older_orders_rest(market)
    trader = await traders.start()
    passes_over_what_is_free(trader)
    if told == "by a query":
        for event in OF_ORDERS:
            faults.lose(event, times=None, optional=True)

    order = await trader.submit(market_order("BUY", "0.010"))
    if told == "by a query":
        await order.query()
    filled = await order.reaches("FILLED")

    equal("last_px", Decimal(str(filled["last_px"])), price)
    await trader.holds("0.010")


@case("INST-532", tier="full", rule=f"{_RULE}; Event: Order Update, L", needs=_NEEDS)
async def test_fill_of_another_client_between_ticks(
    traders: Traders, venue: Venue, market: Market, faults: Faults
) -> None:
    """What another client buys of an order that was placed before the tick became coarser MUST be held at its price."""
    faults.rewrite_answer(INFORMATION, _COARSER, times=None)
    await _older_orders_rest(market)
    trader = await traders.start()
    passes_over_what_is_free(trader)

    await venue.opens_position("BUY", "0.010")

    # Invariant 8 compares the entry price.
    await trader.holds("0.010")


_LIMIT = AxisValue(name="limit", words="a LIMIT")
_STOP_LIMIT = AxisValue(name="stop-limit", words="a stop limit")
_STOP = AxisValue(name="stop", words="a stop")


def _older(kind: AxisValue, side: Side, market: Market) -> OrderRequest:
    near = _between(market.below_last("2%") if (side == "BUY") == (kind is _LIMIT) else market.above_last("2%"))
    if kind is _LIMIT:
        return limit(side, "0.010", near)
    if kind is _STOP_LIMIT:
        return stop_limit(side, "0.010", price=near, trigger=near)
    return stop_market(side, "0.010", trigger=near)


@case.each(
    "INST-533",
    axes={"kind": (_LIMIT, _STOP_LIMIT, _STOP), "side": ("buy", "sell")},
    rule=f"{_RULE}; Current All Open Orders, price; Current All Algo Open Orders, price, triggerPrice",
    needs=_NEEDS,
    tier="full",
    core=["limit.buy"],
)
async def test_older_order_has_its_price_after_a_start(
    traders: Traders, venue: Venue, market: Market, faults: Faults, kind: AxisValue, side: str
) -> None:
    """{kind} to {side} that was placed before the tick became coarser MUST have its price after a start."""
    request = _older(kind, "BUY" if side == "buy" else "SELL", market)
    await venue.places(request.named(_OLDER))
    faults.rewrite_answer(INFORMATION, _COARSER, times=None)

    trader = await traders.start()

    passes_over_what_is_free(trader)
    await trader.has_open(_OLDER)
    row = await trader.order(_OLDER).row()
    if request.price is not None:
        equal("price", Decimal(row["price"]), Decimal(request.price))
    if request.trigger_price is not None:
        equal("trigger_price", Decimal(row["trigger_price"]), Decimal(request.trigger_price))


@case("INST-534", rule=_RULE, needs=_NEEDS)
async def test_own_older_order_fills_at_its_price(
    traders: Traders, venue: Venue, market: Market, faults: Faults
) -> None:
    """An own order from before the tick became coarser MUST keep its price over a restart, and fill at it."""
    price = _between(market.below_last("2%"))
    first = await traders.start()
    order = await first.submit(limit("BUY", "0.010", price))
    number = str((await order.reaches("ACCEPTED"))["venue_order_id"])
    faults.rewrite_answer(INFORMATION, _COARSER, times=None)

    trader = await traders.restart()
    passes_over_what_is_free(trader)
    older = trader.order(order.id)
    equal("price", Decimal((await older.row())["price"]), price)
    await market.takes(number, "0.010")
    filled = await older.reaches("FILLED")

    equal("last_px", Decimal(str(filled["last_px"])), price)
    await trader.holds("0.010")


@case(
    "INST-535",
    rule=f"{_RULE}; Position Information V3, entryPrice",
    needs=_NEEDS,
)
async def test_position_between_ticks_has_its_entry_price(
    traders: Traders, venue: Venue, market: Market, faults: Faults
) -> None:
    """A position that was opened before the tick became coarser MUST have the venue's entry price after a start."""
    await _older_orders_rest(market)
    await venue.opens_position("BUY", "0.010")
    faults.rewrite_answer(INFORMATION, _COARSER, times=None)

    trader = await traders.start()

    passes_over_what_is_free(trader)
    # Invariant 8 compares the entry price.
    await trader.holds("0.010")


# Binance has announced other steps for spot (6925d618ab6b47e2936cc4614eaad64b); for USDⓈ-M none was found: a step made
# finer is the rarer change. That a process does not end of what a market is told needs no announcement.
@case(
    "INST-540",
    rule="Exchange Information: LOT_SIZE as it is at the moment; Aggregate Trade Streams: each trade as it was",
    needs=["unrecordable", "market_moves"],
    trader={"with_data_client": True, "subscribe": ["quotes", "trades"]},
)
async def test_trade_below_the_step_leaves_the_trader_alive(
    traders: Traders, venue: Venue, market: Market, faults: Faults
) -> None:
    """A market trade below the step that the trader knows, since made finer, MUST NOT end it: it MUST still cancel."""
    larger = {"stepSize": "0.01", "minQty": "0.01"}
    faults.rewrite_answer(INFORMATION, _filters_told({"LOT_SIZE": larger, "MARKET_LOT_SIZE": larger}), times=None)
    trader = await traders.start()
    order = await trader.submit(limit("BUY", "0.01", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    for event in ("aggTrade", "trade"):
        faults.rewrite(event, {"q": "0.004"}, times=None, optional=True)

    await market.moves_to(market.above_last("0.1%"))
    await trader.settles()
    await order.cancel()

    await order.reaches("CANCELED")
    await venue.confirms(order, "CANCELED")
