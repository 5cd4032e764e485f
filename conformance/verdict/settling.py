"""What further runs of a case make of its change: confirmed, refuted, or seen with the baseline as it is."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from conformance.verdict.changes import UNDECIDED, CaseChange, Change, change_of, was_seen
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Results


def settled(first: CaseChange, reruns: Iterable[tuple[Results, Results]], lost: Sequence[str]) -> CaseChange:
    """Return the first run's change as the re-runs of the case confirm, refute or replace it."""
    again = [
        change_of(first.id, before.cases, after.cases)
        for before, after in reruns
        if first.id in before.cases and first.id in after.cases
    ]
    if first.against and first.on_record:
        return _as_recorded(first)
    if first.against and first.undeclared:
        return first
    if first.against:
        return _confirmed(first, again, lost)
    before = first.baseline
    if before is None or before.outcome is not Outcome.FAILED or before.expected or first.change in UNDECIDED:
        return first
    return _with_its_baseline(first, again, lost)


def _as_recorded(first: CaseChange) -> CaseChange:
    """Return a regression as believed: an earlier run put this signature on record, so it is not chance."""
    assert first.candidate is not None
    return replace(first, why=f"{first.why}; on record as {first.candidate.defect or 'a defect'}")


def _confirmed(first: CaseChange, again: Sequence[CaseChange], lost: Sequence[str]) -> CaseChange:
    """Return a change that speaks against the upgrade as it is after its re-runs."""
    decided = [each for each in again if each.change not in UNDECIDED]
    confirming = [each for each in decided if each.against]
    if confirming:
        return replace(first, why=f"{first.why}; confirmed by {len(confirming)} of {len(again)} re-runs")
    broken = [*(str(each.why) for each in again if each.change is Change.BROKEN), *lost]
    if broken:
        why = f"it {first.change} ({first.why}), but could not be confirmed: {broken[0]}"
        return replace(first, change=Change.BROKEN, against=False, why=why, unsettled=True)
    if decided:
        why = f"it {first.change} ({first.why}), but in none of {len(decided)} re-runs"
        return replace(first, change=Change.FLAKY, against=False, why=why, unsettled=True)
    if again:
        why = f"it {first.change} ({first.why}), but could not be confirmed: it drifted {again[0].why}"
        return replace(first, change=Change.DRIFTED, against=False, why=why, unsettled=True)
    return replace(first, unsettled=True)


def _with_its_baseline(first: CaseChange, again: Sequence[CaseChange], lost: Sequence[str]) -> CaseChange:
    """Return what became of a case that the baseline failed at first, which is not on record."""
    assert first.baseline is not None
    once = f"the baseline failed it ({first.baseline.signature})"
    telling = [nth for nth, each in enumerate(again) if each.change not in UNDECIDED and was_seen(each.baseline)]
    if not telling:
        if not again and not lost:
            return replace(first, unsettled=True)
        broken = [*(str(each.why) for each in again), *lost]
        why = f"{once}, and whether it does could not be confirmed: {broken[0]}"
        return replace(first, change=Change.BROKEN, why=why, unsettled=True)
    nth = telling[0]
    shown = again[nth]
    if shown.baseline is None or shown.baseline.outcome is Outcome.FAILED:
        return first
    shown = replace(shown, why=f"{shown.why}; {once} in the first run only" if shown.why else f"{once} once only")
    if not shown.against:
        return shown
    settled = _confirmed(shown, again[nth + 1 :], lost)
    if settled.against and settled.unsettled:
        why = f"it {shown.change} ({shown.why}), but in the last run only, and no other confirms it"
        return replace(settled, change=Change.FLAKY, against=False, why=why)
    return settled


def accepted(first: CaseChange) -> CaseChange:
    """Return the change of a case that somebody can do without: nothing about it needs to be settled."""
    return replace(first, against=False, why=f"accepted: {first.why}") if first.against else first
