"""Steadiness: what several runs of one version say of each case, and which passes nearly failed."""

from typing import Any

from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Footer, Header, Results
from conformance.verdict.steadiness import close, unsteady

HEADER = Header(
    suite_revision="1",
    subject="1.231.0",
    installed="",
    python="",
    world="simulator",
    platform="",
    started="2026-11-26T00:00:00+00:00",
)


def run(**cases: CaseResult) -> Results:
    """Return the results of one run."""
    return Results(HEADER, cases, Footer.of(cases))


def result(outcome: Outcome = Outcome.PASSED, **more: Any) -> CaseResult:
    """Return what one case did."""
    return CaseResult(id=more.pop("id", "A"), outcome=outcome, expected=True, seconds=1, **more)


def test_a_case_that_differs_is_told_with_each_run() -> None:
    """An outcome, a signature or a result that is missing makes a case unsteady; one that is the same does not."""
    failed = result(Outcome.FAILED, signature="x")
    other = result(Outcome.FAILED, signature="y")

    assert unsteady([run(A=result(), B=failed), run(A=result(), B=failed)]) == []
    (told,) = unsteady([run(A=result()), run(A=failed), run(A=other), run()])
    assert str(told) == "A: run 1 passed; run 2 failed: x; run 3 failed: y; run 4 no result"


def test_a_pass_that_nearly_failed_is_told_once() -> None:
    """Only passes count, and of several runs the closest one; four fifths of a deadline is still enough."""
    near, nearer = result(tight="filled", tight_share=0.85), result(tight="filled", tight_share=0.95)
    failed = result(Outcome.FAILED, signature="x", id="B", tight="x", tight_share=0.99)

    (told,) = close([run(A=near, B=failed), run(A=nearer, C=result(id="C", tight="x", tight_share=0.8))])

    assert str(told) == "A: 95% of a deadline in run 2: filled"
