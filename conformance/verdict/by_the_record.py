"""Stored results, judged by the record of defects as it is now: what was news when it was run may be known since."""

from dataclasses import replace

from conformance.verdict.defects import Defects, judge
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Header, Results


def by_the_record(run: Results, defects: Defects) -> Results:
    """Return the run with what each case's pass or failure is by the record: expected or not, and as which defect.

    What a run could not decide stays as it was judged then: only the run knew what it was not given.
    """
    return replace(run, cases={case_id: _judged(case, run.header, defects) for case_id, case in run.cases.items()})


def _judged(case: CaseResult, header: Header, defects: Defects) -> CaseResult:
    if case.outcome not in (Outcome.PASSED, Outcome.FAILED):
        return case
    known = defects.matching(case.id, header.subject, header.world, header.recorded_in())
    expected, _ = judge(case.outcome, case.signature, known)
    return replace(case, expected=expected, defect=known.defect.id if expected and known is not None else None)
