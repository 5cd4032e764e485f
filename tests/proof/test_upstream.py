"""Upstream's defects: the list is checked, each is caught only by red and green, and the page says which is not."""

from pathlib import Path

import pytest
from rich.console import Console

from conformance.proof.upstream import UpstreamDefect, UpstreamDefectsError, hold, load_upstream, wanted
from conformance.report.caught import caught_markdown, print_caught
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult

FIXED = UpstreamDefect(
    defect="V1-A", summary="Lost.", upstream=["#1"], last_bad="1.1.0", first_good="1.2.0", cases=["A-010", "A-020"]
)
OPEN = UpstreamDefect(defect="V1-B", summary="Lost too.", last_bad="1.2.0", cases=["A-010"])
NO_CASE = UpstreamDefect(defect="V1-C", summary="Not seen.", last_bad="1.2.0", reason="it never reaches the wire")


def did(outcome: Outcome, case_id: str = "A-010") -> dict[str, CaseResult]:
    """Return what one case did."""
    signature = "x | y" if outcome is Outcome.FAILED else None
    return {case_id: CaseResult(id=case_id, outcome=outcome, expected=True, seconds=1, signature=signature)}


@pytest.mark.parametrize(
    ("bad", "good", "caught"),
    [
        (Outcome.FAILED, Outcome.PASSED, True),
        (Outcome.FAILED, Outcome.FAILED, False),
        (Outcome.PASSED, Outcome.PASSED, False),
    ],
)
def test_a_fixed_defect_is_caught_by_red_and_green(bad: Outcome, good: Outcome, caught: bool) -> None:
    """A case that is red on both sides, or green on both, has caught nothing."""
    (held,) = hold([FIXED], {"1.1.0": did(bad), "1.2.0": did(good)})

    assert bool(held.caught_by) is caught
    assert held.missed is not caught


def test_an_open_defect_is_caught_by_red_alone() -> None:
    """Of what is not mended nothing can be green; one with a reason is not missed; what was not run catches nothing."""
    of_open, of_none = hold([OPEN, NO_CASE], {"1.2.0": did(Outcome.FAILED)})

    assert of_open.caught_by
    assert not of_none.missed
    assert hold([OPEN], {})[0].missed


def test_what_has_to_be_run_is_each_case_once_a_version() -> None:
    """Both sides of a fixed defect are run, the bad side of an open one."""
    assert wanted([FIXED, OPEN, NO_CASE]) == {"1.1.0": ["A-010", "A-020"], "1.2.0": ["A-010", "A-020"]}


def test_the_page_and_the_terminal_name_what_is_missed() -> None:
    """A missed defect stands out on the page, and is told with what each of its cases did."""
    held = hold([FIXED, OPEN, NO_CASE], {"1.1.0": did(Outcome.PASSED), "1.2.0": did(Outcome.FAILED)})
    console = Console(record=True, width=200)

    print_caught(console, held)
    page = caught_markdown(held)

    said = console.export_text()
    assert "missed: V1-A: Lost." in said
    assert "A-010: passed on 1.1.0, failed on 1.2.0" in said
    assert "1 of 3 defects are caught, 0 told apart, 0 shown by no version, 1 with a reason" in said
    assert "**missed** A-010 passed on 1.1.0" in page
    assert "A-010: x \\| y |" in page
    assert "none: it never reaches the wire" in page


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("- {defect: A, summary: s, last_bad: '1'}", r"list\.yaml:1: A has neither cases nor a reason"),
        ("- {defect: A, summary: s, last_bad: '1', cases: [A-011]}", r"no case 'A-011'; the nearest is 'A-010'"),
        ("- {defect: A, summary: s, last_bad: '1', case: [A-010]}", r"unknown field 'case'; the nearest is 'cases'"),
        ("[]", "expected a list of defects"),
    ],
)
def test_a_wrong_list_is_refused_by_file_and_line(text: str, wrong: str, tmp_path: Path) -> None:
    """An entry without cases, of no case, or with a field that nobody knows is refused."""
    (tmp_path / "list.yaml").write_text(text)

    with pytest.raises(UpstreamDefectsError, match=wrong):
        load_upstream(tmp_path / "list.yaml", ["A-010"])


def test_a_case_that_fails_otherwise_tells_apart() -> None:
    """Red on both sides with other words is not caught, and not missed; with the same words it is missed."""
    other = {"A-010": CaseResult(id="A-010", outcome=Outcome.FAILED, expected=True, seconds=1, signature="z")}

    (held,) = hold([FIXED], {"1.1.0": did(Outcome.FAILED), "1.2.0": other})
    (same,) = hold([FIXED], {"1.1.0": did(Outcome.FAILED), "1.2.0": did(Outcome.FAILED)})

    assert (held.caught_by, held.missed, same.missed) == ([], False, True)
    assert "told apart: A-010 failed on 1.1.0, failed on 1.2.0" in caught_markdown([held])


def test_what_no_version_has_shown_is_not_missed() -> None:
    """Of what only users of another client told of there is no version to be red on."""
    unseen = UpstreamDefect(defect="R-1", summary="Elsewhere.", cases=["A-010"])

    assert not hold([unseen], {})[0].missed
