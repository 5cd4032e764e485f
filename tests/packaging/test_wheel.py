"""The wheel works where it is installed: built, put into an empty environment, and used from an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.revision import suite_revision

ROOT = Path(__file__).resolve().parents[2]
UV = str(Path(sys.executable).with_name("uv"))
WITHIN_S = 300


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that holds the wheel, what it depends on, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--out-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    uv("venv", "--python", sys.executable, str(folder / "environment"))
    uv("pip", "install", "--python", str(folder / "environment"), str(wheel))
    return folder / "environment" / "bin"


def uv(*arguments: str) -> None:
    """Run uv; what it says is shown where it fails."""
    ended = subprocess.run([UV, *arguments], capture_output=True, text=True, check=False, timeout=WITHIN_S)
    assert ended.returncode == 0, ended.stderr


def conformance(installed: Path, folder: Path, *arguments: str) -> str:
    """Run the installed command line in a folder; return what it says, once it has ended with 0."""
    passed = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CONFORMANCE_"))}
    kept = {name: value for name, value in os.environ.items() if name == "CONFORMANCE_CACHE"}
    ended = subprocess.run(
        [str(installed / "conformance"), *arguments],
        cwd=folder,
        env=passed | kept,
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN_S,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (["cases"], "STOP-010"),
        (["defects"], "stops-before-algo"),
        (["run", "--nautilus", "1.231.0", "--case", "MKT-010", "--case", "STOP-010"], "2 passed"),
        (["run", "--nautilus", "1.231.0", "--world", "cassettes", "--case", "LMT-010"], "1 passed"),
        (["gate", "--baseline", "1.231.0", "--candidate", "1.231.0", "--case", "MKT-010"], "exit code 0"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_finds_its_data(installed: Path, tmp_path: Path, command: list[str], shown: str) -> None:
    """Cases, fixtures, cassettes, profiles and the factory all come from the package."""
    assert shown in conformance(installed, tmp_path, *command)


@pytest.mark.timeout(600)
def test_the_simulator_serves(installed: Path, tmp_path: Path) -> None:
    """The venue alone starts with the market of its fixtures, and tells its address."""
    with subprocess.Popen(
        [str(installed / "conformance"), "simulator", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as serving:
        try:
            assert serving.stdout is not None
            lines = iter(serving.stdout.readline, "")
            assert any(re.search(r"REST +http://127\.0\.0\.1:\d+", line) for line in lines)
        finally:
            serving.terminate()


@pytest.mark.timeout(600)
def test_it_is_the_same_suite(installed: Path) -> None:
    """Results of an installed suite compare with those of its checkout: the revision is of the same files."""
    code = "from conformance.revision import suite_revision; print(suite_revision())"

    shown = subprocess.run(
        [str(installed / "python"), "-I", "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()

    assert shown == suite_revision.__wrapped__()


@pytest.mark.timeout(600)
def test_the_factory_has_a_name_of_its_own(installed: Path) -> None:
    """`factory` is factory_boy's name: installing the suite takes nothing away from it."""
    code = (
        "import importlib.util, nautilus_binance_factory;"
        "print(importlib.util.find_spec('factory'), nautilus_binance_factory.explain_rejection.__name__)"
    )

    shown = subprocess.run([str(installed / "python"), "-I", "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "None explain_rejection"
