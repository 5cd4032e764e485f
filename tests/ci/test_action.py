"""The action, its script and the GitLab job, step by step as a runner takes them, on a suite that ends as told."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.ci.runner import ACTION, ROOT, WORKFLOWS, Runner, workflow
from tests.ci.suite import lay_python, lay_suite

GITLAB = ROOT / "docs" / "ci" / "gitlab-ci.yml"


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of the stand-in."""
    return lay_suite(tmp_path_factory.mktemp("checkout") / "suite")


@pytest.fixture(scope="module")
def runner(suite: Path, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A runner on which the stand-in is installed already, as by an earlier step."""
    runner = Runner(tmp_path_factory.mktemp("runner"), suite)
    path = f"{lay_python(runner.folder / 'bin')}:{os.environ['PATH']}"
    installed = {"PATH": path, "PIP_NO_INDEX": "1"}
    where = {"GATE_PACKAGE": str(suite), "GATE_FOLDER": str(runner.folder / "temp" / "gate")}
    subprocess.run([ACTION / "gate", "install"], env=installed | where, check=True, timeout=100)
    return runner


def test_action_installs_and_runs_the_gate(suite: Path, tmp_path: Path) -> None:
    """From nothing: the package is installed, the gate is run with what was given, and its end is an output."""
    runner = Runner(tmp_path, suite)
    inputs = {
        "package": str(suite),
        "baseline": "1.230.0",
        "candidate": "$(touch pwned)",
        "profiles": "default checks",
    }

    outputs = runner.use(ACTION, inputs, {"ENDS": "1"})

    assert outputs == {"exit-code": "1"}
    said = json.loads((tmp_path / "results/gate/arguments").read_text())
    assert said == [
        *("gate", "--results", "results/gate", "--baseline", "1.230.0", "--candidate", "$(touch pwned)"),
        *("--profile", "default", "--profile", "checks"),
    ]
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize(
    ("ends", "says", "code"),
    [
        *((str(code), str(code), code) for code in range(5)),
        ("0", "nothing", 2),
        ("1", "nothing", 2),
        ("1", "0", 2),
        ("0", "1", 2),
        ("5", "nothing", 2),
        ("130", "nothing", 2),
    ],
)
def test_exit_code_is_a_verdict_or_none(runner: Runner, ends: str, says: str, code: int) -> None:
    """1 is always a regression, and 0 an upgrade, that the gate itself has written down; all else is neither."""
    shutil.rmtree(runner.folder / "results", ignore_errors=True)

    assert ended(runner, ENDS=ends, SAYS=says) == code


def test_gate_without_an_end_is_ended(runner: Runner) -> None:
    """Its own time limit comes before the job's, which would leave no word of it."""
    assert ended(runner, ENDS="hangs", GATE_LIMIT_MINUTES="0.02") == 2


def test_package_that_cannot_be_installed_is_no_regression(tmp_path: Path) -> None:
    """Where pip reaches no index, nothing is known about any version: 3, and not pip's own 1."""
    environment = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "GATE_PACKAGE": "no-such-package"}
    command = [ACTION / "gate", "install"]
    folder = {"GATE_FOLDER": str(tmp_path / "gate")}

    assert subprocess.run(command, env=environment | folder, check=False, timeout=100).returncode == 3


def test_time_limits_nest() -> None:
    """The gate ends itself at least five minutes before its job is ended."""
    job = workflow("gate")["jobs"]["gate"]
    step = next(step for step in job["steps"] if step.get("id") == "gate")

    assert int(step["with"]["limit-minutes"]) + 5 <= job["timeout-minutes"]


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION / "action.yml"], ids=lambda path: path.stem)
def test_no_input_gets_into_a_script(path: Path) -> None:
    """What a person types into a form reaches a script as an environment variable, so it cannot become a command."""
    document = yaml.safe_load(path.read_text())
    jobs = document.get("jobs", {}).values() or [document["runs"]]
    scripts = [step["run"] for job in jobs for step in job["steps"] if "run" in step]

    assert scripts
    assert not any(re.search(r"\$\{\{[^}]*\b(inputs|github)\.", script) for script in scripts)


def gitlab(suite: Path, folder: Path, ends: str, path: str) -> int:
    """Return how the GitLab job's script ends, line by line, where its clone is of the stand-in."""
    job = yaml.safe_load(GITLAB.read_text())["conformance-gate"]
    git = ["git", "-c", "user.name=desk", "-c", "user.email=desk@example.invalid"]
    shutil.copytree(suite, folder / "pushed")
    for call in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["add", "-A"],
        ["commit", "--quiet", "-m", "a suite"],
    ):
        subprocess.run([*git, *call], cwd=folder / "pushed", check=True, timeout=30)
    variables = {name: str(value) for name, value in job["variables"].items()} | {"SUITE": f"file://{folder}/pushed"}
    given = {"PATH": path, "HOME": str(folder), "PIP_NO_INDEX": "1", "ENDS": ends, **variables}
    work = folder / "work"
    work.mkdir()
    # GitLab's runner ends at the first line that fails, with its exit code.
    script = "set -eo pipefail\n" + "\n".join(job["script"])
    return subprocess.run(["bash", "-c", script], env=given, cwd=work, check=False, timeout=100).returncode


@pytest.mark.parametrize("code", range(5))
def test_gitlab_example_ends_as_the_gate_does(suite: Path, code: int, tmp_path: Path) -> None:
    """Cloned, installed and run: GitLab sees the gate's own exit code, and has the files that it is to keep."""
    job = yaml.safe_load(GITLAB.read_text())["conformance-gate"]

    path = f"{lay_python(tmp_path / 'bin')}:{os.environ['PATH']}"

    assert gitlab(suite, tmp_path, str(code), path) == code

    said = json.loads((tmp_path / "work/results/gate/arguments").read_text())
    assert said[-4:] == ["--baseline", "stable", "--candidate", "nightly"]
    (kept,) = job["artifacts"]["paths"]
    assert (tmp_path / "work" / kept / "verdict.json").is_file()
    assert job["allow_failure"] == {"exit_codes": [3]}


def test_gitlab_example_has_nothing_to_lose() -> None:
    """No checkout of the project and so no token of it, no variable of its own, and a time limit inside the job's."""
    job = yaml.safe_load(GITLAB.read_text())["conformance-gate"]

    assert job["variables"]["GIT_STRATEGY"] == "none"
    assert "TOKEN" not in GITLAB.read_text().upper()
    assert int(job["timeout"].split()[0]) >= int(job["variables"]["GATE_LIMIT_MINUTES"]) + 5


def ended(runner: Runner, **environment: str) -> int:
    """Return how the gate's script ends on the stand-in."""
    given = {"PATH": os.environ["PATH"], "GATE_FOLDER": str(runner.folder / "temp" / "gate"), **environment}
    return subprocess.run([ACTION / "gate", "run"], env=given, cwd=runner.folder, check=False, timeout=60).returncode
