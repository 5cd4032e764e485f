"""What tests against a real NautilusTrader share: the subjects, a venue, and a trader's events, awaitable."""

import asyncio
from collections import Counter as Bag
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import pytest
from aiohttp import web

from conformance.simulator import Simulator
from conformance.subject import profiles
from conformance.subject.errors import IndexUnreachable, SubjectHung
from conformance.subject.installations import Installation
from conformance.subject.provision import provision
from conformance.subject.subject import Subject, TraderLink
from tests.support.absent import absent

CREDENTIALS = {"BINANCE_API_KEY": "simulator-key", "BINANCE_API_SECRET": "simulator-secret"}
ED25519_KEY = "simulator-ed25519-key"

#: A subject outlasts a test, and the loop with it.
ON_ONE_LOOP = pytest.mark.asyncio(loop_scope="session")
#: What every test of a real NautilusTrader is.
REAL = (pytest.mark.subject, pytest.mark.timeout(600), ON_ONE_LOOP)
OF_EACH_GENERATION = ("1.231.0", "2.0.0rc6")
AT_BOTH_ENDS = ("1.221.0", "1.231.0", "2.0.0rc3", "2.0.0rc6")
"""The oldest and the newest of each generation, which have the least and the most."""
ENDS = {"OrderAccepted", "OrderDenied", "OrderEmulated", "OrderFilled", "OrderRejected"}
"""What first becomes of an order that is submitted."""


async def installed(version: str) -> Installation:
    """Return the environment of a version; without an index to install it from, the test is skipped."""
    try:
        return await asyncio.to_thread(provision, version)
    except IndexUnreachable as error:
        absent(str(error))


class RealSubject(Subject):
    """A subject that tries again where 2.0.0rc3 hangs at its start, as about one of a thousand of its starts does.

    It keeps Python's lock while it waits for a connection, and the thread that has one waits for that lock: upstream's
    issue 4863, mended in rc4; the stacks of processes that hung here showed it.
    """

    async def start_trader(self, *given: Any, within_s: float = 60.0, **more: Any) -> TraderLink:
        """Start a trader, and once more where this one version hangs."""
        if self.installation.version != "2.0.0rc3":
            return await super().start_trader(*given, within_s=within_s, **more)
        try:
            return await super().start_trader(*given, within_s=within_s / 3, **more)
        except SubjectHung:
            return await super().start_trader(*given, within_s=within_s, **more)


class Events:
    """A trader's events, awaitable."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []
        self._came = asyncio.Event()

    def __call__(self, event: dict[str, Any]) -> None:
        self.all.append(event)
        self._came.set()

    async def wait(self, name: str, client_order_id: str | None = None, within_s: float = 20) -> dict[str, Any]:
        """Return the first such event, waiting for it."""
        return await self.find(
            lambda event: event["event"] == name and client_order_id in (None, event.get("client_order_id")),
            within_s,
        )

    async def find(self, wanted: Callable[[dict[str, Any]], bool], within_s: float = 20) -> dict[str, Any]:
        """Return the first event that is wanted, waiting for it."""
        async with asyncio.timeout(within_s):
            while True:
                for event in self.all:
                    if wanted(event):
                        return event
                self._came.clear()
                await self._came.wait()


def config(subject: Subject, venue: Simulator, profile: str = "quiet", **more: Any) -> dict[str, Any]:
    """Return the config of a trader of the profile that points at the venue."""
    ws = venue.url.replace("http", "ws")
    urls = {"http_url": venue.url, "stream_url": ws, "ws_api_url": f"{ws}/ws-fapi/v1"}
    return profiles.load(profile).config(subject.generation, {**urls, **more})


def order(client_order_id: str, **terms: Any) -> dict[str, Any]:
    """Return the terms of an order of 0.010 BTC."""
    return {"client_order_id": client_order_id, "symbol": "BTCUSDT", "quantity": "0.010", **terms}


def below(venue: Simulator, percent: int = 2) -> str:
    """Return a price that far below the last one, on the tick."""
    return f"{venue.control.price('BTCUSDT') * (100 - percent) // 100}.00"


async def trade(trader: TraderLink, events: Events, venue: Simulator, run: str = "") -> None:
    """Buy at the market, and place, change and cancel a limit order below it. `run` tells the ids of two runs apart."""
    bought, placed = f"M-1{run}", f"L-1{run}"
    reply = await trader.command("submit", order=order(bought, type="MARKET", side="BUY"))
    filled = await events.wait("OrderFilled", bought)
    assert filled["status"] == "FILLED"
    assert filled["filled_qty"] == "0.010"
    assert reply["ns_called"] < filled["ns"]
    await trader.command("submit", order=order(placed, type="LIMIT", side="BUY", price=below(venue)))
    await events.wait("OrderAccepted", placed)
    await trader.command("modify", client_order_id=placed, quantity="0.010", price=below(venue, 3))
    assert (await events.wait("OrderUpdated", placed))["price"] == below(venue, 3)
    await trader.command("cancel", client_order_id=placed)
    await events.wait("OrderCanceled", placed)


async def told_to(log: Path, *words: str, within_s: float = 20) -> str:
    """Return a trader's log once it tells all of the words: a thread of NautilusTrader writes it, after the trader."""
    async with asyncio.timeout(within_s):
        while True:
            written = await asyncio.to_thread(log.read_text)
            if all(word in written for word in words):
                return written
            await asyncio.sleep(0.02)


class Counter:
    """A relay of HTTP to a venue, which counts what it is asked."""

    def __init__(self, upstream: str) -> None:
        self.seen: Bag[tuple[str, str]] = Bag()
        self._came = asyncio.Event()
        self._client = httpx.AsyncClient(base_url=upstream)
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._relay)
        self._runner = web.AppRunner(application)
        self.url = ""

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        await self._client.aclose()

    async def counts(self, method: str, path: str, times: int, within_s: float = 10) -> None:
        """Wait until it was asked so often."""
        async with asyncio.timeout(within_s):
            while self.seen[method, path] < times:
                self._came.clear()
                await self._came.wait()

    async def _relay(self, request: web.Request) -> web.Response:
        self.seen[request.method, request.path] += 1
        self._came.set()
        headers = {"X-MBX-APIKEY": request.headers.get("X-MBX-APIKEY", "")}
        answer = await self._client.request(request.method, request.raw_path, headers=headers)
        return web.Response(status=answer.status_code, body=answer.content, content_type="application/json")


async def submitted(trader: TraderLink, events: Events, terms: dict[str, Any]) -> dict[str, Any]:
    """Submit an order and return the event that says what became of it."""
    await trader.command("submit", order=terms)
    named = terms["client_order_id"]
    return await events.find(lambda event: event["event"] in ENDS and event.get("client_order_id") == named)
