"""HTTP between trader and venue: write down, apply faults, relay, write down, answer."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from aiohttp import web
from multidict import CIMultiDict

from conformance.binance.account import Account
from conformance.gateway.cassette.conversation import Conversation, DriftedError
from conformance.gateway.connection import abort
from conformance.gateway.faults.armed import Faults, RequestFault
from conformance.gateway.venue_client import Answer, RawHeaders, VenueClient, encode_body, end_to_end
from conformance.gateway.wire import KEY_HEADER, Wire, WireRequest, wire_text
from conformance.history.entries import FaultApplied

_RECV_WINDOW_MS = 5000


class HttpRelay:
    """Relays requests, any number at once. `on_trouble` hears of what is neither the trader's nor the case's doing."""

    def __init__(
        self,
        wire: Wire,
        faults: Faults,
        venue: VenueClient,
        conversation: Conversation,
        on_trouble: Callable[[Exception], None],
    ) -> None:
        self._wire = wire
        self._faults = faults
        self._venue = venue
        self._conversation = conversation
        self._on_trouble = on_trouble

    async def handle(self, incoming: web.BaseRequest) -> web.StreamResponse:
        """Answer one request of the trader."""
        at_ns = time.monotonic_ns()
        body = await incoming.read()
        api_key = incoming.headers.get(KEY_HEADER)
        request = self._wire.http_request(
            "trader", incoming.method, incoming.raw_path, body, api_key=api_key, at_ns=at_ns
        )
        delays, fault = self._faults.choose(request)
        for delay in delays:
            if not delay.processed:
                await self._hold(delay, request)
        if fault is not None and fault.what == "drop" and not fault.processed:
            return self._drop(incoming, request, fault, None)

        try:
            answer = await self._send(request, incoming.raw_path.encode("latin-1"), incoming.raw_headers, body, fault)
        except httpx.HTTPError as error:
            return self._unreachable(incoming, request, error)

        await self._conversation.release(answer.recorded, before_answer=True)
        for delay in delays:
            if delay.processed:
                await self._hold(delay, request)
        response = await self._respond(incoming, request, answer, fault)
        await self._conversation.release(answer.recorded, before_answer=False)
        return response

    async def ask(self, method: str, path: str, params: Mapping[str, Any], signer: Account | None) -> Answer:
        """Send a request of the suite's own; raises `httpx.HTTPError` and, in replay, `DriftedError`."""
        given = {key: wire_text(value) for key, value in params.items() if value is not None}
        headers: list[tuple[bytes, bytes]] = [(b"Accept", b"*/*")]
        if signer is not None:
            given |= {"recvWindow": str(_RECV_WINDOW_MS), "timestamp": str(self._wire.wall_ms())}
            headers.append((b"X-MBX-APIKEY", signer.api_key.encode()))
        query = urlencode(given, quote_via=quote)
        if signer is not None:
            query += f"&signature={quote(signer.sign(query), safe='')}"
        target = f"{path}?{query}" if query else path
        api_key = signer.api_key if signer else None
        request = self._wire.http_request("suite", method, target, b"", api_key=api_key)
        self._wire.sent(request)
        self._conversation.requested(request)
        try:
            answer = await self._venue.send(request, target.encode("latin-1"), headers, b"")
        except httpx.HTTPError as error:
            self._wire.unanswered(request, "venue", "dropped", f"{type(error).__name__}: {error}")
            raise
        answer = self._conversation.answered(request, answer)
        await self._conversation.release(answer.recorded, before_answer=True)
        self._write(request, answer)
        await self._conversation.release(answer.recorded, before_answer=False)
        return answer

    async def _send(
        self, request: WireRequest, target: bytes, headers: RawHeaders, body: bytes, fault: RequestFault | None
    ) -> Answer:
        scripted = fault if fault is not None and not fault.processed else None
        if scripted is not None:
            self._write_fault(scripted, request)
        else:
            self._wire.sent(request)
            self._conversation.requested(request)
        try:
            answer = await self._venue.send(request, target, headers, body, scripted)
        except DriftedError as drift:
            self._on_trouble(drift)
            self._wire.note(str(drift))
            content, content_type = encode_body({"code": -1, "msg": f"drifted: {drift}"})
            return Answer(501, [(b"Content-Type", content_type.encode())], content, "cassette")
        if scripted:
            return answer
        answer = self._conversation.answered(request, answer)
        await self._ask_as_other_versions(request, answer, headers)
        return answer

    async def _ask_as_other_versions(self, request: WireRequest, answer: Answer, headers: RawHeaders) -> None:
        keys = [value.decode("latin-1") for name, value in headers if name.lower() == KEY_HEADER.encode()]
        signer = self._wire.account(keys[0]) if keys else None
        if signer is not None and signer.can_sign:
            for path, params in self._conversation.other_reads(request, answer):
                await self.ask("GET", path, params, signer)

    async def _respond(
        self, incoming: web.BaseRequest, request: WireRequest, answer: Answer, fault: RequestFault | None
    ) -> web.StreamResponse:
        if fault is None or not fault.processed:
            self._write(request, answer)
            return await _answer(incoming, answer)
        if fault.what == "drop":
            return self._drop(incoming, request, fault, answer)
        self._write_fault(fault, request, answer)
        if fault.what == "truncate":
            half = answer.content[: len(answer.content) // 2]
            self._write(request, Answer(answer.status, answer.headers, half, "fault"))
            return await _truncated(incoming, answer, half)
        content, content_type = encode_body(fault.body)
        headers = {"Content-Type": content_type, **fault.headers}
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        replaced = Answer(fault.status, raw, content, "fault")
        self._write(request, replaced)
        return await _answer(incoming, replaced)

    def _write(self, request: WireRequest, answer: Answer) -> None:
        body = self._wire.redaction.parse(answer.content)
        self._wire.answer(request, answer.status, body, answer.source, answer.text_headers)

    def _write_fault(self, fault: RequestFault, request: WireRequest, answer: Answer | None = None) -> None:
        venue = None if answer is None else self._wire.redaction.parse(answer.content)
        self._wire.fault(
            FaultApplied(
                what=fault.what, route=str(fault.route), to=request.number, processed=fault.processed, venue=venue
            )
        )

    async def _hold(self, delay: RequestFault, request: WireRequest) -> None:
        self._write_fault(delay, request)
        await delay.hold()

    def _drop(
        self, incoming: web.BaseRequest, request: WireRequest, fault: RequestFault, answer: Answer | None
    ) -> web.StreamResponse:
        self._write_fault(fault, request, answer)
        self._wire.unanswered(request, "fault", "dropped")
        abort(incoming)
        return web.Response()

    def _unreachable(
        self, incoming: web.BaseRequest, request: WireRequest, error: httpx.HTTPError
    ) -> web.StreamResponse:
        self._on_trouble(error)
        self._wire.unanswered(request, "venue", "dropped", f"{type(error).__name__}: {error}")
        abort(incoming)
        return web.Response()


def _headers(answer: Answer) -> CIMultiDict[str]:
    return CIMultiDict((name.decode("latin-1"), value.decode("latin-1")) for name, value in end_to_end(answer.headers))


async def _answer(incoming: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    response = web.Response(status=answer.status, headers=_headers(answer), body=answer.content)
    # Sent here and not by the server after this handler: what follows the answer must find it on the wire already.
    try:
        await response.prepare(incoming)
        await response.write_eof()
    except ConnectionError:
        # The trader has gone; the history shows what it would have been told.
        pass
    return response


async def _truncated(incoming: web.BaseRequest, answer: Answer, half: bytes) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=_headers(answer))
    response.content_length = max(len(answer.content), 1)
    try:
        await response.prepare(incoming)
        await response.write(half)
    except ConnectionError:
        pass
    transport = incoming.transport
    if transport is not None:
        transport.close()  # flushes what was written, then ends in order: too early for the length announced
        await asyncio.sleep(0)
    return response
