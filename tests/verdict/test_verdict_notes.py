"""What a verdict cannot compare, what it notes, and what it accepts."""

from dataclasses import replace

import pytest

from conformance.verdict.changes import Change
from conformance.verdict.decision import Decision
from conformance.verdict.results import Header, Results
from conformance.verdict.verdict import Verdict, compare
from tests.verdict.verdicts import HEADER, case, run, verdict


@pytest.mark.parametrize(
    ("header", "word"),
    [
        (replace(HEADER, suite_revision="def456"), "suite revisions .abc123 and def456."),
        (replace(HEADER, world="cassettes"), "worlds .simulator and cassettes."),
    ],
)
def test_runs_of_different_suites_or_worlds_do_not_compare(header: Header, word: str) -> None:
    """What differs may be the suite or the world, so it is inconclusive whatever the outcomes are."""
    candidate = run("1.231.0", A="F")

    found = compare(run(A="P"), replace(candidate, header=header))

    assert found.decision is Decision.INCONCLUSIVE
    with pytest.raises(AssertionError, match=word):
        raise AssertionError(found.reasons[0])


def test_runs_of_different_cassettes_do_not_compare() -> None:
    """Two replays of different conversations differ by those, so that nothing is known of the versions."""
    before, after = run(A="P"), run("1.231.0", A="F")
    headers = [replace(each.header, versions={"cassettes": name}) for each, name in ((before, "aaa"), (after, "bbb"))]

    found = compare(replace(before, header=headers[0]), replace(after, header=headers[1]))

    assert found.decision is Decision.INCONCLUSIVE
    assert "different cassettes (aaa and bbb)" in found.reasons[0]


def test_what_else_differs_is_noted() -> None:
    """Another Python or library decides nothing, but is said; so is a baseline compared with itself."""
    candidate = run("1.231.0", A="P")
    header = replace(candidate.header, python="3.13.0", versions={"httpx": "0.28.1"})

    notes = compare(run(A="P"), replace(candidate, header=header)).notes

    assert "the runs differ in python: 3.12.1 and 3.13.0" in notes
    assert "the runs differ in httpx: None and 0.28.1" in notes
    assert compare(run(A="P"), run(A="P")).notes == ("baseline and candidate are the same 1.230.0",)


def test_what_neither_side_shows_is_not_counted_but_noted() -> None:
    """A case that is unsupported by both speaks for nobody: it is no compared case, and the reader is told why."""
    found = verdict({"A": "P", "B": "U", "C": "U"}, {"A": "P", "B": "U", "C": "P"})

    assert found.decision is Decision.UPGRADE
    assert found.reasons == ("2 cases compared, 2 pass on the candidate, none speaks against it",)
    assert "not compared: B: because" in found.notes
    assert not [note for note in found.notes if "C" in note]


def test_a_stale_expectation_is_noted() -> None:
    """An expected failure that passes does not decide about the upgrade, but is said."""
    candidate = run("1.231.0")
    stale = Results(candidate.header, {"A": case("A", "P", expected=False)}, candidate.footer)

    assert "expected to fail on 1.231.0, but passed: A" in compare(run(A="F"), stale).notes


def test_what_was_run_again_is_noted() -> None:
    """A case that the machine disturbed is named, with the version that it was run again on."""
    candidate = run("1.231.0", A="P", B="P")
    disturbed = {**candidate.cases, "B": replace(candidate.cases["B"], repeated=1)}

    notes = compare(run(A="P", B="P"), replace(candidate, cases=disturbed)).notes

    (note,) = [each for each in notes if "run again" in each]
    assert note.startswith("run again on 1.231.0, as the machine kept the suite from running: B.")


def test_a_gate_that_could_not_compare_says_why() -> None:
    """Without an environment there is a verdict too: inconclusive, with its reason and no changes."""
    found = Verdict.undecided("1.230.0", "1.231.0", Decision.INCONCLUSIVE, "no network")

    assert (found.exit_code, found.reasons, found.changes) == (3, ("no network",), ())


def test_an_accepted_case_is_shown_and_does_not_decide() -> None:
    """A regression that was accepted beforehand stays in the table as one, and the upgrade is no longer refused."""
    found = compare(run(A="P", B="P"), run("1.231.0", A="F", B="P"), accepted=("A",))

    (change,) = found.of(Change.REGRESSED)
    assert (change.against, change.why) == (False, "accepted: -4120")
    assert found.decision is Decision.UPGRADE
    assert found.notes == ("A was accepted beforehand",)


def test_accepting_one_case_accepts_no_other() -> None:
    """An accepted case hides no other regression."""
    found = compare(run(A="P", B="P"), run("1.231.0", A="F", B="F"), accepted=("A",))
    assert [each.id for each in found.against] == ["B"]


def test_accepting_what_has_not_regressed_is_said() -> None:
    """An acceptance that has nothing to accept is a note: such lists rot otherwise."""
    found = compare(run(A="P"), run("1.231.0", A="P"), accepted=("A",))
    assert found.notes == ("A was accepted beforehand, and is same: no need to",)
