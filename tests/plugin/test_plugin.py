"""The plugin, run as pytest inside pytest: which outcome, report and exit code a case ends with."""

from pathlib import Path

import pytest

from conformance.history.entries import FailedCheck
from conformance.history.history import History
from conformance.locations import DEFECTS
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import ResultsError, read_results
from tests.support.forked_pytest import forked_pytest
from tests.support.pytest_runs import CONFTEST, PASSING, REJECTED, UNKNOWN_FATE, defect, run

pytest_plugins = ["pytester"]


def test_case_that_holds_passes(cases: pytest.Pytester) -> None:
    """A case that holds is `passed`, exits 0, and leaves its history where the result says."""
    result, results = run(cases, PASSING)
    assert result.ret == 0
    assert results.cases["AAA-010"].outcome is Outcome.PASSED
    assert results.header.subject == "1.0.0"
    assert results.history_of("AAA-010") is not None


def test_broken_requirement_fails_with_its_signature(cases: pytest.Pytester) -> None:
    """A broken requirement is `failed`, exits 1, and prints the requirement and the timeline that broke it."""
    result, results = run(cases, UNKNOWN_FATE, version="1.0.0+rejecting")
    assert result.ret == 1
    assert results.cases["AAA-020"].outcome is Outcome.FAILED
    assert results.cases["AAA-020"].signature == REJECTED
    result.stdout.fnmatch_lines(["*AAA-020  An order of unknown fate MUST NOT be rejected.*", "*OrderRejected*"])
    path = results.history_of("AAA-020")
    assert path is not None
    (check,) = History.read(path).of(FailedCheck)
    assert check.signature == REJECTED
    assert (check.required, check.seen) != ("", "")


def test_expected_failure_does_not_fail_the_run(cases: pytest.Pytester) -> None:
    """A failure with the expected signature exits 0 and is marked as expected."""
    result, results = run(cases, UNKNOWN_FATE, "--defects", defect(cases, REJECTED), version="1.0.0+rejecting")
    assert result.ret == 0
    assert results.cases["AAA-020"].outcome is Outcome.FAILED
    assert results.cases["AAA-020"].expected


def test_a_known_failure_is_told_with_its_defect(cases: pytest.Pytester) -> None:
    """Results say as which defect a failure is on record, so that a gate needs no second look at it."""
    known = defect(cases, REJECTED)

    _, results = run(cases, UNKNOWN_FATE, "--defects", known, version="1.0.0+rejecting")
    assert results.cases["AAA-020"].defect == "a-defect"

    _, results = run(cases, UNKNOWN_FATE, "--defects", known)
    assert results.cases["AAA-020"].defect is None


def test_a_version_without_a_field_of_the_profile_is_unsupported(cases: pytest.Pytester) -> None:
    """Nothing is started, and results say which fields the version lacks; the header says what the profile sets."""
    desk = cases.path / "desk.toml"
    desk.write_text('about = "A desk."\n[client]\nuse_gtd = true\n')

    _, results = run(cases, PASSING, "--profile", str(desk), version="1.0.0+bare")

    case = results.cases["AAA-010"]
    assert case.outcome is Outcome.UNSUPPORTED
    assert case.lacks is not None
    assert {"client.use_gtd", "exec_engine.reconciliation"} <= set(case.lacks.split(", "))
    assert f"NautilusTrader 1.0.0+bare has no {case.lacks}, which the profile desk sets" in str(case.reason)
    assert (results.header.profile, len(results.header.profile_digest)) == ("desk", 12)
    assert results.header.recorded_in() == "default"


@pytest.mark.parametrize("key_type", ["hmac", "ed25519"])
def test_a_trader_signs_with_the_key_that_its_profile_says(cases: pytest.Pytester, key_type: str) -> None:
    """The simulator's account has a key of each type, and every signature is checked (invariant 5)."""
    desk = cases.path / "desk.toml"
    desk.write_text(f'about = "A desk."\nkey_type = "{key_type}"\n')

    result, results = run(cases, PASSING, "--profile", str(desk))

    assert result.ret == 0
    assert results.cases["AAA-010"].outcome is Outcome.PASSED


