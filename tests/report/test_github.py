"""GitHub: what speaks against is annotated, the summary is written, and nobody's words become a command."""

from pathlib import Path

import pytest

from conformance.report.comparison import Comparison
from conformance.report.github import annotations, heard_by_nobody, on_github, summarise
from conformance.report.html import verdict_html
from conformance.verdict.decision import Decision
from conformance.verdict.outcomes import Outcome
from conformance.verdict.verdict import Verdict, compare
from tests.report.examples import comparison, result, results


def test_regressions_are_errors_and_the_undecided_warnings(tmp_path: Path) -> None:
    """One line each, with the requirement; a line break or a comma in what was said ends nothing."""
    error, warning = annotations(comparison(tmp_path))

    assert error.startswith("::error title=STOP-010 regressed::A stop MUST rest. ")
    assert "100%25" in error
    assert "\n" not in error
    assert warning.startswith("::warning title=ERR-010 broken::")


def test_what_fails_alike_unexplained_is_told(tmp_path: Path) -> None:
    """It is why the gate is inconclusive: annotated, on the page among the undecided, and a row on the terminal."""
    unknown = result("MKT-020", Outcome.FAILED, "who knows")
    before, after = (results(version, unknown, result("A-1", Outcome.PASSED)) for version in ("1", "2"))
    shown = Comparison(compare(before, after), before, after)

    assert [*annotations(shown)] == ["::warning title=MKT-020 fails alike on both%2C which is not on record::who knows"]
    page = verdict_html(shown)
    assert page.index("Not decided") < page.index('id="MKT-020"') < page.index("The same")


def test_a_verdict_without_cases_is_a_warning() -> None:
    """A gate that could not compare says so on the run's page."""
    (line,) = annotations(Comparison(Verdict.undecided("1", "2", Decision.INCONCLUSIVE, "no network, alas")))
    assert line == "::warning title=inconclusive%3A not everything could be decided::no network, alas"


def test_the_summary_is_appended_where_github_says(tmp_path: Path) -> None:
    """What other steps have written stays; without a place nothing is written."""
    place = tmp_path / "summary.md"
    place.write_text("before\n")
    shown = comparison(tmp_path)

    assert summarise(shown, {"GITHUB_STEP_SUMMARY": str(place)})
    assert not summarise(shown, {})
    assert place.read_text().startswith("before\n## NautilusTrader 2.0.0 against 1.231.0")


def test_what_is_quoted_is_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Within GitHub commands are stopped by a word that nobody can guess, and heard again afterwards."""
    variables = {"GITHUB_ACTIONS": "true"}
    assert on_github(variables)
    with heard_by_nobody(variables):
        print("::error::of a trader")
    with heard_by_nobody({}):
        print("as it is")

    begin, said, end, plain = capsys.readouterr().out.splitlines()
    token = begin.removeprefix("::stop-commands::")
    assert (said, end, plain) == ("::error::of a trader", f"::{token}::", "as it is")
    assert len(token) == 32
