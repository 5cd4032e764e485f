"""A date that the trader holds itself, and a cancellation before it that is refused behind other news of the order."""

import asyncio
from typing import Any

from conformance.cases.busy import CANCEL, CANCEL_STOP, STATES, Busy, State, Wish
from conformance.cases.held_dates import HOLDS_DATES, RULE, has_passed, is_not_before, seconds_until
from conformance.cases.situations import UNHURRIED, passes_over_what_is_free
from conformance.kit import Faults, Market, Trader, Venue, Wire, case, require

_HOLDS: dict[str, Any] = {**UNHURRIED, **HOLDS_DATES}
#: Those in which a cancellation is asked for, and no amendment after it.
_STATES = tuple(state for state in STATES if state.name not in ("overtaken", "part-overtaken", "cancelling"))


@case.each(
    "GTD-140",
    axes={"wish": (CANCEL, CANCEL_STOP), "state": _STATES},
    but={
        "an order of the book does not trigger": {"wish": "cancel", "state": "triggered"},
        "a stop waits as it was made: it is not amended, and what fills is another order": {
            "wish": "cancel-stop",
            "state": ("part", "accepted-part", "amended", "part-amended"),
        },
    },
    tier="full",
    core=["cancel.accepted-part"],
    rule=f"{RULE}; Cancel Order: each request has its answer; Error codes: -2011",
    upstream=["#4974"],
    needs=["gtd", "managed_dates", "market_moves", "unrecordable"],
    trader=_HOLDS,
)
async def test_date_is_held_after_a_refusal_behind_other_news(
    trader: Trader, market: Market, venue: Venue, wire: Wire, faults: Faults, wish: Wish, state: State
) -> None:
    """An order {state} when {wish} was refused before the date that its trader holds MUST be CANCELED at that date."""
    passes_over_what_is_free(trader)
    busy = Busy(trader, market, venue, faults, wish, for_s=4)
    order = await state.given(busy)
    answered, over = asyncio.Event(), asyncio.Event()
    held = faults.delay(wish.routes, until=answered)
    faults.answer(wish.routes, 400, wish.body, until=over)
    await wish.is_asked(order, market)
    await held.happens()
    await state.meanwhile(busy, order)
    # `settles` would give what is held back here half a second, of the few that are left until the date.
    await trader.is_told()
    await trader.answers_twice()

    answered.set()

    require(await wire.answers(wish.routes, within_s=5.0), "the refusal", seen="no answer")
    await trader.settles()
    over.set()
    busy.news.set()
    require(not has_passed(order.asked), "a refusal before the date", seen="one after it")
    # Whether the refusal is told is for other cases to say.
    await venue.confirms(order, "CANCELED", within_s=seconds_until(order.asked) + 4.0)
    is_not_before(wire, order.asked)
