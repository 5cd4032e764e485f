"""Throttling: what the venue slows down is sent later or not at all, and a pause that it asks for is kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.commands import CANCEL, CANCEL_STOP, LIMIT, MODIFY, STOP, Command
from conformance.cases.throttles import WITH_PAUSE, Throttle
from conformance.kit import AxisValue, Faults, Market, Trader, Venue, Wire, case, limit, require
from conformance.kit.waiting import comes_true

_RULE = "General info, limits: after 429 and 418 wait for Retry-After; repeated violations earn a ban (418)"


@case.each(
    "THR-010",
    axes={"command": (LIMIT, STOP, CANCEL, CANCEL_STOP, MODIFY), "throttle": WITH_PAUSE},
    but={"-1015 counts new orders": {"command": ("cancel", "cancel-stop"), "throttle": "1015"}},
    tier="full",
    core=["limit.1003", "limit.1015", "stop.1015", "cancel.1003", "modify.1003"],
    rule=_RULE,
    # Within the pause nothing is asked: an order in flight is young enough for that.
    trader={"inflight_check": {"interval_ms": 100, "threshold_ms": 1300, "retries": 2}},
)
async def test_throttled_command_waits_or_is_refused(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, command: Command, throttle: Throttle
) -> None:
    """Where {command} is answered {throttle}, it MUST be sent no sooner, or be refused, and end as at the venue."""
    given = await command.given(trader, market)
    throttle.meets(faults, tuple(command.routes))
    (order,) = await command.asked(trader, market, given)

    await order.reaches(command.reaches, command.refusal)

    await order.stands(await venue.confirms(order))


async def _query(trader: Trader, market: Market) -> None:
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await trader.settles()
    await order.query()


async def _account(trader: Trader, market: Market) -> None:
    await trader.query_account()


@dataclass(frozen=True, kw_only=True)
class Question(AxisValue):
    """What the trader is made to ask, and by which requests."""

    routes: tuple[str, ...]
    asked: Callable[[Trader, Market], Awaitable[None]]


QUESTIONS = (
    Question(name="query", words="a query of an order", routes=("query",), asked=_query),
    Question(name="account", words="a question about the account", routes=("account",), asked=_account),
)


@case.each(
    "THR-020",
    axes={"question": QUESTIONS, "throttle": tuple(each for each in WITH_PAUSE if each.code != -1015)},
    tier="full",
    core=["query.1003", "account.418"],
    rule=_RULE,
)
async def test_throttled_question_waits(
    trader: Trader, wire: Wire, market: Market, faults: Faults, question: Question, throttle: Throttle
) -> None:
    """When {question} is answered {throttle}, the trader MUST keep the pause, and hold no order for ended."""
    throttle.meets(faults, question.routes)
    since = trader.moment

    await question.asked(trader, market)

    async def asked() -> bool:
        return bool(wire.asked(question.routes, since=since))

    require(await comes_true(trader.history, asked, within_s=2.0), question.words, seen="no request")
    await trader.has_its_answers()
    for order in (await trader.books())["orders"]:
        require(order["status"] == "ACCEPTED", "the order open after a question that was not answered", seen=order)
