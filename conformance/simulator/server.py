"""The transport: one aiohttp server on one port for REST, streams, WS API and the control page. It knows no trading."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from aiohttp import WSMsgType, web

from conformance.simulator.clock import Clock
from conformance.simulator.errors import Refusal
from conformance.simulator.exchange import Exchange
from conformance.simulator.rest.answering import Answer, Answering, RestRequest
from conformance.simulator.streams.connection import Connection, parse_target
from conformance.simulator.streams.hub import compact
from conformance.simulator.wsapi import PATH as WS_API_PATH
from conformance.simulator.wsapi import WsApi, WsReply

LONGEST_LINE = 128 * 1024
LARGEST_FRAME = 4 * 1024 * 1024
COMMON_HEADERS = {"Server": "Tengine", "Cache-Control": "no-cache, no-store, must-revalidate"}

ControlPage = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Alarm:
    """Wakes the venue's clock when a timer is due."""

    def __init__(self, clock: Clock, wake: Callable[[], None]) -> None:
        self._clock = clock
        self._wake = wake
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Ring from now on whenever a timer is due."""
        self._clock.on_change = self._arm
        self._arm()

    def _arm(self) -> None:
        self._disarm()
        due = self._clock.next_due_ms()
        if due is not None:
            delay_s = max(0.0, (due - self._clock.now_ms()) / 1000)
            loop = asyncio.get_running_loop()
            self._handle = loop.call_later(min(delay_s, 3600.0), self._ring)

    def _ring(self) -> None:
        self._handle = None
        self._clock.run_due()
        self._wake()
        self._arm()

    def stop(self) -> None:
        """Let it ring no more."""
        self._clock.on_change = lambda: None
        self._disarm()

    def _disarm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class Outbox:
    """Frames on their way to one WebSocket, sent in order by one task."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[str | tuple[int, str]] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    def send(self, text: str) -> None:
        """Send a text frame."""
        self._queue.put_nowait(text)

    def disconnect(self, code: int, reason: str) -> None:
        """Close the connection after everything sent so far; code 1006 drops it without a close frame."""
        self._queue.put_nowait((code, reason))

    async def _run(self) -> None:
        while True:
            item = await self._queue.get()
            with contextlib.suppress(ConnectionError, RuntimeError):
                if isinstance(item, str):
                    await self._socket.send_str(item)
                elif item[0] == 1006:
                    transport = self._socket._req.transport if self._socket._req is not None else None
                    if transport is not None:
                        transport.abort()
                    return
                else:
                    await self._socket.close(code=item[0], message=item[1].encode())
                    return

    async def stop(self) -> None:
        """End the task."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


class Server:
    """Serves an exchange on a port."""

    def __init__(self, exchange: Exchange, control: ControlPage | None = None) -> None:
        self._exchange = exchange
        self._answering = Answering(exchange)
        self._ws_api = WsApi(exchange)
        self._control = control
        self._runner: web.ServerRunner | None = None
        self._alarm = Alarm(exchange.venue.clock, exchange.venue.conclude)
        self._sockets: set[web.WebSocketResponse] = set()
        self.on_answer: Callable[[RestRequest, Answer], None] | None = None
        """Called with every REST request and its answer, for a legible log."""

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port. Raises `OSError` where the port is taken."""
        server = web.Server(
            self._handle,
            access_log=None,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
        )
        self._runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self._alarm.start()
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Close every connection and stop listening."""
        self._alarm.stop()
        for socket in list(self._sockets):
            with contextlib.suppress(Exception):
                await asyncio.wait_for(socket.close(code=1001, message=b"going away"), 0.2)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        raw_path, _, raw_query = request.raw_path.partition("?")
        path = unquote(raw_path)
        if path.startswith("/_control") and self._control is not None:
            return await self._control(request)
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request, path)
        body = await self._body(request)
        if body is None:
            too_large = "<html><h1>413 Request Entity Too Large</h1></html>"
            return web.Response(status=413, text=too_large, content_type="text/html")
        asked = RestRequest(
            request.method,
            path,
            raw_query,
            body,
            request.headers.get("X-MBX-APIKEY"),
            request.remote or "127.0.0.1",
        )
        answer = self._answering.answer(asked)
        if answer.delay_s:
            await asyncio.sleep(answer.delay_s)
        if answer.dropped and request.transport is not None:
            request.transport.abort()
        if self.on_answer is not None:
            self.on_answer(asked, answer)
        return web.Response(
            status=answer.status,
            body=answer.text().encode(),
            headers=COMMON_HEADERS | answer.headers,
            content_type="text/html" if isinstance(answer.body, str) else "application/json",
        )

    async def _body(self, request: web.BaseRequest) -> str | None:
        """Return the raw form body, None for one that is too large."""
        if not request.can_read_body:
            return ""
        most = self._exchange.venue.options.max_body_bytes
        if request.content_length is not None and request.content_length > most:
            return None
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.content.iter_chunked(65_536):
            size += len(chunk)
            if size > most:
                return None
            chunks.append(chunk)
        return b"".join(chunks).decode("utf-8", "replace")

    # --- WebSockets

    async def _socket(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=None, autoping=True, max_msg_size=LARGEST_FRAME, compress=False)
        query = dict(request.query.items())
        if path.rstrip("/") == WS_API_PATH:
            return await self._serve_ws_api(request, socket, query)
        target = parse_target(path, query)
        if target is None:
            return web.Response(status=404, text="", content_type="text/html")
        route, combined, names, events = target
        await socket.prepare(request)
        self._sockets.add(socket)
        outbox = Outbox(socket)
        connection = Connection(route, combined, outbox.send, outbox.disconnect)
        hub = self._exchange.hub
        hub.open(connection, names, events)
        pinger = asyncio.create_task(self._ping(socket))
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    hub.receive(connection, message.data)
                elif message.type == WSMsgType.BINARY:
                    hub.receive(connection, message.data.decode("utf-8", "replace"))
        finally:
            hub.close(connection)
            pinger.cancel()
            await outbox.stop()
            self._sockets.discard(socket)
        return socket

    async def _ping(self, socket: web.WebSocketResponse) -> None:
        """Ping every few minutes and close after a day, in wall time: connections do not follow the venue's clock."""
        options = self._exchange.venue.options
        left_ms = options.stream_life_ms
        while left_ms > 0:
            step = min(left_ms, options.ping_interval_ms)
            await asyncio.sleep(step / 1000)
            left_ms -= step
            with contextlib.suppress(ConnectionError, RuntimeError):
                await socket.ping(str(self._exchange.venue.clock.now_ms()).encode())
        with contextlib.suppress(ConnectionError, RuntimeError):
            await socket.close(code=1000, message=b"24 hours")

    @staticmethod
    def _reply(outbox: Outbox, reply: WsReply) -> None:
        if reply.dropped:
            outbox.disconnect(1006, "")
        elif reply.delay_s:
            asyncio.get_running_loop().call_later(reply.delay_s, outbox.send, compact(reply.body))
        else:
            outbox.send(compact(reply.body))

    async def _serve_ws_api(
        self, request: web.BaseRequest, socket: web.WebSocketResponse, query: dict[str, str]
    ) -> web.StreamResponse:
        ip = request.remote or "127.0.0.1"
        try:
            session = self._ws_api.open(ip, query, request.headers.get("X-MBX-APIKEY"))
        except Refusal as refusal:
            return web.json_response(refusal.body(), status=refusal.status, headers=refusal.headers)
        await socket.prepare(request)
        self._sockets.add(socket)
        outbox = Outbox(socket)
        pinger = asyncio.create_task(self._ping(socket))
        try:
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    data: Any = message.data
                    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
                    self._reply(outbox, self._ws_api.answer(session, text))
        finally:
            pinger.cancel()
            await outbox.stop()
            self._sockets.discard(socket)
        return socket


def json_answer(body: object, status: int = 200) -> web.Response:
    """Return a JSON response of the control page."""
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")
