"""Stored results, judged by the record as it is now."""

from dataclasses import replace

from conformance.verdict.by_the_record import by_the_record
from conformance.verdict.defects import Defect, Defects
from conformance.verdict.outcomes import Outcome
from conformance.verdict.spans import Span
from tests.verdict.verdicts import case, run


def test_what_was_learned_since_is_known() -> None:
    """A failure that has its entry now is expected, one that has none any more is not; the undecided stay."""
    whole = Span.parse(">=1.221.0,<2")
    record = Defects(
        [Defect(id="lost-fill", summary="a fill is lost", upstream=(), versions=(whole,), cases={"A": ((whole, "x"),)})]
    )
    stale = replace(case("C", "F:z"), expected=True, defect="gone")
    undecided = replace(case("D", "U"), expected=False)
    stored = run("1.231.0", A="F:x", B="F:y")
    stored = replace(stored, cases={**stored.cases, "C": stale, "D": undecided})

    judged = by_the_record(stored, record)

    assert {case_id: (each.expected, each.defect) for case_id, each in judged.cases.items()} == {
        "A": (True, "lost-fill"),
        "B": (False, None),
        "C": (False, None),
        "D": (False, None),
    }
    assert judged.cases["D"].outcome is Outcome.UNSUPPORTED
