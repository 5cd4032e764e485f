"""The rolling issue: one issue follows the nightly gate. A script that keeps issues in a file stands in for `gh`."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / ".github" / "rolling-issue"
GH = """#!{python}
import json, os, sys
state = json.load(open(os.environ["STATE"]))
call = sys.argv[1:]
state["calls"].append(" ".join(call[:2]))
option = lambda name: call[call.index(name) + 1]
issues = state["issues"]
if "--body-file" in call:
    state["bodies"].append(sys.stdin.read())
if call[:2] == ["issue", "list"]:
    print(json.dumps(issues))
elif call[:2] == ["run", "list"]:
    print(json.dumps(state["runs"]))
elif call[:2] == ["issue", "create"]:
    new = dict(number=len(issues) + 1, state="OPEN", title=option("--title"), body=state["bodies"][-1])
    issues.append(new)
elif call[0] == "issue":
    issue = next(each for each in issues if str(each["number"]) == call[2])
    if call[1] == "edit":
        issue |= dict(title=option("--title"), body=state["bodies"][-1])
    issue["state"] = dict(reopen="OPEN", close="CLOSED").get(call[1], issue["state"])
json.dump(state, open(os.environ["STATE"], "w"))
"""


@dataclass
class Repository:
    """A repository's issues and runs, as the stand-in keeps them."""

    folder: Path
    issues: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def script(self, *arguments: str, runs: tuple[datetime, ...] = ()) -> None:
        """Run the script on the repository as it is."""
        gh, state = self.folder / "bin" / "gh", self.folder / "state.json"
        gh.parent.mkdir(exist_ok=True)
        gh.write_text(GH.replace("{python}", sys.executable))
        gh.chmod(0o755)
        told = [{"updatedAt": at.strftime("%Y-%m-%dT%H:%M:%SZ")} for at in runs]
        state.write_text(json.dumps({"issues": self.issues, "runs": told, "calls": [], "bodies": []}))
        environment = {
            "PATH": f"{gh.parent}:{os.environ['PATH']}",
            "STATE": str(state),
            "RUN_URL": "https://example.invalid/run/1",
        }
        subprocess.run([sys.executable, SCRIPT, *arguments], env=environment, check=True, timeout=30)
        kept = json.loads(state.read_text())
        self.issues, self.calls = kept["issues"], kept["calls"]

    def night(self, exit_code: int | None, ended: str | None = None) -> None:
        """Follow a gate that ended so; None: without a verdict."""
        folder = self.folder / "results"
        folder.mkdir(exist_ok=True)
        for name in ("verdict.json", "verdict.md"):
            (folder / name).unlink(missing_ok=True)
        if exit_code is not None:
            verdict = {"exit_code": exit_code, "baseline": "1.231.0", "candidate": "1.232.0a1"}
            (folder / "verdict.json").write_text(json.dumps(verdict))
            (folder / "verdict.md").write_text(f"the report of exit {exit_code}\n")
        told = str(exit_code) if exit_code is not None else ""
        self.script("verdict", str(folder), "--exit-code", told if ended is None else ended)


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
