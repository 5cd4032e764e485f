"""Ends of all that a strategy has, of which the venue refuses a part at first: it is there to be ended again."""

import asyncio

from conformance.cases.refusals import Refusal
from conformance.cases.situations import BESIDE, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Trader, Venue, case, limit, market_order
from conformance.kit.waiting import comes_true

OVERLOADED = Refusal(
    name="overloaded",
    words="because it is overloaded",
    code=-1008,
    text="Server is currently overloaded with other requests. Please try again in a few minutes.",
    status=503,
)
LATE = Refusal(
    name="late",
    words="for its time",
    code=-1021,
    text="Timestamp for this request is outside of the recvWindow.",
)
#: Five checks, 0.1 s apart, in place of a hundred.
_CHECKS = {"market_exit_max_attempts": 5, "market_exit_interval_ms": 100}


@case.each(
    "LIFE-590",
    axes={"refusal": (OVERLOADED, LATE), "beside": BESIDE},
    tier="full",
    core=["late.alone"],
    rule="Cancel All Open Orders, Cancel Order; Error codes -1008, -1021: not executed, the order is live as before",
    card="TC-E82",
    needs=["market_exit", "unrecordable"],
    trader={"strategy": _CHECKS},
)
async def test_order_that_an_exit_could_not_cancel_ends_with_the_next(
    trader: Trader, venue: Venue, market: Market, faults: Faults, refusal: Refusal, beside: AxisValue
) -> None:
    """An order, {beside}, that is not cancelled {refusal} MUST end by the exit all the same, or by the next one."""
    passes_over_what_is_free(trader)
    if beside.name == "position":
        entry = await trader.submit(market_order("BUY", "0.010"))
        await entry.reaches("FILLED")
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await resting.reaches("ACCEPTED")
    over = asyncio.Event()
    # All at once or one by one: the versions differ in how an exit cancels.
    refused = faults.answer(("cancel", "cancel all"), refusal.status, refusal.body, times=None, until=over)

    await trader.market_exit()
    await refused.happens()
    await trader.has_its_answers()
    over.set()

    async def ended() -> bool:
        return resting.state == "CANCELED"

    # An exit may cancel again; one that does not has made its checks by then, and another may begin.
    if not await comes_true(trader.history, ended, within_s=1.0):
        await trader.market_exit()
        await comes_true(trader.history, ended)
    await resting.stands("CANCELED")
    await trader.holds("0")
    await venue.confirms(resting, "CANCELED")
