"""More orders at once than the venue counts in ten seconds: the trader's pace keeps each of them, and each command.

Each burst begins where one of the venue's windows does, so that all of it falls into that window unless it is paced.
The venue's clock is put there, and the receive window is wide enough for that.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import batched

from conformance.binance.client_order_id import case_id
from conformance.binance.fate import TOO_MANY_ORDERS, code_of
from conformance.cases.situations import UNHURRIED
from conformance.cases.transports import OVER, OVER_A_SOCKET, configured_for
from conformance.history.entries import Answer, Entry, Event, Request
from conformance.history.history import DeadlineError
from conformance.kit import AxisValue, Market, OrderRequest, Trader, Traders, Venue, case, limit, require, stop_market

_WINDOW_MS = 10_000
_WIDE = {"client": {"recv_window_ms": 60_000}}
_TOLD_WITHIN_S = 25.0
_LEAST = {"BTCUSDT": "0.003", "ETHUSDT": "0.100"}


@dataclass(frozen=True, kw_only=True)
class Burst(AxisValue):
    """Orders of which the venue counts more than 300, in lists of at most five where `listed`."""

    limits: int
    stops: int = 0
    listed: bool = False


LIMITS = Burst(name="limits", words="limit orders", limits=315)
BESIDE = Burst(name="limits-and-stops", words="limit orders and stops", limits=205, stops=110)
LISTS = Burst(name="lists", words="lists of five", limits=315, listed=True, needs=("batch_lists", "order_lists"))


async def _begins_a_window(venue: Venue) -> int:
    """Put the venue's clock ahead, to where it counts anew; return by how many ms."""
    ahead_ms = _WINDOW_MS - time.time_ns() // 1_000_000 % _WINDOW_MS
    await venue.skews_clock(ahead_ms)
    return ahead_ms


def _orders(burst: Burst, btc: Market, eth: Market) -> Iterator[OrderRequest]:
    """Return the burst's orders of two symbols in turn: 200 may be open, or wait, in each."""
    for number in range(burst.limits):
        market = btc if number % 2 else eth
        price = market.below_last("2%") - number * market.tick
        yield limit("BUY", _LEAST[market.symbol], price).but(symbol=market.symbol)
    for number in range(burst.stops):
        market = btc if number % 2 else eth
        trigger = market.below_last("4%") - number * market.tick
        yield stop_market("SELL", _LEAST[market.symbol], trigger=trigger).but(symbol=market.symbol)


@dataclass
class _Outcome:
    """What becomes of a number of orders: told until all are accepted, or one is refused for being too many."""

    number: int
    accepted: int = 0
    refused: int = 0
    sent: int = 0

    def is_told(self, entry: Entry) -> bool:
        """Take one more entry; whether the outcome is there."""
        if isinstance(entry, Event) and entry.name == "OrderAccepted":
            self.accepted += 1
        if isinstance(entry, Answer) and _counts_too_many(entry.body):
            self.refused += 1
        return self.accepted == self.number or self.refused > 0

    def is_sent(self, entry: Entry) -> bool:
        """Take one more entry; whether each of the orders has been sent."""
        self.sent += isinstance(entry, Request) and entry.endpoint is not None and entry.endpoint.act == "place"
        return self.sent == self.number


def _counts_too_many(body: object) -> bool:
    rows = body if isinstance(body, list) else [body]
    return any(code_of(row) == TOO_MANY_ORDERS for row in rows)


async def _submits(trader: Trader, requests: Sequence[OrderRequest], *, listed: bool) -> None:
    if not listed:
        # Not one behind the other's reply: that alone would pace them on a slow machine.
        await asyncio.gather(*(trader.submit(request) for request in requests))
        return
    for of in ("BTCUSDT", "ETHUSDT"):
        mine = [request for request in requests if request.symbol == of]
        for first in range(0, len(mine), 5):
            await trader.submit_list(mine[first : first + 5])


