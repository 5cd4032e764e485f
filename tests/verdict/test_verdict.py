"""The verdict: no lost stop passes, and no noise is called a regression."""

from dataclasses import replace

import pytest
from hypothesis import given

from conformance.kit.failure import signature_of
from conformance.subject.errors import SubjectDoesNotStart
from conformance.verdict.changes import Change
from conformance.verdict.decision import NOT_STARTING, Decision, decide_run
from conformance.verdict.results import CaseResult, Footer, Results
from conformance.verdict.verdict import Verdict, compare
from tests.verdict.verdicts import HEADER, case, run, runs, verdict


@pytest.mark.parametrize(
    ("before", "after", "change", "against"),
    [
        ("P", "P", Change.SAME, False),
        ("P", "F", Change.REGRESSED, True),
        ("P", "U", Change.REMOVED, True),
        ("F", "P", Change.FIXED, False),
        ("F", "F", Change.SAME, False),
        ("F:-4120", "F:-1007", Change.REGRESSED, True),
        ("F", "U", Change.REMOVED, False),
        ("U", "P", Change.ADDED, False),
        ("U", "F", Change.ADDED, False),
        ("U", "U", Change.SAME, False),
        *[(before, "B", Change.BROKEN, False) for before in "PFUDB"],
        *[("B", after, Change.BROKEN, False) for after in "PFUD"],
        *[(before, "D", Change.DRIFTED, False) for before in "PFUD"],
        *[("D", after, Change.DRIFTED, False) for after in "PFU"],
    ],
)
def test_every_transition_has_one_change(before: str, after: str, change: Change, against: bool) -> None:
    """The table of all pairs of outcomes: which change each is, and whether it speaks against the upgrade."""
    (found,) = verdict({"A": before}, {"A": after}).changes

    assert (found.change, found.against) == (change, against)


@pytest.mark.parametrize(
    ("missing", "against"),
    [
        ("shipped_urls", False),
        ("short_keep_alive, shipped_urls", False),
        ("short_keep_alive, hedge", True),
        (None, True),
    ],
)
def test_where_the_suite_cannot_look_nothing_is_lost(missing: str | None, against: bool) -> None:
    """A case that the candidate does not support speaks against it, unless only the suite has no way into it."""
    before, after = run(A="P"), run("1.231.0", A="U")
    after = replace(after, cases={"A": replace(after.cases["A"], missing=missing)})

    (found,) = compare(before, after).changes

    assert (found.change, found.against) == (Change.REMOVED, against)
    assert ("cannot look" in str(found.why)) is not against


@pytest.mark.parametrize(
    ("before", "after", "decision", "reason"),
    [
        pytest.param({"A": "P"}, {"A": "P"}, Decision.UPGRADE, "1 cases compared, 1 pass", id="same"),
        pytest.param({"A": "P", "B": "F"}, {"A": "P", "B": "F"}, Decision.INCONCLUSIVE, "B fails", id="same failure"),
        pytest.param({"A": "F"}, {"A": "P"}, Decision.UPGRADE, "1 cases compared", id="fixed"),
        pytest.param({"A": "P", "B": "U"}, {"A": "P", "B": "F"}, Decision.UPGRADE, "2 cases", id="added, not working"),
        pytest.param({"A": "P"}, {"A": "F"}, Decision.REGRESSED, "A regressed: -4120", id="regressed"),
        pytest.param({"A": "F:x"}, {"A": "F:y"}, Decision.REGRESSED, "fails differently: y .before: x.", id="differs"),
        pytest.param({"A": "P"}, {"A": "U"}, Decision.REGRESSED, "A removed: .*unsupported now", id="removed"),
        pytest.param(
            {"A": "P", "B": "P"}, {"A": "F", "B": "B"}, Decision.REGRESSED, "A regr", id="regressed and broken"
        ),
        pytest.param({"A": "P", "B": "P"}, {"A": "P", "B": "B"}, Decision.BROKEN, "on the candidate", id="broken"),
        pytest.param({"A": "P", "B": "P"}, {"A": "P"}, Decision.BROKEN, "candidate has no result", id="lost case"),
        pytest.param({"A": "P"}, {"A": "P", "B": "P"}, Decision.BROKEN, "baseline has no result", id="extra case"),
        pytest.param({"A": "P", "B": "P"}, {"A": "P", "B": "D"}, Decision.INCONCLUSIVE, "B drifted", id="drifted"),
        pytest.param({}, {}, Decision.INCONCLUSIVE, "nothing was compared", id="no case"),
        pytest.param({"A": "U"}, {"A": "U"}, Decision.INCONCLUSIVE, "nothing was compared", id="all unsupported"),
        pytest.param({"A": "U"}, {"A": "P"}, Decision.INCONCLUSIVE, "nothing was compared", id="only added"),
        pytest.param({"A": "F"}, {"A": "F"}, Decision.INCONCLUSIVE, "no case passed", id="all fail alike"),
    ],
)
def test_the_decision_follows_the_changes(
    before: dict[str, str], after: dict[str, str], decision: Decision, reason: str
) -> None:
    """A regression decides; else a broken case; else an undecided one; only then is it an upgrade."""
    found = verdict(before, after)

    assert found.decision is decision
    assert found.exit_code == int(decision)
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError("\n".join(found.reasons))


