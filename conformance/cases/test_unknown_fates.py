"""Unknown fates: what becomes of a request whose answer does not tell, for every command and every way to learn it."""

from conformance.cases.unknown_fates import (
    CANCEL,
    CANCEL_ALL,
    CANCEL_BATCH,
    CANCEL_STOP,
    CHECKED,
    DONE,
    FATES,
    IMPOSSIBLE,
    LIMIT,
    MARKET,
    MODIFY,
    STOP,
    TOLD,
    Command,
    Fate,
    Situation,
    Told,
)
from conformance.kit import AxisValue, Faults, Market, Trader, Venue, Wire, case

_RULE = "General info: 408, -1006, -1007 and 503 leave the execution status unknown: verify by stream or query"


@case.each(
    "FATE-010",
    axes={"command": (LIMIT, MARKET, STOP), "fate": FATES, "done": DONE, "told": TOLD},
    but=IMPOSSIBLE,
    core=["market.408.done.query"],
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
    core=["cancel.408.not-done.outage", "cancel.reset-before.not-done.outage", "modify.408.done.query"],
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
