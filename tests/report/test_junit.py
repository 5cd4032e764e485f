"""JUnit XML: each case with its id, requirement and versions, failures as such, and nothing that XML cannot hold."""

from pathlib import Path
from xml.etree import ElementTree as ET

from conformance.report.comparison import Comparison
from conformance.report.junit import comparison_junit, run_junit
from conformance.verdict.decision import Decision
from conformance.verdict.outcomes import Outcome
from conformance.verdict.verdict import Verdict
from tests.report.examples import HOSTILE, comparison, result, results


def kinds(suite: ET.Element) -> dict[str | None, str]:
    """Return what is wrong with each test case, "" for nothing."""
    wrong = ("failure", "error", "skipped")
    return {
        case.get("name"): next((each.tag for each in case if each.tag in wrong), "") for case in suite.iter("testcase")
    }


def properties(element: ET.Element, name: str) -> dict[str | None, str | None]:
    """Return the properties of a test case."""
    case = next(each for each in element.iter("testcase") if each.get("name") == name)
    return {each.get("name"): each.get("value") for each in case.iter("property")}


def test_a_run_has_every_case() -> None:
    """Unexpected failures are failures, known ones and what is unsupported skipped, what broke an error."""
    run = results(
        "1.231.0",
        result("A-1", Outcome.PASSED),
        result("A-2", Outcome.FAILED, HOSTILE),
        result("A-3", Outcome.FAILED, expected=True),
        result("A-4", Outcome.UNSUPPORTED),
        result("A-5", Outcome.BROKEN),
        result("A-6", Outcome.DRIFTED),
    )
    root = ET.fromstring(run_junit(run, {"A-2": "It MUST hold."}))

    expected = {"A-1": "", "A-2": "failure", "A-3": "skipped", "A-4": "skipped", "A-5": "error", "A-6": "error"}
    assert kinds(root) == expected
    (suite,) = root
    counts = [suite.get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == ["6", "1", "2", "2"]
    told = {"case_id": "A-2", "requirement": "It MUST hold.", "version": "1.231.0", "outcome": "failed"}
    assert properties(root, "A-2") == told


def test_a_gate_fails_by_what_speaks_against(tmp_path: Path) -> None:
    """A regression is a failure with both versions and how to run it again; what broke an error; the known skipped."""
    root = ET.fromstring(comparison_junit(comparison(tmp_path)))

    found = kinds(root)
    assert (found["STOP-010"], found["ERR-010"], found["MKT-010"], found["LIST-010"]) == (
        "failure",
        "error",
        "skipped",
        "skipped",
    )
    assert (found["LMT-010"], found["CXL-010"]) == ("", "")
    told = properties(root, "STOP-010")
    assert (told["requirement"], told["baseline"], told["candidate"]) == ("A stop MUST rest.", "1.231.0", "2.0.0")
    failure = root.find(".//failure")
    assert failure is not None
    assert "--case STOP-010" in (failure.text or "")


def test_a_gate_that_compared_nothing_is_an_error() -> None:
    """No test case at all would look like success in every CI system."""
    nothing = Comparison(Verdict.undecided("1", "2", Decision.INCONCLUSIVE, "no network"))
    assert kinds(ET.fromstring(comparison_junit(nothing))) == {"gate": "error"}
