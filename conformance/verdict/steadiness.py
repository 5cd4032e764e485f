"""What several runs of one version say of the suite: a case that differs from itself is a false alarm to come."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Results

CLOSE = 0.8
"""A pass that took more of a deadline than this fails on a busier machine."""


@dataclass(frozen=True, slots=True)
class Unsteady:
    """A case and what it did in each run; None in a run that has no result for it."""

    case_id: str
    found: tuple[str | None, ...]

    def __str__(self) -> str:
        runs = ((number, found or "no result") for number, found in enumerate(self.found, 1))
        return f"{self.case_id}: " + "; ".join(f"run {number} {found}" for number, found in runs)


@dataclass(frozen=True, slots=True)
class Close:
    """A pass that nearly was none: what was waited for, how much of its deadline that took, and in which run."""

    case_id: str
    what: str
    share: float
    run: int

    def __str__(self) -> str:
        return f"{self.case_id}: {self.share:.0%} of a deadline in run {self.run}: {self.what}"


def unsteady(runs: Sequence[Results]) -> list[Unsteady]:
    """Return the cases whose outcome, or signature, is not the same in all runs."""
    ids = dict.fromkeys(case_id for run in runs for case_id in run.cases)
    all_found = ((case_id, tuple(_found(run.cases.get(case_id)) for run in runs)) for case_id in ids)
    return [Unsteady(case_id, found) for case_id, found in all_found if len(set(found)) > 1]


def close(runs: Sequence[Results]) -> list[Close]:
    """Return the passes that took over four fifths of a deadline, each case once with its closest, closest first."""
    found: dict[str, Close] = {}
    for number, run in enumerate(runs, 1):
        for case in run.cases.values():
            if case.outcome is Outcome.PASSED and case.tight_share > CLOSE:
                other = found.get(case.id)
                if other is None or case.tight_share > other.share:
                    found[case.id] = Close(case.id, case.tight or "?", case.tight_share, number)
    return sorted(found.values(), key=lambda each: -each.share)


def _found(case: CaseResult | None) -> str | None:
    if case is None:
        return None
    return f"{case.outcome}: {case.signature}" if case.signature else str(case.outcome)
