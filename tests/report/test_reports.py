"""Reports: what must be read is there, what was said by others is never markup, and nothing is unreadable."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from conformance.history.entries import FailedCheck, FaultApplied, Note, Request
from conformance.history.history import History
from conformance.report.causes import causes_of
from conformance.report.comparison import Comparison, timeline
from conformance.report.explored import Explored
from conformance.report.html import DRAWN, verdict_html
from conformance.report.machine import verdict_json
from conformance.report.markdown import LONGEST, verdict_markdown
from conformance.report.terminal import print_comparison, print_run
from conformance.verdict.changes import Change
from conformance.verdict.decision import Decision, decide_run
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Footer, Header, Results
from conformance.verdict.verdict import Verdict, compare

STOP = "A STOP_MARKET MUST be sent to the Algo service."
HOSTILE = '<script>alert("x")</script> [red]|`*_ | new\nline'


def passed(case_id: str) -> CaseResult:
    """Return a case that passed."""
    return CaseResult(id=case_id, outcome=Outcome.PASSED, expected=True, seconds=0.25)


def failed(case_id: str, signature: str = "rejected with -4120", *, expected: bool = False) -> CaseResult:
    """Return a case that failed."""
    return CaseResult(
        id=case_id,
        outcome=Outcome.FAILED,
        expected=expected,
        seconds=0.5,
        signature=signature,
        reason="the order was rejected",
        history=f"{case_id}.jsonl",
    )


def run(subject: str, *cases: CaseResult, path: Path | None = None, world: str = "simulator") -> Results:
    """Return a run of these cases, as if read from `path`."""
    header = Header(
        suite_revision="0.1.0+abc",
        subject=subject,
        installed="PyPI wheel",
        python="3.12.1",
        world=world,
        platform="Linux",
        started="2026-11-22T08:00:00+00:00",
    )
    by_id = {case.id: case for case in cases}
    return Results(header, by_id, Footer.of(by_id), path)


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    """A comparison in which one case is the same, one fixed, and one regressed, with its history on disk."""
    history = History(clock=lambda: 1_000_000)
    history.append(Note(text="the stop was sent to /fapi/v1/order"))
    history.write(tmp_path / "STOP-010.jsonl")
    baseline = run("1.222.0", passed("ORDER-010"), passed("STOP-010"), failed("FATE-010"))
    candidate = run(
        "1.221.0", passed("ORDER-010"), failed("STOP-010"), passed("FATE-010"), path=tmp_path / "candidate.jsonl"
    )
    return Comparison(compare(baseline, candidate), baseline, candidate, {"STOP-010": STOP})


def on_terminal(comparison: Comparison, width: int = 160) -> str:
    """Return what a person sees."""
    console = Console(file=StringIO(), width=width)
    print_comparison(console, comparison)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_weightiest_rows_come_first(comparison: Comparison) -> None:
    """What speaks against the upgrade is read first, what is the same last."""
    assert [row.change for row in comparison.rows()] == [Change.REGRESSED, Change.FIXED, Change.SAME]


def test_what_is_new_comes_before_what_is_known() -> None:
    """A regression that nobody has looked at yet is read before those on record."""
    before = run("1", passed("A-1"), passed("B-1"))
    after = run("2", failed("A-1", expected=True), failed("B-1"))
    assert [row.id for row in Comparison(compare(before, after), before, after).rows()] == ["B-1", "A-1"]


def test_the_terminal_shows_changes_timeline_verdict_and_exit_code(comparison: Comparison) -> None:
    """A person sees what broke, before and now, what happened in it, what is fixed, the decision, and the exit code."""
    text = on_terminal(comparison)

    assert "STOP-010 regressed (new: not on record)" in text
    assert "before: passed\n  now: the order was rejected" in text
    assert re.search(r"fixed +FATE-010 +rejected with -4120", text)
    assert "3 cases: 1 regressed, 1 fixed, 1 the same (1 ✓ passed)" in text
    assert "ORDER-010" not in text
    assert "conformance check --timeline" in text
    assert STOP in text
    assert "the stop was sent to /fapi/v1/order" in text
    assert "do not upgrade: the candidate regressed" in text
    assert text.rstrip().endswith("exit code 1")


@pytest.mark.parametrize("decision", Decision)
def test_every_decision_has_a_headline(decision: Decision) -> None:
    """A verdict without any case still says what it is, why, and the exit code."""
    text = on_terminal(Comparison(Verdict.undecided("1.222.0", "nightly", decision, "no [network]")))

    assert "no [network]" in text
    assert f"exit code {int(decision)}" in text


def test_many_regressions_stay_readable() -> None:
    """What fails alike is one thing to read: its first case with its timeline, the others by their ids."""
    ids = ["STOP-010", "STOP-020", "STOP-030"]
    before, after = run("1", *map(passed, ids)), run("2", *map(failed, ids))
    comparison = Comparison(compare(before, after), before, after)

    text = on_terminal(comparison)
    (cause,) = causes_of(comparison)

    assert text.count("(no history was kept)") == 1
    assert "STOP-010 regressed" in text
    assert "2 more of this cause: STOP-020, STOP-030" in text
    assert "3 cases by 1 cause, new:" in text
    assert f"new: {cause.name}: 3 cases, first STOP-010" in text.replace("\n", " ")


def test_all_but_what_was_said_fits_80_columns() -> None:
    """On a small terminal no line of the report's own is broken, however long a case's id is."""
    long = "FATE-020.cancel-all.503.not-done.query"
    before, after = run("1.231.0", passed("A-1"), failed(long)), run("2.0.0rc7", passed("A-1"), passed(long))

    text = on_terminal(Comparison(compare(before, after), before, after), width=80)

    assert max(map(len, text.splitlines())) <= 80
    assert long in text


def test_a_sentence_breaks_between_words() -> None:
    """A requirement longer than the terminal is wide goes on in the next line with a whole word, to the right of it."""
    before, after = run("1.231.0", passed("STOP-010")), run("2.0.0rc7", failed("STOP-010"))
    requirement = "A stop MUST " + "be sent to the Algo service, " * 5 + "whatever else is open."
    comparison = Comparison(compare(before, after), before, after, requirements={"STOP-010": requirement})

    lines = on_terminal(comparison, width=80).splitlines()

    start = next(number for number, line in enumerate(lines) if line.startswith("  A stop MUST"))
    told = lines[start : start + 3]
    assert (" ".join(map(str.strip, told)), max(map(len, told)) <= 80) == (requirement, True)
    assert [line.startswith("    ") for line in told] == [False, True, True]


@pytest.mark.parametrize(
    ("variables", "coloured"), [({"NO_COLOR": "1"}, False), ({"FORCE_COLOR": "1"}, True), ({}, False)]
)
def test_a_pipe_gets_colours_only_by_force_and_never_moving_lines(variables: dict[str, str], coloured: bool) -> None:
    """NO_COLOR and FORCE_COLOR are honoured; a pipe gets no cursor movements whatever the colours."""
    code = (
        "from conformance.cli.screen import screen\n"
        "from conformance.running.progress import Steps\n"
        "console = screen()\n"
        "with console.status('busy'), Steps(console) as steps:\n"
        "    steps.begin('a step', 3)\n"
        "console.print('[bold red]done[/]')\n"
    )
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "TERM")}

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**clean, **variables}
    )

    assert ended.returncode == 0, ended.stderr
    assert "a step" in ended.stdout
    assert ("\x1b[1;31m" in ended.stdout) is coloured
    assert not re.search(r"\x1b\[(\?25|\d*[ABK])|busy", ended.stdout)


def test_a_run_shows_its_cases_and_its_unexpected_failures() -> None:
    """One run's table has what did not pass, and counts the rest; only unexpected failures are told at length."""
    results = run("1.231.0", passed("ORDER-010"), failed("FATE-010", expected=True), failed("STOP-010"))
    console = Console(file=StringIO(), width=120)

    print_run(console, results, *decide_run(results))

    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert re.search(r"FATE-010 +✗ failed \(known\) +rejected with", text)
    assert "ORDER-010" not in text
    assert text.count("(no history was kept)") == 1
    assert "not as expected: 1 passed, 2 failed" in text
    assert text.rstrip().endswith("exit code 1")


