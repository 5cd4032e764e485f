"""Dates that the trader holds itself (`use_gtd` off, `manage_gtd_expiry` on): it cancels what rests at the venue."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.held_dates import (
    HOLDS_DATES,
    RULE,
    has_passed,
    is_not_before,
    resting_limit,
    until,
    waiting_stop,
)
from conformance.cases.inherited import CRASH, WARM, Memory
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
)
from conformance.kit.waiting import comes_true

_CANCELLATION = "cancel order"
_REFUSED = (400, {"code": -4000, "msg": "Invalid order status."})


@dataclass(frozen=True)
class Held:
    """An order whose date the trader holds."""

    market: Market
    faults: Faults
    order: Order
    venue_order_id: str


async def _nothing(_: Held) -> None:
    """Let it rest."""


async def _fills_in_part(held: Held) -> None:
    await held.market.takes(held.venue_order_id, "0.004")
    await held.order.reaches("PARTIALLY_FILLED")


async def _is_amended(held: Held) -> None:
    await held.order.modify(price=str(held.market.below_last("3%")))
    await held.order.reaches("UPDATED")


async def _is_refused_before(held: Held) -> None:
    held.faults.answer(_CANCELLATION, *_REFUSED)
    await held.order.cancel()
    await held.order.reaches("CANCEL_REJECTED")


async def _is_refused_then(held: Held) -> None:
    held.faults.answer(_CANCELLATION, *_REFUSED)
    await held.order.reaches("CANCEL_REJECTED")


@dataclass(frozen=True, kw_only=True)
class Life(AxisValue):
    """What is asked for, and what happens to it before its date, or then."""

    asked: Callable[[Market], OrderRequest] = resting_limit
    happens: Callable[[Held], Awaitable[None]] = _nothing


_LIVES = {
    "GTD-010": Life(name="rests", words="A limit order that rests"),
    "GTD-020": Life(name="stop", words="A stop limit order that waits", asked=waiting_stop),
    "GTD-030": Life(
        name="part", words="A limit order that has filled in part", happens=_fills_in_part, needs=("market_moves",)
    ),
    "GTD-040": Life(name="amended", words="A limit order that was amended", happens=_is_amended),
    "GTD-050": Life(name="refused", words="An order whose cancellation was refused before", happens=_is_refused_before),
    "GTD-060": Life(
        name="refused-then", words="An order whose cancellation is refused then, once", happens=_is_refused_then
    ),
}


@case.each(
    {case_id: {"life": life} for case_id, life in _LIVES.items()},
    tier="full",
    core=["GTD-050", "GTD-060"],
    rule=RULE,
    upstream=["#4974"],
    needs=["gtd", "managed_dates", "unrecordable"],
    trader=HOLDS_DATES,
)
async def test_order_is_cancelled_at_the_date_that_the_trader_holds(
    trader: Trader, market: Market, wire: Wire, faults: Faults, life: Life
) -> None:
    """{life}, good till a date that the trader holds itself, MUST be CANCELED at that date, also at the venue."""
    passes_over_what_is_free(trader)
    asked = until(life.asked(market), 3)
    order = await trader.submit(asked)
    accepted = await order.reaches("ACCEPTED")

    await life.happens(Held(market, faults, order, accepted["venue_order_id"]))

    await order.reaches("CANCELED", within_s=6.0)
    is_not_before(wire, asked)


@case.each(
    {"GTD-110": {"memory": WARM}, "GTD-111": {"memory": CRASH}},
    tier="full",
    rule=RULE,
    needs=["cache_database", "gtd", "managed_dates", "unrecordable"],
    trader=HOLDS_DATES,
)
async def test_date_outlives_its_session(
    traders: Traders, market: Market, venue: Venue, wire: Wire, memory: Memory
) -> None:
    """An order whose date was held {memory} MUST be CANCELED at its date by the next one, also where it has passed."""
    trader = await traders.start()
    dated, later = until(resting_limit(market), 4), until(resting_limit(market), 9)
    soon, late = await trader.submit(dated), await trader.submit(later)
    await soon.reaches("ACCEPTED")
    await late.reaches("ACCEPTED")
    await traders.have_time_to_keep(soon.id, late.id)

    await memory.ends(traders)

    async def is_over() -> bool:
        return has_passed(dated)

    await comes_true(trader.history, is_over, within_s=6.0)
    equal("the first at the venue", (await venue.standing(soon.id)).state, "NEW")
    again = await traders.start_again()

    await again.order(soon.id).reaches("CANCELED")
    await again.order(late.id).reaches("CANCELED", within_s=12.0)
    is_not_before(wire, later)