def test_expected_failure_that_passes_fails_the_run(cases: pytest.Pytester) -> None:
    """A known failure that passes exits 1 and says so."""
    result, _ = run(cases, UNKNOWN_FATE, "--defects", defect(cases, REJECTED))
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*expected to fail*but passed*"])


def test_expected_failure_that_fails_differently_fails_the_run(cases: pytest.Pytester) -> None:
    """A failure with another signature than the expected one exits 1."""
    result, _ = run(cases, UNKNOWN_FATE, "--defects", defect(cases, "something else"), version="1.0.0+rejecting")
    assert result.ret == 1


def test_defect_of_no_case_is_wrong_usage(cases: pytest.Pytester) -> None:
    """A defect that names a case that does not exist stops the run before any case, naming the nearest."""
    cases.makepyfile(test_cases=PASSING)
    result = forked_pytest(cases, "--nautilus", "1.0.0", "--defects", defect(cases, "x", "AAA-011"))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*AAA-011*AAA-010*"])


def test_defects_of_cases_that_are_not_run_do_no_harm(cases: pytest.Pytester) -> None:
    """A part of the contract can be run, by `-k` or by file, though the defects speak of all of it."""
    result, results = run(cases, PASSING, "-k", "accepted", "--defects", str(DEFECTS))
    assert result.ret == 0
    assert list(results.cases) == ["AAA-010"]


def test_dead_subject_fails_one_case_and_the_run_ends(cases: pytest.Pytester) -> None:
    """A subject that dies in mid-case is that case's failure, with its last words; the run ends with its footer."""
    result, results = run(cases, PASSING, version="1.0.0+dying")
    assert result.ret == 1
    assert results.cases["AAA-010"].outcome is Outcome.FAILED
    assert "killed by SIGKILL" in (results.cases["AAA-010"].reason or "")
    assert "last words of the stand-in" in (results.cases["AAA-010"].reason or "")


def test_invariants_are_part_of_every_case(cases: pytest.Pytester) -> None:
    """A trader whose books differ from the venue's at the end fails a case whose own words all held."""
    result, results = run(cases, PASSING, version="1.0.0+dumb")
    assert result.ret == 1
    assert results.cases["AAA-010"].signature == "invariant 8: the trader's balance is not the venue's"


def test_suite_fault_is_broken(cases: pytest.Pytester) -> None:
    """An error of the suite's own is `broken`, exits 2, and is no failure of the subject."""
    source = PASSING.replace('await order.reaches("ACCEPTED")', 'raise KeyError("x")')
    result, results = run(cases, source)
    assert result.ret == 2
    assert results.cases["AAA-010"].outcome is Outcome.BROKEN


def test_unused_fault_is_broken(cases: pytest.Pytester) -> None:
    """A fault that was armed but never happened has shown nothing: `broken`."""
    source = UNKNOWN_FATE.replace("POST /fapi/v1/order", "POST /fapi/v1/batchOrders")
    result, results = run(cases, source)
    assert result.ret == 2
    assert "batchOrders" in (results.cases["AAA-020"].reason or "")


STOPPING = """
import pytest
from conformance.subject.errors import SubjectHung
from conformance.worlds.world import WorldError

@pytest.fixture(autouse=True)
def stopping():
    yield
    raise {error}
"""
LEFT_OPEN = "WorldError('still holds 1 orders: close them by hand')"


def test_expected_failure_that_leaves_something_open_is_broken(cases: pytest.Pytester) -> None:
    """What cannot be closed is never hidden by a failure before it, though that was expected; both are told."""
    result, results = run(
        cases,
        STOPPING.format(error=LEFT_OPEN) + UNKNOWN_FATE,
        "--defects",
        defect(cases, REJECTED),
        version="1.0.0+rejecting",
    )
    assert result.ret == 2
    found = results.cases["AAA-020"]
    assert (found.outcome, found.expected, found.signature) == (Outcome.BROKEN, False, None)
    assert "still holds 1 orders" in (found.reason or "")
    assert REJECTED in (found.reason or "")
    result.stdout.fnmatch_lines(["*still holds 1 orders: close them by hand*"])


