"""Order kinds and flags: what can be asked for is sent as asked and read back as it is, and all else is refused."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_limit,
    stop_market,
    take_profit_limit,
    take_profit_market,
    trailing_stop_market,
)
from conformance.kit.axes import Where
from conformance.kit.waiting import comes_true

PLACING = ("POST /fapi/v1/order", "POST /fapi/v1/algoOrder", "WS order.place", "WS algoOrder.place")
_REFUSED = ("DENIED", "REJECTED")


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """An order that rests away from the market."""

    make: Callable[[Market], OrderRequest]


@dataclass(frozen=True, kw_only=True)
class Flag(AxisValue):
    """A term that is added to an order."""

    add: Callable[[OrderRequest], OrderRequest]


@dataclass(frozen=True, kw_only=True)
class Unsaid(AxisValue):
    """An order with a term that Binance's futures have no word for."""

    make: Callable[[Market], OrderRequest]
    venue_may_refuse: bool = False
    """Whether it can be said to the venue as it is, which then refuses it."""


def _in_an_hour() -> dict[str, Any]:
    return {"time_in_force": "GTD", "expire_time_ms": (int(time.time()) + 3600) * 1000}


def _stop(market: Market) -> OrderRequest:
    return stop_market("SELL", "0.010", trigger=market.below_last("2%"))


def _stop_limit(market: Market) -> OrderRequest:
    return stop_limit("SELL", "0.010", trigger=market.below_last("2%"), price=market.below_last("2.1%"))


KINDS = (
    Kind(name="limit", words="a LIMIT order", make=lambda m: limit("SELL", "0.010", m.above_last("2%"))),
    Kind(name="stop", words="a STOP_MARKET order", make=_stop),
    Kind(name="stop-limit", words="a STOP_LIMIT order", make=_stop_limit),
    Kind(
        name="take",
        words="a MARKET_IF_TOUCHED order",
        make=lambda m: take_profit_market("SELL", "0.010", trigger=m.above_last("2%")),
    ),
    Kind(
        name="take-limit",
        words="a LIMIT_IF_TOUCHED order",
        make=lambda m: take_profit_limit("SELL", "0.010", trigger=m.above_last("2%"), price=m.above_last("1.9%")),
    ),
    Kind(
        name="trailing",
        words="a TRAILING_STOP_MARKET order",
        make=lambda m: trailing_stop_market("SELL", "0.010", callback_rate="1", activation=m.above_last("2%")),
    ),
    Kind(
        name="trailing-wide",
        words="a TRAILING_STOP_MARKET order of 15 %",
        make=lambda m: trailing_stop_market("SELL", "0.010", callback_rate="15", activation=m.above_last("2%")),
    ),
)
FLAGS = (
    Flag(name="plain", words="no flag", add=lambda order: order),
    Flag(name="reduce-only", words="reduce-only", add=lambda order: order.but(reduce_only=True)),
    Flag(name="mark-price", words="the mark price as trigger", add=lambda order: order.but(trigger_type="MARK_PRICE")),
    Flag(name="post-only", words="post-only", add=lambda order: order.but(post_only=True)),
    Flag(
        name="gtd",
        words="good till date",
        add=lambda order: order.but(**_in_an_hour()),
        needs=("gtd",),
    ),
)
UNSAID = {
    row.name: row
    for row in (
        Unsaid(
            name="display",
            words="a LIMIT order that shows a part of its quantity",
            make=lambda m: limit("BUY", "0.010", m.below_last("2%")).but(display_qty="0.005"),
        ),
        Unsaid(
            name="index-price",
            words="a stop on the index price",
            make=lambda m: _stop(m).but(trigger_type="INDEX_PRICE"),
        ),
        Unsaid(name="bid-ask", words="a stop on bid and ask", make=lambda m: _stop(m).but(trigger_type="BID_ASK")),
        Unsaid(
            name="post-only-ioc",
            words="an order that is post-only and immediate-or-cancel",
            make=lambda m: limit("BUY", "0.010", m.below_last("2%"), post_only=True, time_in_force="IOC"),
        ),
        Unsaid(
            name="post-only-gtd",
            words="an order that is post-only and good till date",
            make=lambda m: limit("BUY", "0.010", m.below_last("2%"), post_only=True).but(**_in_an_hour()),
            needs=("gtd",),
        ),
        Unsaid(
            name="day",
            words="an order for the day",
            make=lambda m: limit("BUY", "0.010", m.below_last("2%"), time_in_force="DAY"),
        ),
        Unsaid(
            name="wide-trailing",
            words="a trailing stop of 25 %, beyond the venue's 20",
            make=lambda m: trailing_stop_market("SELL", "0.010", callback_rate="25", activation=m.above_last("2%")),
            venue_may_refuse=True,
        ),
    )
}
_CANNOT: dict[str, Where] = {
    "a LIMIT order has no trigger": {"kind": "limit", "flag": "mark-price"},
    "only an order with a price can be post-only": {
        "kind": ("stop", "take", "trailing", "trailing-wide"),
        "flag": "post-only",
    },
    "one wide trailing stop tells": {"kind": "trailing-wide", "flag": ("reduce-only", "mark-price", "gtd")},
}


