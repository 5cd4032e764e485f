"""The transport: one aiohttp server on one port for REST, streams, WS API and the control page. It knows no trading."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import unquote

from aiohttp import ClientPayloadError, http_exceptions, web

from conformance.simulator.clock import Clock
from conformance.simulator.errors import UNREADABLE, Refusal
from conformance.simulator.exchange import Exchange
from conformance.simulator.numbers import compact
from conformance.simulator.rest.answering import Answer, Answering, RestRequest
from conformance.simulator.sockets import LARGEST_FRAME, Life, Outbox
from conformance.simulator.streams.connection import Connection, parse_target
from conformance.simulator.wsapi import PATH as WS_API_PATH
from conformance.simulator.wsapi import WsApi, WsReply

LONGEST_LINE = 128 * 1024
COMMON_HEADERS = {"Server": "Tengine", "Cache-Control": "no-cache, no-store, must-revalidate"}

_log = logging.getLogger(__name__)


def _is_ours(record: logging.LogRecord) -> bool:
    """Return whether a mistake is the server's: bytes that are not HTTP are answered with 400, not logged as errors."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, http_exceptions.HttpProcessingError)


_log.addFilter(_is_ours)

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
        self._outboxes: set[Outbox] = set()
        self.on_answer: Callable[[RestRequest, Answer], None] | None = None
        """Called with every REST request and its answer, for a legible log."""

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port. Raises `OSError` where the port is taken."""
        server = web.Server(
            self._handle,
            access_log=None,
            logger=_log,
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
        path = unquote(raw_path) if "%" in raw_path else raw_path
        headers = request.headers
        if path.startswith("/_control") and self._control is not None:
            return await self._control(request)
        if headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request, path)
        try:
            body = await self._body(request) if request.can_read_body else ""
        except (http_exceptions.HttpProcessingError, web.RequestPayloadError, ClientPayloadError):
            return web.json_response(Refusal(UNREADABLE).body(), status=UNREADABLE.status, headers=COMMON_HEADERS)
        if body is None:
            too_large = "<html><h1>413 Request Entity Too Large</h1></html>"
            return web.Response(status=413, text=too_large, content_type="text/html")
        api_key, ip = headers.get("X-MBX-APIKEY"), request.remote or "127.0.0.1"
        asked = RestRequest(request.method, path, raw_query, body, api_key, ip)
        answer = self._answering.answer(asked)
        await self._interfere(request, answer)
        if self.on_answer is not None:
            self.on_answer(asked, answer)
        kind = "text/html" if isinstance(answer.body, str) else "application/json"
        answer.headers |= COMMON_HEADERS
        answer.headers["Content-Type"] = kind
        return web.Response(status=answer.status, body=answer.text().encode(), headers=answer.headers)

    async def _interfere(self, request: web.BaseRequest, answer: Answer) -> None:
        """Apply a control's fault to the answer, and send the events first where an option says so."""
        if self._exchange.venue.options.events_before_answer:
            await asyncio.gather(*(outbox.flush() for outbox in self._outboxes))
        if answer.delay_s:
            await asyncio.sleep(answer.delay_s)
        if answer.dropped and request.transport is not None:
            request.transport.abort()

    async def _body(self, request: web.BaseRequest) -> str | None:
        """Return the raw form body, None for one that is too large."""
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
        query = dict(request.query.items())
        if path.rstrip("/") == WS_API_PATH:
            return await self._serve_ws_api(request, query)
        target = parse_target(path, query)
        if target is None:
            return web.Response(status=404, text="", content_type="text/html")
        route, combined, names, events = target
        hub = self._exchange.hub
        async with self._opened(request) as (socket, outbox, life):
            connection = Connection(route, combined, outbox.send, outbox.disconnect)
            hub.open(connection, names, events)
            try:
                async for text in life.texts():
                    hub.receive(connection, text)
            finally:
                hub.close(connection)
        return socket

    @contextlib.asynccontextmanager
    async def _opened(self, request: web.BaseRequest) -> AsyncIterator[tuple[web.WebSocketResponse, Outbox, Life]]:
        """Accept a WebSocket and look after it until it ends."""
        socket = web.WebSocketResponse(autoping=False, max_msg_size=LARGEST_FRAME, compress=False)
        await socket.prepare(request)
        outbox = Outbox(socket, request.transport)
        venue = self._exchange.venue
        life = Life(socket, venue.clock, venue.options, outbox.disconnect, outbox.ping)
        self._sockets.add(socket)
        self._outboxes.add(outbox)
        try:
            yield socket, outbox, life
        finally:
            self._sockets.discard(socket)
            self._outboxes.discard(outbox)
            life.stop()
            await outbox.stop()

    @staticmethod
    def _reply(outbox: Outbox, reply: WsReply) -> None:
        if reply.dropped:
            outbox.disconnect(1006, "")
        elif reply.delay_s:
            asyncio.get_running_loop().call_later(reply.delay_s, outbox.send, compact(reply.body))
        else:
            outbox.send(compact(reply.body))

    async def _serve_ws_api(self, request: web.BaseRequest, query: dict[str, str]) -> web.StreamResponse:
        ip = request.remote or "127.0.0.1"
        try:
            session = self._ws_api.open(ip, query)
        except Refusal as refusal:
            return web.json_response(refusal.body(), status=refusal.status, headers=refusal.headers)
        async with self._opened(request) as (socket, outbox, life):
            async for text in life.texts():
                self._reply(outbox, self._ws_api.answer(session, text))
        return socket
