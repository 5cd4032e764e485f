"""One round: a fresh venue, a fresh trader, and its orders one after another, each waited for."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.history.entries import Answer, Request
from conformance.history.history import History
from conformance.kit.market import Market
from conformance.kit.run import CaseRun
from conformance.kit.trader import Trader
from conformance.latency.calibration import round_trips
from conformance.latency.intervals import OrderKind
from conformance.latency.measurement import Role, Round
from conformance.latency.samples import samples
from conformance.subject.orders import limit, market
from conformance.subject.subject import Subject
from conformance.worlds.simulator import SimulatorWorld

WARM_UP = 16
"""Orders of each kind before those that count: connections, caches and code paths are warm then."""
ORDERS_A_ROUND = 56
"""Orders of each kind in a round, at a fresh venue from a fresh trader. With the warm-up 216 orders and 72 cancels:
under the venue's 300 orders a 10 s and NautilusTrader 1.x's own 2,400 requests a minute. 2.0.0rc6 was seen to hold
requests back, by some 30 ms each, once orders and cancels together were over 300 in 10 s. So no limiter is part of a
latency."""
_NAME = "LATENCY"
_QUANTITY = "0.010"


def rounds_for(samples: int) -> int:
    """Return how many rounds of each version it takes to send `samples` orders of each kind."""
    return -(-samples // ORDERS_A_ROUND)


def orders_in(number: int, samples: int) -> int:
    """Return how many orders of each kind the round of this number (from 1) sends: evenly, give or take one."""
    each, left = divmod(samples, rounds_for(samples))
    return each + (number <= left)


async def measure_round(subject: Subject, role: Role, number: int, orders: int, histories: Path) -> Round:
    """Return one round of `orders` orders of each kind, and store its history.

    Raises `CheckError` when an order does not reach its state, and `MeasurementError` when the history lacks a record.
    """
    if not 0 < orders <= ORDERS_A_ROUND:
        raise ValueError(f"{orders} orders in a round; allowed: 1 to {ORDERS_A_ROUND}, then begin another round")
    path = histories / f"{role}-{number}.jsonl"
    calibration = await round_trips()
    run = CaseRun(_NAME, subject, SimulatorWorld())
    try:
        await run.open()
        trader = await run.start_trader()
        with _no_collection():
            await _send(trader, run.market, WARM_UP)
            counted = await _send(trader, run.market, orders)
    finally:
        try:
            await run.close()
        finally:
            run.write(path)
    return Round(
        number=number,
        role=role,
        calibration_ns=calibration,
        series=samples(run.history, counted),
        history=f"{histories.name}/{path.name}",
    )


async def _send(trader: Trader, quotes: Market, count: int) -> dict[OrderKind, list[str]]:
    """Send `count` orders of each kind, one after another, and return their client order ids.

    The kinds take turns, so that a machine that slows down meanwhile slows all alike. A limit order rests away from
    the price and is cancelled.
    """
    requests = {
        OrderKind.MARKET: market("BUY", _QUANTITY),
        OrderKind.CLOSING: market("SELL", _QUANTITY),
        OrderKind.LIMIT: limit("BUY", _QUANTITY, quotes.below_last("2%")),
    }
    sent: dict[OrderKind, list[str]] = {kind: [] for kind in requests}
    for _ in range(count):
        for kind, request in requests.items():
            order = await trader.submit(request)
            await order.reaches(kind.state)
            sent[kind].append(order.id)
            if kind is OrderKind.LIMIT:
                await order.cancel()
                await order.reaches("CANCELED")
        await _answered(trader.history)
    return sent


async def _answered(history: History) -> None:
    """Wait until no request is without its answer: the last cancel must not share the wire with the next order."""
    while len(history.of(Answer)) < len(history.of(Request)):
        await history.wait_for(Answer, lambda _: True, what="an answer", since=len(history))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python's garbage collector out of this process meanwhile: its pauses would be the measuring device's."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