@case.each(
    "KIND-010",
    axes={"kind": KINDS, "flag": FLAGS},
    but=_CANNOT,
    rule="New Order, New Algo Order: type, timeInForce, reduceOnly, workingType, goodTillDate, callbackRate",
    card="TC-E20",
    needs=["unrecordable", "orders_of_others"],
)
async def test_order_is_sent_as_asked_or_refused(
    trader: Trader, venue: Venue, market: Market, kind: Kind, flag: Flag
) -> None:
    """Asked for {kind} with {flag}, the trader MUST send it as asked and have it as the venue has it, or refuse it.

    What it sent is judged by invariants 7 and 13, whatever else the case sees.
    """
    if flag.name == "reduce-only":
        await venue.opens_position("BUY", "0.010")
        await trader.holds("0.010")
    order = await trader.submit(flag.add(kind.make(market)))

    await _is_told(trader, order)

    if order.state not in _REFUSED:
        equal("status", (await order.row()).get("status"), "ACCEPTED")
        await trader.has_open(order.id)
        await venue.confirms(order)


@case.each(
    "KIND-020",
    axes={"kind": KINDS, "flag": FLAGS},
    but=_CANNOT,
    tier="full",
    core=[
        "limit.post-only",
        "stop.mark-price",
        "stop-limit.reduce-only",
        "trailing.plain",
        "limit.gtd",
        "limit.reduce-only",
        "stop-limit.gtd",
        "take.reduce-only",
    ],
    rule="Query Order, Query Algo Order: what an order is",
    card="TC-E84",
    needs=["unrecordable", "orders_of_others"],
)
async def test_order_is_read_back_as_it_is(
    traders: Traders, venue: Venue, market: Market, kind: Kind, flag: Flag
) -> None:
    """A trader that starts while {kind} with {flag} rests MUST have it with every term that the venue has.

    The terms are judged by invariant 8, which compares the books.
    """
    await venue.opens_position("BUY", "0.010")
    request = flag.add(kind.make(market)).named("EARLIER-1")
    also = {"timeInForce": "GTX"} if request.post_only else {}
    await venue.places(request, **also)

    trader = await traders.start()

    await trader.has_open("EARLIER-1")
    row = await trader.order("EARLIER-1").row()
    equal("type", row["type"], request.type)
    if request.trigger_type is not None:
        equal("trigger_type", row["trigger_type"], request.trigger_type)
    equal("reduce_only", row.get("reduce_only", False), request.reduce_only)


@case.each(
    {
        "KIND-310": {"asked": UNSAID["display"]},
        "KIND-320": {"asked": UNSAID["index-price"]},
        "KIND-330": {"asked": UNSAID["bid-ask"]},
        "KIND-340": {"asked": UNSAID["post-only-ioc"]},
        "KIND-350": {"asked": UNSAID["post-only-gtd"]},
        "KIND-360": {"asked": UNSAID["day"]},
        "KIND-370": {"asked": UNSAID["wide-trailing"]},
    },
    rule="New Order, New Algo Order: the parameters that there are; an unknown one is ignored",
    card="TC-E72",
    needs=["unrecordable"],
)
async def test_order_that_the_venue_cannot_express_is_refused(
    trader: Trader, wire: Wire, market: Market, asked: Unsaid
) -> None:
    """Asked for {asked}, the trader MUST refuse it with an event, and send nothing that says something else."""
    order = await trader.submit(asked.make(market))

    await _is_told(trader, order)

    require(order.state in _REFUSED, f"{asked} is refused", seen=order.state)
    if not asked.venue_may_refuse:
        for route in PLACING:
            wire.none(route, newClientOrderId=order.id)
            wire.none(route, clientAlgoId=order.id)


@case.each(
    {
        "KIND-410": {"priced": "market"},
        "KIND-420": {"priced": "limit"},
    },
    rule="New Order: quantity is of the base asset; there is no quoteOrderQty",
    card="TC-E05",
    needs=["unrecordable"],
)
async def test_amount_of_quote_currency_is_never_sent_as_base(
    trader: Trader, wire: Wire, market: Market, priced: str
) -> None:
    """A {priced} order of 1000 USDT MUST be sent as a quantity worth no more than that, or be refused locally."""
    asked = limit("BUY", "1000.000", market.below_last("2%")) if priced == "limit" else market_order("BUY", "1000.000")
    order = await trader.submit(asked.but(quote_quantity=True))

    await _is_told(trader, order)

    for route in PLACING:
        for request in wire.requests(route, newClientOrderId=order.id):
            sent = Decimal(request.params["quantity"])
            require(sent * market.last < Decimal(1100), "a quantity worth the amount asked for", seen=sent)


