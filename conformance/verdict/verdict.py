"""The verdict: the comparison of two subjects, candidate against baseline, on the same suite in the same world.

Two mistakes cost a firm money. A gate that cries wolf is switched off; a gate that passes a lost stop loses the stop.
Hence the rule behind all others: the verdict is *upgrade* only if every case was decided and none speaks against the
candidate. What could not be decided (broken, drifted, flaky) is never called a regression, and never passed in silence.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from conformance.verdict.decision import Decision
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CASSETTES, CaseResult, Header, Results


class Change(StrEnum):
    """What became of one case between baseline and candidate."""

    REGRESSED = "regressed"
    """It passed and fails now, or it fails in another way than it did, which is not on record."""
    FIXED = "fixed"
    """It failed and passes now."""
    SAME = "same"
    """It passed and passes, failed and fails in the same way, or is unsupported by both."""
    ADDED = "added"
    """The baseline lacks the capability, the candidate has it, whether or not it works yet."""
    REMOVED = "removed"
    """The baseline has the capability, the candidate lacks it."""
    FLAKY = "flaky"
    """It regressed, but not when both subjects were run again."""
    BROKEN = "broken"
    """The suite or its environment broke on either side, or a side has no result."""
    DRIFTED = "drifted"
    """The replayed conversation no longer matches on either side."""


_UNDECIDED = (Change.BROKEN, Change.DRIFTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """One case on both subjects: whether it speaks `against` the upgrade, and `why`, where that is not plain.

    An `unsettled` one rests on what may have been chance: on a regression or a baseline's failure that was seen once.
    """

    id: str
    change: Change
    baseline: CaseResult | None
    candidate: CaseResult | None
    against: bool = False
    why: str | None = None
    unsettled: bool = False

    def describe(self) -> str:
        """Return the change as one line: id, what changed, and the failure or reason that shows it."""
        return f"{self.id} {self.change}" + (f": {self.why}" if self.why else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The decision with its reasons, and every case's change, by id."""

    baseline: str
    """The baseline's exact version."""
    candidate: str
    """The candidate's exact version."""
    decision: Decision
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What does not decide, but should be known, such as two runs on different Pythons."""
    changes: tuple[CaseChange, ...] = ()
    headers: tuple[Header, Header] | None = None

    @property
    def exit_code(self) -> int:
        """The gate's exit code."""
        return int(self.decision)

    def of(self, *changes: Change) -> list[CaseChange]:
        """Return the cases with one of these changes."""
        return [each for each in self.changes if each.change in changes]

    @property
    def against(self) -> list[CaseChange]:
        """The cases that speak against the upgrade."""
        return [each for each in self.changes if each.against]

    @property
    def unsettled(self) -> list[CaseChange]:
        """The cases to run again before they are believed."""
        return [each for each in self.changes if each.unsettled]

    @classmethod
    def undecided(cls, baseline: str, candidate: str, decision: Decision, *reasons: str) -> "Verdict":
        """Return the verdict of a gate that could not compare: no environment, no network, no whole results."""
        return cls(baseline=baseline, candidate=candidate, decision=decision, reasons=reasons)


