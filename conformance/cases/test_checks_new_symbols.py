"""The periodic checks beside what other clients have in a symbol that was listed after the trader's start."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.inherited import NAME, venue_id
from conformance.cases.listed import exchange_info_without
from conformance.cases.questions import OPEN_ORDERS, OPEN_STOPS, POSITIONS
from conformance.cases.situations import SEVERAL_POSITIONS, hears_no_more, passes_over_what_is_free
from conformance.cases.symbols import INFORMATION
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    limit,
    market_order,
    stop_market,
)

_NEW, _THERE = "ETHUSDT", "FOREIGN-ETH"
_RULE = (
    "Exchange Information: a symbol may be listed at any time; Current All Open Orders, Current All Algo Open Orders, "
    "Position Information: those of every symbol"
)
#: What of a symbol that it has not loaded a trader knows is no matter here.
_UNKNOWN = (
    ("the trader's position is not the venue's", _NEW),
    ("an order is live at the venue but unknown in the trader", _THERE),
)
#: So many of each question that the check has seen the symbol before anything is to be found, and again after it.
_ASKED = 2
#: A trader that has asked one question so often while it did not ask another never asks that one in its checks.
_ASKED_ALONE = 3 * _ASKED


@dataclass(frozen=True, kw_only=True)
class _Left(AxisValue):
    """What another client has in the new symbol."""

    request: OrderRequest


_LEFT = (
    _Left(name="order", words="an order", request=limit("BUY", "0.100", "2000.00")),
    _Left(name="stop", words="a stop", request=stop_market("SELL", "0.100", trigger="2000.00")),
    _Left(name="position", words="a position", request=market_order("BUY", "0.100")),
)


async def _order_is_cancelled(trader: Trader, venue: Venue, market: Market) -> None:
    await venue.cancels(await venue_id(venue, NAME))
    await venue.confirms(trader.order(NAME), "CANCELED")


async def _order_fills_in_part(trader: Trader, venue: Venue, market: Market) -> None:
    await market.takes(await venue_id(venue, NAME), "0.004")
    await venue.confirms(trader.order(NAME), "PARTIALLY_FILLED")


async def _stop_is_cancelled(trader: Trader, venue: Venue, market: Market) -> None:
    await venue.cancels_stop(await venue_id(venue, NAME))
    await venue.confirms(trader.order(NAME), "CANCELED")


async def _position_is_closed(trader: Trader, venue: Venue, market: Market) -> None:
    await venue.closes_position()
    await trader.holds("0")


@dataclass(frozen=True, kw_only=True)
class _Unheard(AxisValue):
    """What the trader has of its own, and what becomes of it unheard; `is_found` returns when the trader knows."""

    own: Callable[[Market], OrderRequest]
    is_found: Callable[[Trader, Venue, Market], Awaitable[None]]


def _limit(market: Market) -> OrderRequest:
    return limit("BUY", "0.010", market.below_last("2%"))


_UNHEARD = (
    _Unheard(name="cancelled", words="that its LIMIT order was cancelled", own=_limit, is_found=_order_is_cancelled),
    _Unheard(name="in-part", words="that a part of its order has filled", own=_limit, is_found=_order_fills_in_part),
    _Unheard(
        name="stop-cancelled",
        words="that its stop was cancelled",
        own=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("2%")),
        is_found=_stop_is_cancelled,
    ),
    _Unheard(
        name="closed",
        words="that its position was closed",
        own=lambda m: market_order("BUY", "0.010"),
        is_found=_position_is_closed,
    ),
)
_CHECKS = (
    AxisValue(name="all", words="of all orders"),
    AxisValue(
        name="open-only",
        words="of open orders alone",
        # The position check finds fills as well.
        trader={"exec_engine": {"open_check_open_only": True, "position_check_interval_secs": None}},
    ),
)


@case.each(
    "OTH-550",
    axes={"left": _LEFT, "unheard": _UNHEARD, "check": _CHECKS},
    but={
        "OTH-340 is about what open orders alone tell of an end": {
            "check": "open-only",
            "unheard": ("cancelled", "stop-cancelled"),
        },
        "a check of orders tells nothing of positions": {"check": "open-only", "unheard": "closed"},
        "where all orders are asked for, open ones are among them": {"check": "all", "unheard": "in-part"},
    },
    tier="full",
    core=["position.closed.all"],
    rule=_RULE,
    upstream=["#4320"],
    needs=["open_check", "position_check", "unrecordable", "other_symbols", "orders_of_others", "market_moves"],
    profile="checks",
    why="what the stream did not tell, the periodic checks have to find",
)
async def test_checks_go_on_beside_a_new_symbol(
    traders: Traders,
    wire: Wire,
    venue: Venue,
    market: Market,
    faults: Faults,
    left: _Left,
    unheard: _Unheard,
    check: AxisValue,
) -> None:
    """Beside {left} of another client in a symbol listed since the start, a check {check} MUST find {unheard}."""
    faults.rewrite_answer(INFORMATION, exchange_info_without(_NEW), times=None)
    trader = await traders.start()
    passes_over_what_is_free(trader)
    trader.may_differ(SEVERAL_POSITIONS, why="OTH-058 is about what it consists of")
    for what, about in _UNKNOWN:
        trader.may_differ(what, about=about, why="whether the new symbol itself is known is no matter here")
    own = await trader.submit(unheard.own(market).named(NAME))
    await own.reaches("FILLED" if unheard.name == "closed" else "ACCEPTED")
    await venue.of(_NEW).places(left.request.but(symbol=_NEW).named(_THERE))
    await trader.settles()
    await _has_checked(trader, wire)
    hears_no_more(trader, faults)

    await unheard.is_found(trader, venue, market)


async def _has_checked(trader: Trader, wire: Wire) -> None:
    since, questions = trader.moment, (OPEN_ORDERS, OPEN_STOPS, POSITIONS)

    async def checked() -> bool:
        times = [len(wire.asked(each.routes, since=since)) for each in questions]
        return min(times) >= _ASKED or max(times) >= _ASKED_ALONE

    # A trader that asks something else is looked at for as long.
    await trader.asks_until(checked, [route for each in questions for route in each.routes], silence_s=2.0)
    await trader.has_its_answers()
