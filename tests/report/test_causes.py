"""What speaks against a candidate is told by its cause: one thing to read, however many cases show it."""

from dataclasses import replace

from conformance.report.causes import causes_of, drawn_first, told_of
from conformance.report.comparison import Comparison
from conformance.verdict.verdict import compare
from tests.report.test_reports import failed, passed, run


def test_causes_are_new_ones_first_then_by_their_cases() -> None:
    """Every case stands under one cause, those that most cases show first; diagrams go round the causes."""
    ids = ["STOP-010", "STOP-020", "STOP-030"]
    other = replace(failed("LMT-010"), signature="another thing")
    before = run("1", *map(passed, [*ids, "LMT-010"]))
    after = run("2", *map(failed, ids), other)

    causes = causes_of(Comparison(compare(before, after), before, after))

    assert [[each.id for each in cause.findings] for cause in causes] == [ids, ["LMT-010"]]
    assert [each.id for each in drawn_first(causes)] == ["STOP-010", "LMT-010", "STOP-020", "STOP-030"]
    assert told_of(causes) == "4 cases by 2 causes, all of them new"
