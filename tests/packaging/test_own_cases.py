"""The page about cases of one's own, followed literally: from an empty folder to what it says of two versions."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from conformance.subject.pythons import install, interpreter
from tests.support.absent import absent

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "own-cases.md").read_text(encoding="utf-8")
pytestmark = [pytest.mark.timeout(1200), pytest.mark.xdist_group("own-cases")]


def commands(mark: str) -> list[str]:
    """Return the commands of the page's one console block that has `mark`, without what is beside them."""
    (found,) = [each for each in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) if mark in each]
    return [re.sub(r"  +#.*", "", line).removeprefix("$ ") for line in found.splitlines()]


def lay_file(desk: Path, name: str) -> None:
    """Put the page's file of that name, which is its first line, where the page says."""
    (text,) = re.findall(rf"```python\n# {re.escape(name)}\n(.*?)```", PAGE, re.DOTALL)
    (desk / name).write_text(text, encoding="utf-8")


def run(desk: Path, *lines: str) -> tuple[int, str]:
    """Run the lines in a shell that has done the page's first one; return how it ended, and what it said."""
    bare = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CONFORMANCE_", "PYTEST_", "PYTHON", "VIRTUAL_ENV", "COV_"))
        or name == "CONFORMANCE_CACHE"
    }
    bare["PIP_COMPILE"] = "0"  # pip would compile every file, of which a few are imported
    told = "\n".join(["set -e", *(["" if not (desk / ".venv").exists() else ". .venv/bin/activate"]), *lines])
    bare["PATH"] = f"{desk.parent / 'bin'}{os.pathsep}{bare['PATH']}"
    ended = subprocess.run(
        ["bash", "-c", told],
        cwd=desk,
        env=bare,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=900,
    )
    return ended.returncode, ended.stdout


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's folder after its first commands and its first file, beside a clone of this project."""
    for series in ("3.12", "3.13"):
        # 2.0.0rc7, which the page names and the newest version may be, needs the second.
        if (found := interpreter(series) or install(series, print)) is None:
            absent(f"there is no Python {series} here, and uv cannot install one")
        if series == "3.12":
            python = found.path
    folder = tmp_path_factory.mktemp("own")
    (folder / "bin").mkdir()
    (folder / "bin" / "python3").symlink_to(python)
    (folder / "nautilus-binance-conformance").symlink_to(ROOT)
    (folder / "desk").mkdir()
    code, said = run(folder / "desk", *commands("mkdir mycases"))
    assert code == 0, said[-3000:]
    lay_file(folder / "desk", "mycases/test_exits.py")
    return folder / "desk"


@pytest.mark.parametrize("command", commands("conformance gate --cases mycases"))
def test_every_command_of_the_page_does_what_it_says(desk: Path, command: str) -> None:
    """Each is typed as it stands there, and ends well; none warns of anything."""
    code, said = run(desk, command)

    assert code == 0, said[-3000:]
    assert "Warning" not in said


def test_the_family_of_the_page_shows_what_it_says(desk: Path) -> None:
    """With its second file there are seven cases: 2.0.0rc7 passes the core six, 1.231.0 fails two or three."""
    lay_file(desk, "mycases/test_answers.py")
    try:
        code, said = run(desk, "conformance cases --cases mycases")
        assert code == 0, said
        assert len(set(re.findall(r"\bMY-\d{3}[\w.]*", said))) == 7, said

        code, said = run(desk, "conformance run --cases mycases --nautilus 2.0.0rc7")
        assert (code, re.findall(r"\d+ (?:passed|failed)", said)) == (0, ["6 passed"]), said[-3000:]

        code, said = run(desk, "conformance run --cases mycases --nautilus 1.231.0")
        failed = set(re.findall(r"^ +(MY-\S+) failed:", said, flags=re.MULTILINE)) - {"MY-030.buy.timeout.taken"}
        assert (code, failed) == (1, {"MY-030.buy.unknown.taken", "MY-030.sell.unknown.taken"}), said[-3000:]
    finally:
        (desk / "mycases/test_answers.py").unlink()
