"""What a trader is to ask for again, and what happens before it does: the order ends, or the node is stopped."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.commands import CANCEL, CANCEL_BATCH, CANCEL_STOP, LIMIT, MODIFY, STOP, Command
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Trader, Traders, Venue, Wire, case, equal, require
from conformance.kit.fates import NOT_EXECUTED

_RULE = "General info: 503 (-1001) says that a request failed and can be sent again"
(_FAILED,) = (fate for fate in NOT_EXECUTED if fate.name == "1001")
#: Enough that some are left when the end is told; 2.0.0rc3 and rc4 never retry.
_STUBBORN = {"client": {"max_retries": 8}, "optional": ["client.max_retries"]}
_PATIENT = {
    "client": {"max_retries": 3, "retry_delay_initial_ms": 500, "retry_delay_max_ms": 800},
    "optional": ["client.max_retries", "client.retry_delay_initial_ms", "client.retry_delay_max_ms"],
}


async def _fills(venue: Venue, market: Market, number: str) -> None:
    await market.takes(number, "0.010")


async def _is_cancelled(venue: Venue, market: Market, number: str) -> None:
    await venue.cancels(number)


async def _stop_is_cancelled(venue: Venue, market: Market, number: str) -> None:
    await venue.cancels_stop(number)


@dataclass(frozen=True, kw_only=True)
class _End(AxisValue):
    """How the order ends meanwhile, as the stream tells."""

    happens: Callable[[Venue, Market, str], Awaitable[None]]
    status: str


_ENDS = (
    _End(name="filled", words="fills", happens=_fills, status="FILLED"),
    _End(name="cancelled", words="is cancelled by another client", happens=_is_cancelled, status="CANCELED"),
    _End(
        name="stop-cancelled",
        words="is cancelled by another client",
        happens=_stop_is_cancelled,
        status="CANCELED",
    ),
)


@case.each(
    "CXL-190",
    axes={"command": (CANCEL, CANCEL_BATCH, MODIFY, CANCEL_STOP), "end": _ENDS},
    but={
        "an order of the book ends in its own way": {
            "command": ("cancel", "cancel-batch", "modify"),
            "end": "stop-cancelled",
        },
        "a stop ends in its own way": {"command": "cancel-stop", "end": ("filled", "cancelled")},
    },
    tier="full",
    core=["cancel.cancelled"],
    rule=f"{_RULE}; Cancel Order (-2011), Modify Order (-2013): of an order that has ended",
    needs=["market_moves", "unrecordable", "retries"],
    trader=_STUBBORN,
)
async def test_order_that_ends_before_its_command_is_sent_again(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, command: Command, end: _End
) -> None:
    """Where {command} is to be sent again and its order {end}, it MUST end so, and at most one more request be made.

    That the command was refused may be told after the end; nothing else is.
    """
    passes_over_what_is_free(trader)
    orders = await command.given(trader, market)
    ended = asyncio.Event()
    failed = _FAILED.meets(faults, command.routes, processed=False, times=None, until=ended)
    orders = await command.asked(trader, market, orders)
    await failed.happens()

    order = orders[0]
    await end.happens(venue, market, str((await order.row())["venue_order_id"]))
    await order.reaches(end.status)
    since, told = trader.moment, len(order.events)
    ended.set()
    await trader.repeats_nothing()

    await order.stands(end.status)
    after = [event.name for event in order.events[told:] if not event.name.endswith("Rejected")]
    equal("events about it after its end", after, [])
    if command is not CANCEL_BATCH:
        late = wire.asked(command.routes, since=since)
        require(len(late) <= 1, "at most one request about it after its end", seen=len(late))


@case.each(
    {
        f"FATE-{number}": {"command": command}
        for number, command in enumerate((LIMIT, STOP, CANCEL, CANCEL_STOP, MODIFY), 350)
    },
    tier="full",
    core=["FATE-350"],
    rule=f"{_RULE}; Open orders and positions outlive a client",
    needs=["unrecordable", "retries"],
    trader=_PATIENT,
)
async def test_node_that_is_stopped_sends_nothing_again(
    traders: Traders, wire: Wire, market: Market, venue: Venue, faults: Faults, command: Command
) -> None:
    """A node that is stopped while {command} is to be sent again MUST NOT send it any more, nor its successor."""
    trader = await traders.start()
    orders = await command.given(trader, market)
    failed = _FAILED.meets(faults, command.routes, processed=False)
    (order,) = await command.asked(trader, market, orders)
    await failed.happens()

    await traders.stop()
    since = trader.moment
    successor = await traders.start_again()
    await successor.settles()
    await successor.repeats_nothing()

    equal("requests for it after the stop", len(wire.asked(command.routes, since=since)), 0)
    passes_over_what_is_free(successor)
    standing = await venue.standing(order.id)
    equal("it at the venue", standing.status, "REJECTED" if command in (LIMIT, STOP) else "ACCEPTED")
