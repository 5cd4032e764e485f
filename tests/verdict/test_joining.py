"""Runs of one subject in several profiles, judged as one."""

from dataclasses import replace
from pathlib import Path

from conformance.verdict.changes import Change
from conformance.verdict.decision import Decision
from conformance.verdict.joining import by_profile, joined
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Results
from conformance.verdict.verdict import compare
from tests.verdict.test_verdict import case, run

LACK = "NautilusTrader 1.231.0 has no client.use_gtd, which the profile desk sets"


def without_a_field(results: Results) -> Results:
    """Return the run with every case in a profile that the version cannot take."""
    cases = {
        each.id: replace(each, outcome=Outcome.UNSUPPORTED, reason=LACK, lacks="client.use_gtd", signature=None)
        for each in results.cases.values()
    }
    return replace(results, cases=cases)


def test_a_case_is_told_apart_by_its_profile(tmp_path: Path) -> None:
    """Each profile's cases stay, with their histories, and the header names every profile."""
    first = run(A="P")
    kept = replace(case("A", "F"), history="checks-histories/A.jsonl")
    runs = {"default": first, "checks": replace(first, cases={"A": kept}, path=tmp_path / "results.jsonl")}

    whole = joined(runs)

    assert {name: each.outcome for name, each in whole.cases.items()} == {
        "A@default": Outcome.PASSED,
        "A@checks": Outcome.FAILED,
    }
    assert whole.header.profile == "default, checks"
    assert whole.cases["A@checks"].history == str(tmp_path / "checks-histories/A.jsonl")
    assert by_profile(whole.cases) == {"default": ("A",), "checks": ("A",)}


def test_a_regression_in_one_profile_is_a_regression() -> None:
    """What only a firm's own configuration shows speaks against the candidate, and is named with it."""
    before = joined({"default": run(A="P"), "desk": run(A="P")})
    after = joined({"default": run("1.231.0", A="P"), "desk": run("1.231.0", A="F")})

    found = compare(before, after)

    assert found.decision is Decision.REGRESSED
    assert [each.id for each in found.against] == ["A@desk"]


def test_a_field_that_one_side_lacks_is_no_failure() -> None:
    """A profile that the candidate cannot take shows nothing of it: no verdict, one sentence for all its cases."""
    before = joined({"default": run(A="P", B="P"), "desk": run(A="P", B="F")})
    after = joined({"default": run("1.231.0", A="P", B="P"), "desk": without_a_field(run("1.231.0", A="P", B="P"))})

    found = compare(before, after)

    assert found.decision is Decision.INCONCLUSIVE
    assert [reason.partition(": ")[0] for reason in found.reasons] == [LACK]
    assert "2 cases in it could not be compared" in found.reasons[0]
    assert {each.change for each in found.changes if each.id.endswith("desk")} == {Change.REMOVED}
    assert not found.against


def test_a_field_that_both_sides_lack_leaves_the_rest() -> None:
    """Neither side can take the profile: the others decide, and the note counts what was not compared."""
    ids = {f"A{number}": "P" for number in range(20)}
    sides = [
        joined({"default": run(version, A="P"), "desk": without_a_field(run(version, **ids))})
        for version in ("1.230.0", "1.231.0")
    ]

    found = compare(*sides)

    assert found.decision is Decision.UPGRADE
    assert f"not compared: 20 cases: {LACK}" in found.notes


def test_two_profiles_do_not_compare() -> None:
    """Like is compared with like: a profile that was edited between two runs is another one."""
    before, after = run(A="P"), run("1.231.0", A="P")
    edited = replace(after, header=replace(after.header, profile="desk", profile_digest="2"))

    found = compare(replace(before, header=replace(before.header, profile="desk", profile_digest="1")), edited)

    assert found.decision is Decision.INCONCLUSIVE
    assert "different profiles (desk 1 and desk 2)" in found.reasons[0]
