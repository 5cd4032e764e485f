"""Refusals with a code that no list has yet: Binance adds codes, and a refusal is one whatever its code."""

from conformance.cases.commands import (
    CANCEL,
    CANCEL_BATCH,
    CANCEL_STOP,
    LIMIT,
    MARKET,
    MODIFY,
    STOP,
    Command,
)
from conformance.cases.refusals import Refusal
from conformance.cases.situations import UNHURRIED
from conformance.kit import Faults, Market, Trader, Venue, case, equal

_AGREEMENT = Refusal(
    name="4411", words="-4411, of December 2025", code=-4411, text="Please sign TradFi-Perps agreement contract"
)
_NEW = Refusal(name="4999", words="-4999, which nobody has heard of", code=-4999, text="A rule that is new.")
_OF_ORDERS_THAT_ARE_THERE = ("modify", "cancel", "cancel-stop", "cancel-batch")


@case.each(
    "FATE-910",
    axes={
        "command": (LIMIT, MARKET, STOP, MODIFY, CANCEL, CANCEL_STOP, CANCEL_BATCH),
        "refusal": (_AGREEMENT, _NEW),
    },
    but={"an agreement is asked for of new orders": {"command": _OF_ORDERS_THAT_ARE_THERE, "refusal": "4411"}},
    tier="full",
    core=["cancel.4999"],
    rule="Error codes: 4XX return codes are for what the sender did wrong; codes are added (-4411 in December 2025)",
    needs=["unrecordable"],
    # It is the answer that tells, not what an in-flight check concludes.
    trader=UNHURRIED,
)
async def test_refusal_with_an_unheard_of_code_is_told(
    trader: Trader, market: Market, venue: Venue, faults: Faults, command: Command, refusal: Refusal
) -> None:
    """When {command} is refused with {refusal}, that MUST be told at once, once, with the venue's code and words."""
    given = await command.given(trader, market)
    faults.answer(tuple(command.routes), refusal.status, refusal.body, times=None)

    orders = await command.asked(trader, market, given)

    for order in orders:
        told = await order.reaches(command.refusal, within_s=2.0)
        refusal.is_told_by(str(told["reason"]))
        await trader.settles()
        names = [event.name for event in order.events if event.name.endswith("Rejected")]
        equal("refusals that are told", len(names), 1)
        await venue.confirms(order)
