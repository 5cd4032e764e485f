"""The cache database: an address without secrets, a Redis of its own, and nothing left behind."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import nullcontext, suppress

import pytest
from redis import Redis

from conformance.history.entries import Command
from conformance.worlds.cache_database import CacheDatabase, CacheDatabaseError
from conformance.worlds.simulator import SimulatorWorld
from tests.conftest import redis_server
from tests.support.case_runs import Opener


@pytest.fixture
def client(redis: str) -> Iterator[Redis]:
    """The Redis itself, empty again afterwards."""
    with Redis(port=int(redis.rpartition(":")[2])) as client:
        yield client
        client.flushall()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("localhost:6379", "localhost:6379"),
        (" redis://redis.internal:6380/ ", "redis.internal:6380"),
        ("[::1]:6379", "[::1]:6379"),
    ],
)
def test_an_address_is_host_and_port(text: str, address: str) -> None:
    """With or without the scheme, and in IPv6 too; written out it can be read again."""
    database = CacheDatabase.parse(text)
    assert str(database) == address
    assert CacheDatabase.parse(str(database)) == database


@pytest.mark.parametrize(
    "text", ["localhost", "6379", "localhost:0", "localhost:65536", "a b:1", "rediss://x:1", "x:1/2"]
)
def test_anything_else_is_no_address(text: str) -> None:
    """The message has what was given, what is expected, and how to come by one."""
    with pytest.raises(CacheDatabaseError, match=r"is no address of one: expected HOST:PORT, .*docker run"):
        CacheDatabase.parse(text)


@pytest.mark.parametrize(
    "text", ["redis://desk:hunter2@redis.internal:6379", "redis://:hunter2", "redis://redis:6379?password=hunter2"]
)
def test_a_password_is_refused_and_not_shown(text: str) -> None:
    """A Redis with credentials is likely somebody's own; they appear in no message."""
    with pytest.raises(CacheDatabaseError, match="expected HOST:PORT, no user, password") as refused:
        CacheDatabase.parse(text)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "greeting", [b"+OK ready\r\n", b"* OK IMAP\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff\n", b""]
)
def test_what_is_no_redis_is_said_to_be_none(greeting: bytes) -> None:
    """Whatever answers at the address, and however: an error that names the address and the remedy."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            while True:
                with suppress(OSError):
                    client, _ = server.accept()
                    with client:
                        client.sendall(greeting)
                    continue
                return

        threading.Thread(target=greet, daemon=True).start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(CacheDatabaseError, match=rf"{address} (does not answer as|cannot be reached).*docker run"):
            CacheDatabase.parse(address).check()


def test_a_redis_with_a_password_is_refused(redis: str, client: Redis) -> None:
    """A password of the server's is said to be the reason."""
    client.config_set("requirepass", "hunter2")
    try:
        with pytest.raises(CacheDatabaseError, match="asks for a password: give one without"):
            CacheDatabase.parse(redis).check()
    finally:
        client.config_set("requirepass", "")


def test_a_redis_of_its_own_tells_its_version(redis: str, client: Redis) -> None:
    """Empty, or holding only what an earlier run of this suite was killed over."""
    client.set("trader-CONFORMANCE-0123:orders:X", b"")
    assert CacheDatabase.parse(redis).check() == client.info("server")["redis_version"]


def test_a_redis_that_something_else_uses_is_refused(redis: str, client: Redis) -> None:
    """A trading system's own cache is never written to."""
    client.set("trader-DESK-001:orders:X", b"")
    with pytest.raises(CacheDatabaseError, match=r"trader-DESK-001:orders:X.*give it a Redis that nothing else uses"):
        CacheDatabase.parse(redis).check()


def test_an_old_redis_is_refused(redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """NautilusTrader would refuse it at every start."""
    monkeypatch.setattr(Redis, "info", lambda *_: {"redis_version": "5.0.14"})
    with pytest.raises(CacheDatabaseError, match=r"is Redis 5\.0\.14; NautilusTrader needs 6\.2\.0"):
        CacheDatabase.parse(redis).check()


async def test_a_case_keeps_its_traders_apart_and_leaves_nothing(redis: str, client: Redis, case_run: Opener) -> None:
    """All traders of a case have one new trader id, no two cases the same; what they kept is gone when it closes, and
    nothing else is."""
    ids = set()
    client.set("trader-CONFORMANCE-other:orders:X", b"")
    for _ in range(2):
        run = case_run(world=SimulatorWorld(), cache_database=CacheDatabase.parse(redis))
        await run.open()
        await run.start_trader()
        await run.stop_trader()
        await run.start_trader_again()
        configs = [entry.config for entry in run.history if isinstance(entry, Command)]
        assert len(configs) == 2
        assert {config["cache_database"] for config in configs} == {redis}
        (trader_id,) = {config["trader_id"] for config in configs}
        ids.add(trader_id)
        await asyncio.to_thread(client.set, f"trader-{trader_id}:orders:X", b"")
        await run.close()
    assert len(ids) == 2
    assert client.keys() == [b"trader-CONFORMANCE-other:orders:X"]


async def test_a_redis_that_is_not_there_is_the_suites_trouble(case_run: Opener) -> None:
    """It is said before any trader starts, and not as a failure of the subject."""
    run = case_run(world=SimulatorWorld(), cache_database=CacheDatabase("127.0.0.1", 1))
    with pytest.raises(CacheDatabaseError, match=r"127\.0\.0\.1:1 cannot be reached"):
        await run.open()
    await run.close()


@pytest.mark.parametrize("again", [False, True])
async def test_a_redis_that_goes_away_is_the_suites_trouble(case_run: Opener, again: bool) -> None:
    """Gone, or another one in its place: what a case then finds is not the subject's doing."""
    with redis_server() as address:
        run = case_run(world=SimulatorWorld(), cache_database=CacheDatabase.parse(address))
        await run.open()
        assert await run.trouble() is None
    with redis_server(int(address.rpartition(":")[2])) if again else nullcontext():
        with pytest.raises(CacheDatabaseError, match="started again" if again else "cannot be reached"):
            raise await run.trouble() or AssertionError("no trouble")
        with nullcontext() if again else pytest.raises(CacheDatabaseError):
            await run.close()


def test_messages_are_read_as_they_are_to_be_decoded(redis: str, client: Redis) -> None:
    """Of each message of the trader's streams the payload alone; to be searched, with the stream and the topic."""
    client.xadd("trader-T-1:stream", {"topic": "events.order", "payload": b'{"a":1}'})
    client.xadd("trader-T-2:stream", {"topic": "events.order", "payload": b"other"})
    client.rpush("trader-T-1:orders:A", b"kept")
    database = CacheDatabase.parse(redis)

    assert database.messages("T-1") == [b'{"a":1}']
    assert database.published("T-1") == [b'trader-T-1:stream events.order {"a":1}']


def test_ids_by_state_are_the_members_of_the_traders_own_sets(redis: str, client: Redis) -> None:
    """Of each set its name and all that is in it; what is no set is none, nor is another trader's."""
    client.sadd("trader-T-1:index:positions_open", "P-1", b"\x81")
    client.hset("trader-T-1:index:order_ids", "A", "1")
    client.sadd("trader-T-2:index:positions_open", "P-2")

    assert CacheDatabase.parse(redis).indexes("T-1") == {"positions_open": {b"P-1", b"\x81"}}
