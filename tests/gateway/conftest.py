"""A tiny venue to relay to: it answers orders, pushes their events, and writes down the raw bytes that reached it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web

from conformance.binance.account import Account
from conformance.gateway.server import Gateway
from conformance.gateway.upstream import Upstream
from conformance.history.history import History

ACCOUNT = Account("test-api-key-0123456789", secret="test-secret-0123456789")
LISTEN_KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"


@dataclass
class Received:
    """One request as it reached the venue."""

    method: str
    raw_path: str
    headers: dict[str, str]
    body: bytes

    @property
    def params(self) -> dict[str, str]:
        """Its query parameters."""
        return dict(parse_qsl(self.raw_path.partition("?")[2], keep_blank_values=True))


@dataclass
class TinyVenue:
    """Accepts every order and pushes NEW for it, before or after its answer."""

    received: list[Received] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    sockets: list[tuple[str, web.WebSocketResponse]] = field(default_factory=list)
    open_orders: list[dict[str, Any]] = field(default_factory=list)
    redirect: tuple[int, dict[str, str]] | None = None
    push_before_answer: bool = False
    now_ms: int = 1_700_000_000_000
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one request."""
        if request.raw_path == "/refused/ws":
            return web.Response(status=404, reason="Not Found")
        if self.redirect is not None:
            status, headers = self.redirect
            return web.Response(status=status, headers=headers)
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request)
        self.received.append(Received(request.method, request.raw_path, dict(request.headers), await request.read()))
        self.arrived.set()
        params = self.received[-1].params
        path = request.raw_path.partition("?")[0]
        if path == "/fapi/v1/listenKey":
            return web.json_response({"listenKey": LISTEN_KEY} if request.method != "DELETE" else {})
        if path == "/fapi/v1/openOrders":
            return web.json_response(self.open_orders)
        if path == "/fapi/v1/order" and request.method == "POST":
            order = self.place(params)
            if self.push_before_answer:
                await self.push(self.event(order))
                return web.json_response(order)
            response = web.json_response(order, headers={"X-MBX-ORDER-COUNT-1M": "7", "Connection": "keep-alive"})
            await response.prepare(request)
            await response.write_eof()
            await self.push(self.event(order))
            return response
        if path == "/fapi/v1/missing":
            return web.json_response({"code": -5000, "msg": f"Path {path}, Method GET is invalid"}, status=404)
        return web.json_response({"path": path, "serverTime": self.now_ms})

    def place(self, params: dict[str, Any]) -> dict[str, Any]:
        """Take an order and return its answer."""
        order = {
            "orderId": 1000 + len(self.open_orders),
            "symbol": params["symbol"],
            "clientOrderId": params["newClientOrderId"],
            "status": "NEW",
            "price": params.get("price", "0"),
            "updateTime": self.now_ms,
        }
        self.open_orders.append(order)
        return order

    def event(self, order: dict[str, Any], kind: str = "NEW") -> dict[str, Any]:
        """Return an order's event."""
        body = {"s": order["symbol"], "c": order["clientOrderId"], "i": order["orderId"], "x": kind, "X": kind}
        return {"e": "ORDER_TRADE_UPDATE", "T": self.now_ms, "E": self.now_ms + 1, "o": {**body, "T": self.now_ms}}

    async def push(self, event: dict[str, Any]) -> None:
        """Push an event on every user stream, in its framing."""
        for target, ws in self.sockets:
            if "/ws-fapi" not in target and not ws.closed:
                stream = "stream" in target.partition("?")[0].split("/")
                await ws.send_str(json.dumps({"stream": LISTEN_KEY, "data": event} if stream else event))

    async def _socket(self, request: web.BaseRequest) -> web.StreamResponse:
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        self.sockets.append((request.raw_path, ws))
        async for message in ws:
            if message.type is aiohttp.WSMsgType.PING:
                await ws.pong(message.data)
                continue
            self.messages.append(json.loads(message.data))
            await self._answer_message(ws, self.messages[-1])
        return ws

    async def _answer_message(self, ws: web.WebSocketResponse, message: dict[str, Any]) -> None:
        if message["method"] == "SUBSCRIBE":
            await ws.send_json({"result": None, "id": message["id"]})
        elif message["method"] == "order.place":
            order = self.place(message["params"])
            await ws.send_json({"id": message["id"], "status": 200, "result": order, "rateLimits": []})
            await self.push(self.event(order))
        elif message["method"] == "userDataStream.start":
            await ws.send_json({"id": message["id"], "status": 200, "result": {"listenKey": LISTEN_KEY}})
        else:
            await ws.send_json({"id": message["id"], "status": 200, "result": {}, "rateLimits": []})


@pytest.fixture
async def venue() -> AsyncIterator[TinyVenue]:
    """Return a tiny venue that listens on a free port."""
    tiny = TinyVenue()
    runner = web.ServerRunner(web.Server(tiny.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tiny.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield tiny
    await runner.cleanup()


@pytest.fixture
def history() -> History:
    """Return an empty history."""
    return History()


@pytest.fixture
async def gateway(venue: TinyVenue, history: History) -> AsyncIterator[Gateway]:
    """Return a gateway that relays to the tiny venue."""
    async with Gateway(history, Upstream.at(venue.url), [ACCOUNT]) as running:
        yield running


@pytest.fixture
async def trader() -> AsyncIterator[aiohttp.ClientSession]:
    """Return an HTTP and WebSocket client that stands for the trader."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def cassette(venue: TinyVenue, trader, tmp_path: Path) -> Path:
    """Record the conversation, with bare ids on a raw stream, as 1.x holds it."""
    from tests.gateway.cassettes import conversation, recorder, recording  # which name this module's account

    path = tmp_path / "TEST-010.yaml"
    recorder_ = recorder(path)

    async def trade() -> None:
        await venue.push(venue.event(venue.open_orders[0], "TRADE"))

    async with recording(venue, recorder_) as gateway:
        await conversation(trader, gateway, "", "/private/ws?listenKey=LK", trade)
    return recorder_.save()
