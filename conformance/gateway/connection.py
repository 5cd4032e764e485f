"""One WebSocket connection of the trader: its channel, its framing, and how an event is put on it."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, unquote

import aiohttp
from aiohttp import WSMsgType, web

from conformance.history.entries import Channel
from conformance.history.redaction import Redaction

WS_API_PATH = "/ws-fapi/"


class Connection:
    """A stream or WS API connection. A combined stream (`/stream…`) wraps its events, a raw one (`/ws…`) does not.

    All URL forms of the versions are understood: `/private/ws/LK`, `/private/ws?listenKey=LK`, `/private/stream?…`,
    `/stream?streams=LK`, `/ws/LK`, and SUBSCRIBE on any of them.
    """

    def __init__(self, number: int, target: str, request: web.BaseRequest, ws: web.WebSocketResponse) -> None:
        self.id = number
        self.target = target
        self.request = request
        self.ws = ws
        self.channel, self.stream = classify(target)
        self.combined = "stream" in target.partition("?")[0].split("/")
        self.cut = False
        self.holding = asyncio.Event()
        self._outbox: asyncio.Queue[Any] = asyncio.Queue()
        self._pings: set[bytes] = set()

    @property
    def answers_pings(self) -> bool:
        """Whether every ping that was sent here has had its pong."""
        return not self._pings

    async def ping(self, payload: bytes) -> None:
        """Ping the trader's end, as the venue does every three minutes."""
        self._pings.add(payload)
        await self.ws.ping(payload)

    def answers(self, message: aiohttp.WSMessage) -> bool:
        """Whether a message is the pong that a ping of ours was owed; any other is for the venue."""
        owed = message.type is WSMsgType.PONG and bytes(message.data) in self._pings
        if owed:
            self._pings.remove(bytes(message.data))
        return owed

    @property
    def is_open(self) -> bool:
        """Whether what is sent now can still arrive."""
        return not (self.cut or self.ws.closed)

    def subscribe(self, streams: list[str], redaction: Redaction) -> None:
        """Note a SUBSCRIBE: a listen key makes this a user stream whatever its path."""
        for stream in streams:
            if "@" not in stream:
                redaction.listen_key(stream)
                self.channel, self.stream = "user", stream

    def frame(self, event: Any) -> str:
        """Return an event's text in this connection's framing."""
        wrapped = {"stream": self.stream or "", "data": event} if self.combined else event
        return json.dumps(wrapped, separators=(",", ":"), ensure_ascii=False)

    async def send(self, text: str) -> None:
        """Put text on the connection; one that has just ended swallows it, as the network would."""
        if self.is_open:
            try:
                await self.ws.send_str(text)
            except ConnectionError:
                self.cut = True

    def put(self, event: Any) -> None:
        """Let the pump deliver an event when it comes to it."""
        self._outbox.put_nowait(event)

    async def enqueue(self, event: Any) -> None:
        """Let the pump deliver an event; returns when it has, or when a delay holds it or one before it."""
        self.put(event)
        waits = [asyncio.ensure_future(wait) for wait in (self._outbox.join(), self.holding.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def pump(self, deliver: Callable[["Connection", Any], Awaitable[None]]) -> None:
        """Deliver enqueued events one after the other, for as long as the connection lasts."""
        while True:
            event = await self._outbox.get()
            try:
                await deliver(self, event)
            finally:
                self._outbox.task_done()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a close frame, as a venue does that goes away in order."""
        await self.ws.close(code=code, message=reason.encode())

    def abort(self) -> None:
        """Cut the connection without a word."""
        self.cut = True
        abort(self.request)


def classify(target: str) -> tuple[Channel, str | None]:
    """Return a WebSocket URL's channel, and the listen key where the URL names one (fact sheet, section 8)."""
    path, _, query = target.partition("?")
    if path.startswith(WS_API_PATH):
        return "ws-api", None
    given = parse_qs(query)
    named = given.get("listenKey", []) + [part for value in given.get("streams", []) for part in value.split("/")]
    parts = [part for part in path.split("/") if part]
    if "ws" in parts and parts[-1] != "ws":
        named.append(unquote(parts[-1]))
    keys = [name for name in named if "@" not in name and not name.startswith("!")]
    if "private" in parts or keys:
        return "user", keys[0] if keys else None
    return "market", None


def abort(request: web.BaseRequest) -> None:
    """Reset the TCP connection under a request, whatever is still unsent."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        # Lingering for zero seconds makes the kernel send RST instead of an orderly FIN.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
