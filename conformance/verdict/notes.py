"""Notes beside a verdict: they decide nothing, and a reader should know them."""

from collections.abc import Collection, Iterable, Sequence

from conformance.verdict.changes import CaseChange, Change, is_unsupported
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Results

SHOWN = 10


def not_compared(changes: Iterable[CaseChange]) -> Iterable[str]:
    """Yield a note for each reason why some cases show nothing on either side."""
    by_reason: dict[str, list[str]] = {}
    for change in changes:
        if is_unsupported(change.baseline) and is_unsupported(change.candidate):
            by_reason.setdefault(str(change.why), []).append(change.id)
    for reason, ids in by_reason.items():
        yield f"not compared: {_few(ids)}: {reason}"


def not_comparable(changes: Iterable[CaseChange]) -> Iterable[str]:
    """Yield why cases could not be compared of which one side lacks what their profile sets, one sentence a reason."""
    by_reason: dict[str, list[str]] = {}
    for change in changes:
        if change.lacks is not None:
            by_reason.setdefault(change.lacks, []).append(change.id)
    for reason, ids in by_reason.items():
        cases = "1 case" if len(ids) == 1 else f"{len(ids)} cases"
        yield (
            f"{reason}: {cases} in it could not be compared. Set the field for the generation that has it "
            '(["1.x".…], ["2.x".…]), or let versions go without it (optional)'
        )


def _few(ids: Sequence[str]) -> str:
    """Return the ids, or their number where there are many."""
    return ", ".join(ids) if len(ids) <= SHOWN else f"{len(ids)} cases"


def decided(changes: Iterable[CaseChange], accepted: Collection[str]) -> Iterable[str]:
    """Yield a note for each case that was accepted, also where there was nothing to accept."""
    for change in changes:
        if change.id in accepted:
            lost = change.change in (Change.REGRESSED, Change.REMOVED)
            yield f"{change.id} was accepted beforehand" + ("" if lost else f", and is {change.change}: no need to")


def excused(changes: Iterable[CaseChange], baseline: Results) -> Iterable[str]:
    """Yield a note for each case whose first failure on the baseline did not come back: chance, or a race."""
    for change in changes:
        first = baseline.cases.get(change.id)
        if first is not None and first is not change.baseline:
            yield f"{change.id} failed once on the baseline ({first.signature}), and is compared by a later run"


def run_again(results: Results) -> Iterable[str]:
    """Yield a note where the machine disturbed cases so that they were run again: their last run is the one told."""
    ids = [case.id for case in results.cases.values() if case.repeated]
    if ids:
        yield (
            f"run again on {results.header.subject}, as the machine kept the suite from running: {_few(ids)}. "
            "A run on a machine that does nothing else needs no second look"
        )


def differences(baseline: Results, candidate: Results) -> Iterable[str]:
    """Yield what a reader should know though it decides nothing."""
    one, other = baseline.header, candidate.header
    for what in ("python", "platform"):
        if getattr(one, what) != getattr(other, what):
            yield f"the runs differ in {what}: {getattr(one, what)} and {getattr(other, what)}"
    for name in sorted({*one.versions, *other.versions}):
        if one.versions.get(name) != other.versions.get(name):
            yield f"the runs differ in {name}: {one.versions.get(name)} and {other.versions.get(name)}"
    if (one.subject, one.installed) == (other.subject, other.installed):
        yield f"baseline and candidate are the same {one.subject}"
    for results in (baseline, candidate):
        stale = [case.id for case in results.cases.values() if not case.expected and case.outcome is Outcome.PASSED]
        if stale:
            yield f"expected to fail on {results.header.subject}, but passed: {', '.join(stale)}"
        yield from run_again(results)
