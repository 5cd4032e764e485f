"""A gate's wire changes: both versions compared over all cases, and run again where that is in doubt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.history.stored import HistoryError
from conformance.running.errors import RunError
from conformance.verdict.on_the_wire import OnTheWire
from conformance.verdict.request_budgets import Excess, exceeded, load_request_budgets
from conformance.verdict.results import Results
from conformance.wire_changes.comparison import WireChanges

#: A case that is run again so often has shown a difference as often as is believed of one case (`wire_changes.noise`).
LOOKS = 4

type Again = Callable[[tuple[str, ...], int], tuple[Results, Results]]
"""Runs these cases again so often on both sides; raises `RunError`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen on the wire; `changes` is None where the histories cannot be read, and `notes` say why."""

    changes: WireChanges | None = None
    against: tuple[Excess, ...] = ()
    """The request budgets that the candidate exceeds and the baseline keeps."""
    notes: tuple[str, ...] = ()


def look_at_the_wire(
    baseline: Results, candidate: Results, reruns: Sequence[tuple[Results, Results]], again: Again | None
) -> Seen:
    """Compare all cases, and run those `again` that settle what chance may have made; None leaves it in doubt."""
    try:
        wire = OnTheWire(baseline, candidate)
        wire.add([before for before, _ in reruns], [after for _, after in reruns])
        notes: tuple[str, ...] = ()
        doubtful = tuple(wire.to_look_again())
        if doubtful and again is not None:
            before, after = again(doubtful, LOOKS)
            wire.add([before], [after])
    except HistoryError as error:
        return Seen(notes=(f"the changes on the wire cannot be determined: {error}",))
    except RunError as error:
        notes = (f"a further run to look at the wire did not end: {error}",)
    budgets = load_request_budgets()
    excesses = [exceeded(budgets, bills) for bills in wire.comparison.sides.bills]
    kept = {budget.of for budget in budgets} - {excess.budget.of for excess in excesses[0]}
    against = tuple(excess for excess in excesses[1] if excess.budget.of in kept)
    both = (f"{excess.describe()}, and by the baseline too" for excess in excesses[1] if excess.budget.of not in kept)
    return Seen(wire.comparison.result(), against, (*notes, *both))
