"""Runs and a comparison for the tests of the reports, with everything that others may have said badly."""

from pathlib import Path

from conformance.history.entries import FailedCheck, Note
from conformance.history.history import History
from conformance.report.comparison import Comparison
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Footer, Header, Results
from conformance.verdict.verdict import compare

HOSTILE = "]]><script>\x00\x1b[31m, 100%:\n::error::no"


def result(case_id: str, outcome: Outcome, said: str = "rejected", *, expected: bool = False) -> CaseResult:
    """Return a result whose signature and reason are what was said."""
    return CaseResult(
        id=case_id,
        outcome=outcome,
        expected=expected or outcome in (Outcome.PASSED, Outcome.UNSUPPORTED),
        seconds=0.5,
        signature=said if outcome is Outcome.FAILED else None,
        reason=None if outcome is Outcome.PASSED else said,
        history=f"histories/{case_id}.jsonl",
    )


def results(subject: str, *cases: CaseResult, path: Path | None = None) -> Results:
    """Return a run of these cases."""
    header = Header(
        suite_revision="0.1.0+abc",
        subject=subject,
        installed="PyPI wheel",
        python="3.13.0",
        world="simulator",
        platform="Linux",
        started="2026-11-22T08:00:00+00:00",
        profile="default",
    )
    by_id = {case.id: case for case in cases}
    return Results(header, by_id, Footer.of(by_id), path)


def comparison(folder: Path) -> Comparison:
    """Return a comparison with a change of each kind, and the history of the regression."""
    failed, passed, broken, lacking = Outcome.FAILED, Outcome.PASSED, Outcome.BROKEN, Outcome.UNSUPPORTED
    history = History(clock=lambda: 0)
    history.append(Note(text=HOSTILE))
    history.append(FailedCheck(about="order STOP-010-1", required="ACCEPTED within 5 s", seen="REJECTED", began=0))
    history.write(folder / "histories" / "STOP-010.jsonl")
    baseline = results(
        "1.231.0",
        *(result("STOP-010", passed), result("LMT-010", passed), result("CXL-010", failed, expected=True)),
        *(result("ERR-010", passed), result("LIST-010", lacking, "no lists"), result("MKT-010", failed, expected=True)),
        path=folder / "baseline.jsonl",
    )
    candidate = results(
        "2.0.0",
        *(result("STOP-010", failed, HOSTILE), result("LMT-010", passed), result("CXL-010", passed)),
        *(result("ERR-010", broken, HOSTILE), result("LIST-010", lacking, "no lists")),
        result("MKT-010", failed, expected=True),
        path=folder / "candidate.jsonl",
    )
    requirements = {"STOP-010": "A stop MUST rest."}
    return Comparison(compare(baseline, candidate), baseline, candidate, requirements, {"STOP-010": ["#3287"]})
