"""The action, its script and the GitLab job, step by step as a runner takes them, on a suite that ends as told."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.ci.runner import ACTION, ROOT, WITHIN_S, WORKFLOWS, Runner, workflow
from tests.ci.suite import lay_python, lay_suite

pytestmark = pytest.mark.timeout(WITHIN_S + 100)
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
    subprocess.run([ACTION / "gate", "install"], env=installed | where, check=True, timeout=WITHIN_S)
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


@pytest.mark.parametrize("folder", ["results/gate", "results/gate/.earlier-gate"])
def test_verdict_of_an_earlier_night_decides_nothing(runner: Runner, folder: str) -> None:
    """A suite that dies with 1 beside last night's regression is broken, not a regression; that verdict is kept."""
    results = runner.folder / "results"
    shutil.rmtree(results, ignore_errors=True)
    kept = [runner.folder / f"results/gate-earlier/{number}" for number in (1, 2)]
    shutil.rmtree(kept[0].parent, ignore_errors=True)
    (runner.folder / folder).mkdir(parents=True)
    for night in ("first", "second"):
        (runner.folder / folder / "verdict.json").write_text(json.dumps({"exit_code": 1, "night": night}))
        (runner.folder / folder / "verdict.html").write_text(night)

        assert ended(runner, ENDS="1", SAYS="nothing") == 2

    assert not list(runner.folder.glob("results/gate/**/verdict.*"))
    assert [json.loads((each / "verdict.json").read_text())["night"] for each in kept] == ["first", "second"]
    assert [(each / "verdict.html").read_text() for each in kept] == ["first", "second"]


def test_earlier_verdict_is_not_there_where_the_suite_cannot_be_installed(tmp_path: Path) -> None:
    """What a CI keeps and shows after a failed installation is not last night's report."""
    results = tmp_path / "results/gate"
    results.mkdir(parents=True)
    (results / "verdict.md").write_text("last night's")
    environment = {"PATH": f"{lay_python(tmp_path / 'bin')}:{os.environ['PATH']}", "GATE_PACKAGE": "no-such-package"}

    ended = subprocess.run([ACTION / "gate", "install"], env=environment, cwd=tmp_path, check=False, timeout=WITHIN_S)

    assert ended.returncode == 3
    assert not (results / "verdict.md").exists()
    assert (tmp_path / "results/gate-earlier/1/verdict.md").read_text() == "last night's"


def test_environment_of_an_earlier_night_is_made_anew(suite: Path, tmp_path: Path) -> None:
    """Nothing is left of a suite that is there already: pip would keep one of the same version number."""
    environment = {"PATH": f"{lay_python(tmp_path / 'bin')}:{os.environ['PATH']}", "GATE_PACKAGE": str(suite)}
    install = [ACTION / "gate", "install"]
    subprocess.run(install, env=environment, cwd=tmp_path, check=True, timeout=WITHIN_S)
    (tmp_path / ".gate/of-last-night").touch()

    subprocess.run(install, env=environment, cwd=tmp_path, check=True, timeout=WITHIN_S)

    assert (tmp_path / ".gate/bin/conformance").exists()
    assert not (tmp_path / ".gate/of-last-night").exists()


def test_gate_without_an_end_is_ended(runner: Runner) -> None:
    """Its own time limit comes before the job's, which would leave no word of it."""
    assert ended(runner, ENDS="hangs", GATE_LIMIT_MINUTES="0.02") == 2


def test_package_that_cannot_be_installed_is_no_regression(tmp_path: Path) -> None:
    """Where pip reaches no index, nothing is known about any version: 3, and not pip's own 1."""
    environment = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "GATE_PACKAGE": "no-such-package"}
    command = [ACTION / "gate", "install"]
    folder = {"GATE_FOLDER": str(tmp_path / "gate")}

    assert subprocess.run(command, env=environment | folder, check=False, timeout=WITHIN_S).returncode == 3


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


