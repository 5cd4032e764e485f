"""A Redis of the run's own: there while the run goes on, and gone with it, however it went."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.running.options import RunOptions
from conformance.running.own_redis import with_own_redis
from conformance.worlds import own_redis
from conformance.worlds.cache_database import CacheDatabase, CacheDatabaseError

HOLDING = """
import sys
from conformance.running.options import RunOptions
from conformance.running.own_redis import with_own_redis
with with_own_redis(RunOptions()) as options:
    print(options.cache_database, flush=True)
    sys.stdin.read()
"""


def answers(address: str) -> bool:
    """Whether a Redis answers there."""
    try:
        CacheDatabase.parse(address).check()
    except CacheDatabaseError:
        return False
    return True


def test_a_run_has_a_redis_while_it_goes_on() -> None:
    """It can be used as a cache database, and is gone afterwards."""
    with with_own_redis(RunOptions()) as options:
        assert options.cache_database is not None
        assert answers(options.cache_database)

    assert not answers(options.cache_database)


def test_a_killed_run_leaves_no_redis_behind() -> None:
    """Nobody is there to end it, so it ends by itself."""
    command = [sys.executable, "-c", HOLDING]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as held:
        assert held.stdout is not None
        address = held.stdout.readline().strip()
        assert answers(address)
        os.kill(held.pid, signal.SIGKILL)
        held.wait()

        deadline = time.monotonic() + 10
        while answers(address):
            assert time.monotonic() < deadline, "the Redis is still there"


def test_another_redis_on_its_port_is_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the choice of a port and its use another may have it: what is there is not ours to empty."""
    with own_redis.started() as first:
        assert first is not None
        monkeypatch.setattr(own_redis, "_free_port", lambda: first.port)
        with own_redis.started() as second:
            assert second is None
        assert answers(str(first))


@pytest.mark.parametrize("given", [{"cache_database": "127.0.0.1:6379"}, {"world": "testnet"}])
def test_what_was_named_is_used(given: dict[str, str]) -> None:
    """Nothing is started where a database is named, nor on the testnet."""
    asked = RunOptions(**given)  # type: ignore[arg-type]

    with with_own_redis(asked) as options:
        assert options is asked


@pytest.mark.parametrize("program", [None, "false"])
def test_a_machine_without_redis_goes_without(monkeypatch: pytest.MonkeyPatch, program: str | None) -> None:
    """No program, or one that does not start: the cases that need one say so."""
    monkeypatch.setattr(own_redis, "server_program", lambda: program)

    with with_own_redis(RunOptions()) as options:
        assert options.cache_database is None


def test_the_systems_redis_goes_before_the_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on the path is used; else what pip has installed."""
    assert own_redis.server_program() is not None
    program = tmp_path / "redis-server"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert own_redis.server_program() == str(program)
