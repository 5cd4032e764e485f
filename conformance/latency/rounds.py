"""One round: a fresh venue, a fresh trader, and its orders one after another, each waited for."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from conformance.checks.trader import Trader
from conformance.gateway.history import History
from conformance.latency.calibration import round_trips
from conformance.latency.intervals import OrderKind
from conformance.latency.measurement import Role, Round
from conformance.latency.samples import samples
from conformance.subject.orders import Side, limit, market
from conformance.subject.subject import Subject
from conformance.worlds.market import Market
from conformance.worlds.run import CaseRun
from conformance.worlds.simulator import SimulatorWorld

WARM_UP_PAIRS = 20
"""Pairs of orders before those that count: connections, caches and code paths are warm then."""
PAIRS_A_ROUND = 76
"""With the warm-up 192 orders and 96 cancels, at a fresh venue from a fresh trader: under the venue's 300 orders a 10 s
and NautilusTrader 1.x's own 2,400 requests a minute. 2.0.0rc6 was seen to hold requests back, by some 30 ms each, once
orders and cancels together were over 300 in 10 s; so that no limiter is ever part of a latency, a round stays below."""
_NAME = "LATENCY"
_QUANTITY = "0.010"
_SIDES: Sequence[Side] = ("BUY", "BUY", "SELL", "SELL")
"""So that fills open, increase, reduce and close a position in turns: 1.231.0 takes three times as long over a fill
that closes one, and were it every other fill, the median would lie in the gap between the two."""


def rounds_for(samples: int) -> int:
    """Return how many rounds of each version it takes to send `samples` orders of each kind."""
    return -(-samples // PAIRS_A_ROUND)


def pairs_in(number: int, samples: int) -> int:
    """Return how many pairs the round of this number (from 1) sends: as many as every other, or one more."""
    each, left = divmod(samples, rounds_for(samples))
    return each + (number <= left)


async def measure_round(subject: Subject, role: Role, number: int, pairs: int, histories: Path) -> Round:
    """Return one round of `pairs` market and as many limit orders, and store its history.

    Raises `CheckError` when an order does not reach its state, and `MeasurementError` when the history lacks a record.
    """
    if not 0 < pairs <= PAIRS_A_ROUND:
        raise ValueError(f"{pairs} pairs of orders in a round; allowed: 1 to {PAIRS_A_ROUND}, then begin another round")
    path = histories / f"{role}-{number}.jsonl"
    calibration = await round_trips()
    run = CaseRun(_NAME, subject, SimulatorWorld())
    try:
        await run.open()
        trader = await run.start_trader()
        with _no_collection():
            await _send(trader, run.market, WARM_UP_PAIRS)
            counted = await _send(trader, run.market, pairs)
    finally:
        run.history.write(path)
        await run.close()
    return Round(
        number=number,
        role=role,
        calibration_ns=calibration,
        series=samples(run.history, counted),
        history=f"{histories.name}/{path.name}",
    )


async def _send(trader: Trader, quotes: Market, pairs: int) -> dict[OrderKind, list[str]]:
    """Send pairs of a market and a limit order, and return their client order ids.

    In turns, so that a machine that slows down meanwhile slows both kinds alike. A limit order rests away from the
    price and is cancelled.
    """
    sent: dict[OrderKind, list[str]] = {kind: [] for kind in OrderKind}
    far = quotes.below_last("2%")
    for number in range(pairs):
        filled = await trader.submit(market(_SIDES[number % len(_SIDES)], _QUANTITY))
        await filled.reaches(OrderKind.MARKET.state)
        sent[OrderKind.MARKET].append(filled.id)
        resting = await trader.submit(limit("BUY", _QUANTITY, far))
        await resting.reaches(OrderKind.LIMIT.state)
        sent[OrderKind.LIMIT].append(resting.id)
        await resting.cancel()
        await resting.reaches("CANCELED")
        await _answered(trader.history)
    return sent


async def _answered(history: History) -> None:
    """Wait until no request is without its answer: the last cancel must not share the wire with the next order."""
    requests, answers = (len(history.of("request")), len(history.of("answer")))
    while answers < requests:
        await history.wait(lambda record: record.kind == "answer", what="an answer", since=len(history))
        requests, answers = (len(history.of("request")), len(history.of("answer")))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python's garbage collector out of this process meanwhile: its pauses would be the measuring device's."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
