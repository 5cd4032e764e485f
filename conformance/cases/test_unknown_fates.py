"""Unknown fates: what becomes of a request whose answer does not tell, for every command and every way to learn it."""

from conformance.cases.commands import (
    CANCEL,
    CANCEL_ALL,
    CANCEL_ALL_STOPS,
    CANCEL_BATCH,
    CANCEL_STOP,
    LIMIT,
    MARKET,
    MODIFY,
    STOP,
    Command,
)
from conformance.cases.situations import CHECKED, DONE, IMPOSSIBLE, ON_SOCKETS, TOLD, Situation, Told
from conformance.cases.transports import OVER_A_SOCKET
from conformance.kit import AxisValue, Faults, Market, Trader, Venue, Wire, case
from conformance.kit.fates import FATES, OF_SOCKETS, Fate

_RULE = "General info: 408, -1006, -1007 and 503 leave the execution status unknown: verify by stream or query"


@case.each(
    "FATE-010",
    axes={"command": (LIMIT, MARKET, STOP), "fate": FATES, "done": DONE, "told": TOLD},
    but=IMPOSSIBLE,
    # What a cut connection leaves to be asked for is where the fewest versions fail: each command has it.
    core=[
        "limit.reset-after.done.query",
        "limit.reset-before.not-done.query",
        "market.408.done.query",
        "market.reset-after.done.query",
        "market.reset-before.not-done.query",
        "stop.reset-after.done.query",
        "stop.reset-before.not-done.query",
    ],
    rule=_RULE,
    card="TC-E74",
    upstream=["#4215", "#4152", "#3879", "#4153"],
    trader=CHECKED,
)
async def test_submission_of_unknown_fate(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    command: Command,
    fate: Fate,
    done: AxisValue,
    told: Told,
) -> None:
    """When {command} {fate} and is {done}, which is told {told}, the order MUST end as the venue has it.

    It is never REJECTED if the venue has it, never without evidence, and never placed twice.
    """
    situation = Situation(trader, wire, market, venue, faults, command, fate, done.name == "done")

    orders = await told.happens(situation)

    await situation.ends_as_at_the_venue(orders)


@case.each(
    "FATE-020",
    axes={
        "command": (CANCEL, CANCEL_STOP, MODIFY, CANCEL_BATCH, CANCEL_ALL),
        "fate": FATES,
        "done": DONE,
        "told": TOLD,
    },
    but=IMPOSSIBLE,
    core=[
        "cancel.408.not-done.outage",
        "cancel.reset-before.not-done.outage",
        "modify.408.done.query",
        "cancel.reset-after.done.query",
        "cancel.reset-before.not-done.query",
        "cancel-stop.reset-after.done.query",
        "cancel-stop.reset-before.not-done.query",
        "modify.reset-after.done.query",
        "modify.reset-before.not-done.query",
        "cancel-batch.reset-after.done.query",
        "cancel-batch.reset-before.not-done.query",
        "cancel-all.reset-after.done.query",
        "cancel-all.reset-before.not-done.query",
    ],
    rule=_RULE,
    card="TC-E74",
    upstream=["#4152", "#3879", "#4153"],
    trader=CHECKED,
)
async def test_change_of_unknown_fate(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    command: Command,
    fate: Fate,
    done: AxisValue,
    told: Told,
) -> None:
    """When {command} {fate} and is {done}, which is told {told}, the orders MUST end as the venue has them.

    It is never refused if the venue did it, and no order ends that is open at the venue.
    """
    situation = Situation(trader, wire, market, venue, faults, command, fate, done.name == "done")

    orders = await told.happens(situation)

    await situation.ends_as_at_the_venue(orders)


@case.each(
    "FATE-025",
    axes={"command": (CANCEL_ALL_STOPS,), "fate": FATES, "done": DONE, "told": TOLD},
    but=IMPOSSIBLE,
    rule=f"Cancel All Algo Open Orders; {_RULE}",
    card="TC-E74",
    tier="full",
    core=[
        "cancel-all-stops.503.done.answer",
        "cancel-all-stops.reset-after.done.query",
        "cancel-all-stops.reset-before.not-done.query",
    ],
    trader=CHECKED,
)
async def test_cancellation_of_all_stops_of_unknown_fate(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    command: Command,
    fate: Fate,
    done: AxisValue,
    told: Told,
) -> None:
    """When {command} {fate} and is {done}, which is told {told}, the stops MUST end as the venue has them.

    None is refused that the venue cancelled, and none ends that waits at the venue.
    """
    situation = Situation(trader, wire, market, venue, faults, command, fate, done.name == "done")

    orders = await told.happens(situation)

    await situation.ends_as_at_the_venue(orders)


@case.each(
    "FATE-030",
    axes={"command": (LIMIT, MARKET), "fate": OF_SOCKETS, "done": DONE, "told": TOLD},
    but=ON_SOCKETS,
    tier="full",
    core=[
        "limit.408.done.answer",
        "limit.1006.done.query",
        "limit.503.done.stream",
        "limit.reset-after.done.outage",
        "market.reset-before.not-done.query",
        "market.hang.done.stream",
    ],
    rule=f"WebSocket API, order.place; {_RULE}",
    card="TC-E74",
    upstream=["#4152", "#3879", "#4153"],
    needs=["ws_trading"],
    trader={**CHECKED, **OVER_A_SOCKET},
)
async def test_submission_of_unknown_fate_over_a_socket(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    command: Command,
    fate: Fate,
    done: AxisValue,
    told: Told,
) -> None:
    """When {command} over the WS API {fate} and is {done}, told {told}, the order MUST end as the venue has it.

    It is never REJECTED if the venue has it, never without evidence, and never placed twice.
    """
    situation = Situation(trader, wire, market, venue, faults, command, fate, done.name == "done")

    orders = await told.happens(situation)

    await situation.ends_as_at_the_venue(orders)


@case.each(
    "FATE-040",
    axes={"command": (CANCEL, MODIFY), "fate": OF_SOCKETS, "done": DONE, "told": TOLD},
    but=ON_SOCKETS,
    tier="full",
    core=[
        "cancel.408.done.answer",
        "cancel.1006.done.query",
        "cancel.reset-after.done.stream",
        "cancel.503.not-done.query",
        "cancel.reset-before.not-done.outage",
        "modify.408.done.answer",
        "modify.1006.done.query",
        "modify.reset-before.not-done.query",
    ],
    rule=f"WebSocket API, order.cancel, order.modify; {_RULE}",
    card="TC-E74",
    upstream=["#4152", "#3879", "#4153"],
    needs=["ws_trading"],
    trader={**CHECKED, **OVER_A_SOCKET},
)
async def test_change_of_unknown_fate_over_a_socket(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    command: Command,
    fate: Fate,
    done: AxisValue,
    told: Told,
) -> None:
    """When {command} over the WS API {fate} and is {done}, told {told}, the order MUST end as the venue has it.

    It is never refused if the venue did it, and the order does not end if it is open at the venue.
    """
    situation = Situation(trader, wire, market, venue, faults, command, fate, done.name == "done")

    orders = await told.happens(situation)

    await situation.ends_as_at_the_venue(orders)
