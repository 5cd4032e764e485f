"""Later processes of a 2.x subject are forked from one that has loaded the version, and behave as all others."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from conformance.simulator import Simulator
from conformance.subject.errors import SubjectDied
from conformance.subject.provision import provision
from conformance.subject.spawning import ForkServer, child_command
from conformance.subject.subject import Subject
from tests.subject.processes import ends
from tests.subject.real import CREDENTIALS, ON_ONE_LOOP, Events, config, installed, order

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only; elsewhere all start from scratch")
VERSION = "2.0.0rc6"


@pytest_asyncio.fixture(loop_scope="session")
async def subject(tmp_path: Path) -> AsyncIterator[Subject]:
    """A 2.x subject that has a fork server, ready."""
    async with Subject(await installed(VERSION), tmp_path / "logs", environment=CREDENTIALS) as running:
        running._process, first = running._spawn(), running._process
        assert first is not None
        await first.close()
        await _ready(running)
        running._process, from_scratch_again = None, running._process
        await from_scratch_again.close()  # type: ignore[union-attr]
        yield running


async def _ready(subject: Subject) -> ForkServer:
    forks = subject._forks
    assert forks is not None
    await asyncio.to_thread(select.select, [forks._asked], [], [], 60)
    assert forks.ready
    return forks


def _is_forked(pid: int) -> bool:
    return b"--fork-server=" in Path(f"/proc/{pid}/cmdline").read_bytes()


@ON_ONE_LOOP
async def test_forked_subjects_trade_one_after_another(subject: Subject, venue: Simulator) -> None:
    """Each trader has a process of its own, forked, says the same hello, writes its own log and trades.

    It is in a group of its own and in the suite's session, as `test_spawning` has it of one from scratch.
    """
    said = dict(subject.hello)
    seen, groups = set(), {os.getpgid(0)}
    for name in ("one", "two"):
        events = Events()
        trader = await subject.start_trader(config(subject, venue), events, name=name)
        await trader.command("submit", order=order(f"F-{name}", type="MARKET", side="BUY"))
        await events.wait("OrderFilled", f"F-{name}")
        assert _is_forked(trader.pid)
        groups.add(os.getpgid(trader.pid))
        assert os.getsid(trader.pid) == os.getsid(0)
        seen.add(trader.pid)
        await trader.stop(graceful=True)

    assert (len(seen), len(groups)) == (2, 3)
    assert {**subject.hello, "pid": 0, "key": ""} == {**said, "pid": 0, "key": ""}
    assert all((subject._logs / f"{name}.log").stat().st_size for name in ("one", "two"))


@ON_ONE_LOOP
async def test_how_a_forked_subject_ends_is_told(subject: Subject, venue: Simulator) -> None:
    """A forked process that is killed is reported with its signal, as one that was started from scratch."""
    trader = await subject.start_trader(config(subject, venue), Events())
    waiting = asyncio.create_task(trader.command("snapshot", within_s=30))
    os.kill(trader.pid, signal.SIGSTOP)
    os.kill(trader.pid, signal.SIGKILL)

    with pytest.raises(SubjectDied, match="killed by SIGKILL"):
        await asyncio.wait_for(waiting, 10)


@ON_ONE_LOOP
async def test_dead_fork_server_is_done_without(subject: Subject, venue: Simulator) -> None:
    """Where the fork server has died, a subject starts from scratch."""
    forks = subject._forks
    assert forks is not None
    os.kill(forks._child.pid, signal.SIGKILL)
    forks._child.wait()

    trader = await subject.start_trader(config(subject, venue), Events())

    assert not _is_forked(trader.pid)


@ON_ONE_LOOP
async def test_subject_ends_with_its_fork_server_and_forks(subject: Subject, venue: Simulator) -> None:
    """Closing a subject ends the trader's process and the fork server."""
    trader = await subject.start_trader(config(subject, venue), Events())
    forks = subject._forks
    assert forks is not None

    await subject.close()

    assert ends(trader.pid, 5)
    assert ends(forks._child.pid, 5)


def test_version_with_threads_is_not_forked() -> None:
    """A version whose import leaves threads behind is not forked: its fork server ends, and never says ready."""
    installation = provision("1.231.0")
    forks = ForkServer(child_command(installation.python, {}))
    try:
        assert forks._child.wait(60) == 87
        assert not forks.ready
    finally:
        forks.close()


SUITE = f"""
import asyncio, select
from conformance.subject.process import Process
from conformance.subject.provision import provision
from conformance.subject.spawning import ForkServer, child_command

async def main():
    forks = ForkServer(child_command(provision("{VERSION}").python, {{}}))
    select.select([forks._asked], [], [], 60)
    assert forks.ready
    process = Process(forks.fork)
    process.attach()
    await process.greeted(60)
    print(forks._child.pid, process.pid, process._child.pid, flush=True)
    await asyncio.sleep(300)

asyncio.run(main())
"""


def test_forks_end_with_a_suite_that_is_killed() -> None:
    """Nothing outlives a suite that dies by SIGKILL: fork server, guard and subject end."""
    suite = subprocess.Popen([sys.executable, "-c", SUITE], stdout=subprocess.PIPE, text=True)
    assert suite.stdout is not None
    pids = [int(each) for each in suite.stdout.readline().split()]

    suite.kill()
    suite.wait()

    assert len(pids) == 3
    assert [ends(pid, 10) for pid in pids] == [True, True, True]
