"""Ends that the world outside brings about: a closed pipe, a closed terminal, one that cannot show every sign."""

import errno
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Never

import pytest
from click.testing import CliRunner

from conformance.cli import cli
from conformance.cli.ending import BROKEN, UNREAD
from conformance.running import catalogue, pytest_process
from conformance.running.pytest_process import PytestProcess

from .test_command_line import write

CONFORMANCE = [sys.executable, "-m", "conformance.cli"]
FAKED = """
import sys
from conformance.cli import main
from conformance.running import catalogue
cases = range(int(sys.argv.pop(1)))
catalogue.collect = lambda _folders=(): {f"A-{nth}": {"id": f"A-{nth}", "requirement": "It MUST ✓.", "group": "a",
    "card": "", "worlds": [], "needs": [], "upstream": []} for nth in cases}
sys.argv = ["conformance", *sys.argv[1:]]
main()
"""
#: The command line with a contract of a few cases, which takes no time to collect.
FEW = [sys.executable, "-c", FAKED, "10"]
#: And with one whose table, which takes seconds, is longer than a pipe holds.
LARGE = [sys.executable, "-c", FAKED, "3000"]


@pytest.mark.parametrize("arguments", [["--help"], ["gate", "--help"], ["report", "--markdown", "run.jsonl"]])
def test_output_that_nobody_reads_is_no_verdict(arguments: list[str], tmp_path: Path) -> None:
    """What click prints into a closed pipe ends as any filter does, with no traceback, and never with 1."""
    write(tmp_path / "run.jsonl")
    reader, writer = os.pipe()
    os.close(reader)

    ended = subprocess.run([*CONFORMANCE, *arguments], stdout=writer, stderr=subprocess.PIPE, cwd=tmp_path, check=False)

    os.close(writer)
    assert (ended.returncode, ended.stderr) == (UNREAD, b"")


def test_output_that_is_read_in_part_is_no_verdict() -> None:
    """`… | head -1` does not say that a candidate regressed: rich, which prints tables and steps, would exit 1."""
    with subprocess.Popen([*LARGE, "cases"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.readline()
        command.stdout.close()
        said = command.stderr.read()

    assert command.returncode == UNREAD
    assert b"Traceback" not in said
    assert b"BrokenPipe" not in said


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_fault(closed: str) -> None:
    """A command whose output the shell has closed does its work and ends with its own exit code."""
    ended = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", *FEW, "cases"], capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_terminal_that_lacks_a_sign_shows_the_rest() -> None:
    """An encoding without ✓ must not lose the verdict at the final table."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}

    ended = subprocess.run([*FEW, "cases"], env=environment, capture_output=True, check=False)

    assert ended.returncode == 0
    assert b"It MUST ?." in ended.stdout


@pytest.mark.parametrize(
    ("errno_name", "message"),
    [
        ("EEXIST", "File exists"),
        ("ENAMETOOLONG", "name too long"),
        ("EPERM", "not permitted"),
        ("ELOOP", "symbolic"),
        ("EISDIR", "Is a directory"),
        ("EMFILE", "open files"),
        ("EIO", "nput/output error"),
    ],
)
def test_a_place_that_cannot_be_written_is_no_fault_of_the_suite(
    errno_name: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the user or the machine has to mend is told as such, without a traceback."""

    def fail(_folders: tuple[Path, ...] = ()) -> Never:
        number = getattr(errno, errno_name)
        raise OSError(number, os.strerror(number), "afile")

    monkeypatch.setattr(catalogue, "collect", fail)

    ended = CliRunner().invoke(cli, ["cases"])

    assert ended.exit_code == BROKEN
    assert ended.stderr.startswith("Error: cannot write afile:")
    assert message in ended.stderr
    assert "fault" not in ended.stderr


def test_who_asks_twice_waits_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second Ctrl-C or SIGHUP, while pytest is asked to end, kills it: nothing is left running."""
    os.mkfifo(tmp_path / "ready")
    code = (
        "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); open('ready', 'w').close(); time.sleep(99)"
    )
    monkeypatch.chdir(tmp_path)
    process = PytestProcess([sys.executable, "-c", code], tmp_path / "log")
    (tmp_path / "ready").read_text()

    def interrupted(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupted)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            process.stop()
    finally:
        signal.signal(signal.SIGALRM, before)

    assert process.exit_code == -signal.SIGKILL
    assert pytest_process.GRACE_S > 1


def test_pytest_does_not_outlive_a_command_line_that_was_killed(tmp_path: Path) -> None:
    """SIGKILL, or the kernel's want of memory, gives the command line no time to stop what it started."""
    os.mkfifo(tmp_path / "alive")
    (tmp_path / "test_forever.py").write_text(
        "import time\n\n"
        "def test_forever():\n    with open('alive', 'w') as alive:\n        alive.write('.')\n        alive.flush()\n"
        "        time.sleep(300)\n"
    )
    code = (
        "import time; from pathlib import Path; from conformance.running import lifeline\n"
        "from conformance.running.pytest_process import PytestProcess, python_pytest\n"
        "plugins = ['-p', lifeline.__name__, '-p', 'no:cacheprovider']\n"
        "process = PytestProcess([*python_pytest(), *plugins, 'test_forever.py'], Path('log')); time.sleep(300)"
    )

    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path) as command, (tmp_path / "alive").open() as alive:
        assert alive.read(1) == "."
        command.kill()
        ended, _, _ = select.select([alive], [], [], 60)

        assert ended, "pytest, which holds the other end of `alive`, still runs"
        assert not alive.read()


def test_the_users_folder_and_pytest_are_the_users(tmp_path: Path) -> None:
    """Neither what lies in the working folder nor the options of the user's own pytest get into the suite's."""
    for name in ("redis.py", "yaml.py", "conftest.py", "conformance/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise RuntimeError(__file__)")
    theirs = {"PYTEST_ADDOPTS": "--no-such-option", "PYTEST_PLUGINS": "no_such_plugin"}
    environment = {**os.environ, **theirs}
    command = [sys.executable, "-P", "-m", "conformance.cli", "cases", "--json"]

    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)


def test_suite_that_cannot_be_imported_is_no_regression() -> None:
    """Where a library is missing the command ends with 2: Python's own 1 says that the candidate regressed."""
    code = "import sys; sys.modules['click'] = None; from conformance.__main__ import main; main()"

    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)

    assert ended.returncode == BROKEN
    assert "click" in ended.stderr
