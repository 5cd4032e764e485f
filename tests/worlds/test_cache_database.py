"""The cache database: an address without secrets, a Redis of its own, and nothing left behind."""

import asyncio
from collections.abc import Iterator

import pytest
from redis import Redis

from conformance.worlds.cache_database import CacheDatabase, CacheDatabaseError
from conformance.worlds.simulator import SimulatorWorld
from tests.worlds.conftest import Opener


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
    with pytest.raises(CacheDatabaseError, match=r"is no address: expected HOST:PORT, .*docker run"):
        CacheDatabase.parse(text)


def test_a_password_is_refused_and_not_shown() -> None:
    """A Redis with credentials is likely somebody's own; they appear in no message."""
    with pytest.raises(CacheDatabaseError, match="expected HOST:PORT") as refused:
        CacheDatabase.parse("redis://desk:hunter2@redis.internal:6379")
    assert "hunter2" not in str(refused.value)


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
        await run.restart_trader()
        configs = [record.data["config"] for record in run.history if record.kind == "command"]
        assert len(configs) == 2
        assert {config["cache_database"] for config in configs} == {redis}
        (trader_id,) = {config["trader_id"] for config in configs}
        ids.add(trader_id)
        await asyncio.to_thread(client.set, f"trader-{trader_id}:orders:X", b"")
        await run.close()
    assert len(ids) == 2
    assert client.keys() == [b"trader-CONFORMANCE-other:orders:X"]


async def test_a_redis_that_has_gone_is_the_suites_trouble(client: Redis, case_run: Opener) -> None:
    """It is said before any trader starts, and not as a failure of the subject."""
    run = case_run(world=SimulatorWorld(), cache_database=CacheDatabase("127.0.0.1", 1))
    with pytest.raises(CacheDatabaseError, match=r"127\.0\.0\.1:1 cannot be used"):
        await run.open()
    await run.close()
