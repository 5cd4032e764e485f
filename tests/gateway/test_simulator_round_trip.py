"""Recorded from the simulator, replayed without it: the trader and the suite cannot tell the difference."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from yarl import URL

from conformance.binance.account import Account
from conformance.gateway.cassette.recorder import Recorder
from conformance.gateway.cassette.replay import Replay
from conformance.gateway.server import Gateway
from conformance.gateway.upstream import Upstream
from conformance.history.entries import Request
from conformance.history.history import History
from conformance.simulator import DEFAULT_KEY, DEFAULT_SECRET, Simulator
from tests.gateway.client import hear

ACCOUNT = Account(DEFAULT_KEY, secret=DEFAULT_SECRET)


async def ask(trader: aiohttp.ClientSession, gateway: Gateway, route: str, **params: str) -> Any:
    """Send a signed request as a trader does; return the answer's body."""
    method, _, path = route.partition(" ")
    query = urlencode({"symbol": "BTCUSDT", **params, "timestamp": str(gateway._wire.wall_ms())}, quote_via=quote)
    target = f"{path}?{query}&signature={ACCOUNT.sign(query)}"
    headers = {"X-MBX-APIKEY": ACCOUNT.api_key}
    async with trader.request(method, URL(gateway.http_url + target, encoded=True), headers=headers) as response:
        return json.loads(await response.text())


async def events(stream: aiohttp.ClientWebSocketResponse, until: str) -> list[dict[str, Any]]:
    """Return the events up to the first whose order has this status."""
    heard: list[dict[str, Any]] = []
    while not heard or heard[-1].get("o", {}).get("X") != until:
        heard.append(await hear(stream))
    return heard


async def case(
    trader: aiohttp.ClientSession, gateway: Gateway, last: Any, prefix: str, simulator: Simulator | None
) -> list[Any]:
    """Rest an order, cancel it, arm a stop, let the market trigger it, look at the books."""
    seen: list[Any] = []
    key = (await ask(trader, gateway, "POST /fapi/v1/listenKey"))["listenKey"]
    async with trader.ws_connect(f"{gateway.stream_url}/private/ws?listenKey={key}") as stream:
        common = {"side": "BUY", "quantity": "0.010", "timeInForce": "GTC"}
        price = str(last - 1000)
        limit = {**common, "type": "LIMIT", "price": price, "newClientOrderId": f"{prefix}RT-1"}
        seen += [await ask(trader, gateway, "POST /fapi/v1/order", **limit), *await events(stream, "NEW")]
        seen.append(await ask(trader, gateway, "GET /fapi/v1/openOrders"))
        seen.append(await ask(trader, gateway, "DELETE /fapi/v1/order", origClientOrderId=f"{prefix}RT-1"))
        seen += [*await events(stream, "CANCELED"), await ask(trader, gateway, "GET /fapi/v1/openOrders")]
        stop = {"side": "BUY", "quantity": "0.010", "type": "STOP_MARKET", "algoType": "CONDITIONAL"}
        stop |= {"triggerPrice": str(last + 100), "clientAlgoId": f"{prefix}RT-2"}
        seen += [await ask(trader, gateway, "POST /fapi/v1/algoOrder", **stop), *await events(stream, "NEW")]
        await gateway.control("price moves", path=[str(last + 200)])
        if simulator is not None:
            simulator.control.move_price("BTCUSDT", last + 200)
        seen += [*await events(stream, "FINISHED"), await ask(trader, gateway, "GET /fapi/v3/positionRisk")]
        seen.append((await gateway.ask("GET", "/fapi/v3/balance", signer=ACCOUNT)).body)
    return seen


async def test_replay_tells_the_same_story(trader: aiohttp.ClientSession, tmp_path: Path) -> None:
    """Every answer and frame comes again, in the same order, with the new ids and all times shifted alike."""
    simulator, path = Simulator(), tmp_path / "RT-010.yaml"
    await simulator.start()
    try:
        last = simulator.control.price("BTCUSDT")
        recorder = Recorder(path, case="RT-010", world="simulator", origin="r1", subject="none", suite="0")
        live_history = History()
        async with Gateway(live_history, Upstream.at(simulator.url), [ACCOUNT], recorder=recorder) as gateway:
            recorded = await case(trader, gateway, last, "", simulator)
        recorder.save()
    finally:
        await simulator.close()

    history, replay = History(), Replay(path, case="RT-010")
    async with Gateway(history, None, [ACCOUNT], replay=replay) as gateway:
        replayed = await case(trader, gateway, last, "x-aHRE4BCj-R", None)

    assert gateway.troubles == []
    assert replay.unmade == []
    assert without_times(json.loads(json.dumps(replayed).replace("x-aHRE4BCj-R", ""))) == without_times(recorded)
    shifts = {after - before for before, after in zip(times(recorded), times(replayed), strict=True)}
    assert len(shifts) == 1
    assert {record.signature for record in history.of(Request)} == {"valid"}
    for secret in ACCOUNT.secrets:
        assert secret not in path.read_text()


def times(value: Any) -> list[int]:
    """Return every time in a value, in order: by its size, where the code under test goes by names."""
    if isinstance(value, dict | list):
        return [found for item in (value.values() if isinstance(value, dict) else value) for found in times(item)]
    return [value] if type(value) is int and 1_600_000_000_000 < value < 2_600_000_000_000 else []


def without_times(value: Any) -> Any:
    """Return a value with every time gone."""
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_times(item) for item in value]
    return 0 if times(value) else value