def test_a_damaged_history_does_not_end_the_report(tmp_path: Path) -> None:
    """A history that cannot be read is said in its place."""
    (tmp_path / "STOP-010.jsonl").write_text("nonsense\n")
    results = run("1.221.0", failed("STOP-010"), path=tmp_path / "run.jsonl")

    assert "cannot be read" in timeline(results, "STOP-010")


def test_markdown_has_the_verdict_the_changes_and_the_timelines(comparison: Comparison) -> None:
    """The rolling issue says what was decided and why, and unfolds the history of each regression."""
    text = verdict_markdown(comparison)

    assert text.startswith("## NautilusTrader 1.221.0 against 1.222.0")
    assert "**do not upgrade: the candidate regressed** (exit code 1)" in text
    assert "| STOP-010 | ✓ passed | ✗ failed | regressed | rejected with -4120 |" in text
    assert "ORDER-010" not in text
    assert "1 of 3 cases are the same" in text
    assert "<details>" in text
    for told in ("- before: passed", "- now: the order was rejected", "- new: not on record", "- again: `conformance"):
        assert told in text
    assert "the stop was sent to /fapi/v1/order" in text


def test_markdown_is_cut_to_what_github_takes(tmp_path: Path) -> None:
    """A report with many long histories is cut between two of them, so that the issue can be written at all."""
    history = History(clock=lambda: 0)
    for _ in range(40):
        history.append(Note(text="x" * 200))
    ids = [f"STOP-{number:03}" for number in range(30)]
    for case_id in ids:
        history.write(tmp_path / f"{case_id}.jsonl")
    before, after = run("1", *map(passed, ids)), run("2", *map(failed, ids), path=tmp_path / "candidate.jsonl")

    text = verdict_markdown(Comparison(compare(before, after), before, after))

    assert len(text) < LONGEST + 100
    assert text.count("<details>") == text.count("</details>") > 0
    assert text.endswith("More in the uploaded results.\n")


