"""Retries that a trader is configured for: what the venue has not executed, and says so, is sent again."""

from dataclasses import replace

from conformance.cases.commands import (
    CANCEL,
    CANCEL_ALL,
    CANCEL_ALL_BESIDE,
    CANCEL_BATCH,
    CANCEL_STOP,
    LIMIT,
    MODIFY,
    STOP,
    Command,
)
from conformance.cases.throttles import PROTECTED, TOO_MUCH, Throttle
from conformance.kit import Faults, Market, Trader, Traders, Venue, case, limit

_CANCELLATIONS = ("cancel", "cancel-stop", "cancel-batch", "cancel-all", "beside")


@case.each(
    "FATE-900",
    axes={
        "command": (LIMIT, STOP, MODIFY, CANCEL, CANCEL_STOP, CANCEL_BATCH, CANCEL_ALL, CANCEL_ALL_BESIDE),
        "answer": (replace(TOO_MUCH, name="1003"), PROTECTED),
    },
    but={"-1008 never meets a cancellation": {"answer": "1008", "command": _CANCELLATIONS}},
    tier="full",
    core=["beside.1003"],
    rule="General info: 429, and 503 with -1008, say that a request was not executed",
    needs=["command_retries", "unrecordable"],
    trader={"max_retries": 3},
)
async def test_what_was_not_executed_is_sent_again(
    traders: Traders, market: Market, venue: Venue, faults: Faults, command: Command, answer: Throttle
) -> None:
    """With retries configured, {command} answered {answer} once MUST be sent again, and be done."""
    trader = await traders.start(strategies=2)
    given = await command.given(trader, market)
    refused = answer.meets(faults, tuple(command.routes))
    orders = await command.asked(trader if command is not CANCEL_ALL_BESIDE else trader.strategy(1), market, given)
    await refused.happens()

    for order in orders:
        await order.reaches(command.reaches)
        order.never(command.refusal)
        await venue.confirms(order)


@case(
    "FATE-920",
    rule="General info: 429 says that a request was not executed",
    needs=["command_retries", "unrecordable"],
    trader={"max_retries": 2},
)
async def test_every_command_has_retries_of_its_own(trader: Trader, market: Market, faults: Faults) -> None:
    """After an order whose retries were used up, the next that is answered 429 once MUST be sent again."""
    for number in range(3):
        # The first attempt and two more: REJECTED is what is left.
        TOO_MUCH.meets(faults, "place order", times=3)
        given_up = await trader.submit(limit("BUY", "0.010", market.below_last(f"{number + 2}%")))
        await given_up.reaches("REJECTED")
    TOO_MUCH.meets(faults, "place order")

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("ACCEPTED")
