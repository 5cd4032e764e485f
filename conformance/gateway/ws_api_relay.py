"""The WS API between trader and venue: requests matched with their answers by id, under the same faults as HTTP."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from aiohttp import WSMsgType

from conformance.gateway.answer import Answer, Dropped, Hung, Outcome, Truncated
from conformance.gateway.cassette.conversation import Conversation, DriftedError
from conformance.gateway.connection import Connection
from conformance.gateway.faults.armed import Faults
from conformance.gateway.faults.passage import Passage
from conformance.gateway.stream_relay import end_as, end_tasks, forward
from conformance.gateway.trader_side import TraderSide
from conformance.gateway.wire import KEY_HEADER, WireRequest, WireWriter
from conformance.history.entries import Source


class WsApiRelay:
    """Relays the connections of the WS API."""

    def __init__(
        self,
        wire: WireWriter,
        faults: Faults,
        conversation: Conversation,
        on_trouble: Callable[[Exception], None],
        side: TraderSide,
    ) -> None:
        self._side = side
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
        self._side = relay._side
        self._wire = relay._wire
        self._faults = relay._faults
        self._conversation = relay._conversation
        self._on_trouble = relay._on_trouble
        self._connection = connection
        self._venue = venue
        self._pending: dict[str, Passage] = {}
        self._logged_on = False
        self.tasks: set[asyncio.Task[None]] = set()

    async def up(self) -> None:
        async for message in self._connection.ws:
            if message.type is WSMsgType.TEXT:
                for text in self._side.sends_text(message.data):
                    await self._request(message._replace(data=text))
            elif self._connection.answers(message):
                continue
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
        passage = Passage(self._wire, request, self._faults.on_request(request))
        if passage.waits_before:
            # Only this request waits: those behind it on the connection go on, as they would at the venue.
            self._spawn(self._pass_up(message, parsed.get("id"), passage))
        else:
            await self._pass_up(message, parsed.get("id"), passage)

    async def _pass_up(self, message: aiohttp.WSMessage, given_id: Any, passage: Passage) -> None:
        outcome = await passage.before()
        if outcome is not None:
            await self._tell(passage.request, given_id, outcome)
            return
        self._wire.sent(passage.request)
        self._conversation.requested(passage.request)
        if self._venue is not None:
            self._pending[json.dumps(given_id)] = passage
            await forward(message, self._venue)
        else:
            self._spawn(self._replay(given_id, passage))

    async def down(self) -> None:
        assert self._venue is not None
        async for message in self._venue:
            parsed = _parse(message.data) if message.type is WSMsgType.TEXT else None
            passage = self._pending.pop(json.dumps(parsed.get("id")), None) if parsed else None
            if parsed is not None and passage is not None:
                self._conversation.ws_answered(passage.request, parsed)
                if passage.waits_after:
                    self._spawn(self._pass_down(passage, parsed, message.data, "venue"))
                else:
                    await self._pass_down(passage, parsed, message.data, "venue")
                continue
            if message.type is WSMsgType.TEXT:
                self._wire.frame(self._connection.id, "ws-api", "down", self._wire.read_frame(message.data))
            await forward(message, self._connection.ws)
        await end_as(self._connection, self._venue)

    async def _replay(self, given_id: Any, passage: Passage) -> None:
        try:
            recorded, answer = self._conversation.ws_answer(passage.request)
        except DriftedError as drift:
            self._on_trouble(drift)
            self._wire.note(str(drift))
            recorded, answer = 0, {"status": 501, "error": {"code": -1, "msg": f"drifted: {drift}"}}
        message = {"id": given_id, **answer}
        await self._conversation.release(recorded, before_answer=True)
        await self._pass_down(passage, message, json.dumps(message, separators=(",", ":")), "cassette")
        await self._conversation.release(recorded, before_answer=False)

    async def _pass_down(self, passage: Passage, message: Mapping[str, Any], text: str, source: Source) -> None:
        self._learn(passage.request, message)
        body = message.get("error", message.get("result"))
        answer = Answer(int(message.get("status", 0)), [], json.dumps(body).encode(), source)
        outcome = await passage.after(answer)
        await self._tell(passage.request, message.get("id"), outcome, text if outcome is answer else None)

    async def _tell(self, request: WireRequest, given_id: Any, outcome: Outcome, text: str | None = None) -> None:
        """Send the trader what it gets; `text` is the venue's own message where nothing has changed it."""
        match outcome:
            case Answer():
                self._write(request, outcome)
                await self._connection.send(text or _message(given_id, outcome))
            case Truncated():
                whole = _message(given_id, outcome.answer)
                half = whole[: len(whole) // 2]
                self._write(request, outcome.half.with_content(half.encode()))
                await self._connection.send(half)
            case Dropped():
                self._wire.unanswered(request, "fault", "dropped")
                self._connection.abort()
            case Hung():
                self._wire.unanswered(request, "fault", "hung")

    def _write(self, request: WireRequest, answer: Answer) -> None:
        body = self._wire.redaction.parse(answer.content)
        # A message has no headers: those that a fault set are dropped.
        self._wire.answer(request, answer.status, body, answer.source)

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


def _message(given_id: Any, answer: Answer) -> str:
    """Return an answer as a message of the WS API; text that is no JSON is the message itself."""
    if not answer.is_json:
        return answer.content.decode("utf-8", "replace")
    part = "result" if answer.status == 200 else "error"
    message = {"id": given_id, "status": answer.status, part: answer.body, "rateLimits": []}
    return json.dumps(message, separators=(",", ":"))


def _parse(text: str) -> dict[str, Any] | None:
    try:
        parsed = json.loads(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