@given(said=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_was_said_stays_in_its_cell(said: str) -> None:
    """Whatever a venue or trader says, a table's row keeps its cells and opens no tag, no mention and no link."""
    before, after = run("1", passed("A")), run("2", failed("A", said))

    (row,) = [
        line for line in verdict_markdown(Comparison(compare(before, after))).splitlines() if line.startswith("| A |")
    ]

    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 6
    assert "<" not in row
    assert not re.search(r"(?<!\\)(?:\\\\)*[@\[#`]", row)


class _Tags(HTMLParser):
    """The tags of a page, and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag, and what it would fetch."""
        self.found.append(tag)
        for name, value in attrs:
            assert name != "src", (tag, value)
            assert not name.startswith("on"), (tag, name, value)
            assert name != "href" or tag == "a", (tag, value)

    def handle_data(self, data: str) -> None:
        """Keep what would run."""
        if self.found and self.found[-1] == "script" and data.strip():
            self.scripts.append(data)


def test_html_stands_alone_and_escapes() -> None:
    """The page fetches nothing, runs nothing but its own script, and shows hostile text as text."""
    before, after = run("1", passed("A")), run("2", failed("A", HOSTILE))

    page = verdict_html(Comparison(compare(before, after), before, after, {"A": HOSTILE}))

    read = _Tags(page)
    assert not {*read.found} & {"img", "link", "iframe", "object", "form", "base"}
    assert {"table", "style"} <= {*read.found}
    assert "&lt;script&gt;" in page
    (script,) = read.scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in page


def test_html_tells_what_was_required_and_seen(comparison: Comparison, tmp_path: Path) -> None:
    """A regression has its requirement, what was required and seen, the diagram, and the commands to run it again."""
    history = History(clock=lambda: 1_000_000)
    history.append(Request(id=1, by="trader", method="POST", path="/fapi/v1/order", params={"type": "STOP_MARKET"}))
    history.append(FaultApplied(what="drop", to=1, processed=False))
    history.append(FailedCheck(about="order A-1", required="ACCEPTED within 5 s", seen="REJECTED", began=1))
    history.write(tmp_path / "STOP-010.jsonl")

    page = verdict_html(replace(comparison, upstream={"STOP-010": ["#3287"]}))

    for told in (STOP, "ACCEPTED within 5 s", "REJECTED", "new: not on record", "waits from here for order A-1"):
        assert told in page
    assert 'class="step check"' in page
    assert 'class="step fault"' in page
    assert "conformance gate --baseline 1.222.0 --candidate 1.221.0 --case STOP-010" in page
    assert 'href="https://github.com/nautechsystems/nautilus_trader/issues/3287"' in page


@pytest.mark.parametrize(
    ("explored", "told"),
    [
        (Explored(programs=12), "Nothing shows again and again on 2 alone"),
        (Explored(programs=12, failure="no subject"), "They say nothing: no subject"),
    ],
)
def test_page_says_what_exploration_shows(comparison: Comparison, explored: Explored, told: str) -> None:
    """A gate that explored says on its page how many programs it played, and what came of them."""
    page = verdict_html(replace(comparison, explorations=(explored,)))

    assert "12 made-up programs were played on both versions" in page
    assert told in page.replace(comparison.verdict.candidate, "2")
    assert "made-up programs" not in verdict_html(comparison)


def test_html_of_hundreds_of_regressions_stays_small(tmp_path: Path) -> None:
    """Only so many diagrams are drawn; every case still has its words and the way to its history."""
    history = History(clock=lambda: 0)
    for number in range(200):
        history.append(Note(text=f"{number} {'x' * 100}"))
    ids = [f"STOP-{number:03}" for number in range(DRAWN * 3)]
    for case_id in ids:
        history.write(tmp_path / f"{case_id}.jsonl")
    before, after = run("1", *map(passed, ids)), run("2", *map(failed, ids), path=tmp_path / "candidate.jsonl")

    page = verdict_html(Comparison(compare(before, after), before, after))

    assert page.count('class="seq') == DRAWN
    assert page.count("Its own is left out") == DRAWN * 2
    assert page.count("conformance check --timeline") == DRAWN * 3


def test_html_shows_an_undecided_verdict() -> None:
    """A gate that compared nothing has a page too."""
    page = verdict_html(Comparison(Verdict.undecided("1", "2", Decision.INCONCLUSIVE, "no network")))

    assert "no network" in page
    assert "exit code 3" in page


def test_programs_get_the_decision(comparison: Comparison) -> None:
    """The JSON has what a workflow acts on, in words that do not change."""
    verdict = json.loads(verdict_json(comparison))

    assert (verdict["decision"], verdict["exit_code"]) == ("regressed", 1)
    stop = verdict["changes"]["STOP-010"]
    assert {name: stop[name] for name in ("change", "against", "why", "baseline", "candidate")} == {
        "change": "regressed",
        "against": True,
        "why": "rejected with -4120",
        "baseline": "passed",
        "candidate": "failed",
    }
