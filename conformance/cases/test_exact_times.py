"""The time of an event to the millisecond: by it a firm finds the venue's own record of the same thing again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases.situations import UNCHECKED, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Order, Traders, case, equal, limit

#: Of four milliseconds, one after the other, the one whose nanoseconds a binary float of 64 bits has too early.
_FOUR = 4
_SECOND = 1


@dataclass(frozen=True, kw_only=True)
class _Change(AxisValue):
    """What happens to an order that rests, the venue's word for it, and the state that the order then reaches."""

    happens: Callable[[Market, Order, str], Awaitable[Any]]
    execution: str
    reaches: str


@dataclass(frozen=True, kw_only=True)
class _Sent(AxisValue):
    """How long after it happened (`T`) the venue says that it tells of it (`E`)."""

    after_ms: int


_CHANGES = (
    _Change(
        name="fill",
        words="a fill",
        happens=lambda market, _, number: market.takes(number, "0.010"),
        execution="TRADE",
        reaches="FILLED",
    ),
    _Change(
        name="cancel",
        words="a cancellation",
        happens=lambda _, order, __: order.cancel(),
        execution="CANCELED",
        reaches="CANCELED",
    ),
)
_SENT = (
    _Sent(name="at-once", words="told in the same millisecond", after_ms=0),
    _Sent(name="later", words="told 20 ms later", after_ms=20),
)


@case.each(
    "READ-050",
    axes={"change": _CHANGES, "sent": _SENT},
    tier="full",
    core=["fill.at-once", "fill.later"],
    rule="Event: Order Update, T: Transaction Time, E: Event Time; Account Trade List, time",
    needs=["market_moves", "unrecordable"],
    trader=UNCHECKED,
)
async def test_event_has_the_millisecond_at_which_it_was(
    traders: Traders, market: Market, faults: Faults, change: _Change, sent: _Sent
) -> None:
    """The time of {change} {sent} MUST be that at which it was at the venue, to the millisecond."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    were_ms: list[int] = []

    def timed(event: Mapping[str, Any]) -> Any:
        """Return the event as of a time at most three milliseconds away, whose nanoseconds are rounded down."""
        time_ms = event["T"] - event["T"] % _FOUR + _SECOND
        were_ms.append(time_ms)
        return {**event, "T": time_ms, "E": time_ms + sent.after_ms, "o": {**event["o"], "T": time_ms}}

    faults.rewrite("ORDER_TRADE_UPDATE", timed, x=change.execution)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await change.happens(market, order, str(accepted["venue_order_id"]))

    event = await order.reaches(change.reaches)

    (was_ms,) = were_ms
    equal("its time in ms, from the venue's", int(event["ts_event"]) // 1_000_000 - was_ms, 0)
