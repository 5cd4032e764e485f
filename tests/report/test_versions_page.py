"""The page of many runs: every case of every run, failures with their defects, and what the filter goes by."""

import pytest
from packaging.version import Version

from conformance.report.versions_page import head_of, versions_html
from conformance.verdict.defects import Defect, Defects
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Footer, Header, Results
from conformance.verdict.spans import Span

DEFECT = Defect(
    id="stops-before-algo",
    summary="stops are refused",
    upstream=("#3287",),
    versions=(Span(Version("1"), Version("2")),),
    cases={"STOP-010": ((Span(Version("1"), Version("2")), "rejected"),)},
)


def run(subject: str, outcomes: dict[str, Outcome], profile: str = "", world: str = "simulator") -> Results:
    """Return a run with these outcomes; failures are on record."""
    header = Header(
        suite_revision="0.1.0",
        subject=subject,
        installed="PyPI wheel",
        python="3.13",
        world=world,
        platform="Linux",
        started="2026-11-22T08:00:00+00:00",
        profile=profile,
    )
    cases = {
        case_id: CaseResult(
            id=case_id,
            outcome=outcome,
            expected=True,
            seconds=1,
            signature="rejected" if outcome is Outcome.FAILED else None,
            reason=None if outcome in (Outcome.PASSED, Outcome.FAILED) else "<no> capability",
        )
        for case_id, outcome in outcomes.items()
    }
    return Results(header, cases, Footer.of(cases))


@pytest.fixture
def page() -> str:
    """A page of two versions, one of which lacks a case."""
    runs = [
        run("1.221.0", {"STOP-010": Outcome.FAILED, "LMT-010": Outcome.PASSED}),
        run("2.0.0", {"STOP-010": Outcome.PASSED, "LMT-010": Outcome.PASSED, "LIST-010": Outcome.UNSUPPORTED}),
    ]
    return versions_html(runs, {"STOP-010": "A stop MUST rest."}, Defects([DEFECT]))


def test_every_case_has_a_cell_in_every_run(page: str) -> None:
    """A row a case, a column a run; a run without the case has an empty cell."""
    assert page.count('data-group="STOP" data-change="differs"') == 2
    assert page.count('data-group="LMT" data-change="same"') == 1
    assert "<td></td>" in page


def test_a_failure_leads_to_its_defect(page: str) -> None:
    """The cell of a failure links to its signature, the known defect and the upstream issue."""
    assert '<a href="#STOP-010" class="failed" title="rejected">(✗)</a>' in page
    assert "known: stops-before-algo" in page
    assert "https://github.com/nautechsystems/nautilus_trader/issues/3287" in page
    assert "A stop MUST rest." in page


def test_nothing_said_is_markup() -> None:
    """What a version said is text."""
    page = versions_html([run("1<b>", {"A-1": Outcome.BROKEN})])
    assert "1<b>" not in page
    assert "<no>" not in page
    assert "&lt;no&gt; capability" in page


@pytest.mark.parametrize(
    ("profile", "world", "head"),
    [("default", "simulator", "1.0"), ("checks", "simulator", "1.0 checks"), ("", "testnet", "1.0 testnet")],
)
def test_the_head_says_what_is_unusual(profile: str, world: str, head: str) -> None:
    """Columns of one version in several profiles or worlds are told apart."""
    assert head_of(run("1.0", {}, profile, world)) == head
