"""What a trader is configured for, beyond the defaults: how long its requests hold, what it calls an expiry."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from conformance.cases.commands import (
    CANCEL,
    CANCEL_ALL,
    CANCEL_ALL_STOPS,
    CANCEL_BATCH,
    CANCEL_STOP,
    LIMIT,
    MARKET,
    MODIFY,
    STOP,
    Command,
)
from conformance.cases.situations import passes_over_what_is_free
from conformance.cases.transports import OVER, configured_for
from conformance.kit import (
    AxisValue,
    Faults,
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
    trailing_stop_market,
)

_WINDOW_MS = 4321


def _submission(name: str, words: str, request: Callable[[Market], OrderRequest]) -> Command:
    """Return the submission of one more kind of stop."""

    async def asked(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
        return [await trader.submit(request(market))]

    return replace(STOP, name=name, words=f"the submission of {words}", asked=asked)


async def _holds(trader: Trader, market: Market) -> list[Order]:
    """Hold what a stop can close."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    await trader.settles()
    return []


_STOP_LIMIT = _submission(
    "stop-limit",
    "a stop limit order",
    lambda m: stop_limit("SELL", "0.010", trigger=m.below_last("4%"), price=m.below_last("5%")),
)
_TRAILING = _submission(
    "trailing",
    "a trailing stop",
    lambda m: trailing_stop_market("SELL", "0.010", callback_rate="1", activation=m.above_last("2%")),
)
_CLOSING = replace(
    _submission(
        "closing",
        "a stop that closes the position",
        lambda m: stop_market("SELL", "0.010", trigger=m.below_last("4%")).but(close_position=True),
    ),
    needs=("close_position_stops",),
    given=_holds,
)


@case.each(
    "CONN-910",
    axes={
        "command": (
            LIMIT,
            MARKET,
            STOP,
            _STOP_LIMIT,
            _TRAILING,
            _CLOSING,
            MODIFY,
            CANCEL,
            CANCEL_STOP,
            CANCEL_BATCH,
            CANCEL_ALL,
            CANCEL_ALL_STOPS,
        ),
        "over": OVER,
    },
    tier="full",
    core=[
        "limit.http",
        "market.http",
        "stop.http",
        "stop-limit.http",
        "trailing.http",
        "closing.http",
        "modify.http",
        "cancel.http",
        "cancel-stop.http",
        "cancel-batch.http",
        "cancel-all.http",
        "cancel-all-stops.http",
        "limit.ws-api",
        "cancel.ws-api",
    ],
    rule="Timing security: recvWindow may be sent with every signed request, 5000 where it is not",
    needs=["unrecordable"],
)
async def test_configured_window_goes_with_every_request(
    traders: Traders, market: Market, wire: Wire, command: Command, over: AxisValue
) -> None:
    """Where a trader is configured for a recvWindow, {command} MUST be sent with it, over {over}."""
    trader = await traders.start(client={"recv_window_ms": _WINDOW_MS}, **configured_for(over))
    passes_over_what_is_free(trader)
    given = await command.given(trader, market)
    since = trader.moment

    orders = await command.asked(trader, market, given)
    for order in orders:
        await order.reaches(command.reaches)

    windows = {request.params.get("recvWindow", "none") for request in wire.asked(command.routes, since=since)}
    require(windows == {str(_WINDOW_MS)}, f"recvWindow {_WINDOW_MS}", seen=", ".join(sorted(windows)))


@dataclass(frozen=True, kw_only=True)
class Ending(AxisValue):
    """An order that expires, and what lets it."""

    request: Callable[[Market], OrderRequest]
    ends: Callable[[Venue, str], Awaitable[None]]


async def _by_itself(venue: Venue, venue_order_id: str) -> None:
    """Do nothing: it expires as soon as it is placed."""


_ENDINGS = (
    Ending(
        name="ioc",
        words="a limit order that fills at once or not at all (IOC)",
        request=lambda m: limit("BUY", "0.010", m.below_last("2%"), time_in_force="IOC"),
        ends=_by_itself,
    ),
    Ending(
        name="resting",
        words="a resting limit order",
        request=lambda m: limit("BUY", "0.010", m.below_last("2%")),
        ends=lambda venue, number: venue.expires(number),
    ),
    Ending(
        name="stop",
        words="a waiting stop",
        request=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("4%")),
        ends=lambda venue, number: venue.expires_stop(number),
    ),
)
_TOLD = (
    AxisValue(name="event", words="by its event"),
    AxisValue(name="query", words="by a query"),
)


@case.each(
    "CONN-930",
    axes={"ending": _ENDINGS, "told": _TOLD},
    but={"its answer tells of it before a query can": {"ending": "ioc", "told": "query"}},
    rule="Event: Order Update, Event: Algo Order Update, Query Order: EXPIRED",
    needs=["unrecordable", "venue_acts"],
    trader={"client": {"treat_expired_as_canceled": True}},
)
async def test_expiry_is_a_cancellation_where_it_is_configured_so(
    trader: Trader, market: Market, venue: Venue, faults: Faults, ending: Ending, told: AxisValue
) -> None:
    """Where a trader is to take expiries for cancellations, {ending} that expires, told {told}, MUST end CANCELED."""
    passes_over_what_is_free(trader)
    order = await trader.submit(ending.request(market))
    accepted = await order.reaches("ACCEPTED")
    if told.name == "query":
        await trader.settles()
        faults.lose("ORDER_TRADE_UPDATE", X="EXPIRED", optional=True)
        faults.lose("ALGO_UPDATE", X="EXPIRED", optional=True)

    await ending.ends(venue, accepted["venue_order_id"])
    if told.name == "query":
        await order.query()

    await order.reaches("CANCELED", within_s=2.0)


@case.each(
    {"CONN-940": {"kind": "limit"}, "CONN-941": {"kind": "stop"}},
    rule="New Order, New Algo Order: goodTillDate with timeInForce GTD only",
    needs=["gtd", "unrecordable"],
    trader={"client": {"use_gtd": False}},
)
async def test_date_is_kept_from_the_venue_where_it_is_configured_so(
    trader: Trader, wire: Wire, market: Market, kind: str
) -> None:
    """Where a trader is to hold dates itself, a {kind} order good till date MUST be sent as GTC, without its date."""
    asked = (
        limit("BUY", "0.010", market.below_last("2%"))
        if kind == "limit"
        else stop_limit("SELL", "0.010", trigger=market.below_last("4%"), price=market.below_last("5%"))
    )
    expiry_ms = (int(time.time()) + 3600) * 1000
    order = await trader.submit(asked.but(time_in_force="GTD", expire_time_ms=expiry_ms))

    await order.reaches("ACCEPTED")

    (request,) = wire.asked(("place order", "place stop"))
    equal("timeInForce", request.params.get("timeInForce"), "GTC")
    equal("goodTillDate", request.params.get("goodTillDate"), None)
    await order.cancel()
    await order.reaches("CANCELED")
