"""A real NautilusTrader of each generation against the simulator. Installs it first: some minutes with cold caches."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from conformance.simulator import Simulator
from conformance.subject.errors import (
    CommandRefused,
    NotSupported,
    SubjectDied,
    SubjectHung,
    SubjectMisused,
)
from conformance.subject.log_watch import LogWatch
from conformance.subject.subject import Subject
from conformance.worlds.cache_database import CacheDatabase
from tests.subject.real import (
    AT_BOTH_ENDS,
    CREDENTIALS,
    REAL,
    Events,
    RealSubject,
    config,
    installed,
    order,
    told_to,
    trade,
)

pytestmark = [*REAL]


@pytest_asyncio.fixture(loop_scope="session")
async def subject(version: str, tmp_path: Path) -> AsyncIterator[Subject]:
    """A subject for the test alone: what its processes do, die of and log is what the tests here are about."""
    async with RealSubject(await installed(version), logs=tmp_path / "logs", environment=CREDENTIALS) as running:
        yield running


async def test_traders_one_after_another(subject: Subject, venue: Simulator) -> None:
    """Each trader trades, tells its events in the protocol's words, and leaves nothing behind for the next."""
    notes: list[str] = []
    for run in ("a", "b"):
        events = Events()
        trader = await subject.start_trader(config(subject, venue), events, on_note=notes.append)
        await trade(trader, events, venue, run)
        books = await trader.command("snapshot")
        await trader.stop(graceful=True)
        assert {row["client_order_id"]: row["status"] for row in books["orders"]}[f"L-1{run}"] == "CANCELED"
        assert books["balances"][0]["currency"] == "USDT"
    assert notes == []


async def test_logs_hold_no_secret(subject: Subject, venue: Simulator, tmp_path: Path) -> None:
    """At the level that tells everything, no credential and no signature gets into the file."""
    events = Events()
    trader = await subject.start_trader(config(subject, venue, log_level="DEBUG"), events, name="CASE-1")
    await trade(trader, events, venue)
    await trader.stop()

    written = await told_to(tmp_path / "logs" / "CASE-1.log", "OrderFilled", "OrderCanceled")

    assert "simulator-key" not in written
    assert "simulator-secret" not in written


async def test_level_of_a_log_that_is_watched_is_the_traders(subject: Subject, venue: Simulator) -> None:
    """NautilusTrader 1.x keeps the level of a process's first trader: one that is watched is the first of its own."""
    before = await subject.start_trader(config(subject, venue), Events())
    await before.stop()
    watch = LogWatch(lambda line: ["a line at DEBUG"] if "[DEBUG]" in line else [])

    trader = await subject.start_trader(config(subject, venue, log_level="DEBUG"), Events(), watch=watch)
    await trader.stop(graceful=True)

    assert [told.level for told in watch.told()] == ["DEBUG"]


async def test_sigkill_in_mid_command(subject: Subject, venue: Simulator) -> None:
    """A killed subject is one error, and the next trader starts in a new process."""
    trader = await subject.start_trader(config(subject, venue), Events())
    os.kill(trader.pid, signal.SIGKILL)

    with pytest.raises(SubjectDied, match="killed by SIGKILL"):
        await trader.command("snapshot")

    await trader.stop()
    events = Events()
    await trade(await subject.start_trader(config(subject, venue), events), events, venue)


@pytest.mark.parametrize(
    ("broken", "error", "told"),
    [
        ({"http_url": "http://127.0.0.1:9"}, CommandRefused, "refused 'start'"),
        (
            {"exec_engine": {"reconciliatoin": True}},
            NotSupported,
            r"NautilusTrader \S+ has no exec_engine.reconciliatoin; the nearest that it has is reconciliation",
        ),
        ({"exec_engine": {"reconciliation_lookback_mins": "an hour"}}, SubjectMisused, "reconciliation_lookback_mins"),
    ],
)
async def test_trader_that_cannot_start_is_refused(
    subject: Subject, venue: Simulator, broken: dict[str, Any], error: type[Exception], told: str
) -> None:
    """No connection is the trader's failure, a field that the version lacks no one's; the subject stays usable."""
    with pytest.raises(error, match=told):
        await subject.start_trader(config(subject, venue, timeout_connection_s=1, **broken), Events())

    await (await subject.start_trader(config(subject, venue), Events())).stop()


async def test_unclean_stop_does_not_pass(subject: Subject, venue: Simulator) -> None:
    """A trader that has no time to stop in fails to, and the next one has nothing to do with it."""
    notes: list[str] = []
    trader = await subject.start_trader(config(subject, venue, timeout_stop_s=0.0), Events(), on_note=notes.append)

    with pytest.raises(SubjectHung, match="the trader did not stop cleanly within 0 s"):
        await trader.stop(graceful=True)

    assert notes == []
    events = Events()
    await trade(await subject.start_trader(config(subject, venue), events), events, venue)


async def test_unknown_order_is_refused_by_name(subject: Subject, venue: Simulator) -> None:
    """A command about an order that the trader does not know names the ones it does."""
    events = Events()
    trader = await subject.start_trader(config(subject, venue), events)
    await trader.command("submit", order=order("M-1", type="MARKET", side="BUY"))
    await events.wait("OrderFilled", "M-1")

    with pytest.raises(CommandRefused, match="no order 'X-1'; known: M-1"):
        await trader.command("cancel", client_order_id="X-1")


async def test_mistake_of_the_suite_is_told_from_a_refusal(subject: Subject, venue: Simulator) -> None:
    """What either generation refuses is its answer; a command without sense is the suite's mistake."""
    with pytest.raises(SubjectMisused, match="unknown setting use_ws_tradin"):
        await subject.start_trader(config(subject, venue, use_ws_tradin=True), Events())
    trader = await subject.start_trader(config(subject, venue), Events())

    with pytest.raises(CommandRefused, match=r"ValueError: .*expire_time"):
        await trader.command("submit", order=order("G-1", type="LIMIT", side="BUY", price="1.00", time_in_force="GTD"))
    with pytest.raises(SubjectMisused, match="KeyError: 'price'"):
        await trader.command("submit", order=order("P-1", type="LIMIT", side="BUY"))
    with pytest.raises(SubjectMisused, match="order type 'LIMITT' is not one of"):
        await trader.command("submit", order=order("T-1", type="LIMITT", side="BUY"))
    with pytest.raises(SubjectMisused, match="unknown operation 'submitt'"):
        await trader.command("submitt")


@pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True)
async def test_warm_restart_remembers(subject: Subject, venue: Simulator, redis: str) -> None:
    """A trader finds in the cache database the orders of the one before it, as its own."""
    kept = config(subject, venue, cache_database=redis, trader_id=CacheDatabase.new_trader_id())
    events = Events()
    trader = await subject.start_trader(kept, events)
    await trade(trader, events, venue)
    await trader.stop(graceful=True)
    events = Events()

    warm = await subject.start_trader(kept, events)

    known = {row["client_order_id"]: row["status"] for row in (await warm.command("snapshot"))["orders"]}
    assert (known["M-1"], known["L-1"]) == ("FILLED", "CANCELED")
    assert not [event for event in events.all if event.get("client_order_id") in ("M-1", "L-1")]


@pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True)
async def test_settings_of_the_cache_reach_it(subject: Subject, venue: Simulator, redis: str) -> None:
    """With a long buffer nothing gets into the database that is there at once without one."""
    kept = config(subject, venue, cache_database=redis, trader_id=CacheDatabase.new_trader_id())
    events = Events()
    trader = await subject.start_trader({**kept, "cache": {"buffer_interval_ms": 600_000}}, events)
    await trade(trader, events, venue)
    assert not [row for row in CacheDatabase.parse(redis).kept(kept["trader_id"]) if b"L-1" in row]
    await trader.stop()

    other = {**kept, "trader_id": CacheDatabase.new_trader_id()}
    events = Events()
    trader = await subject.start_trader(other, events)
    await trade(trader, events, venue, "b")
    async with asyncio.timeout(5):
        while not [row for row in CacheDatabase.parse(redis).kept(other["trader_id"]) if b"L-1b" in row]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await trader.stop()
    with pytest.raises(NotSupported, match=r"no cache.buffer_intervall_ms; the nearest that it has is buffer_interval"):
        await subject.start_trader({**kept, "cache": {"buffer_intervall_ms": 1}}, Events())


async def test_overlay_reaches_the_real_adapter(venue: Simulator, tmp_path: Path) -> None:
    """A patched adapter module takes effect in the subject's process, and nowhere else."""
    installation = await installed("1.231.0")
    adapter = next(installation.python.parents[1].glob("lib/python*/site-packages/nautilus_trader/adapters/binance"))
    patched = (adapter / "common" / "constants.py").read_text() + "\nprint('patched constants', flush=True)\n"
    (tmp_path / "patch" / "common").mkdir(parents=True)
    (tmp_path / "patch" / "common" / "constants.py").write_text(patched)
    overlay = {"nautilus_trader.adapters.binance": tmp_path / "patch"}
    prints: Callable[[Subject], str] = lambda running: running._process.log.tail()  # type: ignore[union-attr] # noqa: E731

    async with Subject(installation, tmp_path / "logs", overlay, CREDENTIALS) as running:
        assert running.hello["overlay"] == {"nautilus_trader.adapters.binance": ["common/constants.py"]}
        assert "patched constants" in prints(running)
        events = Events()
        await trade(await running.start_trader(config(running, venue), events), events, venue)


@pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True)
async def test_cache_of_an_instance_is_kept_under_its_id(
    subject: Subject, venue: Simulator, events: Events, redis: str
) -> None:
    """Native values that are no plain ones reach both generations: an id of the node, and how the cache is written."""
    instance = "0d5a31d4-4c80-4a08-b0ab-6a7c9a1a3b11"
    given = {"node": {"instance_id": instance}, "cache": {"use_instance_id": True, "encoding": "json"}}
    kept = config(subject, venue, cache_database=redis, trader_id=CacheDatabase.new_trader_id(), **given)
    if subject.installation.version == "1.221.0":
        with pytest.raises(CommandRefused, match="Index unknown"):
            await subject.start_trader(kept, events)
        return
    trader = await subject.start_trader(kept, events)
    await trade(trader, events, venue)
    await trader.stop()
    assert [row for row in CacheDatabase.parse(redis).kept(kept["trader_id"]) if instance.encode() in row]


@pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True)
async def test_message_bus_is_written_where_the_cache_is_kept(
    subject: Subject, venue: Simulator, events: Events, redis: str
) -> None:
    """One that names no Redis of its own is in the one that is given; 2.x has no config of it."""
    trader_id = CacheDatabase.new_trader_id()
    given = {"node": {"message_bus": {}}, "cache_database": redis, "trader_id": trader_id}
    if "message_bus" not in subject.capabilities:
        with pytest.raises(NotSupported):
            await subject.start_trader(config(subject, venue, **given), events)
        return
    await trade(await subject.start_trader(config(subject, venue, **given), events), events, venue)
    assert CacheDatabase.parse(redis).published(trader_id)
