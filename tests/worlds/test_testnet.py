"""The testnet world, against a simulator that poses as the testnet: what it refuses, and what it leaves behind."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from conformance.history.entries import Request
from conformance.kit.failure import CheckError
from conformance.simulator import DEFAULT_SECRET, Simulator
from conformance.subject.errors import SubjectDied
from conformance.subject.orders import limit, market, stop_market
from conformance.worlds.entering import check, enter
from conformance.worlds.testnet import KEY_VARIABLE, NOTIONAL_CAP, SECRET_VARIABLE, URL_VARIABLE, TestnetWorld
from conformance.worlds.world import WorldError
from tests.support.case_runs import Opener, environment_of, holdings

FLAT = {"orders": [], "algo_orders": [], "positions": []}


@pytest.mark.parametrize("missing", [KEY_VARIABLE, SECRET_VARIABLE])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_missing_credential_is_named(missing: str, value: str | None) -> None:
    """Without testnet credentials there is no testnet world: the variable is named, production's are no substitute."""
    given = {
        KEY_VARIABLE: "k",
        SECRET_VARIABLE: "s",
        "BINANCE_API_KEY": "production",
        "BINANCE_API_SECRET": "production",
    }
    environment = {name: held for name, held in {**given, missing: value}.items() if held is not None}
    with pytest.raises(WorldError, match=rf"^{missing} is not set"):
        TestnetWorld(environment=environment)


@pytest.mark.parametrize(
    "url",
    [
        "https://fapi.binance.com",
        "https://FAPI.BINANCE.COM.",
        "https://api.binance.com:443",
        "https://fapi.binance.us",
        "wss://fstream.binance.com",
        "127.0.0.1:9443",
        "http://127.0.0.1:9443/fapi",
    ],
)
def test_production_and_malformed_addresses_are_refused(url: str) -> None:
    """No address that is or may be production becomes a world, and the variable that held it is named."""
    environment = {KEY_VARIABLE: "k", SECRET_VARIABLE: "s", URL_VARIABLE: url}
    with pytest.raises(WorldError, match=rf"^{URL_VARIABLE}: "):
        TestnetWorld(environment=environment)


@pytest.mark.parametrize(
    ("url", "origin", "stream"),
    [
        ("", "testnet", "wss://fstream.binancefuture.com"),
        ("https://testnet.binancefuture.com", "testnet", "wss://fstream.binancefuture.com"),
        ("https://demo-fapi.binance.com/", "demo", "wss://demo-fstream.binance.com"),
        ("http://127.0.0.1:9443", "simulator", "ws://127.0.0.1:9443"),
    ],
)
def test_who_answers_is_told_by_the_host(url: str, origin: str, stream: str) -> None:
    """Binance's hosts come with their streams; what a simulator answered never passes for Binance's."""
    world = TestnetWorld(environment={KEY_VARIABLE: "k", SECRET_VARIABLE: "s", URL_VARIABLE: url})
    assert (world.origin, world.upstream.stream) == (origin, stream)


def test_subject_is_given_the_testnets_names_only() -> None:
    """The subject's process gets the credentials under the testnet's names, and no production key of the user's."""
    given = {KEY_VARIABLE: "key-of-the-testnet ", SECRET_VARIABLE: "secret", "BINANCE_API_KEY": "production"}
    world = TestnetWorld(environment=given)
    assert dict(world.environment) == {KEY_VARIABLE: "key-of-the-testnet", SECRET_VARIABLE: "secret"}
    assert set(world.secrets) == {"key-of-the-testnet", "secret"}
    assert world.testnet


def test_a_run_is_checked_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """One missing credential is one refusal of the run, not a broken outcome for every case; so are two workers."""
    for world in ("simulator", "cassettes"):
        check(world, Path(), workers=2)
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(WorldError, match=KEY_VARIABLE):
        check("testnet", Path())
    monkeypatch.setenv(KEY_VARIABLE, "k")
    monkeypatch.setenv(SECRET_VARIABLE, "s")
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    check("testnet", Path())
    with pytest.raises(WorldError, match="2 workers"):
        check("testnet", Path(), workers=2)


