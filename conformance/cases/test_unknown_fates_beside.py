"""Unknown fates of the cancellation of all of a strategy's orders, where another strategy has one in the symbol too."""

from conformance.cases.commands import CANCEL_ALL_BESIDE
from conformance.cases.situations import CHECKED, DONE, IMPOSSIBLE, TOLD, Situation, Told
from conformance.kit import AxisValue, Faults, Market, Traders, Venue, Wire, case
from conformance.kit.fates import FATES, Fate

#: Who cancels one order after the other waits for the first answer, which the stream could not come before.
_TOLD = tuple(told for told in TOLD if told.name in ("answer", "query"))
_IMPOSSIBLE: dict[str, dict[str, str | tuple[str, ...]]] = {
    **IMPOSSIBLE,
    "the stream tells nothing of what was not done": {"done": "not-done", "told": "answer"},
}


@case.each(
    "FATE-405",
    axes={"fate": FATES, "done": DONE, "told": _TOLD},
    but=_IMPOSSIBLE,
    rule="General info: 408, -1006, -1007 and 503 leave the execution status unknown: verify by stream or query",
    card="TC-E74",
    tier="full",
    core=["reset-after.done.answer"],
    trader=CHECKED,
)
async def test_cancellation_of_unknown_fate_beside_another_strategy(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    fate: Fate,
    done: AxisValue,
    told: Told,
) -> None:
    """When the cancellation of all of a strategy's orders {fate} and is {done}, they MUST end as the venue has them.

    Another strategy has one too; what became of it is told {told}. None is refused that the venue cancelled, and none
    ends that rests at the venue.
    """
    trader = await traders.start(strategies=2)
    situation = Situation(trader, wire, market, venue, faults, CANCEL_ALL_BESIDE, fate, done.name == "done")

    orders = await told.happens(situation)

    await situation.ends_as_at_the_venue(orders)
