"""Stored results, judged by the record as it is now."""

from dataclasses import replace

from conformance.verdict.by_the_record import by_the_record
from conformance.verdict.defects import Defect, Defects
from conformance.verdict.joining import joined
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


def test_a_firms_profile_is_judged_by_the_record_of_the_one_that_it_extends() -> None:
    """What is known in `checks` is known of a desk that extends it, also beside another profile in one run."""
    whole = Span.parse(">=1.221.0,<2")
    about = {"id": "late-check", "summary": "a check comes late", "upstream": (), "versions": (whole,)}
    record = Defects([Defect(**about, profiles=("checks",), cases={"A": ((whole, "x"),)})])
    plain = run("1.231.0", A="F:x")
    of_desk = replace(plain, header=replace(plain.header, profile="desk", profile_like={"desk": "checks"}))
    of_default = replace(plain, header=replace(plain.header, profile="default"))

    assert by_the_record(of_desk, record).cases["A"].defect == "late-check"
    assert not by_the_record(of_default, record).cases["A"].expected
    both = joined({"default": of_default, "desk": of_desk})
    assert (both.header.recorded_in("desk"), both.header.recorded_in("default")) == ("checks", "default")
