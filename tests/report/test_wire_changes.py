"""Wire changes in the reports: the sentence, how many cases show it, and both histories of one of them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.report.comparison import Comparison
from conformance.report.html import verdict_html
from conformance.report.machine import verdict_json
from conformance.report.markdown import verdict_markdown
from conformance.report.wire_changes import wire_data, wire_lines
from conformance.verdict.results import Results
from conformance.verdict.verdict import compare
from conformance.wire_changes.comparison import WireChanges
from conformance.wire_changes.wording import Line
from tests.verdict.test_verdict import run

CHANGE = Line("a stop now asks `DELETE /fapi/v1/listenKey`", ("A-1", "A-2"))
OTHER_WAY = Line(
    "connections for the user stream: now `/private/ws/<listen key>`; no longer <another>", ("A-1",), another_way=True
)
WIRE = WireChanges((CHANGE, OTHER_WAY), doubtful=1, cases=40, notes=("not compared: states of the account",))


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    """A gate that found these wire changes; the histories of case A-1 were kept."""
    sides = []
    for role in ("baseline", "candidate"):
        (tmp_path / f"{role}-histories").mkdir()
        (tmp_path / f"{role}-histories" / "A-1.jsonl").touch()
        sides.append(kept(run("1.231.0", **{"A-1": "P", "A-2": "P"}), tmp_path, role))
    return Comparison(compare(*sides), *sides, wire_changes=WIRE)


def kept(results: Results, folder: Path, role: str) -> Results:
    """Return the results as they lie in a gate's folder."""
    cases = {each.id: replace(each, history=f"{role}-histories/{each.id}.jsonl") for each in results.cases.values()}
    return replace(results, cases=cases, path=folder / f"{role}.jsonl")


def test_on_the_terminal() -> None:
    """Each line has its count and a case; what is left out is said."""
    assert list(wire_lines(WIRE)) == [
        "what changed on the wire (40 cases compared)",
        "      2  a stop now asks `DELETE /fapi/v1/listenKey`  [A-1]",
        "  the same in another way:",
        "      1  connections for the user stream: now `/private/ws/<listen key>`; no longer <another>  [A-1]",
        "  1 more are not told: so few cases show them that they may be chance",
        "  not compared: states of the account",
    ]


def test_rest_is_counted() -> None:
    """Of many lines the first 25 are told, the rest is a count with the place where it is read."""
    many = WireChanges(tuple(Line(f"change {nth}", ("A-1",)) for nth in range(30)), cases=7)

    told = list(wire_lines(many))

    assert (len(told), told[-1]) == (27, "  5 more: all are in verdict.html and verdict.json")
    assert len(wire_data(many)["lines"]) == 30


def test_nothing_changed_is_said() -> None:
    """No change is a finding too."""
    assert list(wire_lines(WireChanges(cases=7))) == ["what changed on the wire (7 cases compared)", "  nothing"]


def test_as_markdown(comparison: Comparison) -> None:
    """A line links to both histories, from where the report lies; nothing in it is markup."""
    told = verdict_markdown(comparison)

    assert (
        "- a stop now asks `DELETE /fapi/v1/listenKey` (2 cases): A-1 [baseline](baseline-histories/A-1.jsonl) · "
        "[candidate](candidate-histories/A-1.jsonl)" in told
    )
    assert "now `/private/ws/<listen key>`; no longer &lt;another>" in told


def test_as_json(comparison: Comparison) -> None:
    """A program gets every case of a line, and the paths."""
    told = json.loads(verdict_json(comparison))["wire_changes"]

    assert told["cases"] == 40
    assert told["lines"][0] == {
        "text": CHANGE.text,
        "another_way": False,
        "cases": ["A-1", "A-2"],
        "histories": {"baseline": "baseline-histories/A-1.jsonl", "candidate": "candidate-histories/A-1.jsonl"},
    }
    assert told["left_out"] == {"more": 0, "doubtful": 1}


def test_as_a_page(comparison: Comparison) -> None:
    """The page says it with links to both histories."""
    page = verdict_html(comparison)

    assert "a stop now asks DELETE /fapi/v1/listenKey" in page
    assert '<a href="candidate-histories/A-1.jsonl">candidate</a>' in page
