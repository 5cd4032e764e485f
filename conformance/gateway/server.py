"""The gateway: one loopback port between trader and world."""

import asyncio
import errno
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self
from urllib.parse import unquote

import aiohttp
from aiohttp import web

from conformance.binance.account import Account
from conformance.gateway.answer import Answer
from conformance.gateway.cassette.conversation import Conversation
from conformance.gateway.connection import WS_API_PATH, Connection
from conformance.gateway.faults.armed import Faults
from conformance.gateway.faults.upgrade_faults import UpgradeFault
from conformance.gateway.http_relay import HttpRelay
from conformance.gateway.redirect import RedirectError, is_redirect, refuse
from conformance.gateway.stream_relay import StreamRelay
from conformance.gateway.trader_side import TraderSide
from conformance.gateway.upstream import Upstream
from conformance.gateway.venue_client import VenueClient, end_to_end
from conformance.gateway.wire import WireWriter
from conformance.gateway.ws_api_relay import WsApiRelay
from conformance.history.entries import Channel, FaultApplied
from conformance.history.history import History
from conformance.history.redaction import Redaction

HOST = "127.0.0.1"
_CONTROL = "/_control"
_CLOSE_WITHIN_S = 1.0
_HANDSHAKE_ONLY = (b"sec-websocket-key", b"sec-websocket-version", b"sec-websocket-extensions", b"accept-encoding")


class GatewayError(RuntimeError):
    """The gateway cannot do what it was asked to; the message says what helps."""


