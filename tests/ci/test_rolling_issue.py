"""The rolling issue: one issue follows the nightly gate."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.ci.repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository without issues."""
    return Repository(tmp_path)


def issue(state: str = "OPEN", body: str = "", number: int = 7) -> dict[str, Any]:
    """Return an issue that there is already."""
    return {"number": number, "state": state, "title": "as it was", "body": body}


@pytest.mark.parametrize(
    ("exit_code", "title", "told"),
    [
        (1, "NautilusTrader 1.232.0a1 regresses from 1.231.0", "It regresses, since "),
        (2, "No verdict on NautilusTrader's nightly", "no verdict: the suite or its environment broke, since "),
        (3, "No verdict on NautilusTrader's nightly", "no verdict: the gate was inconclusive, since "),
        (4, "No verdict on NautilusTrader's nightly", "no verdict: the gate was called in a wrong way, since "),
        (None, "No verdict on NautilusTrader's nightly", "no verdict: the gate ended without a verdict, since "),
    ],
)
@pytest.mark.parametrize("before", [[], [issue()], [issue("CLOSED"), issue("CLOSED", number=3)]])
def test_every_end_but_an_upgrade_is_in_the_issue(
    repository: Repository, before: list[dict[str, Any]], exit_code: int | None, title: str, told: str
) -> None:
    """Whether there was no issue, an open one or closed ones: one is open then, and says what and since when."""
    repository.issues = before

    repository.night(exit_code)

    (shown,) = [each for each in repository.issues if each["state"] == "OPEN"]
    assert len(repository.issues) == max(len(before), 1)
    assert shown["number"] == (7 if before else 1)
    assert shown["title"] == title
    assert told in shown["body"]
    assert "https://example.invalid/run/1" in shown["body"]
    assert ("the report of" in shown["body"]) is (exit_code is not None)


def test_upgrade_closes_it(repository: Repository) -> None:
    """With the report as the last word; and where nothing is open, nothing is said."""
    repository.issues = [issue()]
    repository.night(0)
    assert [each["state"] for each in repository.issues] == ["CLOSED"]
    assert repository.calls == ["issue list", "issue comment", "issue close"]

    repository.night(0)
    assert repository.calls == ["issue list"]


def test_it_says_since_when(repository: Repository) -> None:
    """The first night in a state counts; another reason for silence is no new state, a regression is one."""
    repository.issues = [issue(body="<!-- gate: silent since 2026-01-02T03:04Z -->\nold\n\n---\n\nthe last report")]

    repository.night(None)
    assert "the gate ended without a verdict, since 2026-01-02T03:04Z" in repository.issues[0]["body"]
    assert repository.issues[0]["body"].endswith("the last report")
    repository.night(3)
    assert "inconclusive, since 2026-01-02T03:04Z" in repository.issues[0]["body"]
    repository.night(1)
    assert "since 2026-01-02" not in repository.issues[0]["body"]


@pytest.mark.parametrize(("said", "ended"), [(0, "1"), (0, ""), (0, "143"), (1, "0"), (77, "77")])
def test_verdict_that_the_gate_did_not_end_with_is_none(repository: Repository, said: int, ended: str) -> None:
    """A file that was left by another gate, or written by the code under test, makes no upgrade and no regression."""
    repository.night(said, ended)

    assert "the gate ended without a verdict" in repository.issues[0]["body"]


@pytest.mark.parametrize(
    ("hours_ago", "told"), [((), "not run for 36 hours, or never"), ((37,), "not run for 36 hours"), ((35,), None)]
)
def test_gate_that_does_not_run_is_told(repository: Repository, hours_ago: tuple[int, ...], told: str | None) -> None:
    """The dead man's switch: 36 hours without a scheduled run open the issue, since the last one."""
    runs = tuple(datetime.now(UTC) - timedelta(hours=each) for each in hours_ago)

    repository.script("alive", "--workflow", "gate.yml", "--hours", "36", runs=runs)

    assert [told in each["body"] for each in repository.issues] == ([True] if told else [])
    if told and runs:
        assert f"since {runs[0]:%Y-%m-%dT%H:%M}" in repository.issues[0]["body"]


def test_title_takes_no_text_of_the_candidates(repository: Repository, tmp_path: Path) -> None:
    """A version's name comes from a machine where third-party code ran: it is a version, or nothing to be read."""
    folder = tmp_path / "evil"
    folder.mkdir()
    evil = {"exit_code": 1, "baseline": "1", "candidate": "@everyone\n#1 <script>"}
    (folder / "verdict.json").write_text(json.dumps(evil))

    repository.script("verdict", str(folder))

    assert repository.issues[0]["title"] == "NautilusTrader ?everyone??1??script? regresses from 1"