async def test_held_order_is_refused_and_left_alone(testnet: Simulator, case_run: Opener) -> None:
    """An account that holds an order of somebody's is refused, and the order is still there afterwards."""
    somebodys = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.01", "price": "40000"}
    testnet.control.place_as_other(**somebodys, timeInForce="GTC")
    run = case_run()
    with pytest.raises(WorldError, match="already holds 1 open orders and 0 positions in BTCUSDT"):
        await run.open()
    await run.close()
    assert len(holdings(testnet)["orders"]) == 1


async def test_held_position_is_refused_and_left_alone(testnet: Simulator, case_run: Opener) -> None:
    """An account that holds a position of somebody's is refused, and the position is not closed."""
    testnet.control.open_position("BTCUSDT", "BUY", Decimal("0.01"), Decimal(50000))
    run = case_run()
    with pytest.raises(WorldError, match="already holds 0 open orders and 1 positions"):
        await run.open()
    await run.close()
    assert len(holdings(testnet)["positions"]) == 1


async def test_wrong_credentials_are_the_venues_words(testnet: Simulator, case_run: Opener) -> None:
    """What the venue says about a wrong secret reaches the reader; the secret does not."""
    run = case_run(world=TestnetWorld(environment=environment_of(testnet, **{SECRET_VARIABLE: "a-wrong-secret"})))
    with pytest.raises(WorldError, match="-1022") as refused:
        await run.open()
    await run.close()
    assert "a-wrong-secret" not in str(refused.value)


async def test_silent_testnet_is_named(case_run: Opener) -> None:
    """Where nobody answers, the address and the variable that changes it are named."""
    gone = Simulator()
    await gone.start()
    environment = environment_of(gone)
    await gone.close()
    run = case_run(world=TestnetWorld(environment=environment))
    with pytest.raises(WorldError, match=f"does not answer.*{URL_VARIABLE}"):
        await run.open()
    await run.close()


@pytest.mark.parametrize(
    ("order", "allowed"),
    [
        (market("BUY", "0.100"), True),
        (market("BUY", "0.101"), False),
        (limit("BUY", "0.1", "50000"), True),
        (limit("SELL", "0.1", "50000.10"), False),
        (limit("BUY", "0.2", "10"), False),
        (stop_market("SELL", "0.1", trigger="50000.10"), False),
    ],
)
def test_notional_is_capped(order, allowed: bool) -> None:
    """An order is worth at most the cap, at the dearest of its own prices and the last one."""
    world = TestnetWorld(environment={KEY_VARIABLE: "k", SECRET_VARIABLE: "s"})
    if allowed:
        world.approve(order, Decimal(50000))
    else:
        with pytest.raises(WorldError, match=f"above the testnet's cap of {NOTIONAL_CAP}"):
            world.approve(order, Decimal(50000))


async def test_capped_order_never_reaches_the_venue(testnet: Simulator, case_run: Opener) -> None:
    """Neither the trader's orders nor those of the suite itself pass the cap."""
    run = case_run()
    await run.open()
    try:
        trader = await run.start_trader()
        with pytest.raises(WorldError, match="cap"):
            await trader.submit(market("BUY", "1"))
        with pytest.raises(WorldError, match="cap"):
            await run.venue.opens_position("BUY", "1")
    finally:
        await run.close()
    assert not [record for record in run.history.of(Request) if record.method == "POST"]


async def everything_open(run) -> None:
    """Have a limit order, a stop order, a position and another leverage at the venue."""
    trader = await run.start_trader()
    await trader.submit(limit("BUY", "0.010", run.market.below_last("2%")))
    await trader.submit(stop_market("SELL", "0.010", trigger=run.market.below_last("2%")))
    await run.venue.opens_position("SELL", "0.010")
    await run.venue.changes_leverage(10)