@given(before=runs, after=runs)
def test_an_upgrade_loses_nothing(before: dict[str, str], after: dict[str, str]) -> None:
    """Whatever two runs look like: after an upgrade, each case that passed still passes, and something does."""
    if verdict(before, after).decision is not Decision.UPGRADE:
        return
    assert {case_id for case_id, short in before.items() if short == "P"} <= {
        case_id for case_id, short in after.items() if short == "P"
    }
    assert "P" in after.values()


@given(outcomes=runs)
def test_a_version_never_regresses_from_itself(outcomes: dict[str, str]) -> None:
    """Two runs alike are never a regression: a gate that cries wolf is switched off."""
    assert verdict(outcomes, outcomes).decision is not Decision.REGRESSED


@pytest.mark.parametrize(
    ("reruns", "change", "decision"),
    [
        pytest.param([], Change.REGRESSED, Decision.REGRESSED, id="not run again"),
        pytest.param([("P", "F")], Change.REGRESSED, Decision.REGRESSED, id="again"),
        pytest.param([("P", "P")], Change.FLAKY, Decision.INCONCLUSIVE, id="passes again"),
        pytest.param([("F", "F")], Change.FLAKY, Decision.INCONCLUSIVE, id="the baseline fails so too"),
        pytest.param([("P", "P"), ("P", "F")], Change.REGRESSED, Decision.REGRESSED, id="again at last"),
        pytest.param([("P", "B")], Change.BROKEN, Decision.BROKEN, id="breaks"),
        pytest.param([("P", "P"), ("P", "B")], Change.BROKEN, Decision.BROKEN, id="passes, then breaks"),
        pytest.param([("P", "F"), ("B", "B")], Change.REGRESSED, Decision.REGRESSED, id="again, then breaks"),
        pytest.param([("P", "D")], Change.DRIFTED, Decision.INCONCLUSIVE, id="drifts"),
        pytest.param([("P", "D"), ("D", "F")], Change.DRIFTED, Decision.INCONCLUSIVE, id="drifts again and again"),
        pytest.param([("P", "D"), ("P", "F")], Change.REGRESSED, Decision.REGRESSED, id="drifts, then again"),
        pytest.param([("P", "D"), ("P", "P")], Change.FLAKY, Decision.INCONCLUSIVE, id="drifts, then passes"),
        pytest.param([("P", "D"), ("P", "B")], Change.BROKEN, Decision.BROKEN, id="drifts, then breaks"),
    ],
)
def test_a_regression_is_believed_if_it_comes_back(
    reruns: list[tuple[str, str]], change: Change, decision: Decision
) -> None:
    """Re-runs confirm a regression if one does; it is flaky if none does, broken or drifted if they cannot tell."""
    pairs = [({"A": before}, {"A": after}) for before, after in reruns]

    found = verdict({"A": "P", "B": "P"}, {"A": "F", "B": "P"}, *pairs)

    assert found.of(change)[0].id == "A"
    assert found.decision is decision


