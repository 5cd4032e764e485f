"""Workers that are forked from one process which has loaded the contract, and what ends them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conformance.plugin.forked_workers import WorkerServer
from conformance.running import worker_stand_in
from tests.support.pytest_runs import PASSING, run

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone: run it there")

TELLS = """
def test_tells():
    from pathlib import Path
    Path("worker").write_bytes(Path("/proc/self/cmdline").read_bytes())
"""
WITHIN_S = 20.0


@pytest.fixture(scope="module")
def started() -> Iterator[WorkerServer]:
    """A process that forks workers, which took seconds to load."""
    started = WorkerServer.started()
    assert started is not None
    yield started
    started.pytest_unconfigure()


@pytest.fixture
def server(started: WorkerServer) -> Iterator[WorkerServer]:
    """That process, of which no test leaves a worker behind."""
    yield started
    assert comes(lambda: not children_of(started.pid))


def stand_in(where: str, program: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start what stands in for a worker, and give it the worker's program as pytest-xdist does."""
    command = [sys.executable, "-I", "-S", worker_stand_in.__file__, where, *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write(f"{program!r}\n")
    process.stdin.flush()
    return process


def said(process: "subprocess.Popen[str]") -> str:
    """Return the next line that a worker says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def comes(true: Callable[[], bool]) -> bool:
    """Whether something of another process comes true in time."""
    give_up_s = time.monotonic() + WITHIN_S
    while not (came := true()) and time.monotonic() < give_up_s:
        time.sleep(0.01)
    return came


def ends(pid: int) -> bool:
    """Whether a process comes to its end in time."""
    return comes(lambda: not Path(f"/proc/{pid}").exists())


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has forked."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_workers_are_forked_and_run_the_cases(cases: pytest.Pytester) -> None:
    """Each is a copy of the process that has loaded the contract, and what it runs is in the results."""
    result, results = run(cases, PASSING + TELLS, "-n", "2")
    assert result.ret == 0
    assert sorted(results.cases) == ["AAA-010"]
    assert b"conformance.running.worker_server" in (cases.path / "worker").read_bytes()


def test_worker_starts_from_scratch_where_none_is_forked(tmp_path: Path) -> None:
    """A server that has ended, or never came, costs time and no run."""
    worker = stand_in(str(tmp_path / "nowhere"), "print('works')", "-c", "import sys;exec(eval(sys.stdin.readline()))")
    assert said(worker) == "works"
    assert worker.wait(WITHIN_S) == 0


def test_worker_that_is_killed_ends(server: WorkerServer) -> None:
    """Whoever kills a worker kills the process that stands in for it: the worker ends with that."""
    worker = stand_in(str(server.where), "import os, time; print(os.getpid(), flush=True); time.sleep(600)")
    pid = int(said(worker))
    assert pid != worker.pid

    worker.kill()

    worker.wait()
    assert ends(pid)


def test_stand_in_shows_no_secret(server: WorkerServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it was started with is seen by all processes of the user, a subject's among them."""
    monkeypatch.setenv("BINANCE_FUTURES_TESTNET_API_SECRET", "sesame")
    worker = stand_in(str(server.where), "import time; print('there', flush=True); time.sleep(600)")
    assert said(worker) == "there"

    shown = Path(f"/proc/{worker.pid}/environ")
    assert comes(lambda: b"sesame" not in shown.read_bytes())
    worker.kill()
    worker.wait()


def test_interrupt_is_the_workers_to_hear(server: WorkerServer) -> None:
    """At Ctrl-C the worker ends its case in order: neither the stand-in nor the server ends it before."""
    told = "import time\ntry:\n print('there', flush=True); time.sleep(600)\nexcept KeyboardInterrupt: print('ends')"
    worker = stand_in(str(server.where), told)
    assert said(worker) == "there"
    pids = [worker.pid, *children_of(server.pid)]
    assert len(pids) == 2
    assert comes(lambda: b"os.read" in Path(f"/proc/{worker.pid}/cmdline").read_bytes())

    for pid in (*pids, server.pid):
        os.kill(pid, signal.SIGINT)

    assert said(worker) == "ends"
    assert worker.wait(WITHIN_S) == 0
    assert said(stand_in(str(server.where), "print('another')")) == "another"


def test_server_outlives_a_stand_in_that_was_killed(server: WorkerServer) -> None:
    """One that is gone before it has handed anything over costs the others nothing."""
    with socket.socket(socket.AF_UNIX) as gone:
        gone.connect(str(server.where))
    assert said(stand_in(str(server.where), "print('another')")) == "another"


def test_stand_in_ends_with_its_worker(server: WorkerServer) -> None:
    """The end of the worker's pipes is the worker's: pytest-xdist sees at once that it has crashed."""
    worker = stand_in(str(server.where), "import os; os.abort()")
    assert said(worker) == ""
    assert worker.wait(WITHIN_S) == 0


def test_server_ends_and_its_workers_live_on() -> None:
    """Nothing is left of it in the folder of temporary files."""
    server = WorkerServer.started()
    assert server is not None
    worker = stand_in(str(server.where), "import os, sys; print(os.getpid(), flush=True); print(input(), flush=True)")
    pid = int(said(worker))

    server.pytest_unconfigure()

    assert not server.where.parent.exists()
    assert worker.stdin is not None
    worker.stdin.write("lives\n")
    worker.stdin.flush()
    assert said(worker) == "lives"
    assert ends(pid)


def test_socket_that_has_no_place_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of temporary files whose path is too long for a socket, workers start from scratch."""
    deep = tmp_path / ("long" * 30)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    assert WorkerServer.started() is None
    assert not any(deep.iterdir())