def compare(
    baseline: Results,
    candidate: Results,
    reruns: Sequence[tuple[Results, Results]] = (),
    accepted: Collection[str] = (),
    planned: Collection[str] = (),
    *,
    lost: Sequence[str] = (),
) -> Verdict:
    """Compare two runs. `reruns` are pairs (baseline, candidate) of later runs of the cases that were unsettled.

    A case that regressed stays regressed if it does so again in any re-run, and is flaky if it does in none of them.
    A case that the baseline failed, which is not on record, is what the first re-run shows in which the baseline passes
    it: a baseline that breaks once must not excuse the candidate. If the baseline fails it again, the first run stands.
    `lost` says of each re-run that did not end why: what it was to settle is broken, and no regression.
    `planned` are the cases that should have been run: one without a result on either side is broken, and never absent.
    No record hides a regression: what passed on the baseline and fails on the candidate has regressed, known or not.
    `accepted` are the cases that whoever asks has decided to do without: they are shown, and do not speak against.
    """
    for pair in reruns:
        for first, again in zip((baseline, candidate), pair, strict=True):
            if first.header.subject != again.header.subject:
                raise ValueError(f"a re-run of {first.header.subject} cannot be one of {again.header.subject}")
    ids = sorted({*planned, *baseline.cases, *candidate.cases})
    changes = tuple(
        _accepted(first) if first.id in accepted else _settled(first, reruns, lost)
        for first in (_change(case_id, baseline.cases, candidate.cases) for case_id in ids)
    )
    incomparable = _incomparable(baseline.header, candidate.header)
    if incomparable:
        # No further run makes them comparable.
        changes = tuple(replace(each, unsettled=False) for each in changes)
    decision, reasons = (Decision.INCONCLUSIVE, incomparable) if incomparable else _decide(changes)
    return Verdict(
        baseline=baseline.header.subject,
        candidate=candidate.header.subject,
        decision=decision,
        reasons=tuple(reasons),
        notes=(
            *_notes(baseline, candidate),
            *_not_compared(changes),
            *_decided(changes, accepted),
            *_excused(changes, baseline),
            *lost,
        ),
        changes=changes,
        headers=(baseline.header, candidate.header),
    )


def _change(case_id: str, baseline: Mapping[str, CaseResult], candidate: Mapping[str, CaseResult]) -> CaseChange:
    before, after = baseline.get(case_id), candidate.get(case_id)
    change, against, why = _kind(before, after)
    return CaseChange(id=case_id, change=change, baseline=before, candidate=after, against=against, why=why)


def _kind(before: CaseResult | None, after: CaseResult | None) -> tuple[Change, bool, str | None]:
    """Return the change, whether it speaks against the upgrade, and why."""
    if before is None or after is None:
        which = "neither side" if before is after else "the baseline" if before is None else "the candidate"
        has = "has a result" if before is after else "has no result"
        return Change.BROKEN, False, f"{which} {has} for it"
    for outcome, change in ((Outcome.BROKEN, Change.BROKEN), (Outcome.DRIFTED, Change.DRIFTED)):
        for side, case in (("baseline", before), ("candidate", after)):
            if case.outcome is outcome:
                return change, False, f"on the {side}: {case.reason}"
    match before.outcome, after.outcome:
        case Outcome.PASSED, Outcome.FAILED:
            return Change.REGRESSED, True, after.signature
        case Outcome.FAILED, Outcome.FAILED if before.signature != after.signature and after.expected:
            # Nothing that worked is lost, and somebody has looked at what fails now.
            return Change.SAME, False, f"fails in another way, which is on record: {after.signature}"
        case Outcome.FAILED, Outcome.FAILED if before.signature != after.signature:
            return Change.REGRESSED, True, f"fails differently: {after.signature} (before: {before.signature})"
        case Outcome.PASSED, Outcome.UNSUPPORTED:
            return Change.REMOVED, True, f"it worked, and is unsupported now: {after.reason}"
        case Outcome.FAILED, Outcome.UNSUPPORTED:
            return Change.REMOVED, False, f"it failed, and is unsupported now: {after.reason}"
        case Outcome.FAILED, Outcome.PASSED:
            return Change.FIXED, False, before.signature
        case Outcome.UNSUPPORTED, Outcome.PASSED:
            return Change.ADDED, False, None
        case Outcome.UNSUPPORTED, Outcome.FAILED:
            return Change.ADDED, False, f"new, and does not work yet: {after.signature}"
    return Change.SAME, False, after.signature or after.reason


def _settled(first: CaseChange, reruns: Iterable[tuple[Results, Results]], lost: Sequence[str]) -> CaseChange:
    """Return the first run's change as the re-runs of the case confirm, refute or replace it."""
    again = [
        _change(first.id, before.cases, after.cases)
        for before, after in reruns
        if first.id in before.cases and first.id in after.cases
    ]
    if first.against:
        return _confirmed(first, again, lost)
    before = first.baseline
    if before is None or before.outcome is not Outcome.FAILED or before.expected or first.change in _UNDECIDED:
        return first
    return _with_its_baseline(first, again, lost)


