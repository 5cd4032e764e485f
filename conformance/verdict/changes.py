"""What became of one case between baseline and candidate."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from conformance.subject.capabilities import BY_THE_SUITE
from conformance.verdict.given_up import gives_up_a_live_order
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult


class Change(StrEnum):
    """What became of one case between baseline and candidate."""

    REGRESSED = "regressed"
    """It passed and fails now; or it fails in another way, which is not on record or gives up a live order only now."""
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


UNDECIDED = (Change.BROKEN, Change.DRIFTED)


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

    @property
    def unexplained(self) -> bool:
        """Whether both sides fail alike without a known cause: the suite or the machine may have made it so."""
        both = (self.baseline, self.candidate)
        return self.change is Change.SAME and all(map(was_failed, both)) and not any(map(known, both))

    @property
    def lacks(self) -> str | None:
        """Why the case could not be compared in its profile: one side does not have a field that this sets."""
        sides = [each for each in (self.baseline, self.candidate) if each is not None and each.lacks]
        return sides[0].reason if len(sides) == 1 else None

    @property
    def undeclared(self) -> bool:
        """Whether the candidate lacks a capability that the case needs: every run would say the same."""
        return (
            self.change is Change.REMOVED
            and known(self.baseline)
            and self.candidate is not None
            and self.candidate.missing is not None
        )

    @property
    def on_record(self) -> bool:
        """Whether it is a regression, and the record of defects expects both sides: another run would add nothing."""
        return (
            self.change is Change.REGRESSED
            and was_failed(self.candidate)
            and known(self.baseline)
            and known(self.candidate)
        )

    def describe(self) -> str:
        """Return the change as one line: id, what changed, and the failure or reason that shows it."""
        return f"{self.id} {self.change}" + (f": {self.why}" if self.why else "")


def change_of(case_id: str, baseline: Mapping[str, CaseResult], candidate: Mapping[str, CaseResult]) -> CaseChange:
    """Return the change of a case from the results of both sides, by id."""
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
    if before.lacks or after.lacks:
        return _without_a_field(before, after)
    match before.outcome, after.outcome:
        case Outcome.PASSED, Outcome.FAILED:
            return Change.REGRESSED, True, after.signature
        case Outcome.FAILED, Outcome.FAILED if _gives_up_more(before, after):
            return Change.REGRESSED, True, f"now gives up a live order: {after.signature} (before: {before.signature})"
        case Outcome.FAILED, Outcome.FAILED if before.signature != after.signature and after.expected:
            # Nothing that worked is lost, and somebody has looked at what fails now.
            return Change.SAME, False, f"fails in another way, which is on record: {after.signature}"
        case Outcome.FAILED, Outcome.FAILED if before.signature != after.signature:
            return Change.REGRESSED, True, f"fails differently: {after.signature} (before: {before.signature})"
        case Outcome.PASSED, Outcome.UNSUPPORTED if _is_beyond_the_suite(after):
            return Change.REMOVED, False, f"not compared, since the suite cannot look there: {after.reason}"
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


def _is_beyond_the_suite(case: CaseResult) -> bool:
    """Whether a case is unsupported only because the suite has no way into the version, whatever that does."""
    return case.missing is not None and BY_THE_SUITE.issuperset(case.missing.split(", "))


def _gives_up_more(before: CaseResult, after: CaseResult) -> bool:
    """Say whether a live order is taken for ended in the case's failure, and was not before."""
    return gives_up_a_live_order(after.signature) and not gives_up_a_live_order(before.signature)


def _without_a_field(before: CaseResult, after: CaseResult) -> tuple[Change, bool, str]:
    """Return what became of a case in a profile that one side, or both, cannot take: its outcome there is open."""
    if before.lacks and after.lacks:
        return Change.SAME, False, str(after.reason)
    change, side = (Change.ADDED, before) if before.lacks else (Change.REMOVED, after)
    return change, False, f"not compared: {side.reason}"


def was_failed(case: CaseResult | None) -> bool:
    """Whether the case failed."""
    return case is not None and case.outcome is Outcome.FAILED


def known(case: CaseResult | None) -> bool:
    """Whether what the case did is as the record of defects has it."""
    return case is not None and case.expected


def was_seen(case: CaseResult | None) -> bool:
    """Whether the case showed something of the version: it passed or failed."""
    return case is not None and case.outcome in (Outcome.PASSED, Outcome.FAILED)


def is_unsupported(case: CaseResult | None) -> bool:
    """Whether the case is unsupported."""
    return case is not None and case.outcome is Outcome.UNSUPPORTED