class GitLab:
    """A runner of GitLab's whose workspace stays, and the suite's repository that its job fetches from."""

    def __init__(self, suite: Path, folder: Path) -> None:
        self.job = yaml.safe_load(GITLAB.read_text())["conformance-gate"]
        self.work = folder / "work"
        self._folder, self._pushed = folder, folder / "pushed"
        self._path = f"{lay_python(folder / 'bin')}:{os.environ['PATH']}"
        self.work.mkdir()
        shutil.copytree(suite, self._pushed)
        self._git("init", "--quiet", "--initial-branch", "main")
        self.push("a suite")

    def push(self, what: str) -> str:
        """Commit what is in the pushed folder, and `what` in a file; return the commit."""
        (self._pushed / "revision").write_text(what)
        self._git("add", "-A")
        self._git("commit", "--quiet", "-m", what)
        return self._git("rev-parse", "HEAD").strip()

    def run(self, revision: str = "", **more: str) -> int:
        """Return how the job's script ends, line by line, on a revision: the one in the file, or this."""
        variables = {name: str(value) for name, value in self.job["variables"].items()}
        variables |= {"SUITE": f"file://{self._pushed}"} | ({"REVISION": revision} if revision else {})
        given = {"PATH": self._path, "HOME": str(self._folder), "PIP_NO_INDEX": "1", **variables, **more}
        # GitLab's runner ends at the first line that fails, with its exit code.
        script = "set -eo pipefail\n" + "\n".join(self.job["script"])
        return subprocess.run(
            ["bash", "-c", script], env=given, cwd=self.work, check=False, timeout=WITHIN_S
        ).returncode

    def _git(self, *call: str) -> str:
        git = ["git", "-c", "user.name=desk", "-c", "user.email=desk@example.invalid"]
        return subprocess.run(
            [*git, *call], cwd=self._pushed, check=True, timeout=30, capture_output=True, text=True
        ).stdout


@pytest.mark.parametrize("code", range(5))
def test_gitlab_example_ends_as_the_gate_does(suite: Path, code: int, tmp_path: Path) -> None:
    """Fetched, installed and run: GitLab sees the gate's own exit code, and has the files that it is to keep."""
    gitlab = GitLab(suite, tmp_path)

    assert gitlab.run(ENDS=str(code)) == code

    said = json.loads((gitlab.work / "results/gate/arguments").read_text())
    assert said[-4:] == ["--baseline", "stable", "--candidate", "nightly"]
    (kept,) = gitlab.job["artifacts"]["paths"]
    assert (gitlab.work / kept / "verdict.json").is_file()
    assert gitlab.job["allow_failure"] == {"exit_codes": [3]}


def test_gitlab_example_runs_again_in_the_same_workspace(suite: Path, tmp_path: Path) -> None:
    """`GIT_STRATEGY: none` keeps what the last job left: the next takes the revision it names, and judges anew."""
    gitlab = GitLab(suite, tmp_path)
    first = gitlab.push("first")
    gitlab.push("second")
    fetched = gitlab.work / "suite/revision"

    assert gitlab.run(ENDS="1") == 1
    assert fetched.read_text() == "second"
    assert gitlab.run(first, ENDS="1", SAYS="nothing") == 2
    assert fetched.read_text() == "first"
    assert gitlab.run(ENDS="0") == 0
    assert fetched.read_text() == "second"


def test_gitlab_example_has_nothing_to_lose() -> None:
    """No checkout of the project and so no token of it, no variable of its own, and a time limit inside the job's."""
    job = yaml.safe_load(GITLAB.read_text())["conformance-gate"]

    assert job["variables"]["GIT_STRATEGY"] == "none"
    assert "TOKEN" not in GITLAB.read_text().upper()
    assert int(job["timeout"].split()[0]) >= int(job["variables"]["GATE_LIMIT_MINUTES"]) + 5


def ended(runner: Runner, **environment: str) -> int:
    """Return how the gate's script ends on the stand-in."""
    given = {"PATH": os.environ["PATH"], "GATE_FOLDER": str(runner.folder / "temp" / "gate"), **environment}
    return subprocess.run(
        [ACTION / "gate", "run"], env=given, cwd=runner.folder, check=False, timeout=WITHIN_S
    ).returncode
