"""Stands in for GitHub's runner: takes the steps of a workflow or an action one by one, in a bare environment.

What the workflows use is there: expressions, conditions, outputs, artifacts, jobs that need others. A checkout lays the
suite's stand-in, and leaves the job's token on the disk where it is not told not to, as the real one does.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / ".github" / "actions" / "gate"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TOKEN = "the-jobs-token"
#: What a step may take, which installs a stand-in: on a machine with a run of cases beside it, minutes.
WITHIN_S = 500
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_PART = re.compile(r"'[^']*'|\|\||&&|==|!=?|[()]|[\w.-]+|\s+")
_WORDS = {"||": " or ", "&&": " and ", "!": " not "}
_STATUS = re.compile(r"\b(always|cancelled|failure|success)\(\)")


def workflow(name: str) -> dict[str, Any]:
    """Return a workflow."""
    document: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
    return document


def value_of(expression: str, known: Mapping[str, str], *, failed: bool = False) -> object:
    """Return what an expression comes to; what is not known is empty, as on GitHub."""
    parts = _PART.findall(expression)
    assert "".join(parts) == expression, f"an expression that the stand-in does not read: {expression}"
    status = {"always": True, "cancelled": False, "failure": failed, "success": not failed}
    # A function of the status is called; every other name is a context's.
    words = (
        _WORDS.get(part) or (part if part in status or not part[0].isalpha() else repr(known.get(part, "")))
        for part in parts
    )
    return eval("".join(words), {name: lambda given=given: given for name, given in status.items()})


def filled(text: object, known: Mapping[str, str]) -> str:
    """Return a text with its expressions filled in."""
    return EXPRESSION.sub(lambda found: str(value_of(found[1], known)), str(text))


@dataclass
class Runner:
    """A machine for one job after the other, each in a new folder; what their steps saw is kept."""

    folder: Path
    """Where the jobs work."""
    suite: Path
    """What a checkout lays."""
    more: Mapping[str, str] = field(default_factory=dict)
    """What every script sees besides: the stand-ins' orders."""
    path: str = field(default_factory=lambda: os.environ["PATH"])
    lost: str = ""
    """A job whose machine goes away in the middle, with all that it had."""
    seen: list[dict[str, str]] = field(default_factory=list)
    """The environments of the scripts that were run."""

    def run(self, name: str, event: str, inputs: Mapping[str, str] | None = None) -> dict[str, str]:
        """Run a workflow; return each of its jobs' ends: `success`, `failure` or `skipped`."""
        document = workflow(name)
        known = {"github.event_name": event, "github.server_url": "https://example.invalid"}
        known |= {"github.repository": "DESK/REPOSITORY", "github.run_id": "1"}
        known |= {f"inputs.{each}": value for each, value in (inputs or {}).items()}
        ends: dict[str, str] = {}
        for job_name, job in document["jobs"].items():
            needs = [job["needs"]] if "needs" in job else []
            lost = any(ends[each] != "success" for each in needs)
            if not self._wanted(job, known, failed=lost):
                ends[job_name] = "skipped"
                continue
            if job_name == self.lost:
                ends[job_name] = "failure"
                continue
            permissions = job.get("permissions", document.get("permissions"))
            ends[job_name], outputs = self._job(job_name, job, permissions, known)
            known |= {f"needs.{job_name}.outputs.{each}": value for each, value in outputs.items()}
        return ends

    def use(self, action: Path, given: Mapping[str, str], more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Take the steps of a composite action in this folder; return its outputs."""
        document = yaml.safe_load((action / "action.yml").read_text())
        known = {
            f"inputs.{name}": given.get(name, each.get("default", "")) for name, each in document["inputs"].items()
        }
        known |= {"github.action_path": str(action)}
        for step in document["runs"]["steps"]:
            assert not EXPRESSION.search(step["run"])
            environment = {name: filled(value, known) for name, value in step["env"].items()}
            script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            ended, outputs = self._script(script, {**environment, **(more or {})})
            assert ended == 0
            known |= {f"steps.{step['id']}.outputs.{name}": value for name, value in outputs.items()}
        return {name: filled(each["value"], known) for name, each in document["outputs"].items()}

    def _job(
        self, name: str, job: dict[str, Any], permissions: object, known: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        machine = replace(self, folder=self.folder / name)
        shutil.rmtree(machine.folder, ignore_errors=True)
        machine.folder.mkdir(parents=True)
        here = {**known, "github.token": TOKEN}
        environment = {each: filled(value, here) for each, value in job.get("env", {}).items()}
        # The stand-in for `gh` lets a token do what its job may.
        environment["STAND_IN_PERMISSIONS"] = json.dumps(permissions)
        failed = False
        for step in job["steps"]:
            if machine._wanted(step, here, failed=failed):
                ended, outputs = machine._step(step, here, environment, self.folder / "artifacts")
                failed |= ended != 0 and not step.get("continue-on-error")
                here |= {f"steps.{step.get('id')}.outputs.{each}": value for each, value in outputs.items()}
        outputs = {each: filled(value, here) for each, value in job.get("outputs", {}).items()}
        return "failure" if failed else "success", outputs

    def _step(
        self, step: dict[str, Any], known: Mapping[str, str], environment: Mapping[str, str], artifacts: Path
    ) -> tuple[int, dict[str, str]]:
        own = {name: filled(value, known) for name, value in step.get("env", {}).items()}
        if "run" in step:
            return self._script(["bash", "-e", "-c", filled(step["run"], known)], {**environment, **own})
        what, given = step["uses"].partition("@")[0], step.get("with", {})
        if what.startswith("./"):
            inputs = {name: filled(value, known) for name, value in given.items()}
            return 0, self.use(self.folder / what, inputs, {**environment, **own})
        match what:
            case "actions/checkout":
                shutil.copytree(self.suite, self.folder, dirs_exist_ok=True)
                if given.get("persist-credentials") is not False:
                    (self.folder / ".git").mkdir()
                    (self.folder / ".git" / "config").write_text(f"extraheader = AUTHORIZATION: basic {TOKEN}")
            case "actions/upload-artifact":
                if (self.folder / given["path"]).is_dir():
                    shutil.copytree(self.folder / given["path"], artifacts / given["name"], dirs_exist_ok=True)
            case "actions/download-artifact":
                if not (artifacts / given["name"]).is_dir():
                    return 1, {}
                shutil.copytree(artifacts / given["name"], self.folder / given["path"])
            case _:
                assert what == "actions/setup-python", f"a step that the stand-in does not know: {what}"
        return 0, {}

    def _script(self, command: list[str], environment: Mapping[str, str]) -> tuple[int, dict[str, str]]:
        outputs, temp = self.folder / "outputs", self.folder / "temp"
        outputs.write_text("")
        temp.mkdir(exist_ok=True)
        given = {"PATH": self.path, "HOME": str(self.folder), "PIP_NO_INDEX": "1"}
        given |= {"RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(outputs), **environment, **self.more}
        self.seen.append(given)
        ended = subprocess.run(command, env=given, cwd=self.folder, check=False, timeout=WITHIN_S).returncode
        return ended, dict(line.split("=", 1) for line in outputs.read_text().splitlines())

    @staticmethod
    def _wanted(step: dict[str, Any], known: Mapping[str, str], *, failed: bool) -> bool:
        """Whether a step or a job is taken: without a function of the status only while nothing has failed."""
        condition = str(step.get("if", "success()")).removeprefix("${{").removesuffix("}}").strip()
        if not _STATUS.search(condition):
            condition = f"success() && ({condition})"
        return bool(value_of(condition, known, failed=failed))