@pytest.mark.parametrize(
    ("first", "reruns", "change", "decision"),
    [
        pytest.param("FF", [], Change.SAME, Decision.INCONCLUSIVE, id="not run again"),
        pytest.param("FF", ["FF"], Change.SAME, Decision.INCONCLUSIVE, id="comes back"),
        pytest.param("FF", ["FP"], Change.SAME, Decision.INCONCLUSIVE, id="comes back, the first run stands"),
        pytest.param("FF", ["PF", "PF"], Change.REGRESSED, Decision.REGRESSED, id="hid a regression"),
        pytest.param("FP", ["PF", "PF"], Change.REGRESSED, Decision.REGRESSED, id="hid one that passed once"),
        pytest.param("FF", ["PU", "PU"], Change.REMOVED, Decision.REGRESSED, id="hid a capability lost"),
        pytest.param("FF", ["PF"], Change.FLAKY, Decision.INCONCLUSIVE, id="a regression seen once"),
        pytest.param("FF", ["PF", "PP"], Change.FLAKY, Decision.INCONCLUSIVE, id="a regression seen once only"),
        pytest.param("FF", ["PF", "FF"], Change.FLAKY, Decision.INCONCLUSIVE, id="fails every other time"),
        pytest.param("FF", ["PF", "PB"], Change.BROKEN, Decision.BROKEN, id="a regression, then breaks"),
        pytest.param("FF", ["PP"], Change.SAME, Decision.UPGRADE, id="both pass"),
        pytest.param("FP", ["PP"], Change.SAME, Decision.UPGRADE, id="was not fixed"),
        pytest.param("FP", ["FP"], Change.FIXED, Decision.UPGRADE, id="was fixed"),
        pytest.param("FF", ["BF"], Change.BROKEN, Decision.BROKEN, id="breaks"),
        pytest.param("FF", ["DF", "PB"], Change.BROKEN, Decision.BROKEN, id="drifts, then breaks"),
        pytest.param("FF", ["BF", "PF"], Change.FLAKY, Decision.INCONCLUSIVE, id="breaks, then a regression"),
        pytest.param("FF", ["BF", "FF"], Change.SAME, Decision.INCONCLUSIVE, id="breaks, then comes back"),
        pytest.param("FB", ["PF", "PF"], Change.BROKEN, Decision.BROKEN, id="broke at first"),
    ],
)
def test_a_baselines_failure_is_believed_if_it_comes_back(
    first: str, reruns: list[str], change: Change, decision: Decision
) -> None:
    """What the baseline failed once, and nobody knows of, must not excuse a candidate that lost it."""
    pairs = [({"A": before}, {"A": after}) for before, after in reruns]

    found = verdict({"A": first[0], "B": "P"}, {"A": first[1], "B": "P"}, *pairs)

    assert found.of(change)[0].id == "A"
    assert found.decision is decision


@pytest.mark.parametrize(
    ("baseline_known", "candidate_known", "decision"),
    [
        (True, True, Decision.UPGRADE),
        (True, False, Decision.UPGRADE),
        (False, True, Decision.UPGRADE),
        (False, False, Decision.INCONCLUSIVE),
    ],
)
def test_what_fails_alike_on_both_must_be_known(
    baseline_known: bool, candidate_known: bool, decision: Decision
) -> None:
    """A fault of the suite fails on both sides: only a failure on record, or one that was accepted, loses nothing."""
    sides = [
        replace(run(version, A="F", B="P"), cases={"A": case("A", "F", known), "B": case("B", "P")})
        for version, known in (("1.230.0", baseline_known), ("1.231.0", candidate_known))
    ]

    found = compare(*sides)

    assert found.decision is decision
    assert ("A fails alike on both, and is not on record: -4120" in found.reasons[0]) is bool(decision)
    assert compare(*sides, accepted=["A"]).decision is Decision.UPGRADE


def test_a_version_that_does_not_start_is_one_finding() -> None:
    """The cases that show it are named; those that were not tried after them are one sentence."""
    assert signature_of(SubjectDoesNotStart(3, "it died")) == NOT_STARTING
    shown, untried = "F:SubjectDied: the subject died during its start", f"F:{NOT_STARTING}"
    outcomes = {"A": shown} | {f"B{number}": untried for number in range(9)}

    alone = decide_run(run("1.231.0", **outcomes))
    compared = verdict(dict.fromkeys(outcomes, "P"), outcomes)

    for decision, reasons in (alone, (compared.decision, compared.reasons)):
        assert decision is Decision.REGRESSED
        assert len(reasons) == 2
        assert reasons[0].startswith("NautilusTrader does not start: 9 cases were not tried")
        assert reasons[1].startswith("A ")


def test_a_baselines_failure_on_record_needs_no_second_look() -> None:
    """A known failure is known: only what is not on record is run again."""
    known = Results(HEADER, {"A": case("A", "F", expected=True), "B": case("B", "P")}, Footer({}))
    unknown = run(A="F", B="P")
    candidate = run("1.231.0", A="F", B="P")

    assert not compare(known, candidate).unsettled
    assert [each.id for each in compare(unknown, candidate).unsettled] == ["A"]
    assert not compare(unknown, candidate, accepted=["A"]).unsettled
    assert not compare(Results(replace(HEADER, world="cassettes"), unknown.cases, Footer({})), candidate).unsettled


