"""The quickstart page, followed literally: from its commands and scripts to a filled order."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from conformance.subject.pythons import install, interpreter
from tests.support.absent import absent

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")
FILLED = re.compile(r"filled 0\.010 at \d")


def block(language: str, mark: str) -> str:
    """Return the page's one code block of a language that holds `mark`."""
    (found,) = [each for each in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if mark in each]
    return str(found)


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The simulator, served as the page says but on a free port; yields what it says to export, and its port."""
    arguments = block("console", "conformance simulator").split("conformance simulator", 1)[1].split()
    arguments[arguments.index("--port") + 1] = "0"
    log = (tmp_path / "simulator.log").open("w+", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "conformance", "simulator", *arguments], stdout=subprocess.PIPE, stderr=log, text=True
    ) as serving:
        try:
            assert serving.stdout is not None
            said: dict[str, str] = {}
            for line in iter(serving.stdout.readline, ""):
                if port := re.search(r"REST +http://127\.0\.0\.1:(\d+)", line):
                    said["SIMULATOR_PORT"] = port[1]
                if export := re.search(r"export (\w+)=(\S+)", line):
                    said[export[1]] = export[2]
                if "Ctrl-C" in line:
                    break
            # It goes on to log requests: a pipe that nobody reads would stop it.
            threading.Thread(target=serving.stdout.read, daemon=True).start()
            yield said
        finally:
            serving.terminate()
            log.close()


def commands(version: str, port: str) -> str:
    """Return the page's commands for the desk, of another version and with another port than it happens to name."""
    text = block("console", "cp -r factory")
    if version == "2.0.0rc7":
        (asked,) = [line for line in text.splitlines() if "pip install" in line]
        text = text.replace(asked, block("console", "python3.13 -m venv").strip())
    text = text.replace("nautilus_trader==1.231.0", f"nautilus_trader=={version}").replace("=9443", f"={port}")
    assert f"nautilus_trader=={version}" in text
    return "\n".join(line.removeprefix("$ ") for line in text.splitlines())


def to_a_filled_order(desk_of: Path, commands: str, script: str, path: str) -> list[str]:
    """Make the desk by the commands, put the page's script there, and run it until its order is filled."""
    source = block("python", "NautilusTrader 2.x:" if "v2" in script else "NautilusTrader 1.x:")
    (desk_of / script).write_text(source, encoding="utf-8")
    told = f"set -e\n{commands}\nmv ../{script} .\nexec .venv/bin/python {script}\n"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BINANCE_")}
    lines = []
    with subprocess.Popen(
        ["bash", "-c", told],
        cwd=desk_of,
        # pip would compile every file, of which a few are imported: two thirds of its time.
        env={**environment, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}", "PIP_COMPILE": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as trading:
        assert trading.stdout is not None
        for line in iter(trading.stdout.readline, ""):
            lines.append(line)
            if FILLED.match(line):
                break
        trading.kill()
    return lines


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("version", "python", "script"),
    [
        ("1.221.0", "3.12", "first_order.py"),
        ("1.231.0", "3.12", "first_order.py"),
        ("2.0.0rc7", "3.13", "first_order_v2.py"),
    ],
)
def test_the_page_leads_to_a_filled_order(
    simulator: dict[str, str], tmp_path: Path, version: str, python: str, script: str
) -> None:
    """The page's commands, from the desk's folder and `pip install` on, and its script have an order filled."""
    if (found := interpreter(python) or install(python, print)) is None:
        absent(f"there is no Python {python} here, and uv cannot install one")
    copytree(ROOT / "factory", tmp_path / "factory")
    asked = commands(version, simulator["SIMULATOR_PORT"])
    for name, value in simulator.items():
        assert f"export {name}={value}\n" in f"{asked}\n", f"the page does not export {name} as the simulator says"
    (tmp_path / "bin").mkdir()
    for name in ("python3", f"python{python}"):
        (tmp_path / "bin" / name).symlink_to(found.path)

    lines = to_a_filled_order(tmp_path, asked, script, str(tmp_path / "bin"))

    assert FILLED.match(lines[-1]), "".join(lines)[-3000:]
