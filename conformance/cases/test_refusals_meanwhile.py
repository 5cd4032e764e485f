"""Refusals that come when the order is no longer as it was when it was asked: told all the same, each once.

A cancellation and an amendment are answered milliseconds after they are sent. What is told of the order meanwhile, its
acceptance, a fill, another amendment, brings it into every state that it can be in.
"""

import asyncio

from conformance.cases.busy import CANCEL, CANCEL_STOP, MODIFY, STATES, Busy, State, Wish
from conformance.cases.situations import UNHURRIED, passes_over_what_is_free
from conformance.kit import Faults, Market, Trader, Venue, case, require

_FILLS = ("part", "accepted-part", "part-amended", "part-overtaken")
_OF_ORDERS_ALONE = (*_FILLS, "amended", "overtaken", "cancelling")


@case.each(
    "REF-110",
    axes={"wish": (CANCEL, MODIFY, CANCEL_STOP), "state": STATES},
    but={
        "an order of the book does not trigger": {"wish": ("cancel", "modify"), "state": "triggered"},
        "a stop waits as it was made: it is not amended, and what fills is another order": {
            "wish": "cancel-stop",
            "state": _OF_ORDERS_ALONE,
        },
        "what is being cancelled is not amended, nor cancelled once more": {
            "wish": "cancel",
            "state": ("overtaken", "part-overtaken", "cancelling"),
        },
    },
    tier="full",
    core=[
        "cancel.accepted",
        "cancel.accepted-part",
        "cancel.part-amended",
        "modify.accepted",
        "modify.overtaken",
        "modify.cancelling",
        "cancel-stop.accepted",
    ],
    rule="Cancel Order, Modify Order: each request has its answer; Error codes: -2011, -4014",
    needs=["unrecordable", "market_moves"],
    trader=UNHURRIED,
)
async def test_refusal_is_told_in_every_state(
    trader: Trader, market: Market, venue: Venue, faults: Faults, wish: Wish, state: State
) -> None:
    """The refusal of {wish} {state} MUST be told, once, and leave the order as at the venue, free to be cancelled."""
    passes_over_what_is_free(trader)
    busy = Busy(trader, market, venue, faults, wish)
    order = await state.given(busy)
    answered, over = asyncio.Event(), asyncio.Event()
    held = faults.delay(wish.routes, until=answered)
    # Refused as often as it is asked, but for an amendment: another one is to be made meanwhile.
    faults.answer(wish.routes, 400, wish.body, until=None if wish is MODIFY else over)
    await wish.is_asked(order, market)
    await held.happens()
    await state.meanwhile(busy, order)
    await trader.settles()

    answered.set()

    await order.reaches(wish.refusal)
    over.set()
    busy.news.set()
    await trader.settles()
    # Before a check of orders in flight could ask.
    await venue.confirms(order, within_s=2.0)
    told = len([event for event in order.events if event.name == wish.event])
    require(told > 0, f"an {wish.event}", seen="none")
    require(told < 2, f"no second {wish.event}", seen=told)
    if state.name != "cancelling":
        await order.cancel()
    await order.reaches("CANCELED")
