"""The WS API between trader and venue: requests matched with their answers by id, under the same faults as HTTP."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from aiohttp import WSMsgType

from conformance.gateway.cassette.conversation import Conversation, DriftedError
from conformance.gateway.connection import Connection
from conformance.gateway.faults.armed import Faults, RequestFault
from conformance.gateway.stream_relay import end_as, end_tasks, forward
from conformance.gateway.wire import KEY_HEADER, Wire, WireRequest
from conformance.history.entries import FaultApplied, Source


class WsApiRelay:
    """Relays the connections of the WS API."""

    def __init__(
        self, wire: Wire, faults: Faults, conversation: Conversation, on_trouble: Callable[[Exception], None]
    ) -> None:
        self._wire = wire
        self._faults = faults
        self._conversation = conversation
        self._on_trouble = on_trouble

    async def run(self, connection: Connection, venue: aiohttp.ClientWebSocketResponse | None) -> None:
        """Relay until either side ends."""
        await self._conversation.opened(connection)
        session = _Session(self, connection, venue)
        down = asyncio.create_task(session.down()) if venue else None
        try:
            await session.up()
        finally:
            await end_tasks([*([down] if down else []), *session.tasks], self._on_trouble)


class _Session:
    """One connection: the requests under way on it, by the id the trader gave them."""

    def __init__(
        self, relay: WsApiRelay, connection: Connection, venue: aiohttp.ClientWebSocketResponse | None
    ) -> None:
        self._wire = relay._wire
        self._faults = relay._faults
        self._conversation = relay._conversation
        self._on_trouble = relay._on_trouble
        self._connection = connection
        self._venue = venue
        self._pending: dict[str, tuple[WireRequest, list[RequestFault], RequestFault | None]] = {}
        self._logged_on = False
        self.tasks: set[asyncio.Task[None]] = set()

    async def up(self) -> None:
        async for message in self._connection.ws:
            if message.type is WSMsgType.TEXT:
                await self._request(message)
            elif self._venue is not None:
                await forward(message, self._venue)
            elif message.type is WSMsgType.PING:
                await self._connection.ws.pong(message.data)

    async def _request(self, message: aiohttp.WSMessage) -> None:
        parsed = _parse(message.data)
        if parsed is None or not isinstance(parsed.get("method"), str):
            frame = self._wire.read_frame(message.data)
            self._wire.frame(self._connection.id, "ws-api", "up", frame)
            if self._venue is not None:
                await forward(message, self._venue)
            return
        params = parsed.get("params")
        api_key = self._connection.request.headers.get(KEY_HEADER)
        request = self._wire.ws_request(
            "trader",
            parsed["method"],
            params if isinstance(params, dict) else {},
            api_key,
            logged_on=self._logged_on,
        )
        delays, fault = self._faults.choose(request)
        if any(not delay.processed for delay in delays):
            # Only this request waits: those behind it on the connection go on, as they would at the venue.
            self._spawn(self._pass_up(message, parsed, request, delays, fault))
        else:
            await self._pass_up(message, parsed, request, delays, fault)

    async def _pass_up(
        self,
        message: aiohttp.WSMessage,
        parsed: Mapping[str, Any],
        request: WireRequest,
        delays: list[RequestFault],
        fault: RequestFault | None,
    ) -> None:
        for delay in delays:
            if not delay.processed:
                self._write_fault(delay, request)
                await delay.hold()
        if fault is not None and not fault.processed:
            self._write_fault(fault, request)
            await self._fail(request, fault, parsed.get("id"))
            return
        self._wire.sent(request)
        self._conversation.requested(request)
        if self._venue is not None:
            self._pending[json.dumps(parsed.get("id"))] = (request, delays, fault)
            await forward(message, self._venue)
        else:
            self._spawn(self._replay(parsed.get("id"), request, delays, fault))

    async def down(self) -> None:
        assert self._venue is not None
        async for message in self._venue:
            parsed = _parse(message.data) if message.type is WSMsgType.TEXT else None
            pending = self._pending.pop(json.dumps(parsed.get("id")), None) if parsed else None
            if parsed is not None and pending is not None:
                request, delays, fault = pending
                self._conversation.ws_answered(request, parsed)
                self._learn(request, parsed)
                if any(delay.processed for delay in delays):
                    self._spawn(self._answer(request, delays, fault, text=message.data, message=parsed, source="venue"))
                else:
                    await self._answer(request, delays, fault, text=message.data, message=parsed, source="venue")
                continue
            if message.type is WSMsgType.TEXT:
                self._wire.frame(self._connection.id, "ws-api", "down", self._wire.read_frame(message.data))
            await forward(message, self._connection.ws)
        await end_as(self._connection, self._venue)

    async def _replay(
        self, given_id: Any, request: WireRequest, delays: list[RequestFault], fault: RequestFault | None
    ) -> None:
        try:
            recorded, answer = self._conversation.ws_answer(request)
        except DriftedError as drift:
            self._on_trouble(drift)
            self._wire.note(str(drift))
            recorded, answer = 0, {"status": 501, "error": {"code": -1, "msg": f"drifted: {drift}"}}
        message = {"id": given_id, **answer}
        self._learn(request, message)
        await self._conversation.release(recorded, before_answer=True)
        text = json.dumps(message, separators=(",", ":"))
        await self._answer(request, delays, fault, text=text, message=message, source="cassette")
        await self._conversation.release(recorded, before_answer=False)

    async def _answer(
        self,
        request: WireRequest,
        delays: list[RequestFault],
        fault: RequestFault | None,
        *,
        text: str,
        message: Mapping[str, Any],
        source: Source,
    ) -> None:
        for delay in delays:
            if delay.processed:
                self._write_fault(delay, request)
                await delay.hold()
        if fault is None:
            self._write(request, message, source)
            await self._connection.send(text)
            return
        self._write_fault(fault, request, message)
        if fault.what == "truncate":
            half = text[: len(text) // 2]
            self._wire.answer(request, int(message.get("status", 0)), self._wire.redaction.parse(half), "fault")
            await self._connection.send(half)
        else:
            await self._fail(request, fault, message.get("id"))

    async def _fail(self, request: WireRequest, fault: RequestFault, given_id: Any) -> None:
        if fault.what == "drop":
            self._wire.unanswered(request, "fault", "dropped")
            self._connection.abort()
        elif isinstance(fault.body, str):
            self._wire.answer(request, fault.status, self._wire.redaction.parse(fault.body), "fault")
            await self._connection.send(fault.body)
        else:
            part = "result" if fault.status == 200 else "error"
            message = {"id": given_id, "status": fault.status, part: fault.body, "rateLimits": []}
            self._write(request, message, "fault")
            await self._connection.send(json.dumps(message, separators=(",", ":")))

    def _write(self, request: WireRequest, message: Mapping[str, Any], source: Source) -> None:
        body = message.get("error", message.get("result"))
        clean = self._wire.redaction.parse(json.dumps(body))
        self._wire.answer(request, int(message.get("status", 0)), clean, source)

    def _write_fault(self, fault: RequestFault, request: WireRequest, answer: Mapping[str, Any] | None = None) -> None:
        venue = None if answer is None else self._wire.redaction.parse(json.dumps(answer))
        self._wire.fault(
            FaultApplied(
                what=fault.what, route=str(fault.route), to=request.number, processed=fault.processed, venue=venue
            )
        )

    def _learn(self, request: WireRequest, message: Mapping[str, Any]) -> None:
        if request.path == "session.logon" and message.get("status") == 200:
            self._logged_on = True
        elif request.path == "session.logout":
            self._logged_on = False

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._on_trouble(error)


def _parse(text: str) -> dict[str, Any] | None:
    try:
        parsed = json.loads(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
