"""Questions that fail: "could not ask" is never "there is none", at the start or in a periodic check."""

from collections.abc import Sequence
from itertools import pairwise

from conformance.cases.questions import (
    AT_START,
    FAILURES,
    IN_CHECKS,
    Failure,
    Question,
)
from conformance.cases.situations import passes_over_what_is_free
from conformance.history.entries import Request
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    limit,
    market_order,
    stop_market,
)

_PLACING = ("POST /fapi/v1/order", "POST /fapi/v1/algoOrder", "POST /fapi/v1/batchOrders")
#: The questions of one check come within this time, two checks are further apart.
_APART_NS = 250_000_000
#: Two checks fail in full, and a third has begun.
_CHECKS = 3
#: An order is too young for the first, missing from the next two, and another has begun.
_MORE_CHECKS = 5
ONCE = AxisValue(name="once", words="once")
ALWAYS = AxisValue(name="always", words="each time")


@case.each(
    "RECON-010",
    axes={"question": AT_START, "failure": FAILURES, "lasts": (ONCE, ALWAYS)},
    but={
        "some versions ask this several times at once, and which one fails would be chance": {
            "question": ("positions", "instruments"),
            "lasts": "once",
        },
    },
    tier="full",
    core=["open-orders.429.once", "open-orders.503.once", "open-stops.503.once"],
    rule="Current All Open Orders, Position Information V3 and what else a start asks: an error tells nothing of it",
    upstream=["#4772"],
    needs=["unrecordable", "orders_of_others"],
    trader={"timeout_connection_s": 5.0},
)
async def test_start_knows_the_account_or_fails(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    question: Question,
    failure: Failure,
    lasts: AxisValue,
) -> None:
    """When {question} {failure} {lasts}, a start MUST know the open orders and the position, or fail and say so."""
    await venue.opens_position("BUY", "0.010")
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("EARLIER-LIMIT"))
    await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("3%")).named("EARLIER-STOP"))
    # Not every version asks every question.
    failure.meets(faults, question.routes, times=1 if lasts is ONCE else None, optional=True)

    trader = await traders.try_to_start()

    for route in _PLACING:
        wire.none(route)
    if trader is None:
        return
    passes_over_what_is_free(trader)
    await trader.settles()
    await trader.has_open("EARLIER-LIMIT", "EARLIER-STOP", within_s=1.0)
    await trader.holds("0.010", within_s=1.0)


@case.each(
    "RECON-050",
    axes={"question": IN_CHECKS, "failure": FAILURES},
    tier="full",
    core=["positions.503", "all.503"],
    rule="Current All Open Orders, Position Information V3: an error tells nothing of what was asked",
    upstream=["#3622"],
    needs=["open_check", "position_check", "unrecordable"],
    profile="checks",
    why="the requirement is about the questions of the periodic checks",
    # RECON-055 is about the orders that as many failed checks as it takes find missing.
    trader={
        "exec_engine": {"open_check_missing_retries": 1000},
        "optional": ["exec_engine.open_check_missing_retries"],
    },
)
async def test_failed_check_concludes_nothing(
    trader: Trader,
    wire: Wire,
    market: Market,
    faults: Faults,
    question: Question,
    failure: Failure,
) -> None:
    """When {question} {failure} in the periodic checks, open orders MUST stay open and the position held."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%")))
    await order.reaches("ACCEPTED")
    await stop.reaches("ACCEPTED")

    await _fail(_CHECKS, trader, wire, faults, question, failure)

    passes_over_what_is_free(trader)
    # While they still fail: what a check that is answered would make good again has been wrong meanwhile.
    await order.stands("ACCEPTED")
    await stop.stands("ACCEPTED")
    await trader.holds("0.010", within_s=1.0)


@case.each(
    "RECON-055",
    axes={"question": IN_CHECKS, "failure": FAILURES},
    tier="full",
    core=["open-orders.503", "open-stops.503", "positions.503"],
    rule="Current All Open Orders, Position Information V3: an error tells nothing of what was asked",
    needs=["open_check", "unrecordable"],
    profile="checks",
    why="the requirement is about the questions of the periodic checks",
    # By default an order has to be missing five times: here the second check may conclude that it is gone.
    trader={
        "exec_engine": {"open_check_missing_retries": 1},
        "optional": ["exec_engine.open_check_missing_retries"],
    },
)
async def test_failed_checks_find_no_order_missing(
    trader: Trader,
    wire: Wire,
    market: Market,
    faults: Faults,
    question: Question,
    failure: Failure,
) -> None:
    """When {question} {failure} in more checks than an order may be missing from, open orders MUST stay open."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%")))
    await order.reaches("ACCEPTED")
    await stop.reaches("ACCEPTED")

    await _fail(_MORE_CHECKS, trader, wire, faults, question, failure)

    passes_over_what_is_free(trader)
    await order.stands("ACCEPTED")
    await stop.stands("ACCEPTED")


async def _fail(checks: int, trader: Trader, wire: Wire, faults: Faults, question: Question, failure: Failure) -> None:
    """Have a question fail in so many checks, and in all that follow. Not every version asks every question."""
    since = trader.moment
    failure.meets(faults, question.routes, times=None, optional=True)

    async def have_failed() -> bool:
        return _checks(wire.asked(question.routes, since=since)) >= checks

    await trader.asks_until(have_failed, question.routes)


def _checks(asked: Sequence[Request]) -> int:
    """Return in how many checks these questions were asked."""
    return min(1, len(asked)) + sum(after.ns - before.ns > _APART_NS for before, after in pairwise(asked))
