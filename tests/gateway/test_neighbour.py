"""A venue in the gateway's own process answers as it does over its port."""

from collections.abc import AsyncIterator
from urllib.parse import quote, urlencode

import aiohttp
import httpx
import pytest
from yarl import URL

from conformance.binance.account import Account
from conformance.gateway.server import Gateway
from conformance.gateway.upstream import Upstream
from conformance.history.entries import Answer
from conformance.history.history import History
from conformance.simulator import DEFAULT_KEY, DEFAULT_SECRET, Options, Simulator

ACCOUNT = Account(DEFAULT_KEY, secret=DEFAULT_SECRET)
_OF_THE_MOMENT = {"Date", "X-MBX-USED-WEIGHT-1M", "X-MBX-ORDER-COUNT-10S", "X-MBX-ORDER-COUNT-1M"}


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A venue that takes bodies of a kilobyte."""
    venue = Simulator(options=Options(max_body_bytes=1024))
    await venue.start()
    yield venue
    await venue.close()


async def _asked(
    trader: aiohttp.ClientSession, gateway: Gateway, method: str, target: str, body: bytes = b""
) -> tuple[int, dict[str, str], str]:
    headers = {"X-MBX-APIKEY": ACCOUNT.api_key}
    url = URL(gateway.http_url + target, encoded=True)
    async with trader.request(method, url, headers=headers, data=body or None) as response:
        kept = {name: value for name, value in response.headers.items() if name not in _OF_THE_MOMENT}
        return response.status, kept, await response.text()


def _signed(path: str, now_ms: int, **params: str) -> str:
    query = urlencode({**params, "timestamp": str(now_ms)}, quote_via=quote)
    return f"{path}?{query}&signature={ACCOUNT.sign(query)}"


async def test_neighbour_answers_as_over_the_port(trader: aiohttp.ClientSession, simulator: Simulator) -> None:
    """Status, headers and body are the same for reads, escapes, bodies, refusals, pages and what does not exist."""
    now_ms = simulator.venue.clock.now_ms()
    order = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "quantity": "0.010",
        "price": "1",
        "timeInForce": "GTC",
    }
    asked = [
        ("GET", "/fapi/v1/ping", b""),
        ("GET", "/fapi/v1/p%69ng", b""),
        ("GET", "/fapi/v1/nothing", b""),
        ("GET", _signed("/fapi/v3/balance", now_ms), b""),
        ("GET", _signed("/fapi/v1/openOrders", now_ms - 60_000), b""),
        ("POST", "/fapi/v1/order", _signed("", now_ms, **order).lstrip("?").encode()),
        ("POST", "/fapi/v1/order", b"x" * 2000),
        ("DELETE", _signed("/fapi/v1/order", now_ms, symbol="BTCUSDT", orderId="1"), b""),
    ]

    told = []
    for upstream in (Upstream.at(simulator.url), Upstream.at(simulator.url, neighbour=simulator.server)):
        async with Gateway(History(), upstream, [ACCOUNT]) as gateway:
            told.append([await _asked(trader, gateway, *each) for each in asked])

    assert told[0] == told[1]
    assert [status for status, _, _ in told[1]] == [200, 200, 404, 200, 400, 400, 413, 400]


async def test_neighbour_that_cuts_is_a_reset(trader: aiohttp.ClientSession, simulator: Simulator) -> None:
    """A venue that cuts the connection under a request is a reset for the trader, and so in the history."""
    simulator.control.drop_answer("POST /fapi/v1/listenKey", processed=True)
    history = History()

    async with Gateway(history, Upstream.at(simulator.url, neighbour=simulator.server), [ACCOUNT]) as gateway:
        with pytest.raises(aiohttp.ClientConnectionError):
            await _asked(trader, gateway, "POST", "/fapi/v1/listenKey")

    assert [entry.ended for entry in history if isinstance(entry, Answer)] == ["dropped"]


async def test_neighbour_that_has_gone_cannot_be_reached(simulator: Simulator) -> None:
    """A simulator that was closed answers nobody, as a port on which nothing listens."""
    async with Gateway(History(), Upstream.at(simulator.url, neighbour=simulator.server), [ACCOUNT]) as gateway:
        await simulator.close()
        with pytest.raises(httpx.ConnectError, match="not running"):
            await gateway.ask("GET", "/fapi/v1/ping")
