"""jactionlint over the workflows and the action: actionlint's checks, composite actions and what leaks a token."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci.runner import ROOT

LINT = Path(sys.executable).with_name("jactionlint")


def found(folder: Path) -> list[str]:
    """Return the findings in a repository, by their rules."""
    if not LINT.exists():
        pytest.fail(f"{LINT} is missing: it is in the group `tests` of pyproject.toml")
    command = [LINT, "--strict-exit", "--format", "oneline"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert bool(run.returncode) is bool(run.stdout), run.stderr
    return run.stdout.splitlines()


def test_workflows_and_action_are_clean() -> None:
    """Not one finding, not even a hint, in any workflow or in the composite action."""
    assert found(ROOT) == []


@pytest.mark.parametrize(
    ("file", "sound", "unsound", "rule"),
    [
        ("workflows/ci.yml", "persist-credentials: false", "fetch-depth: 1", "artipacked"),
        ("workflows/gate.yml", "steps.gate.outputs", "steps.gaet.outputs", "undefined-property"),
        ("actions/gate/action.yml", "        set +e", "        touch ${{ inputs.candidate }}", "template-injection"),
    ],
)
def test_what_is_unsound_is_found(tmp_path: Path, file: str, sound: str, unsound: str, rule: str) -> None:
    """The check above looks at what it is to look at: each kind of file, broken, has a finding."""
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    (tmp_path / ".git").mkdir()
    path = tmp_path / ".github" / file
    assert sound in path.read_text()
    path.write_text(path.read_text().replace(sound, unsound))

    assert any(each.endswith(f"[{rule}]") for each in found(tmp_path)), found(tmp_path)
