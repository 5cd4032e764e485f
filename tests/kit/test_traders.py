"""The traders of a case: started, stopped, killed and started again, with things done in between."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from conformance.gateway.forward_proxy import VENUE
from conformance.history.entries import Command
from conformance.kit.failure import CheckError
from conformance.kit.run import CaseRun
from conformance.kit.trader import Trader
from conformance.kit.traders import Traders
from conformance.simulator import Simulator
from conformance.subject.errors import CommandRefused, SubjectMisused
from conformance.subject.log_watch import LogWatch
from conformance.subject.orders import limit
from conformance.worlds.simulator import SimulatorWorld
from tests.plugin.stand_in import StandInSubject
from tests.support.case_runs import Opener


@pytest.fixture
def run(case_run: Opener) -> CaseRun:
    """A run of a case in the simulator world; not yet open."""
    return case_run(world=SimulatorWorld())


def started(run: CaseRun) -> list[dict[str, Any]]:
    """Return the configurations that traders were started with."""
    return [dict(command.more.get("config", command.config)) for command in commands(run, "start")]


def commands(run: CaseRun, op: str) -> list[Any]:
    """Return the commands of one kind."""
    return [command for command in run.history.of(Command) if command.op == op]


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_the_case_acts_between_stop_and_start(run: CaseRun, how: str) -> None:
    """While no trader runs the venue goes on; the next one has the config of the last, but for what is given."""
    await run.open()
    traders = Traders(run, {"leverages": {"BTCUSDT": 7}})
    await traders.start(max_retries=1)

    await getattr(traders, how)()
    assert run.trader is None
    await run.venue.places(limit("BUY", "0.010", "49000.00").named("MEANWHILE"))
    again = await traders.start_again(max_retries=2)

    assert run.trader is again
    first, second = started(run)
    assert (first["max_retries"], second["max_retries"]) == (1, 2)
    assert first["leverages"] == second["leverages"] == {"BTCUSDT": 7}
    await run.close()


async def test_trader_that_is_on_its_way_is_waited_for_by_nobody(run: CaseRun) -> None:
    """Its start says so to its process, and no look at its prices or its books is asked for."""
    await run.open()
    traders = Traders(run, {"external_order_claims": ["BTCUSDT"], "subscribe": ["trades"], "with_data_client": True})

    await traders.set_out()

    assert started(run)[0]["unawaited"] is True
    assert [command.op for command in run.history.of(Command)] == ["start"]
    await run.close()


async def test_commands_at_the_start_are_kept_for_it(run: CaseRun) -> None:
    """Nothing is sent before: they are the start's, in their order, and their orders have names of their own."""
    await run.open()
    traders = Traders(run, {})

    async def does(strategy: Trader) -> None:
        await strategy.cancel_all()
        await strategy.submit(limit("BUY", "0.010", "49000.00"))

    config = await traders.at_start(does)
    assert commands(run, "cancel_all") == []
    await traders.start(**config)

    cancels, submits = started(run)[0]["at_start"]
    assert cancels == {"op": "cancel_all", "symbol": "BTCUSDT"}
    assert (submits["op"], submits["order"]["client_order_id"]) == ("submit", f"{run.order_prefix}-S1-1")
    await run.close()


async def test_a_case_that_ends_without_a_trader_is_concluded(run: CaseRun) -> None:
    """There are no books to compare then."""
    await run.open()
    traders = Traders(run, {})
    await traders.start()
    await traders.stop()
    await run.conclude()
    await run.close()