def test_trader_that_does_not_stop_has_failed(cases: pytest.Pytester) -> None:
    """A trader that hangs when it is stopped is a failure of the subject, with a signature to compare it by."""
    result, results = run(cases, STOPPING.format(error="SubjectHung('stop', 10, '')") + PASSING)
    assert result.ret == 1
    assert results.cases["AAA-010"].outcome is Outcome.FAILED
    assert (
        results.cases["AAA-010"].signature == "SubjectHung: the subject did not answer 'stop' within # s and was killed"
    )


def test_case_that_was_never_called_has_not_passed(cases: pytest.Pytester) -> None:
    """pytest can be told to set cases up only: nothing was seen of them."""
    result, results = run(cases, PASSING, "--setup-only")
    assert result.ret == 2
    assert results.cases["AAA-010"].outcome is Outcome.BROKEN


def test_missing_capability_is_unsupported(cases: pytest.Pytester) -> None:
    """A case that needs what the version lacks is `unsupported`, says what is missing, and fails nothing."""
    source = PASSING.replace('rule="New Order"', 'rule="New Order", needs=["ws_trading"]')
    result, results = run(cases, source + UNKNOWN_FATE)
    assert result.ret == 0
    assert results.cases["AAA-010"].outcome is Outcome.UNSUPPORTED
    assert "ws_trading" in (results.cases["AAA-010"].reason or "")


def test_two_workers_write_one_results_file(cases: pytest.Pytester) -> None:
    """With `-n 2` every case is in the results once, and the footer counts them."""
    result, results = run(cases, PASSING + UNKNOWN_FATE, "-n", "2")
    assert result.ret == 0
    assert sorted(results.cases) == ["AAA-010", "AAA-020"]


CRASHING = PASSING.replace('await order.reaches("ACCEPTED")', "import os; os._exit(3)")


def test_case_whose_worker_died_is_broken(cases: pytest.Pytester) -> None:
    """A worker that dies takes its case with it: the case is in the results, and the run is not as expected."""
    result, results = run(cases, CRASHING + UNKNOWN_FATE, "-n", "2")
    assert result.ret == 2
    assert {key: found.outcome for key, found in results.cases.items()} == {
        "AAA-010": Outcome.BROKEN,
        "AAA-020": Outcome.PASSED,
    }
    assert "its worker died before it ended: worker 'gw" in (results.cases["AAA-010"].reason or "")
    result.stdout.fnmatch_lines(["AAA-010 broken: its worker died*--case AAA-010*"])


