"""Answers that tell the fate after all: not executed, item by item, or in a form that nobody expects."""

from typing import Any

from conformance.cases.commands import CANCEL, CANCEL_BATCH, CANCEL_STOP, LIMIT, MODIFY, STOP, Command
from conformance.cases.situations import CHECKED, Situation
from conformance.cases.transports import OVER_A_SOCKET
from conformance.kit import Faults, Market, Trader, Venue, Wire, case, require
from conformance.kit.fates import NOT_EXECUTED, TIMEOUT, UNEXPECTED, Fate

_RULE = "General info: 503 -1008, -1001 and Service Unavailable say that a request failed and can be sent again"


@case.each(
    "FATE-050",
    axes={"command": (LIMIT, STOP, CANCEL, CANCEL_STOP, MODIFY), "answer": NOT_EXECUTED},
    but={"-1008 never meets a cancellation": {"answer": "1008", "command": ("cancel", "cancel-stop")}},
    rule=_RULE,
    tier="full",
    core=["limit.1008", "limit.unavailable", "stop.1001", "cancel.unavailable", "modify.1001"],
    trader=CHECKED,
)
async def test_what_was_not_executed_is_not_unknown(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, command: Command, answer: Fate
) -> None:
    """When {command} {answer}, it MUST be sent again or be refused with the venue's words, and end as at the venue."""
    situation = Situation(trader, wire, market, venue, faults, command, answer, is_done=False)

    await _is_repeated_or_refused(situation)


@case.each(
    "FATE-055",
    axes={"command": (LIMIT, CANCEL, MODIFY), "answer": NOT_EXECUTED},
    but={"-1008 never meets a cancellation": {"answer": "1008", "command": "cancel"}},
    rule=f"WebSocket API; {_RULE}",
    needs=["ws_trading"],
    tier="full",
    core=["limit.1008", "cancel.1001"],
    trader={**CHECKED, **OVER_A_SOCKET},
)
async def test_what_was_not_executed_over_a_socket_is_not_unknown(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, command: Command, answer: Fate
) -> None:
    """When {command} over the WS API {answer}, it MUST be sent again or refused, and end as at the venue."""
    situation = Situation(trader, wire, market, venue, faults, command, answer, is_done=False)

    await _is_repeated_or_refused(situation)


async def _is_repeated_or_refused(situation: Situation) -> None:
    orders = await situation.told_by_answer_alone()

    await situation.ends_as_at_the_venue(orders)

    refused = [event for order in orders for event in order.events if event.name.endswith("Rejected")]
    for event in refused:
        told = any(word in str(event.reason) for word in ("-1008", "-1001", "-1000", "throttled", "Unavailable"))
        require(told, f"the venue's word in the reason of {event.name}", seen=event.reason)


@case.each(
    {
        "FATE-090": {"what": "-1007 in place of its second row", "body": lambda rows: [rows[0], TIMEOUT]},
        "FATE-091": {"what": "-1006 in place of its first row", "body": lambda rows: [UNEXPECTED, *rows[1:]]},
        "FATE-092": {"what": "an empty object", "body": lambda _: {}},
        "FATE-093": {"what": "no rows", "body": lambda _: []},
    },
    rule="Cancel Multiple Orders: a row for each order, in the order of the request",
    needs=["batch_cancel", "inflight_check"],
    trader=CHECKED,
)
async def test_batch_cancellation_that_is_answered_in_part_is_no_refusal(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, what: str, body: Any
) -> None:
    """When a batch is cancelled but answered with {what}, its orders MUST end CANCELED and never be CANCEL_REJECTED."""
    rewritten = Fate(name="rewritten", meets=lambda faults, routes, **_: faults.rewrite_answer(routes, body))
    situation = Situation(trader, wire, market, venue, faults, CANCEL_BATCH, rewritten, is_done=True)

    orders = await situation.told_after_answer()

    await situation.ends_as_at_the_venue(orders)