def _confirmed(first: CaseChange, again: Sequence[CaseChange], lost: Sequence[str]) -> CaseChange:
    """Return a change that speaks against the upgrade as it is after its re-runs."""
    decided = [each for each in again if each.change not in _UNDECIDED]
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
    telling = [nth for nth, each in enumerate(again) if each.change not in _UNDECIDED and _was_seen(each.baseline)]
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


def _accepted(first: CaseChange) -> CaseChange:
    """Return the change of a case that somebody can do without: nothing about it needs to be settled."""
    return replace(first, against=False, why=f"accepted: {first.why}") if first.against else first


def _not_compared(changes: Iterable[CaseChange]) -> Iterable[str]:
    """Yield a note for each reason for which neither side shows anything of some cases: they speak for nobody."""
    by_reason: dict[str, list[str]] = {}
    for change in changes:
        if _is_unsupported(change.baseline) and _is_unsupported(change.candidate):
            by_reason.setdefault(str(change.why), []).append(change.id)
    for reason, ids in by_reason.items():
        yield f"not compared: {', '.join(ids)}: {reason}"


def _decided(changes: Iterable[CaseChange], accepted: Collection[str]) -> Iterable[str]:
    """Yield a note for each case that was accepted, also where there was nothing to accept."""
    for change in changes:
        if change.id in accepted:
            lost = change.change in (Change.REGRESSED, Change.REMOVED)
            yield f"{change.id} was accepted beforehand" + ("" if lost else f", and is {change.change}: no need to")


def _excused(changes: Iterable[CaseChange], baseline: Results) -> Iterable[str]:
    """Yield a note for each case whose first failure on the baseline did not come back: chance, or a race."""
    for change in changes:
        first = baseline.cases.get(change.id)
        if first is not None and first is not change.baseline:
            yield f"{change.id} failed once on the baseline ({first.signature}), and is compared by a later run"


def _decide(changes: Sequence[CaseChange]) -> tuple[Decision, list[str]]:
    against = [each for each in changes if each.against]
    if against:
        return Decision.REGRESSED, [each.describe() for each in against]
    broken = [each for each in changes if each.change is Change.BROKEN]
    if broken:
        return Decision.BROKEN, [each.describe() for each in broken]
    undecided = [each for each in changes if each.change in (Change.FLAKY, Change.DRIFTED)]
    if undecided:
        return Decision.INCONCLUSIVE, [each.describe() for each in undecided]
    seen = [each for each in changes if _was_seen(each.baseline) and _was_seen(each.candidate)]
    if not seen:
        return Decision.INCONCLUSIVE, ["nothing was compared: no case passed or failed on both subjects"]
    passed = sum(each.candidate is not None and each.candidate.outcome is Outcome.PASSED for each in changes)
    if not passed:
        # Every case failing alike is what a broken environment looks like when it does not show itself as one.
        return Decision.INCONCLUSIVE, ["no case passed on the candidate, so nothing shows that it works"]
    compared = sum(not (_is_unsupported(each.baseline) and _is_unsupported(each.candidate)) for each in changes)
    return Decision.UPGRADE, [f"{compared} cases compared, {passed} pass on the candidate, none speaks against it"]


def _was_seen(case: CaseResult | None) -> bool:
    return case is not None and case.outcome in (Outcome.PASSED, Outcome.FAILED)


def _is_unsupported(case: CaseResult | None) -> bool:
    return case is not None and case.outcome is Outcome.UNSUPPORTED


def _incomparable(baseline: Header, candidate: Header) -> list[str]:
    """Return why two runs do not compare at all."""
    rows = (
        ("suite revisions", baseline.suite_revision, candidate.suite_revision),
        ("worlds", baseline.world, candidate.world),
        (CASSETTES, baseline.versions.get(CASSETTES), candidate.versions.get(CASSETTES)),
    )
    return [
        f"the runs are of different {what} ({before} and {after}): run both again with `conformance gate`"
        for what, before, after in rows
        if before != after
    ]


def _notes(baseline: Results, candidate: Results) -> Iterable[str]:
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
