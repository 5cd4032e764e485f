"""The workflows, job by job and step by step on a stand-in for GitHub's runner: what every end of a gate comes to."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.ci.repository import Repository
from tests.ci.runner import ACTION, ROOT, TOKEN, WORKFLOWS, Runner, workflow
from tests.ci.suite import lay_python, lay_suite

SILENT = "There is no verdict: "
BROKEN = SILENT + "the suite or its environment broke"
#: What the gate does → how its job ends, and what the issue says; None where it is closed.
NIGHTS = {
    "upgrade": ({"ENDS": "0"}, "success", None),
    "regressed": ({"ENDS": "1"}, "failure", "It regresses"),
    "broken": ({"ENDS": "2"}, "failure", BROKEN),
    "inconclusive": ({"ENDS": "3"}, "success", SILENT + "the gate was inconclusive"),
    "wrong usage": ({"ENDS": "4"}, "failure", SILENT + "the gate was called in a wrong way"),
    "an upgrade without its verdict": ({"ENDS": "0", "SAYS": "nothing"}, "failure", BROKEN),
    "a regression without its verdict": ({"ENDS": "1", "SAYS": "nothing"}, "failure", BROKEN),
    "another's verdict": ({"ENDS": "1", "SAYS": "0"}, "failure", BROKEN),
    "no end": ({"ENDS": "hangs", "GATE_LIMIT_MINUTES": "0.02"}, "failure", BROKEN),
    "not installed": ({"ENDS": "0", "PACKAGE": "no-such-package"}, "success", SILENT + "the gate was inconclusive"),
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository whose issue is open since the second of January."""
    body = "<!-- gate: silent since 2026-01-02T03:04Z -->\nas it was"
    return Repository(tmp_path / "repository", [{"number": 7, "state": "OPEN", "title": "as it was", "body": body}])


def run(
    repository: Repository,
    folder: Path,
    name: str,
    event: str,
    more: dict[str, str],
    runs: tuple[datetime, ...] = (),
    lost: str = "",
) -> tuple[Runner, dict[str, str]]:
    """Run a workflow beside the repository; return the runner, and how its jobs ended."""
    found = repository.lay(runs)
    path = f"{lay_python(folder / 'bin')}:{found['PATH']}"
    runner = Runner(folder / "jobs", lay_suite(folder / "checkout"), {"STATE": found["STATE"], **more}, path, lost)
    inputs = {"baseline": "1.230.0", "candidate": "1.231.0"} if event == "workflow_dispatch" else None
    ends = runner.run(name, event, inputs)
    repository.look()
    return runner, ends


@pytest.mark.parametrize("night", NIGHTS)
def test_every_night_ends_in_the_issue(repository: Repository, tmp_path: Path, night: str) -> None:
    """Whatever the gate does: its job ends so, and the other one has the issue say so, or close."""
    more, ended, told = NIGHTS[night]

    _, ends = run(repository, tmp_path, "gate", "schedule", more)

    assert ends == {"gate": ended, "follow-up": "success"}
    (issue,) = repository.issues
    assert issue["state"] == ("CLOSED" if told is None else "OPEN")
    if told is not None:
        since = "" if told == "It regresses" else " 2026-01-02T03:04Z"
        assert f"**{told}, since{since}" in issue["body"]
        assert "https://example.invalid/DESK/REPOSITORY/actions/runs/1" in issue["body"]


def test_job_that_dies_is_in_the_issue(repository: Repository, tmp_path: Path) -> None:
    """A machine that is lost gives neither an output nor an artifact: that is no verdict, and the issue says so."""
    _, ends = run(repository, tmp_path, "gate", "schedule", {"ENDS": "0"}, lost="gate")

    assert ends == {"gate": "failure", "follow-up": "success"}
    assert repository.issues[0]["state"] == "OPEN"
    assert f"**{SILENT}the gate ended without a verdict, since 2026-01-02T03:04Z" in repository.issues[0]["body"]


@pytest.mark.parametrize("code", range(5))
def test_manual_run_leaves_the_issue_alone(repository: Repository, tmp_path: Path, code: int) -> None:
    """The issue follows the nightly gate: what somebody tries by hand is theirs, with the versions that they named."""
    runner, ends = run(repository, tmp_path, "gate", "workflow_dispatch", {"ENDS": str(code)})

    assert ends == {"gate": "success" if code in (0, 3) else "failure", "follow-up": "skipped"}
    assert repository.calls == []
    assert repository.issues[0]["title"] == "as it was"
    said = json.loads((runner.folder / "gate/results/gate/arguments").read_text())
    assert said[3:7] == ["--baseline", "1.230.0", "--candidate", "1.231.0"]


@pytest.mark.parametrize(("hours", "told"), [((35,), False), ((37,), True), ((), True)])
def test_silent_gate_is_in_the_issue(
    repository: Repository, tmp_path: Path, hours: tuple[int, ...], told: bool
) -> None:
    """The dead man's switch, with no more rights than its job has: 36 hours without a scheduled run are said."""
    repository.issues = []
    last = tuple(datetime.now(UTC) - timedelta(hours=each) for each in hours)

    _, ends = run(repository, tmp_path, "gate-alive", "schedule", {}, last)

    assert ends == {"look": "success"}
    assert ["has not run for 36 hours" in each["body"] for each in repository.issues] == [True] * told


def test_no_token_is_there_while_third_party_code_runs(repository: Repository, tmp_path: Path) -> None:
    """The job that runs the gate may write nothing, and its token is in no environment and in no file."""
    runner, _ = run(repository, tmp_path, "gate", "schedule", {"ENDS": "1"})

    gate, *_ = [each for each in runner.seen if "GATE_RESULTS" in each]
    assert json.loads(gate["STAND_IN_PERMISSIONS"]) == {"contents": "read"}
    with_token = [each for each in runner.seen if TOKEN in each.values()]
    assert [json.loads(each["STAND_IN_PERMISSIONS"])["issues"] for each in with_token] == ["write"]
    files = [path for path in (runner.folder / "gate").rglob("*") if path.is_file() and not path.is_symlink()]
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_job_has_what_it_needs_and_no_more(path: Path) -> None:
    """No checkout leaves a token, each workflow names its rights, and who may write runs this repository's code."""
    document = workflow(path.stem)

    assert document["permissions"] in ({}, {"contents": "read"})
    for job in document["jobs"].values():
        steps: list[dict[str, Any]] = job["steps"]
        checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)
        assert "secrets." not in str(job)
        assert job["timeout-minutes"] <= 60
        if "write" in job.get("permissions", {}).values():
            scripts = [step["run"] for step in steps if "run" in step]
            assert all(script.startswith(".github/rolling-issue ") for script in scripts)


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION / "action.yml", ROOT / "docs/ci.md"], ids=lambda path: path.stem)
def test_what_others_wrote_is_pinned(path: Path) -> None:
    """An action is named by its commit, which nobody can move to other code, with its version beside it."""
    used = re.findall(r"(?m)uses: +(?!\./|OWNER/)(.*)$", path.read_text())

    assert [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []
