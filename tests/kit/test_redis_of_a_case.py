"""Where the traders of a case keep what they know: in the run's Redis, or in one that the case has alone."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from redis import Redis

from conformance.kit import readiness
from conformance.kit.case_cache import CaseCache
from conformance.kit.failure import CheckError, NotGivenError
from conformance.kit.metadata import Case
from conformance.kit.readiness import database_for
from conformance.kit.run import SuiteError
from conformance.kit.traders import Traders
from conformance.worlds import own_redis
from conformance.worlds.cache_database import CacheDatabase, CacheDatabaseError
from conformance.worlds.simulator import SimulatorWorld
from tests.support.case_runs import Opener

LONG_S, SOON_S = 5.0, 0.05


async def test_a_case_without_a_database_has_nothing_to_keep() -> None:
    """Its traders are started as they would be anyway."""
    cache = CaseCache(None)
    async with AsyncExitStack() as until:
        await cache.open(until)
        assert cache.config == {}
        assert await cache.lost() is None


async def test_a_case_that_has_one_alone_brings_it() -> None:
    """It may empty it, and it is gone with the case."""
    cache = CaseCache(None, alone=True)
    async with AsyncExitStack() as until:
        await cache.open(until)
        database = CacheDatabase.parse(cache.config["cache_database"])
        with Redis(database.host, database.port) as client:
            await asyncio.to_thread(client.flushall)
        assert await cache.lost() is None
    with pytest.raises(CacheDatabaseError, match="cannot be reached"):
        database.check()


async def test_one_that_does_not_start_is_the_suites_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said before any trader starts."""
    monkeypatch.setattr(own_redis, "server_program", lambda: "false")
    async with AsyncExitStack() as until:
        with pytest.raises(CacheDatabaseError, match="does not start"):
            await CaseCache(None, alone=True).open(until)


async def test_what_is_still_being_kept_is_waited_for(redis: str) -> None:
    """A crash comes once nothing more is written: what was told last is kept, however late a busy machine writes it."""
    cache = CaseCache(CacheDatabase.parse(redis))
    async with AsyncExitStack() as until:
        await cache.open(until)
        key = f"trader-{cache.config['trader_id']}:orders:O-1"
        host, port = redis.split(":")
        with Redis(host, int(port)) as client:

            async def writes() -> None:
                for number in range(5):
                    await asyncio.to_thread(client.rpush, key, f"event {number}")
                    await asyncio.sleep(SOON_S)

            writing = asyncio.create_task(writes())
            await cache.comes_to_rest(still_s=SOON_S * 20, within_s=LONG_S * 4)
            assert writing.done()
            await cache.comes_to_rest(still_s=LONG_S * 20, within_s=SOON_S)
            await writing


async def test_what_was_kept_is_waited_for(redis: str) -> None:
    """Each word has to be there, in a key or in what it holds, whichever order it came in; what never comes is told."""
    cache = CaseCache(CacheDatabase.parse(redis))
    async with AsyncExitStack() as until:
        await cache.open(until)
        trader_id = cache.config["trader_id"]
        with Redis(port=int(redis.rpartition(":")[2])) as client:
            await asyncio.to_thread(client.rpush, f"trader-{trader_id}:orders:LEFT-1", b"\x81 OrderAccepted 4711")
            assert not await cache.has(["4711", "4712"], within_s=SOON_S)
            waiting = asyncio.create_task(cache.has(["4711", "4712", "LEFT-1"], within_s=LONG_S))
            await asyncio.to_thread(client.rpush, f"trader-{trader_id}:positions:P-1", b"\x81 OrderFilled 4712")
            assert await waiting


async def test_what_was_published_is_waited_for(redis: str) -> None:
    """Each word has to be in a message of a stream of the trader's own; what is kept, or another's, is no message."""
    cache = CaseCache(CacheDatabase.parse(redis))
    async with AsyncExitStack() as until:
        await cache.open(until)
        trader_id = cache.config["trader_id"]
        with Redis(port=int(redis.rpartition(":")[2])) as client:
            await asyncio.to_thread(client.rpush, f"trader-{trader_id}:orders:LEFT-1", b"4711 4712")
            await asyncio.to_thread(client.xadd, f"trader-{trader_id}X:stream", {"payload": b"4711 4712"})
            until.callback(CacheDatabase.parse(redis).forget, f"{trader_id}X")
            assert await cache.lacks_published(["4711"], within_s=SOON_S) == ["4711"]
            waiting = asyncio.create_task(cache.lacks_published(["4711", "events.order"], within_s=LONG_S))
            told: dict[Any, Any] = {"topic": b"events.order.S-1", "payload": b"\x81 4711"}
            await asyncio.to_thread(client.xadd, f"trader-{trader_id}:stream", told)
            assert await waiting == []
            assert await cache.lacks_published(["4711", "4712"], within_s=SOON_S) == ["4712"]
            assert await cache.streams() == ["stream"]


async def test_a_case_fails_for_what_was_not_published(redis: str, case_run: Opener) -> None:
    """The failure names what is lacking, and its signature counts it."""
    run = case_run(world=SimulatorWorld(), cache_database=CacheDatabase.parse(redis))
    await run.open()
    with pytest.raises(CheckError, match="all but T-1-1") as failed:
        await Traders(run, {}).have_published("T-1-1", within_s=SOON_S)
    await run.close()
    assert failed.value.signature == "0 of 1 words published"


async def test_another_traders_memory_is_not_looked_at(redis: str) -> None:
    """What was kept under another id does not count."""
    cache = CaseCache(CacheDatabase.parse(redis))
    other = CacheDatabase.new_trader_id()
    async with AsyncExitStack() as until:
        await cache.open(until)
        until.callback(CacheDatabase.parse(redis).forget, other)
        with Redis(port=int(redis.rpartition(":")[2])) as client:
            await asyncio.to_thread(client.rpush, f"trader-{other}:orders:LEFT-1", b"4711")
        assert not await cache.has(["4711"], within_s=SOON_S)


async def test_a_trader_has_time_to_keep_and_no_more(redis: str, case_run: Opener) -> None:
    """Nothing fails where it did not use it: the case goes on."""
    run = case_run(world=SimulatorWorld(), cache_database=CacheDatabase.parse(redis))
    await run.open()
    await Traders(run, {}).have_time_to_keep("4711", within_s=SOON_S)
    await run.close()


async def test_only_who_has_a_redis_alone_may_flush_it(redis: str, case_run: Opener) -> None:
    """The traders of other cases keep what they know in the same one: the start is the suite's mistake."""
    flush: dict[str, Any] = {"cache": {"flush_on_start": True}}
    shared = case_run(world=SimulatorWorld(), cache_database=CacheDatabase.parse(redis), needs=["cache_database"])
    await shared.open()
    with pytest.raises(SuiteError, match="own_cache_database"):
        await Traders(shared, {}).start(**flush)
    await shared.close()

    alone = case_run(world=SimulatorWorld(), needs=["cache_database", "own_cache_database"])
    await alone.open()
    await Traders(alone, {}).start(**flush)
    await alone.close()


def test_a_machine_without_the_program_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis that the run was given is no substitute: others use it."""
    case = Case(
        id="AAA-010",
        requirement="It MUST.",
        rule="",
        card=None,
        upstream=(),
        needs=("cache_database", "own_cache_database"),
        tier="core",
        profile=None,
        trader={},
        place="",
        test=lambda: None,
    )
    given = CacheDatabase("127.0.0.1", 6379)
    assert database_for(case, given) is None
    monkeypatch.setattr(readiness, "server_program", lambda: None)
    with pytest.raises(NotGivenError, match="install redis-server"):
        database_for(case, given)


async def test_what_is_kept_nowhere_cannot_be_waited_for() -> None:
    """A case that waits for it says that it needs a database."""
    with pytest.raises(CacheDatabaseError, match="add cache_database to its needs"):
        await CaseCache(None).has(["4711"], within_s=SOON_S)