@case.each(
    {
        "KIND-510": {"name": "O-20261125-093000-001-001-1"},
        "KIND-520": {"name": "b8a1d1a0-3c2e-4f5a-9d3b-0f1e2d3c4b5a"},
        "KIND-530": {"name": "a.b_c-d"},
        "KIND-540": {"name": "x"},
    },
    rule="New Order, newClientOrderId: [.A-Z:/a-z0-9_-], 1 to 36 characters",
    needs=["unrecordable", "other_symbols"],
)
async def test_client_order_id_survives(trader: Trader, wire: Wire, market: Market, venue: Venue, name: str) -> None:
    """An order named {name} MUST be accepted, cancelled and known by this name, whatever is sent for it."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")).but(client_order_id=name))
    await order.reaches("ACCEPTED")
    equal("order", order.id, name)

    await order.cancel()

    await order.reaches("CANCELED")


@case.each(
    {
        "KIND-610": {"symbol": "ETHUSDT", "quantity": "0.100", "price": "2450.01"},
        "KIND-620": {"symbol": "DOGEUSDT", "quantity": "100000", "price": "0.098760"},
        "KIND-630": {"symbol": "BTCUSDT", "quantity": "0.002", "price": "49000.1"},
        "KIND-640": {"symbol": "DOGEUSDT", "quantity": "1234567", "price": "0.000001"},
    },
    rule="New Order: quantity and price are DECIMAL, in digits; filters of the symbol",
    needs=["unrecordable", "other_symbols"],
)
async def test_figures_of_any_symbol_are_sent_in_digits(
    trader: Trader, wire: Wire, symbol: str, quantity: str, price: str
) -> None:
    """An order of {quantity} {symbol} at {price} MUST be sent in these digits, neither rounded nor with an exponent."""
    order = await trader.submit(limit("BUY", quantity, price).but(symbol=symbol))

    await _is_told(trader, order)

    sent = [each for route in PLACING for each in wire.requests(route, newClientOrderId=order.id)]
    require(sent or order.state == "DENIED", "the order sent, or denied locally", seen=order.state)
    if not sent:
        return
    request = sent[0]
    equal("quantity", Decimal(request.params["quantity"]), Decimal(quantity))
    equal("price", Decimal(request.params["price"]), Decimal(price))
    require("e" not in request.params["price"].lower(), "a price in digits", seen=request.params["price"])
    if order.state == "ACCEPTED":
        await order.cancel()
        await order.reaches("CANCELED")


@case.each(
    {
        "KIND-710": {"what": "price-precision"},
        "KIND-720": {"what": "quantity-precision"},
        "KIND-730": {"what": "max-quantity"},
    },
    rule="Filters: PRICE_FILTER, LOT_SIZE",
    card="TC-E72",
    needs=["unrecordable", "large_orders", "risk_engine"],
)
async def test_order_outside_the_filters_is_denied_locally(
    trader: Trader, wire: Wire, market: Market, what: str
) -> None:
    """An order that breaks {what} of the symbol MUST be refused with an event, and never be sent in other figures."""
    asked = {
        "price-precision": limit("BUY", "0.010", "49000.123"),
        "quantity-precision": limit("BUY", "0.01001", market.below_last("2%")),
        "max-quantity": limit("BUY", "100000.000", market.below_last("2%")),
    }
    order = await trader.submit(asked[what])

    await _is_told(trader, order)

    require(order.state in _REFUSED, f"refused for {what}", seen=order.state)
    for route in PLACING:
        wire.none(route, newClientOrderId=order.id)


@case(
    "KIND-810",
    rule="New Order, timeInForce GTD: auto-cancelled at goodTillDate",
    card="TC-E18",
    needs=["gtd", "venue_acts", "unrecordable", "expiries"],
)
async def test_order_expires_at_its_date(trader: Trader, venue: Venue, market: Market) -> None:
    """A GTD order MUST end when the venue ends it at its date, and not before."""
    expiry_ms = (int(time.time()) + 660) * 1000
    asked = limit("BUY", "0.010", market.below_last("2%"), time_in_force="GTD", expire_time_ms=expiry_ms)
    order = await trader.submit(asked)
    await order.reaches("ACCEPTED")

    await venue.lets_pass(670_000)

    await order.reaches("EXPIRED")
    # The suite's own questions have the machine's time.
    await venue.skews_clock(-670_000)


async def _is_told(trader: Trader, order: Order) -> None:
    """Wait until the trader has said what became of an order."""
    if order.request is not None and order.state == "(none)":
        await trader.settles()

    async def told() -> bool:
        return order.state not in ("(none)", "INITIALIZED", "SUBMITTED")

    if not await comes_true(trader.history, told, within_s=5.0):
        require(False, "an event that tells what became of the order", seen=order.state)
