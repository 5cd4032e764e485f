"""How a subject's process ends: by a stop, a kill, a hang, or with the suite."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.subject.errors import (
    StopFailed,
    SubjectDied,
    SubjectHung,
    SubjectMisused,
)
from conformance.subject.log_watch import LogWatch
from conformance.subject.messages import Message
from conformance.subject.provision import Installation
from conformance.subject.subject import Subject
from tests.subject.played import ROOT, Make, ignore, interpreter
from tests.subject.processes import ends


async def test_sigkill_in_mid_command_is_told(make: Make) -> None:
    """A process killed from outside while a command waits is an error at once, not a timeout."""
    trader = await make("hangs").start_trader({}, ignore)
    waiting = asyncio.create_task(trader.command("submit", within_s=30))
    await asyncio.sleep(0)

    os.kill(trader.pid, signal.SIGKILL)

    with pytest.raises(SubjectDied, match="killed by SIGKILL"):
        await asyncio.wait_for(waiting, 10)


async def test_hung_process_is_killed_and_replaced(make: Make) -> None:
    """A command that is not answered in time costs the process; the next trader gets another."""
    subject = make("hangs")
    trader = await subject.start_trader({}, ignore)
    pid = trader.pid

    with pytest.raises(SubjectHung, match=r"(?s)'submit' within 2 s.*about to hang"):
        await trader.command("submit", within_s=2)

    assert ends(pid, 0)
    await trader.stop()
    again = await subject.start_trader({}, ignore)
    assert again.pid != pid


async def test_watched_log_has_a_process_to_itself(make: Make) -> None:
    """A process logs at the level of its first trader, and its end is the log's: one that is watched shares neither."""
    subject = make("answers")
    first = await subject.start_trader({}, ignore)
    await first.stop()

    watched = await subject.start_trader({}, ignore, watch=LogWatch(lambda _: ()))
    assert watched.pid != first.pid
    await watched.stop()

    after = await subject.start_trader({}, ignore)
    assert after.pid not in (first.pid, watched.pid)


async def test_process_serves_trader_after_trader(make: Make) -> None:
    """A 1.x process is kept from one trader to the next."""
    subject = make("answers")
    first = await subject.start_trader({}, ignore)
    await first.stop()
    second = await subject.start_trader({}, ignore)

    assert second.pid == first.pid
    await first.stop()  # of no consequence to the second
    assert (await second.command("snapshot"))["ok"]


@pytest.mark.parametrize(("behaviour", "graceful"), [("stops uncleanly", False), ("one trader, stops uncleanly", True)])
async def test_unclean_stop_is_an_error(make: Make, behaviour: str, graceful: bool) -> None:
    """A trader that was to stop the native way and did not has failed; nothing of it is there for the next trader."""
    notes: list[str] = []
    subject = make(behaviour)
    first = await subject.start_trader({}, ignore, on_note=notes.append)

    with pytest.raises(SubjectHung, match=r"(?s)the trader did not stop cleanly within 5 s.*TimeoutError") as hung:
        await first.stop(graceful=graceful)

    assert hung.value.op == "stop"
    assert ends(first.pid, 0)
    assert notes == []  # it is the trader that did not stop, not the suite
    await first.stop()  # done with, once told
    assert (await subject.start_trader({}, ignore)).pid != first.pid


async def test_end_by_the_signal_that_stops_it_is_a_stop(make: Make) -> None:
    """A process that has no handler of it ends at once: that was asked for, and is no death to be told of."""
    subject = make("one trader")
    deaths: list[SubjectDied] = []
    trader = await subject.start_trader({"own_run": True}, ignore, on_end=deaths.append)

    await trader.stop(by="SIGTERM")

    assert deaths == []
    assert subject.trader is None
    assert (await subject.start_trader({}, ignore)).pid != trader.pid


async def test_stop_that_raised_says_what(make: Make) -> None:
    """A node that stopped, but with an error, has not hung: the failure names the error, without its secrets."""
    subject = make("one trader, stops with an error")
    first = await subject.start_trader({}, ignore, environment={"BINANCE_API_KEY": "k3y-of-an-account"})

    with pytest.raises(StopFailed, match=r"^the stop of the node ended with RuntimeError: no key ") as failed:
        await first.stop(graceful=True)

    assert "k3y-of-an-account" not in str(failed.value) + failed.value.raised
    assert ends(first.pid, 0)


