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

from conformance.subject.provision import provision

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")
WITHIN_S = 120


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


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("version", "script"),
    [("1.221.0", "first_order.py"), ("1.231.0", "first_order.py"), ("2.0.0rc7", "first_order_v2.py")],
)
def test_the_page_leads_to_a_filled_order(simulator: dict[str, str], tmp_path: Path, version: str, script: str) -> None:
    """A folder with a copy of the factory and the page's script has an order filled, on either generation."""
    desk = tmp_path / "desk"
    copytree(ROOT / "factory", desk / "factory")
    source = block("python", "NautilusTrader 2.x:" if "v2" in script else "NautilusTrader 1.x:")
    (desk / script).write_text(source, encoding="utf-8")
    for name, value in simulator.items():
        given = f"export {name}=9443" if name == "SIMULATOR_PORT" else f"export {name}={value}"
        assert given in block("console", "cp -r factory"), f"the page has no {given!r}"

    python = provision(version).python
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BINANCE_")} | simulator
    with subprocess.Popen(
        [str(python), script], cwd=desk, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as trading:
        assert trading.stdout is not None
        lines = []
        for line in iter(trading.stdout.readline, ""):
            lines.append(line)
            if re.match(r"filled 0\.010 at \d", line):
                break
        trading.kill()

    assert re.match(r"filled 0\.010 at \d", lines[-1]), "".join(lines)[-3000:]