async def test_a_start_that_may_be_refused(run: CaseRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that refuses to start says so; the case goes on, and may start another trader."""
    await run.open()
    traders = Traders(run, {})
    start = run.start_trader

    async def refuse(**_: Any) -> None:
        raise CommandRefused("start", "the node did not connect", "")

    monkeypatch.setattr(run, "start_trader", refuse)
    assert await traders.try_to_start() is None
    monkeypatch.setattr(run, "start_trader", start)
    assert await traders.try_to_start() is not None
    await run.close()


@pytest.mark.parametrize("streams", [True, False])
async def test_a_proxy_is_the_only_way(run: CaseRun, streams: bool) -> None:
    """What a trader is given leads to the venue through the proxy alone, its streams too if they are to."""
    await run.open()

    config = await run.behind_a_proxy(streams=streams)

    given = [config[name] for name in ("http_url", "stream_url", "ws_api_url") if name in config]
    assert len(given) == (3 if streams else 1)
    assert all(urlsplit(url).hostname == VENUE for url in given)
    assert config["client"] == config["data_client"]
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{config['http_url']}/fapi/v1/time", proxy=config["client"]["proxy_url"]) as answer,
    ):
        assert "serverTime" in await answer.json()
    await run.close()


async def test_a_barrier_passes_through_the_venue(run: CaseRun, testnet: Simulator) -> None:
    """The venue tells of something of no consequence, and its settings stay as they were."""
    await run.open()
    trader = await run.start_trader()
    await trader.settles()
    assert (await run.venue.books())["positions"] == []
    await run.close()


def watched(monkeypatch: pytest.MonkeyPatch, run: CaseRun, *lines: str) -> None:
    """Let the trader say this to whoever watches its log, as it starts."""
    original = StandInSubject.start_trader

    async def start_trader(self: Any, *given: Any, watch: LogWatch | None = None, **more: Any) -> Any:
        for line in lines:
            if watch is not None:
                watch.read(line)
        return await original(self, *given, **more)

    monkeypatch.setattr(StandInSubject, "start_trader", start_trader)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("[INFO] API key simulator-key has trading permissions", "an API key at INFO"),
        ("[DEBUG] signs with simulator-secret", "a secret at DEBUG"),
        (f"[INFO] Listen key {'ab12' * 16}", "a listen key at INFO"),
    ],
)
async def test_log_that_tells_a_secret_fails_the_version(
    run: CaseRun, monkeypatch: pytest.MonkeyPatch, line: str, kind: str
) -> None:
    """What the log tells is the version's failure: it names kind, level and line, and never the secret."""
    await run.open()
    run.gateway.redaction.listen_key("ab12" * 16)
    watched(monkeypatch, run, "[INFO] connected", line)
    traders = Traders(run, {})
    await traders.start(log_level="DEBUG")

    with pytest.raises(CheckError, match=f"{kind} \\(line 2, 1 times\\)") as failed:
        traders.tell_no_secret()

    assert failed.value.signature == f"the log tells {kind}"
    assert not any(secret in f"{failed.value}{run.history}" for secret in ("simulator-key", "simulator-secret", "ab12"))
    await run.close()


async def test_log_may_tell_signatures_and_masked_keys(run: CaseRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signature opens nothing once its request is over, and some letters of a key are none."""
    await run.open()
    watched(monkeypatch, run, "[INFO] API key simu...-key", f"[DEBUG] /fapi/v1/order signature={'0a' * 32}")
    traders = Traders(run, {})
    await traders.start(log_level="DEBUG")

    traders.tell_no_secret()

    await run.close()


async def test_log_that_nobody_watched_is_no_proof(run: CaseRun) -> None:
    """A case that forgets to give a level, or whose trader logs nothing, shows nothing: that is the suite's fault."""
    await run.open()
    traders = Traders(run, {})
    await traders.start()

    with pytest.raises(SubjectMisused, match="no log of the case's traders was watched"):
        traders.tell_no_secret()

    await run.close()


async def test_another_key_signs_for_the_same_account(case_run: Opener) -> None:
    """A trader with a key of its own is known by it, at the venue and to the gateway, which verifies what it signs."""
    run = case_run(world=SimulatorWorld(), needs=["other_keys"])
    await run.open()
    trader = await Traders(run, {}).start_with_key("another-key-of-this-test", "another-secret-of-this-test")
    order = await trader.submit(limit("BUY", "0.010", "49000.00"))
    await order.reaches("ACCEPTED")

    sent = await run.wire.one("POST /fapi/v1/order")

    assert (sent.request.signature, sent.request.api_key) == ("valid", "known")
    assert "another-secret-of-this-test" not in run.gateway.redaction.hide("another-secret-of-this-test")
    await run.close()


async def test_secret_is_changed_on_its_way_to_the_trader(run: CaseRun) -> None:
    """The trader signs with what it was given, the account keeps its own: the signature does not fit."""
    await run.open()
    with suppress(Exception):
        await Traders(run, {}).start_with_secret(lambda secret: f"{secret} as another")

    assert {request.signature for request in run.wire.signed()} == {"invalid"}
    await run.close()
