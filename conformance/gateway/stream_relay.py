"""Streams between venue and trader: every frame written down, faults applied, passed on in order."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import WSMsgType, web

from conformance.gateway.cassette.conversation import Conversation
from conformance.gateway.connection import Connection
from conformance.gateway.faults.armed import Faults
from conformance.gateway.faults.fault import Hold
from conformance.gateway.faults.frame_faults import Reorder
from conformance.gateway.trader_side import TraderSide
from conformance.gateway.wire import Frame, WireWriter
from conformance.history.entries import FaultApplied


class StreamRelay:
    """Relays the user and market streams."""

    def __init__(
        self,
        wire: WireWriter,
        faults: Faults,
        conversation: Conversation,
        on_trouble: Callable[[Exception], None],
        side: TraderSide,
    ) -> None:
        self._on_trouble = on_trouble
        self._side = side
        self._wire = wire
        self._faults = faults
        self._conversation = conversation
        self._held: dict[int, list[tuple[Reorder, Frame]]] = {}

    async def run(self, connection: Connection, venue: aiohttp.ClientWebSocketResponse | None) -> None:
        """Relay until either side ends."""
        await self._conversation.opened(connection)
        down = asyncio.create_task(self._down(connection, venue) if venue else connection.pump(self.deliver_event))
        try:
            await self._up(connection, venue)
        finally:
            connection.holding.set()
            await end_tasks([down], self._on_trouble)
            for fault, _ in self._held.pop(connection.id, []):
                self._wire.note(f"connection {connection.id} ended before {fault} could be delivered")

    async def deliver_event(self, connection: Connection, event: Any) -> None:
        """Deliver an event that the gateway itself puts on the wire, in this connection's framing."""
        await self._deliver(connection, self._wire.read_frame(connection.frame(event)))

    async def _up(self, connection: Connection, venue: aiohttp.ClientWebSocketResponse | None) -> None:
        async for message in connection.ws:
            if message.type is WSMsgType.TEXT:
                self._subscribe(connection, message.data)
                self._wire.frame(connection.id, connection.channel, "up", self._wire.read_frame(message.data))
                if venue is None:
                    await self._confirm(connection, message.data)
            if connection.answers(message):
                continue
            if venue is not None:
                await forward(message, venue)
            elif message.type is WSMsgType.PING:
                await connection.ws.pong(message.data)

    async def _down(self, connection: Connection, venue: aiohttp.ClientWebSocketResponse) -> None:
        async for message in venue:
            if message.type is WSMsgType.TEXT:
                frame = self._wire.read_frame(message.data)
                self._conversation.frame(connection, frame)
                await self._deliver(connection, frame)
            else:
                await forward(message, connection.ws)
        await end_as(connection, venue)

    async def _deliver(self, connection: Connection, frame: Frame) -> None:
        fault = self._faults.on_frame(frame.event)
        if fault is None:
            await self.put(connection, frame)
        else:
            self._wire.fault(
                FaultApplied(
                    what=fault.what,
                    event=frame.name,
                    connection=connection.id,
                    after=frame.after,
                    data=frame.data,
                )
            )
            await fault.apply(_Passage(self, connection, frame))

    def keep(self, connection: Connection, fault: Reorder, frame: Frame) -> None:
        """Keep a frame back until the one that its fault waits for has been delivered."""
        self._held.setdefault(connection.id, []).append((fault, frame))

    async def put(self, connection: Connection, frame: Frame) -> None:
        """Deliver a frame, and after it those that waited for it."""
        await self._put(connection, frame)
        held = self._held.get(connection.id, [])
        for waiting in [entry for entry in held if entry[0].after.matches(frame.event)]:
            held.remove(waiting)
            await self._put(connection, waiting[1])

    async def put_kept(self, connection: Connection) -> None:
        """Deliver what is kept back on a connection, without what it waits for."""
        for _, frame in self._held.pop(connection.id, []):
            await self._put(connection, frame)

    def read(self, text: str) -> Frame:
        """Return a frame as the history holds it."""
        return self._wire.read_frame(text)

    async def _put(self, connection: Connection, frame: Frame) -> None:
        if connection.is_open:
            self._wire.frame(connection.id, connection.channel, "down", frame)
            for text in self._side.hears_text(frame.text):
                await connection.send(text)
        else:
            self._wire.note(f"connection {connection.id} ended before {frame.name} could be delivered")

    def _subscribe(self, connection: Connection, text: str) -> None:
        message = _parse(text)
        if isinstance(message, dict) and message.get("method") == "SUBSCRIBE":
            streams = message.get("params")
            if isinstance(streams, list):
                connection.subscribe([str(stream) for stream in streams], self._wire.redaction)

    async def _confirm(self, connection: Connection, text: str) -> None:
        """Answer SUBSCRIBE and its kin where no venue is there to do it."""
        message = _parse(text)
        if isinstance(message, dict) and "method" in message:
            reply = json.dumps({"result": None, "id": message.get("id")}, separators=(",", ":"))
            await self._put(connection, self._wire.read_frame(reply))


@dataclass(frozen=True, slots=True)
class _Passage:
    """A frame on its way to one connection, as a fault sees it."""

    relay: StreamRelay
    connection: Connection
    frame: Frame

    async def put(self, frame: Frame) -> None:
        await self.relay.put(self.connection, frame)

    async def put_text(self, text: str) -> None:
        await self.put(self.relay.read(text))

    async def hold(self, hold: Hold) -> None:
        self.connection.holding.set()
        await hold.passes()
        self.connection.holding.clear()

    def keep(self, fault: Reorder) -> None:
        self.relay.keep(self.connection, fault, self.frame)


async def end_tasks(tasks: Iterable[asyncio.Task[None]], on_trouble: Callable[[Exception], None]) -> None:
    """Cancel what still runs for a connection that has ended, and report what had failed by itself."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            on_trouble(result)


async def forward(message: aiohttp.WSMessage, target: web.WebSocketResponse | aiohttp.ClientWebSocketResponse) -> None:
    """Pass a message on as it came, pings and pongs included; a target that has just ended swallows it."""
    senders: dict[WSMsgType, Callable[[Any], Any]] = {
        WSMsgType.TEXT: target.send_str,
        WSMsgType.BINARY: target.send_bytes,
        WSMsgType.PING: target.ping,
        WSMsgType.PONG: target.pong,
    }
    sender = senders.get(message.type)
    if sender is not None and not target.closed:
        with contextlib.suppress(ConnectionError):
            await sender(message.data)


async def end_as(connection: Connection, venue: aiohttp.ClientWebSocketResponse) -> None:
    """End the trader's connection the way the venue ended its own: with its close code, or cut."""
    code = venue.close_code
    if code is None or code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE:
        connection.abort()
    else:
        await connection.close(code)


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
