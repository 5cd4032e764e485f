"""A date that the trader holds itself, and a cancellation then that does not end the order: it is refused, or lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.held_dates import CANCELLATIONS, HOLDS_DATES, RULE, resting_limit, until, waiting_stop
from conformance.cases.refusals import KEY_REFUSED, Refusal
from conformance.cases.situations import OF_ORDERS, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, OrderRequest, Trader, Venue, Wire, case, require
from conformance.kit.fates import FAILURES, OF_SOCKETS, THROTTLED, Fate
from conformance.kit.waiting import comes_true

#: Who asks again at once asks hundreds of times in the time that is watched, who paces itself a few.
_MOST = 10
_WATCHED_S = 2.0
_WRONG_STATUS = Refusal(name="4000", words="-4000", code=-4000, text="Invalid order status.")


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """An order whose date is held, and how another client cancels it."""

    asked: Callable[[Market], OrderRequest]
    ends: Callable[[Venue, str], Awaitable[None]]


LIMIT = Kind(name="limit", words="a limit order", asked=resting_limit, ends=Venue.cancels)
STOP = Kind(name="stop", words="a stop limit order", asked=waiting_stop, ends=Venue.cancels_stop)
KINDS = (LIMIT, STOP)


@dataclass(frozen=True, kw_only=True)
class Why(AxisValue):
    """Why each cancellation is refused; without a `refusal`, because the order is gone and the trader has not heard."""

    refusal: Refusal | None = None


WHYS = (
    Why(name="gone", words="since another client has cancelled it, of which the trader has not heard"),
    Why(name="4000", words="with -4000", refusal=_WRONG_STATUS),
    Why(name="2015", words="since the key may not trade any more (-2015)", refusal=KEY_REFUSED),
)


@case.each(
    "GTD-070",
    axes={"kind": KINDS, "why": WHYS},
    tier="full",
    core=["limit.gone", "stop.4000"],
    rule="General info: 429, 418: an address that asks too much is banned; Error codes: -2011 is for good",
    upstream=["#4974"],
    needs=["gtd", "managed_dates", "unrecordable", "orders_of_others"],
    trader=HOLDS_DATES,
)
async def test_refused_cancellation_at_the_date_is_not_repeated_at_once(
    trader: Trader, market: Market, venue: Venue, wire: Wire, faults: Faults, kind: Kind, why: Why
) -> None:
    """Where the cancellation of {kind} at the held date is refused {why}, it MUST NOT be repeated in a burst."""
    over = asyncio.Event()
    order = await trader.submit(until(kind.asked(market), 3))
    accepted = await order.reaches("ACCEPTED")
    if why.refusal is None:
        for event in OF_ORDERS:
            faults.lose(event, times=None, optional=True, until=over)
        await kind.ends(venue, accepted["venue_order_id"])
    else:
        faults.answer(CANCELLATIONS, why.refusal.status, why.refusal.body, times=None, until=over)
    require(await wire.answers(CANCELLATIONS, within_s=6.0), "a cancellation at the date", seen="none")

    async def is_a_burst() -> bool:
        return len(wire.asked(CANCELLATIONS)) > _MOST

    burst = await comes_true(trader.history, is_a_burst, within_s=_WATCHED_S)
    over.set()

    require(not burst, f"at most {_MOST} cancellations in {_WATCHED_S:g} s", seen=len(wire.asked(CANCELLATIONS)))
    await (order.query() if why.refusal is None else order.cancel())
    await venue.confirms(order, "CANCELED")


@case.each(
    {"GTD-090": {"kind": LIMIT}, "GTD-091": {"kind": STOP}},
    tier="full",
    rule=RULE,
    upstream=["#4974"],
    needs=["gtd", "managed_dates", "unrecordable"],
    trader=HOLDS_DATES,
)
async def test_cancellation_at_the_date_is_repeated_until_it_is_granted(
    trader: Trader, market: Market, venue: Venue, faults: Faults, kind: Kind
) -> None:
    """Where the cancellation of {kind} at the held date is refused three times, it MUST be CANCELED in the end."""
    order = await trader.submit(until(kind.asked(market), 3))
    await order.reaches("ACCEPTED")

    faults.answer(CANCELLATIONS, 400, _WRONG_STATUS.body, times=3)

    await venue.confirms(order, "CANCELED", within_s=15.0)


_FATES = {fate.name: fate for fate in (*OF_SOCKETS, *FAILURES, THROTTLED)}
LOST = tuple(_FATES[name] for name in ("503", "1008", "429", "408", "reset-before"))


@case.each(
    "GTD-080",
    axes={"fate": LOST, "kind": KINDS},
    tier="full",
    core=["503.limit"],
    rule=f"{RULE}; General info: 503, 408: execution status UNKNOWN; 429: not done",
    upstream=["#4974"],
    needs=["gtd", "managed_dates", "inflight_check", "unrecordable"],
    trader=HOLDS_DATES,
)
async def test_cancellation_that_was_lost_at_the_date_is_made_up_for(
    trader: Trader, market: Market, venue: Venue, faults: Faults, fate: Fate, kind: Kind
) -> None:
    """Where the cancellation of {kind} at the held date {fate} and is not done, the order MUST be CANCELED soon after.

    It is asked for once only by the client itself (`max_retries` 0): who holds the date has to see to it.
    """
    passes_over_what_is_free(trader)
    order = await trader.submit(until(kind.asked(market), 3))
    await order.reaches("ACCEPTED")

    fate.meets(faults, CANCELLATIONS, processed=False)

    await venue.confirms(order, "CANCELED", within_s=6.0)
