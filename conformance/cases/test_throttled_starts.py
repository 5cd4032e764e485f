"""Throttling without a pause to keep, and of a start: nothing is placed twice, refused without its code, or unknown."""

from conformance.cases.commands import CANCEL, CANCEL_STOP, LIMIT, MARKET, MODIFY, STOP, Command
from conformance.cases.questions import ACCOUNT, OPEN_ORDERS, OPEN_STOPS, POSITIONS, TRADES, Question
from conformance.cases.situations import passes_over_what_is_free
from conformance.cases.throttles import OF_COMMANDS, OF_READS, Throttle
from conformance.kit import Faults, Market, Trader, Traders, Venue, Wire, case, equal, limit, require, stop_market

_RULE = "General info: limits; 429, 418, -1008 and -1015 say that the request was not executed"


@case.each(
    "THR-110",
    axes={"command": (LIMIT, MARKET, STOP), "throttle": OF_COMMANDS},
    tier="full",
    core=["limit.1015", "stop.1008"],
    rule=_RULE,
)
async def test_throttled_submission(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    command: Command,
    throttle: Throttle,
) -> None:
    """When {command} is put off with {throttle}, it MUST be sent again in its time, or REJECTED with the code."""
    fault = throttle.meets(faults, command.routes)
    (order,) = await command.asked(trader, market, [])
    await fault.happens()

    told = await order.reaches(command.reaches, "REJECTED")

    if order.state == "REJECTED":
        require(str(throttle.code) in str(told["reason"]), "the venue's code in the reason", seen=told["reason"])
    await venue.confirms(order)
    equal("sent again", len(wire.asked(command.routes)) > 1, order.state != "REJECTED")


@case.each(
    "THR-120",
    axes={"command": (CANCEL, CANCEL_STOP, MODIFY), "throttle": OF_COMMANDS},
    but={
        "cancellations are exempt from -1008 and the limit of orders": {
            "command": ("cancel", "cancel-stop"),
            "throttle": ("1008", "1015"),
        },
        "-1008 is for new orders": {"command": "modify", "throttle": "1008"},
    },
    tier="full",
    core=["cancel-stop.429"],
    rule=_RULE,
)
async def test_throttled_change(
    trader: Trader, market: Market, venue: Venue, faults: Faults, command: Command, throttle: Throttle
) -> None:
    """When {command} is put off with {throttle}, it MUST be sent again in its time, or told refused with the code."""
    (order,) = await command.given(trader, market)
    fault = throttle.meets(faults, command.routes)
    await command.asked(trader, market, [order])
    await fault.happens()

    await order.reaches(command.reaches, command.refusal)

    for reason in (event.reason for event in order.events if event.reason):
        require(str(throttle.code) in reason, "the venue's code in the reason", seen=reason)
    await venue.confirms(order)


@case.each(
    "THR-130",
    axes={"question": (OPEN_ORDERS, OPEN_STOPS, POSITIONS, ACCOUNT, TRADES), "throttle": OF_READS},
    tier="full",
    core=["open-orders.429-wait"],
    rule=_RULE,
    needs=["unrecordable", "orders_of_others"],
    trader={"timeout_connection_s": 4.0},
)
async def test_throttled_start(
    traders: Traders, market: Market, venue: Venue, faults: Faults, question: Question, throttle: Throttle
) -> None:
    """When {question} at the start is put off with {throttle}, the trader MUST wait and know the account, or fail."""
    await venue.opens_position("BUY", "0.010")
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("EARLIER-LIMIT"))
    await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("3%")).named("EARLIER-STOP"))
    # What the trader asks together with the question must be under way before it can hear of the pause.
    faults.delay(question.routes, 0.5, optional=True)
    throttle.meets(faults, question.routes, optional=True)

    trader = await traders.try_to_start()

    if trader is None:
        return
    passes_over_what_is_free(trader)
    await trader.settles()
    await trader.has_open("EARLIER-LIMIT", "EARLIER-STOP", within_s=1.0)
    await trader.holds("0.010", within_s=1.0)
