"""The WS API's connection ends: a command that is given then reaches the venue once, and is told what became of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases.commands import CANCEL, LIMIT, MARKET, MODIFY, Command
from conformance.cases.situations import CHECKED, passes_over_what_is_free
from conformance.cases.transports import OVER_A_SOCKET
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    Trader,
    UserStream,
    Venue,
    Wire,
    case,
    limit,
    require,
)

_RULE = (
    "WS API: a connection lasts 24 hours at most, and what is sent on another one is another request; "
    "General info: what became of a request without an answer is unknown: verify, do not repeat"
)
_ORDERS_AT_ONCE = 12


@dataclass(frozen=True, kw_only=True)
class _Ends(AxisValue):
    """How the connection over which orders go ends."""

    happens: Callable[[UserStream], Awaitable[None]]


_ENDS = (
    _Ends(name="reset", words="is reset", happens=UserStream.logon_drops),
    _Ends(name="closed", words="is closed, as after 24 hours", happens=UserStream.logon_closes),
)


@dataclass(frozen=True, kw_only=True)
class _When(AxisValue):
    """When the command is given; `opening` is what the next connections meet until it has been."""

    opening: Any = None


_WHEN = (
    _When(name="at-once", words="in the same moment"),
    _When(name="refused", words="while new ones are refused", opening=503),
    _When(name="held", words="while a new one does not come about", opening="held"),
)


@dataclass(frozen=True, kw_only=True)
class _Answer(AxisValue):
    """What the venue says to the command; `code` is 0 where it does it."""

    code: int


_ANSWERS = (
    _Answer(name="done", words="is done", code=0),
    _Answer(name="refused", words="is refused", code=-2015),
)


@case.each(
    "WSAPI-300",
    axes={"command": (LIMIT, MARKET, CANCEL, MODIFY), "ends": _ENDS, "when": _WHEN, "answer": _ANSWERS},
    but={
        "a new connection is as new after a close in due form": {"ends": "closed", "when": ("refused", "held")},
        "FATE-040 is about a change that is lost with its connection": {
            "command": ("cancel", "modify"),
            "when": "at-once",
        },
        "a request that is lost with its connection meets no refusal": {"when": "at-once", "answer": "refused"},
    },
    tier="full",
    core=["cancel.reset.held.done"],
    rule=_RULE,
    needs=["ws_trading", "unrecordable"],
    trader={**CHECKED, **OVER_A_SOCKET},
)
async def test_command_as_the_connection_ends(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    command: Command,
    ends: _Ends,
    when: _When,
    answer: _Answer,
) -> None:
    """Where the connection {ends} and {command} is given {when}, it MUST be sent once, and be told that it {answer}.

    Over another connection, or over HTTP: either is one request.
    """
    passes_over_what_is_free(trader)
    orders = await command.given(trader, market)
    given = asyncio.Event()
    if answer.code:
        refusal = {"code": answer.code, "msg": "Invalid API-key, IP, or permissions for action."}
        faults.answer(command.routes, 401, refusal, times=None)
    since = trader.moment
    if when.opening is None:
        await ends.happens(user_stream)
    else:
        away = faults.upgrade("ws-api", when.opening, times=None, until=given)
        await ends.happens(user_stream)
        await away.happens()

    (order,) = await command.asked(trader, market, orders)
    given.set()

    if answer.code:
        told = await order.reaches(command.refusal)
        require(str(answer.code) in told["reason"], "the venue's code in the reason", seen=told["reason"])
    elif when.opening is not None:
        await order.reaches(command.reaches)
    await venue.confirms(order)
    await trader.settles()
    sent = wire.asked(command.routes, since=since)
    require(len(sent) <= 1, "one request for it at most", seen=[f"{each.method} {each.path}" for each in sent])


_CUT_AT = (
    AxisValue(name="first", words="first"),
    AxisValue(name="middle", words="sixth"),
)
_PASSED_OVER = {"first": 0, "middle": 5}
_SEEN = (
    AxisValue(name="before", words="before the venue has it"),
    AxisValue(name="after", words="before its answer"),
)


@case.each(
    "WSAPI-310",
    axes={"cut_at": _CUT_AT, "seen": _SEEN, "kind": ("limit", "post-only")},
    tier="full",
    rule=_RULE,
    needs=["ws_trading", "inflight_check", "unrecordable"],
    trader={**CHECKED, **OVER_A_SOCKET},
)
async def test_orders_at_once_as_the_connection_is_cut(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    cut_at: AxisValue,
    seen: AxisValue,
    kind: str,
) -> None:
    """Of twelve {kind} orders at once of which the {cut_at} is cut off {seen}, each MUST be sent once at most.

    Each ends as at the venue; where it was refused over a connection of its own, with the code of the venue.
    """
    passes_over_what_is_free(trader)
    faults.drop("place order", processed=seen.name == "after", skip=_PASSED_OVER[cut_at.name])
    prices = [market.below_last(f"{number + 2}%") for number in range(_ORDERS_AT_ONCE)]
    if kind == "post-only":
        # Each would take: the venue refuses it (-5022).
        prices = [market.above_last("2%")] * _ORDERS_AT_ONCE

    orders = [await trader.submit(limit("BUY", "0.010", price, post_only=kind == "post-only")) for price in prices]

    for order in orders:
        await venue.confirms(order)
    for order in orders:
        _is_sent_once(wire, order)
        if kind == "post-only":
            await _is_told_why(wire, order)


async def _is_told_why(wire: Wire, order: Order) -> None:
    """Require the venue's code in the reason; an answer over the socket that was cut may be lost along with it."""
    told = await order.reaches("REJECTED")
    if wire.requests("POST /fapi/v1/order", newClientOrderId=order.id):
        require("-5022" in told["reason"], "the venue's code in the rejection's reason", seen=told["reason"])


def _is_sent_once(wire: Wire, order: Order) -> None:
    sent = wire.requests("place order", newClientOrderId=order.id)
    require(len(sent) <= 1, "one request for an order", seen=[f"{each.method} {each.path}" for each in sent])
