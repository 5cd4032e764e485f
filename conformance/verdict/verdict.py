"""The verdict: the comparison of two subjects, candidate against baseline, on the same suite in the same world.

Two mistakes cost a firm money. A gate that cries wolf is switched off; a gate that passes a lost stop loses the stop.
Hence the rule behind all others: the verdict is *upgrade* only if every case was decided and none speaks against the
candidate. What could not be decided (broken, drifted, flaky) is never called a regression, and never passed in silence.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from conformance.verdict import notes
from conformance.verdict.changes import CaseChange, Change, change_of, is_unsupported, was_seen
from conformance.verdict.decision import Decision, told_once
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CASSETTES, Header, Results
from conformance.verdict.settling import accepted as accepted_change
from conformance.verdict.settling import settled


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
    One whose failure is on record, and whose baseline is as the record has it, was seen before and needs no re-run.
    Neither does one that is removed for a capability that the candidate does not declare: it does so in every run.
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
        accepted_change(first) if first.id in accepted else settled(first, reruns, lost)
        for first in (change_of(case_id, baseline.cases, candidate.cases) for case_id in ids)
    )
    incomparable = _incomparable(baseline.header, candidate.header)
    if incomparable:
        # No further run makes them comparable.
        changes = tuple(replace(each, unsettled=False) for each in changes)
    decision, reasons = (Decision.INCONCLUSIVE, incomparable) if incomparable else _decide(changes, accepted)
    return Verdict(
        baseline=baseline.header.subject,
        candidate=candidate.header.subject,
        decision=decision,
        reasons=tuple(reasons),
        notes=(
            *notes.differences(baseline, candidate),
            *notes.not_compared(changes),
            *notes.decided(changes, accepted),
            *notes.excused(changes, baseline),
            *lost,
        ),
        changes=changes,
        headers=(baseline.header, candidate.header),
    )


def _decide(changes: Sequence[CaseChange], accepted: Collection[str]) -> tuple[Decision, list[str]]:
    against = [each for each in changes if each.against]
    if against:
        return Decision.REGRESSED, told_once(against, CaseChange.describe)
    broken = [each for each in changes if each.change is Change.BROKEN]
    if broken:
        return Decision.BROKEN, [each.describe() for each in broken]
    undecided = [each for each in changes if each.change in (Change.FLAKY, Change.DRIFTED)]
    if undecided:
        return Decision.INCONCLUSIVE, [each.describe() for each in undecided]
    if one_sided := list(notes.not_comparable(changes)):
        return Decision.INCONCLUSIVE, one_sided
    seen = [each for each in changes if was_seen(each.baseline) and was_seen(each.candidate)]
    if not seen:
        return Decision.INCONCLUSIVE, ["nothing was compared: no case passed or failed on both subjects"]
    passed = sum(each.candidate is not None and each.candidate.outcome is Outcome.PASSED for each in changes)
    if not passed:
        # Every case failing alike is what a broken environment looks like when it does not show itself as one.
        return Decision.INCONCLUSIVE, ["no case passed on the candidate, so nothing shows that it works"]
    unexplained = [each for each in changes if each.unexplained and each.id not in accepted]
    if unexplained:
        return Decision.INCONCLUSIVE, [
            f"{each.id} fails alike on both, and is not on record: {each.why}. A fault of the suite or "
            "the machine would look so too: find its cause and record it (`conformance defects --help`), or --accept it"
            for each in unexplained
        ]
    compared = sum(not (is_unsupported(each.baseline) and is_unsupported(each.candidate)) for each in changes)
    return Decision.UPGRADE, [f"{compared} cases compared, {passed} pass on the candidate, none speaks against it"]


def _profile(header: Header) -> str:
    return " ".join(filter(None, (header.profile, header.profile_digest)))


def _incomparable(baseline: Header, candidate: Header) -> list[str]:
    """Return why two runs do not compare at all."""
    rows = (
        ("suite revisions", baseline.suite_revision, candidate.suite_revision),
        ("worlds", baseline.world, candidate.world),
        ("profiles", _profile(baseline), _profile(candidate)),
        (CASSETTES, baseline.versions.get(CASSETTES), candidate.versions.get(CASSETTES)),
    )
    return [
        f"the runs are of different {what} ({before} and {after}): run both again with `conformance gate`"
        for what, before, after in rows
        if before != after
    ]
