"""Throttling: what the venue slows down is sent later or not at all, and a pause that it asks for is kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.commands import CANCEL, CANCEL_STOP, LIMIT, MODIFY, STOP, Command
from conformance.kit import AxisValue, Faults, Market, Trader, Venue, Wire, case, limit, require

_RULE = "General info, limits: after 429 and 418 wait for Retry-After; repeated violations earn a ban (418)"
_AFTER_S = 1


@dataclass(frozen=True, kw_only=True)
class Throttle(AxisValue):
    """An answer by which the venue slows its client down, with a pause of one second."""

    status: int
    code: int
    says: str

    def meets(self, faults: Faults, what: str | tuple[str, ...]) -> None:
        """Arm it in place of the venue's answer to the next request that does `what`; the venue does not do it."""
        body = {"code": self.code, "msg": self.says}
        faults.answer(what, self.status, body, headers={"Retry-After": str(_AFTER_S)})


THROTTLES = (
    Throttle(
        name="1003",
        words="is answered 429 (-1003) with Retry-After",
        status=429,
        code=-1003,
        says="Too many requests; current limit of IP(203.0.113.7) is 2400 requests per minute.",
    ),
    Throttle(
        name="1015",
        words="is answered 429 (-1015) with Retry-After",
        status=429,
        code=-1015,
        says="Too many new orders; current limit is 300 orders per TEN_SECONDS.",
    ),
    Throttle(
        name="418",
        words="is answered 418 (-1003) with Retry-After",
        status=418,
        code=-1003,
        says="Way too many requests; IP(203.0.113.7) banned until 1795219200000.",
    ),
)


@case.each(
    "THR-010",
    axes={"command": (LIMIT, STOP, CANCEL, CANCEL_STOP, MODIFY), "throttle": THROTTLES},
    but={"-1015 counts new orders": {"command": ("cancel", "cancel-stop"), "throttle": "1015"}},
    tier="full",
    core=["limit.1003", "limit.1015", "limit.418", "stop.1015", "cancel.1003", "modify.1003"],
    rule=_RULE,
    # Within the pause nothing is asked: an order in flight is young enough for that.
    trader={"inflight_check": {"interval_ms": 100, "threshold_ms": 1300, "retries": 2}},
)
async def test_throttled_command_waits_or_is_refused(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, command: Command, throttle: Throttle
) -> None:
    """When {command} {throttle}, it MUST be sent again no sooner than that, or be refused, and end as at the venue."""
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
    axes={"question": QUESTIONS, "throttle": tuple(each for each in THROTTLES if each.code != -1015)},
    tier="full",
    core=["query.1003", "account.418"],
    rule=_RULE,
)
async def test_throttled_question_waits(
    trader: Trader, wire: Wire, market: Market, faults: Faults, question: Question, throttle: Throttle
) -> None:
    """When {question} {throttle}, the trader MUST keep the pause, and hold no order for ended."""
    throttle.meets(faults, question.routes)
    since = trader.moment

    await question.asked(trader, market)

    await trader.has_its_answers()
    require(wire.asked(question.routes, since=since), f"{question.words}", seen="no request")
    for order in (await trader.books())["orders"]:
        require(order["status"] == "ACCEPTED", "the order open after a question that was not answered", seen=order)
