"""What speaks against a candidate is told by its cause: one thing to read, however many cases show it."""

from dataclasses import replace

from conformance.report.causes import causes_of, drawn_first, told_of
from conformance.report.comparison import Comparison
from conformance.verdict.defects import Defect, Known
from conformance.verdict.outcomes import Outcome
from conformance.verdict.verdict import compare
from tests.report.examples import result
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


def test_what_a_version_lacks_is_told_after_what_it_does_wrong() -> None:
    """A capability that is gone is no new defect: it is called so, and most cases of it do not put it first."""
    ids = ["LIST-010", "LIST-020", "STOP-010"]
    lacking = [result(each, Outcome.UNSUPPORTED, "no lists") for each in ids[:2]]
    before, after = run("1", *map(passed, ids)), run("2", *lacking, failed(ids[2]))

    wrong, gone = causes_of(Comparison(compare(before, after), before, after, {"LIST-010": "A list MUST be sent."}))

    assert (wrong.new, wrong.gone, gone.new, gone.gone) == (True, False, False, True)
    assert gone.in_a_line == "gone: no lists: 2 cases, first LIST-010: A list MUST be sent."
    assert told_of([wrong, gone]) == "3 cases by 2 causes, 1 of them new, 1 of what it lacks"
    assert told_of([gone]) == "2 cases by 1 cause, of what it lacks"


def test_new_failure_in_the_words_of_a_defect_says_whose_they_are() -> None:
    """In a firm's own profile a defect shows in other cases: its words say where to look, those of many do not."""
    before = run("1", passed("STOP-010"), failed("STOP-020", "sent twice", expected=True), passed("ACC-010"))
    after = run(
        "2",
        failed("STOP-010", "sent twice"),
        *(failed(each, "sent twice", expected=True) for each in ("STOP-020",)),
        failed("ACC-010", "position wrong"),
        *(failed(f"ACC-02{number}", "position wrong", expected=True) for number in range(3)),
    )
    known = {each.id: _known(each.id, each.id.lower()) for each in after.cases.values() if each.expected}
    known["STOP-020"] = _known("STOP-020", "twice-v2")

    causes = causes_of(Comparison(compare(before, after), before, after, known=known))

    told = {cause.first.id: cause.in_a_line for cause in causes if cause.new}
    assert told["STOP-010"] == "new: sent twice (in the words of twice-v2): STOP-010"
    assert told["ACC-010"] == "new: position wrong: ACC-010"


def _known(case: str, defect: str) -> Known:
    entry = Defect(id=defect, summary="An order is sent twice.", upstream=(), versions=(), cases={})
    return Known(case, entry, "")