def test_a_regression_on_record_needs_no_second_look() -> None:
    """What fails as it is on record has a cause that is known; what either side does otherwise may be chance."""
    known = replace(case("A", "F", expected=True), defect="lost-stops")
    passed, not_as_recorded = case("A", "P"), case("A", "P", expected=False)

    def found(before: CaseResult, after: CaseResult) -> Verdict:
        sides = [("1.230.0", before), ("1.231.0", after)]
        return compare(*(Results(replace(HEADER, subject=name), {"A": each}, Footer({})) for name, each in sides))

    assert not found(passed, known).unsettled
    assert found(passed, known).reasons == ("A regressed: -4120; on record as lost-stops",)
    assert found(not_as_recorded, known).unsettled
    assert found(passed, replace(known, expected=False)).unsettled


def test_a_capability_that_is_not_declared_needs_no_second_look() -> None:
    """A version declares the same in every run; what turned out while a case ran, on either side, may be chance."""
    passed, undeclared = case("A", "P"), replace(case("A", "U"), missing="order_lists")

    def found(before: CaseResult, after: CaseResult) -> Verdict:
        sides = [("1.230.0", before), ("1.231.0", after)]
        return compare(*(Results(replace(HEADER, subject=name), {"A": each}, Footer({})) for name, each in sides))

    assert not found(passed, undeclared).unsettled
    assert found(passed, undeclared).decision is Decision.REGRESSED
    assert found(passed, case("A", "U")).unsettled, "the version refused something while the case ran"
    assert found(replace(passed, expected=False), undeclared).unsettled, "the baseline passed what it is known to fail"
    assert found(case("A", "F"), undeclared).unsettled, "the baseline failed once, which is not on record"


def test_a_baselines_failure_that_did_not_come_back_is_noted() -> None:
    """A race that shows once is never passed in silence."""
    found = verdict({"A": "F", "B": "P"}, {"A": "P", "B": "P"}, ({"A": "P"}, {"A": "P"}))

    assert found.notes == ("A failed once on the baseline (-4120), and is compared by a later run",)


@pytest.mark.parametrize("first", ["PF", "FF", "PU"])
def test_a_lost_rerun_settles_nothing(first: str) -> None:
    """What could not be run again is broken, never a regression, and never passed: but an accepted case needs none."""
    before, after = run(A=first[0], B="P"), run("1.231.0", A=first[1], B="P")

    found = compare(before, after, lost=["the disk is full"])

    assert found.decision is Decision.BROKEN
    assert "could not be confirmed: the disk is full" in found.reasons[0]
    assert "the disk is full" in found.notes
    assert compare(before, after, accepted=["A"], lost=["the disk is full"]).decision is Decision.UPGRADE


def test_a_lost_rerun_undoes_no_confirmation() -> None:
    """A regression that came back once stays one."""
    again = (run(A="P"), run("1.231.0", A="F"))

    assert compare(run(A="P"), run("1.231.0", A="F"), [again], lost=["killed"]).decision is Decision.REGRESSED


def test_a_rerun_without_the_case_decides_nothing() -> None:
    """A case that the re-run did not reach keeps its regression."""
    assert verdict({"A": "P"}, {"A": "F"}, ({}, {})).decision is Decision.REGRESSED


def test_a_case_that_neither_side_has_is_broken() -> None:
    """What was planned and is nowhere was lost on both sides: it is in the table, and there is no upgrade."""
    found = compare(run(A="P"), run("1.231.0", A="P"), planned=("A", "B"))

    assert found.decision is Decision.BROKEN
    assert found.reasons == ("B broken: neither side has a result for it",)


def test_a_rerun_is_of_the_same_subjects() -> None:
    """Re-runs of other versions are a mistake of the caller."""
    with pytest.raises(ValueError, match=r"a re-run of 1\.230\.0 cannot be one of 1\.226\.0"):
        compare(run(A="P"), run("1.231.0", A="F"), [(run("1.226.0", A="P"), run("1.231.0", A="P"))])