class Gateway:
    """Relays, writes the history, applies faults, records or replays. `async with Gateway(…)` starts and closes it.

    Give an `upstream` to relay to, with or without a `recorder`; or a `replay` and no upstream. `accounts` are those
    whose signatures can be verified, and whose secrets are kept out of everything written. `side` is what stands
    between it and the trader.
    """

    def __init__(
        self,
        history: History,
        upstream: Upstream | None = None,
        accounts: Sequence[Account] = (),
        *,
        faults: Faults | None = None,
        recorder: Conversation | None = None,
        replay: Conversation | None = None,
        side: TraderSide | None = None,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        if (upstream is None) == (replay is None):
            raise GatewayError(
                "a gateway has either an upstream to relay to or a cassette to replay: give one of the two"
            )
        if replay is not None and recorder is not None:
            raise GatewayError("a gateway that replays cannot record at the same time")
        self.history = history
        self.faults = faults if faults is not None else Faults()
        self.troubles: list[Exception] = []
        self._upstream = upstream
        self._side = side or TraderSide()
        self._conversation = recorder or replay or Conversation()
        self._wall_ms = wall_ms
        self._wire = WireWriter(history, accounts, wall_ms)
        self._connections: dict[int, Connection] = {}
        self._runner: web.ServerRunner | None = None
        self._sockets: aiohttp.ClientSession | None = None
        self._port = 0
        self._http: HttpRelay | None = None
        self._closing = asyncio.Event()

    async def start(self, port: int = 0) -> Self:
        """Listen on `port`, or on a free one; raises `GatewayError` where it is taken."""
        started_ns = time.monotonic_ns()
        self._conversation.start(self._wire, started_ns, self._deliver, self._upstream)
        self._venue = VenueClient(
            self._upstream,
            wrap=self._conversation.wrap,
            replaying=self._conversation.replaying,
            started_ns=started_ns,
        )
        self._http = HttpRelay(
            self._wire, self.faults, self._venue, self._conversation, self.troubles.append, side=self._side
        )
        self._streams = StreamRelay(self._wire, self.faults, self._conversation, self.troubles.append, self._side)
        self._ws_api = WsApiRelay(self._wire, self.faults, self._conversation, self.troubles.append, self._side)
        redirects = aiohttp.TraceConfig()
        redirects.on_request_redirect.append(refuse)
        self._sockets = aiohttp.ClientSession(trace_configs=[redirects], trust_env=False)
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=_CLOSE_WITHIN_S)
        await runner.setup()
        self._runner = runner
        site = web.TCPSite(runner, HOST, port)
        try:
            await site.start()
        except OSError as error:
            await self.close()
            if error.errno == errno.EADDRINUSE:
                raise GatewayError(f"port {port} on {HOST} is in use: choose another, or 0 for any free one") from error
            raise
        self._port = runner.addresses[0][1]
        return self

    async def close(self) -> None:
        """End every connection and stop listening. Safe to call twice."""
        self._closing.set()
        for connection in list(self._connections.values()):
            connection.abort()
        if self._http is not None:
            self._http.stop()
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()
        if self._sockets is not None:
            sockets, self._sockets = self._sockets, None
            await sockets.close()
            await self._venue.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        if not self._port:
            raise GatewayError("the gateway has no port before start()")
        return self._port

    @property
    def http_url(self) -> str:
        """Base of REST: `http://127.0.0.1:P`."""
        return f"http://{HOST}:{self.port}"

    @property
    def another_host_url(self) -> str:
        """The same under the name of another host, to which a client's key does not belong."""
        return f"http://localhost:{self.port}"

    @property
    def stream_url(self) -> str:
        """Base of the streams: `ws://127.0.0.1:P`, to which a version adds `/private/ws` or what it uses."""
        return f"ws://{HOST}:{self.port}"

    @property
    def ws_api_url(self) -> str:
        """The WS API: `ws://127.0.0.1:P/ws-fapi/v1`."""
        return f"ws://{HOST}:{self.port}{WS_API_PATH}v1"

    @property
    def redaction(self) -> Redaction:
        """What is secret in this session, and its placeholders."""
        return self._wire.redaction

    def knows(self, account: Account) -> None:
        """Verify the signatures of another account, or of another key of the same, from now on."""
        self._wire.knows(account)

    async def ask(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, signer: Account | None = None
    ) -> Answer:
        """Send the suite's own request to the venue, signed where a `signer` is given; no fault applies to it.

        Returns the venue's answer, whatever its status. Raises `httpx.HTTPError` where the venue cannot be reached, and
        `DriftedError` where a replayed cassette has no answer.
        """
        assert self._http is not None
        return await self._http.ask(method, path, params or {}, signer)

    async def control(self, what: str, **data: Any) -> int:
        """Write an act on the venue down and return its number; in replay, release the frames that followed it."""
        number = self._wire.control(what, data)
        await self._conversation.control(number, what, data)
        return number

    async def close_streams(self, channel: Channel = "user", *, abort: bool = False, code: int = 1000) -> int:
        """End the trader's connections of a channel, with a close frame or (`abort`) by a reset; return how many."""
        chosen = [connection for connection in self._connections.values() if connection.channel == channel]
        self._wire.fault(
            FaultApplied(
                what="abort streams" if abort else "close streams",
                event="close",
                channel=channel,
                connections=[connection.id for connection in chosen],
            )
        )
        for connection in chosen:
            if abort:
                connection.abort()
        if not abort:
            await asyncio.gather(*(connection.close(code) for connection in chosen))
        return len(chosen)

    async def deliver_kept(self) -> None:
        """Deliver the frames that a fault keeps back until another one comes, whether or not that has come."""
        for connection in list(self._connections.values()):
            await self._streams.put_kept(connection)

    async def ping_streams(self, channel: Channel = "user") -> list[Connection]:
        """Ping the trader's connections of a channel, as the venue does every three minutes; return them."""
        chosen = [connection for connection in self._connections.values() if connection.channel == channel]
        for connection in chosen:
            await connection.ping(str(self._wall_ms()).encode())
        self._wire.note(f"the venue pings {len(chosen)} {channel} connections")
        return chosen

    async def expire_listen_key(self) -> int:
        """Tell the trader on its user streams that its listen key has expired; return on how many."""
        chosen = [connection for connection in self._connections.values() if connection.channel == "user"]
        self._wire.fault(
            FaultApplied(what="expire listen key", event="listenKeyExpired", connections=[each.id for each in chosen])
        )
        for connection in chosen:
            event = {"e": "listenKeyExpired", "E": self._wall_ms(), "listenKey": connection.stream or ""}
            await self._streams.deliver_event(connection, event)
        return len(chosen)

    async def _handle(self, incoming: web.BaseRequest) -> web.StreamResponse:
        if _CONTROL in unquote(incoming.raw_path.partition("?")[0]):
            # A simulator that runs alone has a page for its owner, which a trader under test never gets to.
            self._wire.note(
                f"refused and not passed on: {incoming.method} {incoming.raw_path}, of no venue's interface"
            )
            return web.Response(status=403)
        try:
            if incoming.headers.get("Upgrade", "").lower() == "websocket":
                return await self._relay_socket(incoming)
            assert self._http is not None
            return await self._http.handle(incoming)
        except Exception as error:
            # The trader gets a 500 from the server; that it is no answer of the venue must not go unnoticed.
            self.troubles.append(error)
            raise

    async def _relay_socket(self, incoming: web.BaseRequest) -> web.StreamResponse:
        target = incoming.raw_path
        ws = web.WebSocketResponse(timeout=_CLOSE_WITHIN_S, autoping=False, compress=False, max_msg_size=0)
        connection = Connection(0, target, incoming, ws)
        if connection.stream:
            self._wire.redaction.listen_key(connection.stream)
        fault = self.faults.on_upgrade(connection.channel)
        if fault is not None and not await self._is_late(connection, fault):
            return await self._unopened(connection, fault, incoming)
        venue = None
        if self._upstream is not None:
            try:
                venue = await self._connect(self._upstream, connection)
            except RedirectError as error:
                return self._redirected(connection, error)
            except aiohttp.WSServerHandshakeError as refused:
                if is_redirect(refused.status):
                    return self._redirected(connection, RedirectError(refused.status, ""))
                self._wire.note(f"the venue refused the connection {target}: {refused.status} {refused.message}")
                return web.Response(status=refused.status, text=refused.message)
            except (aiohttp.ClientError, OSError) as error:
                self.troubles.append(error)
                self._wire.note(f"the venue could not be reached for {target}: {type(error).__name__}: {error}")
                connection.abort()
                return web.Response(status=502)
        connection.id = self._wire.opened(connection.channel, target)
        await ws.prepare(incoming)
        self._connections[connection.id] = connection
        relay: StreamRelay | WsApiRelay = self._ws_api if connection.channel == "ws-api" else self._streams
        try:
            await relay.run(connection, venue)
        finally:
            del self._connections[connection.id]
            code = None if connection.cut or ws.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE else ws.close_code
            self._wire.closed(connection.id, connection.channel, code, "")
            if venue is not None:
                await venue.close()
        return ws

    async def _is_late(self, connection: Connection, fault: UpgradeFault) -> bool:
        """Write the fault down; say whether a stream may come of the connection, waiting for as long as it is late."""
        self._wire.fault(FaultApplied(what=fault.what, event=str(fault.opening), channel=connection.channel))
        if fault.opening != "late" or fault.until is None:
            return False
        over = [asyncio.create_task(event.wait()) for event in (fault.until, self._closing)]
        try:
            await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in over:
                waiting.cancel()
        return not self._closing.is_set()

    async def _unopened(
        self, connection: Connection, fault: UpgradeFault, incoming: web.BaseRequest
    ) -> web.StreamResponse:
        """Let no stream come of a connection."""
        if isinstance(fault.opening, int):
            return web.Response(status=fault.opening)
        if fault.opening == "closed":
            connection.id = self._wire.opened(connection.channel, connection.target)
            try:
                await connection.ws.prepare(incoming)
                await connection.ws.close()
            finally:
                self._wire.closed(connection.id, connection.channel, connection.ws.close_code, "")
            return connection.ws
        if fault.opening == "held":
            await self._closing.wait()
        connection.abort()
        return web.Response()

    def _redirected(self, connection: Connection, error: RedirectError) -> web.StreamResponse:
        """Cut a connection that the world redirects, and write down where it was to go."""
        self.troubles.append(error)
        self._wire.note(f"the connection {connection.target} was redirected: {error}")
        connection.abort()
        return web.Response(status=502)

    async def _connect(self, upstream: Upstream, connection: Connection) -> aiohttp.ClientWebSocketResponse:
        assert self._sockets is not None
        base = upstream.ws_api if connection.channel == "ws-api" else upstream.stream
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in end_to_end(connection.request.raw_headers)
            if name.lower() not in _HANDSHAKE_ONLY
        ]
        return await self._sockets.ws_connect(
            _raw_url(base + connection.target),
            headers=headers,
            autoping=False,
            max_msg_size=0,
            timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_WITHIN_S),
        )

    async def _deliver(self, channel: Channel, event: Any) -> bool:
        """Put an event on every open connection of a channel; say whether there was one."""
        chosen = [each for each in self._connections.values() if each.channel == channel and each.is_open]
        for connection in chosen:
            await connection.enqueue(event)
        return bool(chosen)


def _raw_url(url: str) -> Any:
    from yarl import URL

    # Already as the trader sent it: yarl must not re-quote what a signature may cover.
    return URL(url, encoded=True)
