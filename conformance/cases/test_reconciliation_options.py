"""What reconciliation is told to pass over, how far back its checks are to look, and how much they may ask at once."""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conformance.cases.questions import TRADES, UNAVAILABLE
from conformance.cases.situations import SEVERAL_POSITIONS, hears_no_more, passes_over_what_is_free
from conformance.kit import (
    Faults,
    Market,
    OrderRequest,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)

_WHY = "the option is one of the periodic checks"
_UNKNOWN = "an order is live at the venue but unknown in the trader"
_POSITION = "the trader's position is not the venue's"
_LISTS = ("open orders", "all orders")
#: Checks that are seen, each of orders after one of positions.
_SEVERAL = 4
_TWO_HOURS_MS = 2 * 3_600_000
#: Each check alone, looking back for three hours, of which one is the default.
_CHECKS_ORDERS: Mapping[str, Any] = {
    "exec_engine": {"position_check_interval_secs": None, "open_check_lookback_mins": 180}
}
_CHECKS_POSITIONS: Mapping[str, Any] = {
    "exec_engine": {"open_check_interval_secs": None, "position_check_lookback_mins": 180}
}


def _limit(market: Market) -> OrderRequest:
    return limit("BUY", "0.010", market.below_last("3%"))


def _stop(market: Market) -> OrderRequest:
    return stop_market("SELL", "0.010", trigger=market.below_last("4%"))


@case.each(
    {"RECON-920": {"kind": "a limit order", "placed": _limit}, "RECON-921": {"kind": "a stop", "placed": _stop}},
    tier="full",
    core=["RECON-920"],
    rule="Current All Open Orders, Current All Algo Open Orders: which of them a client takes is its own",
    needs=["orders_of_others", "unclaimed_orders", "venue_acts", "unrecordable"],
    trader={"exec_engine": {"filtered_client_order_ids": ["FOREIGN-1"]}},
)
async def test_named_order_is_passed_over_at_the_start(
    traders: Traders, venue: Venue, market: Market, kind: str, placed: Callable[[Market], OrderRequest]
) -> None:
    """Where a start is to pass over an order by its id, {kind}, it MUST NOT be known, and the one beside it MUST be."""
    for name in ("FOREIGN-1", "FOREIGN-2"):
        await venue.places(placed(market).named(name))

    trader = await traders.start()

    trader.may_differ(_UNKNOWN, about="FOREIGN-1", why="it is to be passed over")
    await trader.settles()
    await trader.has_open("FOREIGN-2", within_s=1.0)


@case(
    "RECON-922",
    rule="Current All Open Orders: of the account; which of them a client takes is its own",
    needs=["open_check", "orders_of_others", "unclaimed_orders", "venue_acts", "unrecordable"],
    profile="checks",
    why="the open-order check meets the order that the start has passed over",
    trader={"exec_engine": {"filtered_client_order_ids": ["FOREIGN-1"]}},
)
async def test_named_order_is_passed_over_by_the_check(
    traders: Traders, wire: Wire, venue: Venue, market: Market
) -> None:
    """An order that is to be passed over by its id MUST NOT be known by the open-order check either."""
    await venue.places(_limit(market).named("FOREIGN-1"))
    trader = await traders.start()
    trader.may_differ(_UNKNOWN, about="FOREIGN-1", why="it is to be passed over")
    since = trader.moment

    async def checked() -> bool:
        return len(wire.asked("positions", since=since)) >= _SEVERAL

    # The checks take turns in one loop.
    await trader.asks_until(checked, (*_LISTS, "positions"))

    await trader.settles()
    await trader.has_open(within_s=1.0)


#: As often as a look every second brings several of them, and less than it takes a busy machine to be late by one.
_ONE_LOOK_NS = 300 * 10**6


def _most_in_a_look(asked_ns: Sequence[int]) -> int:
    return max((sum(0 <= each - first < _ONE_LOOK_NS for each in asked_ns) for first in asked_ns), default=0)


def _looks(**options: int) -> dict[str, Any]:
    return {
        "exec_engine": {
            "position_check_interval_secs": None,
            "open_check_interval_secs": 1.0,
            "open_check_threshold_ms": 100,
            "open_check_missing_retries": 1,
            **options,
        }
    }