def test_defects_hide_no_regression() -> None:
    """A failure that is expected on the candidate is a regression from a baseline that passes."""
    candidate = run("1.231.0")
    known = Results(candidate.header, {"A": case("A", "F", expected=True)}, candidate.footer)

    assert compare(run(A="P"), known).decision is Decision.REGRESSED


@pytest.mark.parametrize(
    ("cases", "decision", "reason"),
    [
        pytest.param([case("A", "P"), case("B", "U")], Decision.UPGRADE, "all 2 cases as expected", id="all well"),
        pytest.param([case("A", "F", expected=True)], Decision.UPGRADE, "all 1 cases", id="expected failure"),
        pytest.param([case("A", "F")], Decision.REGRESSED, "A failed: -4120", id="unexpected failure"),
        pytest.param([case("A", "P", expected=False)], Decision.REGRESSED, "though it is on record", id="stale"),
        pytest.param([case("A", "U", expected=False)], Decision.REGRESSED, "A unsupported: because", id="unsupported"),
        pytest.param([case("A", "B"), case("B", "F")], Decision.REGRESSED, "B failed", id="failed and broken"),
        pytest.param([case("A", "B")], Decision.BROKEN, "A broken: because", id="broken"),
        pytest.param([case("A", "D"), case("B", "P")], Decision.INCONCLUSIVE, "A drifted", id="drifted"),
        pytest.param([], Decision.INCONCLUSIVE, "no case was run", id="nothing"),
        pytest.param([case("A", "U")], Decision.INCONCLUSIVE, "nothing was seen", id="all unsupported"),
    ],
)
def test_a_run_decides_for_itself(cases: list[CaseResult], decision: Decision, reason: str) -> None:
    """One run uses the same exit codes: unexpected, broken, undecided, all as expected."""
    found, reasons = decide_run(Results(HEADER, {each.id: each for each in cases}, Footer({})))

    assert found is decision
    assert reason in "\n".join(reasons)


def test_the_exit_codes_are_the_contract() -> None:
    """The exit codes are what other programs rely on: they never change."""
    assert list(Decision) == [0, 1, 2, 3, 4]
    assert [each.name for each in Decision] == ["UPGRADE", "REGRESSED", "BROKEN", "INCONCLUSIVE", "WRONG_USAGE"]


def known(results: Results) -> Results:
    """Return the same run with every failure on record."""
    cases = {case_id: replace(each, expected=True) for case_id, each in results.cases.items()}
    return replace(results, cases=cases)


def test_another_failure_that_is_on_record_loses_nothing() -> None:
    """A case that failed and fails in another way is the same if the new way is on record; it is shown as such."""
    found = compare(run(A="F:x", B="P"), known(run("1.231.0", A="F:y", B="P")))

    (change,) = [each for each in found.changes if each.id == "A"]
    assert (change.change, change.against) == (Change.SAME, False)
    assert change.why == "fails in another way, which is on record: y"
    assert found.decision is Decision.UPGRADE


LEFT_FOR_DEAD = "LIMIT stands CANCELED, at the venue ACCEPTED"


@pytest.mark.parametrize(
    ("before", "after", "against"),
    [
        ("LIMIT was CANCEL_REJECTED (-1007), required never", LEFT_FOR_DEAD, True),
        (
            "invariant 3: OrderCancelRejected though its fate was unknown (503, -1000)",
            "invariant 8: an order is live at the venue but CANCELED in the trader",
            True,
        ),
        ("LIMIT stands REJECTED, at the venue ACCEPTED", LEFT_FOR_DEAD, False),
        (LEFT_FOR_DEAD, "LIMIT was CANCEL_REJECTED (-1007), required never", False),
        ("LIMIT was CANCEL_REJECTED (-1007), required never", "LIMIT stands ACCEPTED, at the venue CANCELED", False),
    ],
)
def test_a_failure_that_gives_up_a_live_order_now_is_worse(before: str, after: str, *, against: bool) -> None:
    """A known failure that was mild and leaves a live order for dead on the candidate speaks against it, once."""
    found = compare(known(run(A=f"F:{before}", B="P")), known(run("1.231.0", A=f"F:{after}", B="P")))

    (change,) = [each for each in found.changes if each.id == "A"]
    assert change.against is against
    assert ("now gives up a live order" in str(change.why)) is against


def test_a_failure_on_record_is_still_a_regression_from_a_pass() -> None:
    """What worked and is lost speaks against the candidate, whether or not somebody has written it down."""
    assert compare(run(A="P", B="P"), known(run("1.231.0", A="F", B="P"))).decision is Decision.REGRESSED