async def test_everything_is_closed_after_a_pass(testnet: Simulator, case_run: Opener) -> None:
    """Orders, stops and positions that a case leaves are gone once it is closed."""
    run = case_run()
    await run.open()
    await everything_open(run)
    assert [len(rows) for rows in holdings(testnet).values()] == [1, 1, 1]
    await run.close()
    assert holdings(testnet) == FLAT


async def test_everything_is_closed_after_a_failure(testnet: Simulator, case_run: Opener) -> None:
    """A case that fails leaves as little as one that holds, and the next one may begin."""
    run = case_run()
    await run.open()
    await everything_open(run)
    with pytest.raises(CheckError):
        await run.conclude()
    await run.close()
    assert holdings(testnet) == FLAT
    again = case_run()
    await again.open()
    await again.close()


async def test_everything_is_closed_after_a_death(testnet: Simulator, case_run: Opener) -> None:
    """A trader that dies with orders open at the venue leaves none there."""
    run = case_run("1.0.0+dying")
    await run.open()
    await run.venue.opens_position("BUY", "0.010")
    trader = await run.start_trader()
    with pytest.raises(SubjectDied):
        await trader.submit(limit("BUY", "0.010", run.market.below_last("2%")))
    await run.close()
    assert holdings(testnet) == FLAT


async def test_leverage_is_set_back(testnet: Simulator, case_run: Opener) -> None:
    """A leverage that a case changed is what it was before, once the case is closed."""
    found = []
    for change in (10, None):
        run = case_run()
        await run.open()
        answer = await run.gateway.ask("GET", "/fapi/v1/symbolConfig", {"symbol": "BTCUSDT"}, signer=run.world.account)
        found.append(answer.body[0]["leverage"])
        if change:
            await run.venue.changes_leverage(change)
        await run.close()
    assert found[0] == found[1] != 10


async def test_orders_of_two_cases_have_different_ids(testnet: Simulator, case_run: Opener) -> None:
    """Ids are marked, for the account remembers those of earlier runs; each is of the venue's form and length."""
    run = case_run()
    await run.open()
    trader = await run.start_trader()
    order = await trader.submit(limit("BUY", "0.010", run.market.below_last("2%")))
    await run.venue.places(limit("BUY", "0.010", run.market.below_last("3%")).named("EARLIER-LIMIT"))
    ids = {row["client_order_id"] for row in (await run.venue.books())["orders"]}
    await run.close()
    mark = run.world.order_mark
    assert re.fullmatch(r"\.[0-9a-z]{6}", mark)
    assert ids == {f"AAA-010-1{mark}", f"EARLIER-LIMIT{mark}"}
    assert order.id in ids
    assert case_run().world.order_mark != mark


async def test_market_cannot_be_moved(case_run: Opener) -> None:
    """A case that moves the market has no place on the testnet, and is told so."""
    run = case_run()
    await run.open()
    with pytest.raises(WorldError, match="cannot move the market"):
        await run.market.moves_to(Decimal(40000))
    await run.close()


async def test_recording_says_that_a_simulator_answered(case_run: Opener, cassettes) -> None:
    """A cassette recorded from a simulator that poses as the testnet is one of the simulator."""
    run = case_run(record_to=cassettes)
    await run.open()
    trader = await run.start_trader()
    order = await trader.submit(limit("BUY", "0.010", run.market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await run.conclude()
    await run.close()
    text = (cassettes / "AAA-010.yaml").read_text(encoding="utf-8")
    assert "world: simulator" in text
    assert DEFAULT_SECRET not in text


def test_worlds_are_entered_by_name(cassettes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each name of the command line is a world of that name."""
    monkeypatch.setenv(KEY_VARIABLE, "k")
    monkeypatch.setenv(SECRET_VARIABLE, "s")
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    assert [enter(name, cassettes=cassettes).name for name in ("simulator", "cassettes", "testnet")] == [
        "simulator",
        "cassettes",
        "testnet",
    ]
