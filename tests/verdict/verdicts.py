"""Runs and verdicts from short forms, which the tests of the verdict share."""

from dataclasses import replace

from hypothesis import strategies as st

from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Footer, Header, Results
from conformance.verdict.verdict import Verdict, compare

HEADER = Header(
    suite_revision="abc123",
    subject="1.230.0",
    installed="PyPI wheel",
    python="3.12.1",
    world="simulator",
    platform="Linux",
    started="2026-11-22T08:00:00+00:00",
)


LETTERS = {letter.value[0].upper(): letter for letter in Outcome}


def case(case_id: str, short: str, expected: bool | None = None) -> CaseResult:
    """Return a result from a short form: `P`, `U`, `D`, `B`, or `F` with its signature (`F:-4120`)."""
    letter, _, signature = short.partition(":")
    outcome = LETTERS[letter]
    return CaseResult(
        id=case_id,
        outcome=outcome,
        expected=outcome is not Outcome.FAILED if expected is None else expected,
        seconds=0.1,
        signature=(signature or "-4120") if outcome is Outcome.FAILED else None,
        reason="because" if outcome not in (Outcome.PASSED, Outcome.FAILED) else None,
    )


def run(subject: str = "1.230.0", /, **outcomes: str) -> Results:
    """Return a run from its cases' short forms."""
    cases = {case_id: case(case_id, short) for case_id, short in outcomes.items()}
    return Results(replace(HEADER, subject=subject), cases, Footer.of(cases))


def verdict(before: dict[str, str], after: dict[str, str], *reruns: tuple[dict[str, str], dict[str, str]]) -> Verdict:
    """Compare 1.230.0 with 1.231.0."""
    return compare(
        run(**before),
        run("1.231.0", **after),
        [(run(**one), run("1.231.0", **other)) for one, other in reruns],
    )


outcome = st.sampled_from(["P", "F:x", "F:y", "U", "D", "B"])
runs = st.dictionaries(st.sampled_from(["A", "B", "C"]), outcome)