@case.each(
    {
        "RECON-930": {
            "paced": "two in one look",
            "options": {"max_single_order_queries_per_cycle": 2, "single_order_query_delay_ms": 0},
        },
        "RECON-931": {"paced": "one in 300 ms", "options": {"single_order_query_delay_ms": 300}},
    },
    rule="All Orders: limit, 1000 at the most; Query Order; NautilusTrader, max_single_order_queries_per_cycle, "
    "single_order_query_delay_ms",
    tier="full",
    core=["RECON-930"],
    needs=["open_check", "unrecordable"],
    profile="checks",
    why=_WHY,
)
async def test_check_asks_for_single_orders_as_configured(
    traders: Traders, wire: Wire, market: Market, faults: Faults, paced: str, options: Mapping[str, int]
) -> None:
    """Of five orders that All Orders tells no more, a check MUST ask for {paced} at the most, and each stay open."""
    trader = await traders.start(**_looks(**options))
    orders = [await trader.submit(limit("BUY", "0.003", market.below_last(f"{percent}%"))) for percent in range(2, 7)]
    for order in orders:
        await order.reaches("ACCEPTED")
    await trader.settles()
    # It tells of a thousand at the most: an order that rests while as many others come and go is not among them.
    faults.rewrite_answer("all orders", lambda _: [], times=None, optional=True)
    since = trader.moment

    async def asked() -> bool:
        ended = any(order.state != "ACCEPTED" for order in orders)
        return ended or len(wire.asked("query", since=since)) >= len(orders)

    await trader.asks_until(asked, ("query", *_LISTS))

    for order in orders:
        await order.stands("ACCEPTED")
    queries_ns = [request.ns for request in wire.asked("query", since=since)]
    if paced == "two in one look":
        require(_most_in_a_look(queries_ns) <= 2, "two questions at the most in one look", seen=len(queries_ns))
    else:
        pauses_ms = [(later - first) // 10**6 for first, later in itertools.pairwise(queries_ns)]
        require(all(each >= 200 for each in pauses_ms), "300 ms between two questions", seen=pauses_ms)


@case(
    "RECON-940",
    tier="full",
    rule="All Orders: time, when an order was placed",
    needs=["open_check", "venue_acts", "orders_of_others", "unrecordable"],
    profile="checks",
    why=_WHY,
    trader=_CHECKS_ORDERS,
)
async def test_order_check_looks_back_as_configured(
    traders: Traders, market: Market, venue: Venue, faults: Faults
) -> None:
    """Where it looks back for three hours, a check MUST find an order of two hours ago that another client placed."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    own = await trader.submit(limit("BUY", "0.010", market.below_last("6%")))
    await own.reaches("ACCEPTED")
    await trader.settles()
    hears_no_more(trader, faults)
    aged = asyncio.Event()
    faults.delay(_LISTS, until=aged, times=None, optional=True)

    await venue.places(limit("BUY", "0.010", market.below_last("3%")).named("FOREIGN-1"))
    await venue.ages(_TWO_HOURS_MS)
    aged.set()

    await trader.has_open("FOREIGN-1", own.id)


@case(
    "RECON-945",
    rule="Account Trade List: startTime",
    needs=["position_check", "venue_acts", "market_moves", "unrecordable"],
    profile="checks",
    why=_WHY,
    trader=_CHECKS_POSITIONS,
)
async def test_position_check_looks_back_as_configured(
    traders: Traders, market: Market, venue: Venue, faults: Faults
) -> None:
    """Where it looks back for three hours, a check MUST book a fill of two hours ago that was not heard of."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    hears_no_more(trader, faults)
    trader.may_differ(SEVERAL_POSITIONS, why="OTH-058 is about what it consists of")
    aged = asyncio.Event()
    faults.delay("positions", until=aged, times=None, optional=True)

    await market.takes(accepted["venue_order_id"], "0.010")
    await venue.ages(_TWO_HOURS_MS)
    aged.set()

    await trader.has_booked(order.id, await venue.trades())
    await trader.holds("0.010")


@case(
    "RECON-960",
    tier="full",
    rule="Account Trade List: an error tells nothing of what was asked; NautilusTrader, position_check_retries",
    needs=["position_check", "venue_acts", "market_moves", "unrecordable"],
    profile="checks",
    why=_WHY,
    trader={
        "client": {"max_retries": 1},
        "exec_engine": {
            "open_check_interval_secs": None,
            "position_check_interval_secs": 0.2,
            "position_check_retries": 30,
        },
        "optional": ["client.max_retries", "exec_engine.position_check_retries"],
    },
)
async def test_position_check_tries_as_often_as_configured(
    traders: Traders, market: Market, venue: Venue, faults: Faults
) -> None:
    """Where it may try thirty times, a check whose question for trades fails ten times MUST book the fill then."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    hears_no_more(trader, faults)
    UNAVAILABLE.meets(faults, TRADES.routes, times=10, optional=True)

    await market.takes(accepted["venue_order_id"], "0.010")

    await trader.has_booked(order.id, await venue.trades())
    await trader.holds("0.010")


@case(
    "RECON-970",
    rule="Position Information V3; Current All Open Orders: without a symbol those of all symbols",
    needs=["orders_of_others", "unclaimed_orders", "other_symbols", "unrecordable"],
    trader={"exec_engine": {"reconciliation_instrument_ids": ["BTCUSDT-PERP.BINANCE"]}},
)
async def test_start_takes_over_the_symbols_that_it_is_to(traders: Traders, venue: Venue, market: Market) -> None:
    """A start that is to reconcile one symbol alone MUST take over no position, order or stop of another symbol."""
    ether: Mapping[str, Any] = {"symbol": "ETHUSDT"}
    await venue.places(_limit(market).named("FOREIGN-1"))
    await venue.places(market_order("SELL", "0.100").but(**ether).named("ELSEWHERE-1"))
    await venue.places(limit("BUY", "0.100", "2000.00").but(**ether).named("ELSEWHERE-2"))
    await venue.places(stop_market("SELL", "0.100", trigger="2000.00").but(**ether).named("ELSEWHERE-3"))

    trader = await traders.start()

    passes_over_what_is_free(trader)
    await trader.settles()
    await trader.has_open("FOREIGN-1", within_s=1.0)
    await trader.holds("0", "ETHUSDT", within_s=1.0)


@case(
    "RECON-980",
    tier="full",
    rule="Request weight, 2400 a minute; NautilusTrader, reconciliation_startup_delay_secs",
    needs=["position_check", "unrecordable"],
    profile="checks",
    why=_WHY,
    trader={"exec_engine": {"reconciliation_startup_delay_secs": 2.0, "position_check_interval_secs": 0.2}},
)
async def test_checks_begin_after_the_delay(traders: Traders, wire: Wire) -> None:
    """Where checks are to begin two seconds after the start, none MUST ask before, and they MUST ask then."""
    trader = await traders.start()
    began, since = trader.history.entries[-1].ns, trader.moment

    async def asked() -> bool:
        return bool(wire.asked("positions", since=since))

    await trader.asks_until(asked, "positions")

    (first, *_) = wire.asked("positions", since=since)
    require((first.ns - began) // 10**6 >= 1500, "two seconds before the first check", seen=(first.ns - began) // 10**6)


@case(
    "RECON-950",
    rule="Position Information V3; Current All Open Orders: what a client takes of them at its start is its own affair",
    needs=["orders_of_others", "venue_acts", "unrecordable"],
    trader={"exec_engine": {"reconciliation": False, "open_check_interval_secs": None}},
)
async def test_start_that_is_not_to_reconcile_takes_nothing_over(
    traders: Traders, venue: Venue, market: Market
) -> None:
    """A start that is not to reconcile MUST take over no order and no position, and its own trade alone be held."""
    await venue.opens_position("BUY", "0.010")
    await venue.places(_limit(market).named("FOREIGN-1"))

    trader = await traders.start()

    passes_over_what_is_free(trader)
    trader.may_differ(_UNKNOWN, about="FOREIGN-1", why="nothing is to be reconciled")
    trader.may_differ(_POSITION, why="nothing is to be reconciled")
    await trader.settles()
    await trader.has_open(within_s=1.0)
    await trader.holds("0", within_s=1.0)
    await (await trader.submit(market_order("BUY", "0.002"))).reaches("FILLED")
    await trader.holds("0.002")
    equal("orders known", len((await trader.books())["orders"]), 1)
