"""One run: what pytest is told, how it is followed, and that nothing of it is left."""

import itertools
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.running import pytest_process, pytest_run
from conformance.running.errors import RunError
from conformance.running.options import RunOptions
from conformance.running.pytest_run import Run, RunRequest, drive, pytest_command
from conformance.verdict.results import CaseResult
from tests.support.fake_subjects import Scenario


def request(folder: Path) -> RunRequest:
    """Return a request whose files lie in `folder`."""
    return RunRequest(
        options=RunOptions(nautilus="1.231.0", results=folder / "candidate.jsonl", histories=folder / "histories"),
        log=folder / "run.log",
    )


def hanging(folder: Path, ending: str) -> tuple[Run, int]:
    """Start a run that hangs, and return it with its process id, once it does hang."""
    os.mkfifo(folder / "hanging")
    run = Run(request(folder), Scenario([], [({"ORDER-010": "P"}, ending)]))
    run.start()
    return run, int((folder / "hanging").read_text())


def is_running(pid: int) -> bool:
    """Say whether a process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_pytest_is_told_everything(tmp_path: Path) -> None:
    """Every part of a request is an option of the plugin, and the user's own arguments come last."""
    command = pytest_command(
        RunRequest(
            options=RunOptions(
                nautilus="1.231.0",
                world="cassettes",
                results=tmp_path / "run.jsonl",
                histories=tmp_path / "histories",
                case_ids=("STOP-010", "STOP-020"),
                overlays=("nautilus_trader.adapters.binance=/patched",),
                record=tmp_path / "cassettes",
            ),
            workers=2,
            pytest_args=("-v", "-k", "stop"),
        )
    )

    assert command[:4] == [sys.executable, "-P", "-m", "pytest"]
    pairs = list(itertools.pairwise(command))
    for pair in (
        ("--nautilus", "1.231.0"),
        ("--world", "cassettes"),
        ("--conformance-results", str(tmp_path / "run.jsonl")),
        ("--histories", str(tmp_path / "histories")),
        ("--case", "STOP-010"),
        ("--case", "STOP-020"),
        ("--overlay", "nautilus_trader.adapters.binance=/patched"),
        ("--record", str(tmp_path / "cassettes")),
        ("-n", "2"),
    ):
        assert pair in pairs
    assert command[-3:] == ["-v", "-k", "stop"]


@pytest.mark.parametrize("name", ["PYTEST_PLUGINS", "PYTEST_ADDOPTS", "PYTHONPATH", "PYTHONOPTIMIZE", "LD_PRELOAD"])
def test_no_code_of_the_users_environment_gets_into_a_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes pytest or Python load something, or drop asserts, is the user's and stays with his own programs."""
    monkeypatch.setenv(name, "mine")

    assert name not in pytest_process.environment()


def test_one_worker_needs_no_xdist(tmp_path: Path) -> None:
    """A run with one worker is plain pytest, so that a debugger and `-s` work."""
    assert "-n" not in pytest_command(request(tmp_path))


def test_a_stopped_run_may_clean_up(tmp_path: Path) -> None:
    """Stopping asks first: pytest gets SIGINT, ends its traders, and is gone when `stop` returns."""
    run, pid = hanging(tmp_path, "hung")

    run.stop()

    assert (tmp_path / "interrupted").exists()
    assert not is_running(pid)
    run.stop()


def test_a_run_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not end when it is asked to is killed."""
    monkeypatch.setattr(pytest_process, "GRACE_S", 0.1)
    run, pid = hanging(tmp_path, "deaf")

    run.stop()

    assert not is_running(pid)


def test_a_run_without_news_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that hangs ends, and its reason is that and not the missing footer."""
    run, pid = hanging(tmp_path, "hung")
    assert not run.ended

    monkeypatch.setattr(pytest_run, "STALLED_S", 0)

    assert run.ended
    assert not is_running(pid)
    with pytest.raises(RunError, match=r"no case ended within 0 s(.|\n)*pretending to run 1\.231\.0"):
        run.results()


def test_an_interruption_leaves_nothing_running(tmp_path: Path) -> None:
    """Ctrl-C while runs are followed ends every one of them and goes on to the caller."""
    os.mkfifo(tmp_path / "hanging")
    run = Run(request(tmp_path), Scenario([], [({"ORDER-010": "P"}, "hung")]))
    pids: list[int] = []

    def interrupted(_run: Run, _case: CaseResult) -> None:
        pids.append(int((tmp_path / "hanging").read_text()))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drive([run], 1, interrupted)
    assert not is_running(*pids)
    assert (tmp_path / "interrupted").exists()


def test_runs_may_go_side_by_side(tmp_path: Path) -> None:
    """With two at once, both have started before the first has ended, and each reports its own cases."""
    folders = [tmp_path / "one", tmp_path / "two"]
    runs = [Run(request(folder), Scenario([], [{"ORDER-010": "P", "STOP-010": "P"}])) for folder in folders]
    seen: list[tuple[int, str]] = []

    drive(runs, 2, lambda run, case: seen.append((runs.index(run), case.id)))

    assert sorted(seen) == [(number, case_id) for number in (0, 1) for case_id in ("ORDER-010", "STOP-010")]
    assert all(len(run.results().cases) == 2 for run in runs)


def test_a_run_that_was_never_started_is_harmless(tmp_path: Path) -> None:
    """Stopping what never ran does nothing, and it has not ended either."""
    run = Run(request(tmp_path))

    run.stop()

    assert not run.ended
    assert run.exit_code is None


def test_a_killed_run_names_the_signal(tmp_path: Path) -> None:
    """A process that was killed before it wrote anything says by which signal."""
    run = Run(request(tmp_path), lambda _: [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])

    drive([run], 1, lambda _run, _case: None)

    with pytest.raises(RunError, match=r"pytest ended \(killed by SIGKILL\) and wrote no results"):
        run.results()


@pytest.mark.parametrize("asked", [{"nautilus": "1.230.0"}, {"world": "testnet"}])
def test_results_of_another_run_are_no_results(asked: dict[str, str], tmp_path: Path) -> None:
    """Whatever wrote over the results of a run: another version's, or another world's, are never taken for its own."""
    own = Scenario([], [{"ORDER-010": "P"}])
    mine = request(tmp_path)
    run = Run(replace(mine, options=replace(mine.options, **asked)), lambda _: own(mine))

    drive([run], 1, lambda _run, _case: None)

    with pytest.raises(
        RunError, match=r"has the results of NautilusTrader 1\.231\.0 in the simulator world, and not of"
    ):
        run.results()
