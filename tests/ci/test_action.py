"""The action, step by step as a runner would take them, on a suite that ends as it is told."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / ".github" / "actions" / "gate"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GITLAB = ROOT / "docs" / "ci" / "gitlab-ci.yml"
STAND_IN = """
import json, os, pathlib, sys, time

def main():
    arguments = sys.argv[1:]
    results = pathlib.Path(arguments[arguments.index("--results") + 1])
    results.mkdir(parents=True, exist_ok=True)
    (results / "arguments").write_text(json.dumps(arguments))
    (results / "environment").write_text(json.dumps(dict(os.environ)))
    told = os.environ["ENDS"]
    if told == "hangs":
        time.sleep(60)
    if os.environ.get("SAYS", told) != "nothing":
        (results / "verdict.json").write_text(json.dumps({"exit_code": int(os.environ.get("SAYS", told))}))
    sys.exit(int(told))
"""
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel whose `conformance` does as the environment says."""
    path = tmp_path_factory.mktemp("wheel") / "stand_in-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("stand_in.py", STAND_IN)
        wheel.writestr("stand_in-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: stand-in\nVersion: 1.0\n")
        wheel.writestr(
            "stand_in-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr("stand_in-1.0.dist-info/entry_points.txt", "[console_scripts]\nconformance = stand_in:main\n")
        wheel.writestr("stand_in-1.0.dist-info/RECORD", "")
    return path


class Runner:
    """Stands in for GitHub's runner: expressions, outputs, and a bare environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temp = folder / "temp"
        self.temp.mkdir(exist_ok=True)

    def use(self, action: Path, given: dict[str, str], more: dict[str, str]) -> dict[str, str]:
        """Take the steps of a composite action; return its outputs."""
        document = yaml.safe_load((action / "action.yml").read_text())
        known = {
            f"inputs.{name}": given.get(name, each.get("default", "")) for name, each in document["inputs"].items()
        }
        known |= {"github.action_repository": "", "github.action_ref": "", "github.action_path": str(action)}
        for step in document["runs"]["steps"]:
            assert not EXPRESSION.search(step["run"])
            environment = {name: filled(value, known) for name, value in step["env"].items()}
            outputs = self._run(step["run"], environment | more)
            known |= {f"steps.{step['id']}.outputs.{name}": value for name, value in outputs.items()}
        return {name: filled(each["value"], known) for name, each in document["outputs"].items()}

    def _run(self, script: str, environment: dict[str, str]) -> dict[str, str]:
        outputs = self.folder / "outputs"
        outputs.write_text("")
        given = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(outputs),
            "PIP_NO_INDEX": "1",
            **environment,
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        subprocess.run(command, env=given, cwd=self.folder, check=True, timeout=100)
        return dict(line.split("=", 1) for line in outputs.read_text().splitlines())


def filled(text: str, known: dict[str, str]) -> str:
    """Return a text with its expressions filled in."""
    return EXPRESSION.sub(lambda found: known[found[1]], text)


@pytest.fixture(scope="module")
def runner(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A runner on which the stand-in is installed already, as by an earlier step."""
    runner = Runner(tmp_path_factory.mktemp("runner"))
    installed = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1"}
    where = {"GATE_PACKAGE": str(package), "GATE_FOLDER": str(runner.temp / "gate")}
    subprocess.run([ACTION / "gate", "install"], env=installed | where, check=True, timeout=100)
    return runner


def test_action_installs_and_runs_the_gate(package: Path, tmp_path: Path) -> None:
    """From nothing: the package is installed, the gate is run with what was given, and its end is an output."""
    runner = Runner(tmp_path)
    inputs = {
        "package": str(package),
        "baseline": "1.230.0",
        "candidate": "$(touch pwned)",
        "profiles": "default checks",
    }

    outputs = runner.use(ACTION, inputs, {"ENDS": "1"})

    assert outputs == {"exit-code": "1"}
    said = yaml.safe_load((tmp_path / "results/gate/arguments").read_text())
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


def test_no_token_is_there_while_third_party_code_runs() -> None:
    """The job that runs the gate may write nothing, leaves no token on the disk, and hands none to a step."""
    job = workflow("gate")["jobs"]["gate"]
    checkout = next(step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout"))

    assert workflow("gate")["permissions"] == {}
    assert job["permissions"] == {"contents": "read"}
    assert checkout["with"]["persist-credentials"] is False
    assert "token" not in str(job).lower()
    assert "secrets" not in str(job).lower()


def test_time_limits_nest() -> None:
    """The gate ends itself at least five minutes before its job is ended."""
    job = workflow("gate")["jobs"]["gate"]
    step = next(step for step in job["steps"] if step.get("id") == "gate")

    assert int(step["with"]["limit-minutes"]) + 5 <= job["timeout-minutes"]


def test_manual_run_leaves_the_issue_alone() -> None:
    """The issue follows the nightly gate: what somebody tries by hand is theirs."""
    assert "github.event_name == 'schedule'" in workflow("gate")["jobs"]["follow-up"]["if"]


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION / "action.yml"], ids=lambda path: path.stem)
def test_no_input_gets_into_a_script(path: Path) -> None:
    """What a person types into a form reaches a script as an environment variable, so it cannot become a command."""
    document = yaml.safe_load(path.read_text())
    jobs = document.get("jobs", {}).values() or [document["runs"]]
    scripts = [step["run"] for job in jobs for step in job["steps"] if "run" in step]

    assert scripts
    assert not any(re.search(r"\$\{\{[^}]*\b(inputs|github)\.", script) for script in scripts)


@pytest.mark.parametrize("code", range(5))
def test_gitlab_example_ends_as_the_gate_does(runner: Runner, code: int, tmp_path: Path) -> None:
    """Its script, line by line, on the same stand-in: GitLab sees the gate's own exit code."""
    job = yaml.safe_load(GITLAB.read_text())["conformance-gate"]
    variables = {name: str(value) for name, value in job["variables"].items()}
    script = "set -e\n" + "\n".join(job["script"])
    own = {"GATE_FOLDER": str(runner.temp / "gate"), "ENDS": str(code), "PATH": os.environ["PATH"]}
    # Its first line fetches the script that stands beside this test.
    script = re.sub(r"(?m)^git clone .*$", "", script).replace("suite/.github", str(ROOT / ".github"))
    script = re.sub(r"(?m)^\S*gate install$", "", script)

    run = subprocess.run(["bash", "-c", script], env=variables | own, cwd=tmp_path, check=False, timeout=60)

    assert run.returncode == code
    assert job["allow_failure"] == {"exit_codes": [3]}


def workflow(name: str) -> dict[str, Any]:
    """Return a workflow."""
    document: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
    return document


def ended(runner: Runner, **environment: str) -> int:
    """Return how the gate's script ends on the stand-in."""
    given = {"PATH": os.environ["PATH"], "GATE_FOLDER": str(runner.temp / "gate"), **environment}
    return subprocess.run([ACTION / "gate", "run"], env=given, cwd=runner.folder, check=False, timeout=60).returncode
