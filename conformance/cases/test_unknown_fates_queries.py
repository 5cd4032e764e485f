"""Unknown fates: questions that fail, and questions whose answer is not what it seems."""

from conformance.cases.commands import CANCEL, LIMIT, MODIFY, STOP, Command
from conformance.cases.situations import DONE, HURRIED, Situation
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Venue, Wire, case, equal, limit, stop_market
from conformance.kit.fates import CUT_OFF, FAILURES, TIMEOUT, Fate

_RULE = "Query Order, Query Algo Order: an error that is not the venue's word about the order tells nothing of it"
_NO_SUCH_ORDER = {"code": -2013, "msg": "Order does not exist."}
_RESTING = (AxisValue(name="limit", words="a limit order"), AxisValue(name="stop", words="a stop"))


async def _accepted(trader: Trader, market: Market, kind: AxisValue) -> Order:
    plain = limit("BUY", "0.010", market.below_last("2%"))
    stop = stop_market("SELL", "0.010", trigger=market.below_last("4%"))
    order = await trader.submit(stop if kind.name == "stop" else plain)
    await order.reaches("ACCEPTED")
    await trader.settles()
    return order


async def _is_queried(order: Order, times: int) -> None:
    for _ in range(times):
        await order.is_queried()


@case.each(
    "FATE-060",
    axes={"command": (LIMIT, STOP, CANCEL, MODIFY), "failure": FAILURES, "done": DONE},
    rule=_RULE,
    card="TC-E74",
    upstream=["#4152", "#3879", "#4153"],
    needs=["inflight_check"],
    tier="full",
    core=[
        "limit.429.done",
        "stop.502.done",
        "cancel.1021.not-done",
        "modify.page.not-done",
        "limit.hang.done",
        "cancel.reset-before.not-done",
        "modify.408.not-done",
    ],
    trader=HURRIED,
)
async def test_failing_questions_are_no_evidence(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    command: Command,
    failure: Fate,
    done: AxisValue,
) -> None:
    """When {command} is cut off and {done}, and every question {failure}, the order MUST end as the venue has it.

    That no question was answered says nothing of the order, however often it was asked.
    """
    situation = Situation(trader, wire, market, venue, faults, command, CUT_OFF, done.name == "done")

    orders = await situation.told_by_nobody(failure)

    await situation.ends_as_at_the_venue(orders)


@case.each(
    "FATE-070",
    axes={"kind": _RESTING, "failure": FAILURES},
    rule=_RULE,
    tier="full",
    core=["limit.503", "limit.1021", "limit.page", "stop.429", "stop.502"],
)
async def test_failed_questions_change_nothing(
    trader: Trader, market: Market, venue: Venue, faults: Faults, kind: AxisValue, failure: Fate
) -> None:
    """When every question about {kind} that rests {failure}, five of them MUST leave it as it is."""
    order = await _accepted(trader, market, kind)
    failure.meets(faults, "query", processed=False, times=None)

    await _is_queried(order, 5)

    order.never("REJECTED", "CANCELED", "EXPIRED")
    await venue.confirms(order)


@case("FATE-075", rule=_RULE)
async def test_failures_between_answers_do_not_add_up(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """When every other question about a limit order that rests is answered -1007, it MUST stay as it is, however often.

    What was answered in between says how it is: failures count from there, if at all.
    """
    order = await _accepted(trader, market, _RESTING[0])

    for _ in range(4):
        faults.answer("query order", 408, TIMEOUT)
        await order.is_queried()
        await order.is_queried()

    order.never("REJECTED", "CANCELED", "EXPIRED")
    await venue.confirms(order)


@case.each(
    {
        "FATE-080": {"what": "a limit order", "stop": False, "asked": "query order"},
        "FATE-081": {"what": "a stop", "stop": True, "asked": "query order"},
        "FATE-082": {"what": "a stop", "stop": True, "asked": "query"},
    },
    rule="Query Order: -2013 of an order that was accepted says only that it is not found now",
    upstream=["#4072", "#3287"],
)
async def test_order_that_is_not_found_is_no_rejection(
    trader: Trader, market: Market, venue: Venue, faults: Faults, what: str, stop: bool, asked: str
) -> None:
    """When {what} that was accepted is not found (-2013) by five queries ({asked}), it MUST stay ACCEPTED."""
    order = await _accepted(trader, market, _RESTING[stop])
    faults.answer(asked, 400, _NO_SUCH_ORDER, times=None, optional=True)
    events = len(order.events)

    await _is_queried(order, 5)

    order.never("REJECTED", "CANCELED", "EXPIRED")
    await order.stands("ACCEPTED")
    equal("events told about it", len(order.events) - events, 0)