@case.each(
    "THR-210",
    axes={"burst": (LIMITS, BESIDE, LISTS), "over": OVER},
    tier="full",
    rule="General info, limits: 300 orders in 10 s, of all kinds and ways together; a batch counts as its five",
    upstream=["#4395"],
    needs=["other_symbols", "venue_acts", "unrecordable"],
    profile="quiet",
    why="what is paced waits longer than the scaled in-flight check does, whose queries would be part of the burst",
    trader={"symbols": ["BTCUSDT", "ETHUSDT"], **_WIDE},
)
async def test_burst_is_paced(traders: Traders, market: Market, venue: Venue, burst: Burst, over: AxisValue) -> None:
    """{burst} in a burst beyond the venue's limit of orders MUST be paced over {over}, and none be refused (-1015)."""
    trader = await traders.start(**configured_for(over))
    venue.of("ETHUSDT")
    requests = list(_orders(burst, market, await market.of("ETHUSDT")))
    outcome = _Outcome(len(requests))
    since = trader.moment
    ahead_ms = await _begins_a_window(venue)

    await _submits(trader, requests, listed=burst.listed)

    with suppress(DeadlineError):
        await trader.history.wait(outcome.is_told, what="the burst's outcome", within_s=_TOLD_WITHIN_S, since=since)
    # The suite's own questions have the machine's time.
    await venue.skews_clock(-ahead_ms)
    require(not outcome.refused, "no order refused for being one too many (-1015)", seen=outcome)
    require(outcome.accepted == outcome.number, f"all orders accepted within {_TOLD_WITHIN_S:g} s", seen=outcome)


@case(
    "THR-220",
    rule="New Order (WS API): an order that the venue does not have yet is not found (-2013)",
    tier="full",
    needs=["inflight_check", "ws_trading", "unrecordable"],
    trader=OVER_A_SOCKET,
)
async def test_order_that_waits_for_its_turn_is_not_given_up_and_sent(
    trader: Trader, market: Market, venue: Venue
) -> None:
    """An order that the trader holds back for its pace MUST NOT be told as REJECTED first, and be placed afterwards."""
    requests = [limit("BUY", "0.003", market.below_last("2%") - number * market.tick) for number in range(120)]
    outcome = _Outcome(len(requests))
    since = trader.moment

    orders = await asyncio.gather(*(trader.submit(request) for request in requests))

    with suppress(DeadlineError):
        await trader.history.wait(outcome.is_sent, what="all of them sent", within_s=_TOLD_WITHIN_S, since=since)
    await trader.settles()
    there = {case_id(str(row["client_order_id"])) for row in (await venue.books())["orders"]}
    require(there, "orders of the burst at the venue", seen=outcome)
    given_up = [order.id for order in orders if order.state == "REJECTED" and order.id in there]
    require(not given_up, "no order at the venue that was told as REJECTED before it was sent", seen=len(given_up))


@case(
    "THR-230",
    rule="Timing security: a request is signed when it is sent, within recvWindow; a cancellation counts as no order",
    tier="full",
    needs=["unrecordable"],
    # One that asks after half a second gives up stops that the trader itself has not sent yet.
    trader={**UNHURRIED, "client": {"recv_window_ms": 3000}},
)
async def test_cancellations_of_many_are_signed_when_they_are_sent(trader: Trader, market: Market) -> None:
    """Cancellations that a trader holds back for its own pace MUST be signed when they are sent, and be done."""
    # Fewer than the venue counts in ten seconds, and as many cancellations again.
    requests = list(_orders(Burst(name="", limits=195, stops=75), market, market))
    orders = []
    # Its pace of orders is THR-210's: here none of them has to wait.
    for some in batched(requests, 30):
        sent = await asyncio.gather(*(trader.submit(request) for request in some))
        for order in sent:
            await order.reaches("ACCEPTED", within_s=15)
        orders += sent

    await trader.cancel_all()

    for order in orders:
        await order.reaches("CANCELED", within_s=25)
