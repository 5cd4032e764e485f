"""What a run or a gate decides; the values are the exit codes of the command line."""

from collections.abc import Callable, Sequence
from enum import IntEnum

from conformance.verdict.changes import CaseChange
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Results

NOT_STARTING = "SubjectDoesNotStart: the subject does not start"
"""The signature of a case that was not tried, because others have shown that the subject does not start."""


class Decision(IntEnum):
    """The exit codes of `conformance gate`; `conformance run` uses the same with one subject in mind."""

    UPGRADE = 0
    """Every case was decided and none speaks against the candidate (of a run: all as expected)."""
    REGRESSED = 1
    """At least one case speaks against the candidate (of a run: something failed unexpectedly)."""
    BROKEN = 2
    """The suite or its environment broke on at least one case, so part of the contract was not seen."""
    INCONCLUSIVE = 3
    """Nothing speaks against the candidate, but not every case was decided."""
    WRONG_USAGE = 4
    """The command could not be understood; nothing was run."""


def decide_run(results: Results) -> tuple[Decision, list[str]]:
    """Return what one run on one subject says by itself, with its reasons."""
    return decide_cases(list(results.cases.values()))


def decide_cases(cases: Sequence[CaseResult]) -> tuple[Decision, list[str]]:
    """Return what the cases of one run say, with the reasons.

    A known failure that does not fail is as bad as a failure: a list of them that is wrong hides the next one.
    """
    unexpected = [case for case in cases if _is_unexpected(case)]
    if unexpected:
        return Decision.REGRESSED, told_once(unexpected, _reason)
    broken = [case for case in cases if case.outcome is Outcome.BROKEN]
    if broken:
        return Decision.BROKEN, [_reason(case) for case in broken]
    if not cases:
        return Decision.INCONCLUSIVE, ["no case was run: check --case, --world and `conformance cases`"]
    drifted = [case for case in cases if case.outcome is Outcome.DRIFTED]
    if drifted:
        return Decision.INCONCLUSIVE, [_reason(case) for case in drifted]
    if all(case.outcome is Outcome.UNSUPPORTED for case in cases):
        return Decision.INCONCLUSIVE, [f"nothing was seen, every case is unsupported: {cases[0].id}: {cases[0].reason}"]
    return Decision.UPGRADE, [f"all {len(cases)} cases as expected"]


def told_once[T: (CaseResult, CaseChange)](cases: Sequence[T], describe: Callable[[T], str]) -> list[str]:
    """Return each case in words, but one sentence for all those that were not tried because nothing starts."""
    untried = [case for case in cases if _signature(case) == NOT_STARTING]
    told: list[str] = [describe(case) for case in cases if case not in untried]
    if not untried:
        return told
    return [f"NautilusTrader does not start: {len(untried)} cases were not tried after those that show it", *told]


def _signature(case: CaseResult | CaseChange) -> str | None:
    result = case if isinstance(case, CaseResult) else case.candidate
    return result.signature if result is not None else None


def _is_unexpected(case: CaseResult) -> bool:
    return not case.expected and case.outcome in (Outcome.PASSED, Outcome.FAILED, Outcome.UNSUPPORTED)


def _reason(case: CaseResult) -> str:
    unexpectedly = " though it is on record as failing" if case.outcome is Outcome.PASSED else ""
    return f"{case.id} {case.outcome}{unexpectedly}: {case.signature or case.reason or 'see its defect'}"