async def test_quick_end_is_no_unclean_stop(make: Make) -> None:
    """A 2.x trader whose process just ends was not asked to stop the native way."""
    subject = make("one trader, stops uncleanly")
    trader = await subject.start_trader({}, ignore)

    await trader.stop()

    assert ends(trader.pid, 0)


async def test_second_trader_at_once_is_refused(make: Make) -> None:
    """One trader at a time; asking for two is the suite's mistake."""
    subject = make("answers")
    await subject.start_trader({}, ignore)

    with pytest.raises(SubjectMisused, match="stop it first"):
        await subject.start_trader({}, ignore)


async def test_process_of_one_trader_ends_with_it(make: Make) -> None:
    """A 2.x process ends with its trader; another is ready for the next."""
    subject = make("one trader")
    first = await subject.start_trader({}, ignore)
    await first.stop()

    assert ends(first.pid, 0)
    assert (await subject.start_trader({}, ignore)).pid != first.pid


async def test_killed_trader_is_gone(make: Make) -> None:
    """`kill` is a crash: the process is gone when it returns, once. It is told as a command: the history has it."""
    told: list[Message] = []
    trader = await make("answers").start_trader({}, ignore, on_command=told.append)

    await trader.kill()
    await trader.kill()

    assert [command["op"] for command in told] == ["start", "kill"]
    assert ends(trader.pid, 0)
    with pytest.raises(SubjectDied):
        await trader.command("snapshot")


async def test_close_ends_a_hung_process(make: Make) -> None:
    """Nothing is left running after close, not even what cannot be talked to any more."""
    subject = make("holds the lock")
    stuck = asyncio.Event()
    trader = await subject.start_trader({}, lambda event: stuck.set())
    waiting = asyncio.create_task(trader.command("submit", within_s=30))
    await asyncio.wait_for(stuck.wait(), 10)

    await subject.close()
    waiting.cancel()

    assert ends(trader.pid, 0)


def test_process_outlives_the_loop_of_its_first_trader(tmp_path: Path) -> None:
    """A subject serves cases that have an event loop each."""
    subject = Subject(Installation("9.9.9", interpreter(tmp_path, "answers"), "by a test"), logs=tmp_path)

    async def one_case() -> int:
        trader = await subject.start_trader({}, ignore)
        await trader.command("snapshot")
        await trader.stop()
        return trader.pid

    pids = {asyncio.run(one_case()) for _ in range(3)}
    asyncio.run(subject.close())

    assert len(pids) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux whether the process has ended")
@pytest.mark.parametrize(
    ("behaviour", "main"),
    [
        ("answers", "asyncio.run(main())"),
        # Stuck in native code, so that only the kernel can end it; and hung where the kernel does not watch.
        ("holds the lock", "asyncio.run(main())"),
        ("hangs", "threading.Thread(target=asyncio.run, args=(main(),), daemon=True).start(); signal.pause()"),
    ],
)
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_survives_the_suite(tmp_path: Path, behaviour: str, main: str, end: signal.Signals) -> None:
    """However the suite ends, its subject's process ends too."""
    interpreter(tmp_path, behaviour)
    program = f"""
import asyncio, signal, threading
from pathlib import Path
from conformance.subject.log_watch import LogWatch
from conformance.subject.messages import Message
from conformance.subject.provision import Installation
from conformance.subject.subject import Subject

# As in a terminal: a shell that runs its command in the background has Ctrl-C ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

async def main():
    folder = Path({str(tmp_path)!r})
    subject = Subject(Installation("9.9.9", folder / "python", ""), folder)
    trader = await subject.start_trader({{}}, lambda event: print(trader.pid, flush=True))
    if {behaviour!r} != "holds the lock":
        print(trader.pid, flush=True)
    await trader.command("submit", within_s=60)
    await asyncio.Event().wait()

{main}
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True
    ) as suite:
        assert suite.stdout is not None
        pid = int(suite.stdout.readline())
        suite.send_signal(end)
        suite.wait(10)

        assert ends(pid, 10)