def test_run_whose_workers_all_died_has_no_footer(cases: pytest.Pytester) -> None:
    """Where nobody is left to tell what was planned, the results are not whole, and there is no 0."""
    cases.makepyfile(test_cases=CRASHING)
    options = ("--nautilus", "1.0.0", "--conformance-results", "results.jsonl", "-n", "1", "--max-worker-restart", "0")
    result = forked_pytest(cases, *options, "--defects=none")
    assert result.ret == 2
    with pytest.raises(ResultsError, match="footer"):
        read_results(cases.path / "results.jsonl")


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_failing_test_beside_the_cases_fails_the_run(cases: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """A test that is no case keeps pytest's own exit code; the results speak of the cases only."""
    result, results = run(cases, PASSING + "\ndef test_ordinary():\n    assert 1 == 2\n", *workers)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert list(results.cases) == ["AAA-010"]


def test_collecting_decides_nothing(cases: pytest.Pytester) -> None:
    """A list of the cases is no run: it exits 0 and writes no results."""
    cases.makepyfile(test_cases=PASSING)
    result = forked_pytest(cases, "--nautilus", "1.0.0", "--defects=none", "--collect-only")
    assert result.ret == 0


def test_run_that_ends_early_says_how_to_end_it_well(cases: pytest.Pytester) -> None:
    """With -x a failure ends the run: its results have no footer, and the run says what to leave out."""
    cases.makepyfile(test_cases=UNKNOWN_FATE + PASSING)
    options = ("--nautilus", "1.0.0+rejecting", "--conformance-results", "results.jsonl", "--defects=none")
    result = forked_pytest(cases, *options, "-x")
    result.stdout.fnmatch_lines(["the run ended early*results.jsonl has no footer*without -x or --maxfail*"])
    with pytest.raises(ResultsError, match="footer"):
        read_results(cases.path / "results.jsonl")


def test_interrupted_run_has_no_footer(cases: pytest.Pytester) -> None:
    """A run that is interrupted leaves results that the reader refuses."""
    source = PASSING.replace('await order.reaches("ACCEPTED")', "raise KeyboardInterrupt")
    with pytest.raises(ResultsError, match="footer"):
        run(cases, source)


def test_unknown_case_id_names_the_nearest(cases: pytest.Pytester) -> None:
    """`--case` with an id that does not exist is wrong usage and names the nearest one."""
    cases.makepyfile(test_cases=PASSING)
    result = forked_pytest(cases, "--nautilus", "1.0.0", "--case", "AAA-011")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'AAA-011'*'AAA-010'*"])


def test_duplicate_ids_are_refused(cases: pytest.Pytester) -> None:
    """Two cases under one id are wrong usage; the message names both."""
    cases.makepyfile(test_cases=PASSING, test_more=PASSING)
    result = forked_pytest(cases, "--nautilus", "1.0.0")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*AAA-010 is both*test_cases.py*test_more.py*"])


def test_wrong_usage_is_said_once_by_two_workers(cases: pytest.Pytester) -> None:
    """What only the workers can find out is no crash of theirs: it is wrong usage, as without them."""
    cases.makepyfile(test_cases=PASSING)
    options = ("--nautilus", "1.0.0", "--case", "AAA-011", "--conformance-results", "results.jsonl", "-n", "2")
    result = forked_pytest(cases, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["ERROR: there is no case 'AAA-011'; the nearest is 'AAA-010'*"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    result.stdout.no_fnmatch_line("*ended early*")
    with pytest.raises(ResultsError, match="footer"):
        read_results(cases.path / "results.jsonl")


def test_no_version_is_wrong_usage(cases: pytest.Pytester) -> None:
    """Cases without `--nautilus` are wrong usage, and the message says what to give."""
    cases.makepyfile(test_cases=PASSING)
    result = forked_pytest(cases)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--nautilus VERSION*"])


@pytest.mark.parametrize(
    ("decorator", "problem"),
    [
        ('@case("aaa10", rule="x")', "case id 'aaa10'"),
        ('@case("AAA-010", rule="x")', "MUST or SHOULD"),
    ],
)
def test_malformed_case_is_refused_at_import(cases: pytest.Pytester, decorator: str, problem: str) -> None:
    """An id of the wrong form, or a docstring that is no requirement, is refused when the module is read."""
    cases.makepyfile(
        test_cases=f"from conformance.kit import case\n\n{decorator}\nasync def test_it():\n    '''Does it.'''\n"
    )
    result = forked_pytest(cases, "--nautilus", "1.0.0")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([f"*{problem}*"])


def test_cases_of_ones_own_do_not_load_the_contract(cases: pytest.Pytester) -> None:
    """The suite's own record is held against the contract by runs of the contract, and by no other."""
    cases.makeconftest(f"{CONFTEST}\nfrom conformance.plugin import selection\nselection.contract = None\n")
    result, _ = run(cases, PASSING, "--defects", str(DEFECTS))
    assert result.ret == 0


def test_history_folder_is_chosen(cases: pytest.Pytester) -> None:
    """`--histories` says where histories go, one file a case."""
    run(cases, PASSING, "--histories", "elsewhere")
    assert [path.name for path in Path(cases.path / "elsewhere").glob("*.jsonl")] == ["AAA-010.jsonl"]
