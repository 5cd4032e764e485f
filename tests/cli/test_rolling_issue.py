"""The rolling issue: one issue follows the nightly verdict. A script that writes down its calls stands in for `gh`."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / ".github" / "rolling-issue"
GH = """#!/bin/sh
echo "$*" >> "$CALLS"
if [ "$1 $2" = "issue list" ]; then echo "$KNOWN"; fi
while [ $# -gt 0 ]; do
    if [ "$1" = --body-file ]; then cat "$2" >> "$BODIES"; fi
    shift
done
"""


def followed_up(folder: Path, exit_code: int, known: str) -> tuple[list[str], str]:
    """Run the script on a verdict, `known` being the newest issue there is, and return gh's calls and texts."""
    gh = folder / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(GH)
    gh.chmod(0o755)
    calls, bodies = folder / "calls", folder / "bodies"
    bodies.touch()
    verdict = {"exit_code": exit_code, "baseline": "1.231.0", "candidate": "1.232.0a1"}
    (folder / "verdict.json").write_text(json.dumps(verdict))
    (folder / "verdict.md").write_text("the report\n")
    subprocess.run(
        [SCRIPT, folder],
        env={
            "PATH": f"{gh.parent}:{os.environ['PATH']}",
            "CALLS": str(calls),
            "BODIES": str(bodies),
            "KNOWN": known,
            "RUN_URL": "https://example.invalid/run/1",
        },
        check=True,
        timeout=30,
    )
    return [" ".join(call.split()[:2]) for call in calls.read_text().splitlines()], bodies.read_text()


@pytest.mark.parametrize(
    ("exit_code", "known", "calls"),
    [
        pytest.param(1, "", ["label create", "issue create"], id="regressed, first time"),
        pytest.param(1, "7 OPEN", ["issue edit"], id="regressed, still"),
        pytest.param(1, "7 CLOSED", ["issue reopen", "issue edit"], id="regressed, again"),
        pytest.param(0, "7 OPEN", ["issue comment", "issue close"], id="an upgrade again"),
        pytest.param(0, "7 CLOSED", [], id="an upgrade, still"),
        pytest.param(0, "", [], id="an upgrade, always"),
        pytest.param(3, "7 OPEN", ["issue comment"], id="inconclusive while open"),
        pytest.param(2, "7 OPEN", ["issue comment"], id="broken while open"),
        pytest.param(3, "", [], id="inconclusive"),
    ],
)
def test_one_issue_follows_the_verdict(exit_code: int, known: str, calls: list[str], tmp_path: Path) -> None:
    """It is opened by a regression, kept up to date, closed by an upgrade, and never doubled."""
    made, bodies = followed_up(tmp_path, exit_code, known)

    assert made == ["issue list", *calls]
    changing = {"issue create", "issue edit", "issue comment"} & set(calls)
    assert ("the report" in bodies) is bool(changing)
    assert ("https://example.invalid/run/1" in bodies) is bool(changing)


def test_without_a_verdict_the_issue_stays(tmp_path: Path) -> None:
    """A gate that never came to a verdict changes nothing, and is no failure of its own."""
    ended = subprocess.run([SCRIPT, tmp_path], capture_output=True, text=True, check=True, timeout=30)

    assert "no verdict" in ended.stderr


@pytest.mark.parametrize("workflow", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.stem)
def test_workflows_put_no_input_into_a_script(workflow: Path) -> None:
    """What a person types into a form reaches a script as an environment variable, so it cannot become a command."""
    jobs = yaml.safe_load(workflow.read_text())["jobs"]
    scripts = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]

    assert scripts
    assert not any("inputs." in script or "github." in script for script in scripts)
