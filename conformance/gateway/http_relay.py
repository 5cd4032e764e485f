"""HTTP between trader and venue: write down, apply faults, relay, write down, answer."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from aiohttp import web
from multidict import CIMultiDict

from conformance.binance.account import Account
from conformance.gateway.answer import Answer, Dropped, Hung, Outcome, RawHeaders, Truncated
from conformance.gateway.answer import scripted as answer_of
from conformance.gateway.cassette.conversation import Conversation, DriftedError
from conformance.gateway.connection import abort
from conformance.gateway.faults.armed import Faults
from conformance.gateway.faults.passage import Passage
from conformance.gateway.redirect import RedirectError
from conformance.gateway.trader_side import Sent, TraderSide
from conformance.gateway.venue_client import VenueClient
from conformance.gateway.wire import KEY_HEADER, WireRequest, WireWriter, wire_text

#: The widest that the venue takes: a case may set its clock ahead, and the machine may be busy.
_RECV_WINDOW_MS = 60_000


class HttpRelay:
    """Relays requests, any number at once. `on_trouble` gets failures that neither the trader nor the case caused."""

    def __init__(
        self,
        wire: WireWriter,
        faults: Faults,
        venue: VenueClient,
        conversation: Conversation,
        on_trouble: Callable[[Exception], None],
        *,
        side: TraderSide,
    ) -> None:
        self._wire = wire
        self._faults = faults
        self._venue = venue
        self._conversation = conversation
        self._on_trouble = on_trouble
        self._side = side
        self._stopped = asyncio.Event()

    async def handle(self, incoming: web.BaseRequest) -> web.StreamResponse:
        """Answer one request of the trader."""
        at_ns = time.monotonic_ns()
        made = Sent(incoming.method, incoming.raw_path, await incoming.read(), incoming.headers.get(KEY_HEADER))
        sent = self._side.sends(made)
        if not sent:
            return await self._deliver(incoming, self._side.without_sending(made))
        if len(sent) > 1:
            await asyncio.gather(*(self._send_unheard(again, incoming.raw_headers) for again in sent[1:]))
        return await self._relay(incoming, sent[0], at_ns)

    async def _relay(self, incoming: web.BaseRequest, sent: Sent, at_ns: int) -> web.StreamResponse:
        request = self._wire.http_request(
            "trader", sent.method, sent.target, sent.body, api_key=sent.api_key, at_ns=at_ns
        )
        passage = Passage(self._wire, request, self._faults.on_request(request))
        scripted = await passage.before()
        if isinstance(scripted, Answer | None):
            try:
                answer = await self._send(
                    request, sent.target.encode("latin-1"), incoming.raw_headers, sent.body, scripted
                )
            except httpx.HTTPError as error:
                return self._unreachable(incoming, request, error)
        else:
            return await self._tell(incoming, request, sent, scripted)
        await self._conversation.release(answer.recorded, before_answer=True)
        outcome = answer if scripted is not None else await passage.after(answer)
        response = await self._tell(incoming, request, sent, outcome)
        await self._conversation.release(answer.recorded, before_answer=False)
        return response

    async def _send_unheard(self, sent: Sent, headers: RawHeaders) -> None:
        """Send a request whose answer the trader does not get."""
        request = self._wire.http_request("trader", sent.method, sent.target, sent.body, api_key=sent.api_key)
        self._write(request, await self._send(request, sent.target.encode("latin-1"), headers, sent.body, None))

    def stop(self) -> None:
        """Let the requests go that are never answered: the gateway closes."""
        self._stopped.set()

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
            self._write_failure(request, error)
            raise
        answer = self._conversation.answered(request, answer)
        await self._conversation.release(answer.recorded, before_answer=True)
        self._write(request, answer)
        await self._conversation.release(answer.recorded, before_answer=False)
        return answer

    async def _send(
        self, request: WireRequest, target: bytes, headers: RawHeaders, body: bytes, scripted: Answer | None
    ) -> Answer:
        if scripted is None:
            self._wire.sent(request)
            self._conversation.requested(request)
        try:
            answer = await self._venue.send(request, target, headers, body, scripted)
        except DriftedError as drift:
            self._on_trouble(drift)
            self._wire.note(str(drift))
            return replace(answer_of(501, {"code": -1, "msg": f"drifted: {drift}"}), source="cassette")
        if scripted is not None:
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

    async def _tell(
        self, incoming: web.BaseRequest, request: WireRequest, sent: Sent, outcome: Outcome
    ) -> web.StreamResponse:
        match outcome:
            case Answer():
                self._write(request, outcome)
                outcome = self._side.hears(sent, outcome)
            case Truncated():
                self._write(request, outcome.half)
            case Dropped():
                self._wire.unanswered(request, "fault", "dropped")
            case Hung():
                self._wire.unanswered(request, "fault", "hung")
        return await self._deliver(incoming, outcome)

    async def _deliver(self, incoming: web.BaseRequest, outcome: Outcome) -> web.StreamResponse:
        """Let the trader have what came of its request."""
        match outcome:
            case Answer():
                return await _answer(incoming, outcome)
            case Truncated():
                return await _truncated(incoming, outcome)
            case Hung():
                await self._stopped.wait()
        abort(incoming)
        return web.Response()

    def _write(self, request: WireRequest, answer: Answer) -> None:
        body = self._wire.redaction.parse(answer.content)
        self._wire.answer(request, answer.status, body, answer.source, answer.text_headers)

    def _unreachable(
        self, incoming: web.BaseRequest, request: WireRequest, error: httpx.HTTPError
    ) -> web.StreamResponse:
        self._on_trouble(error)
        self._write_failure(request, error)
        abort(incoming)
        return web.Response()

    def _write_failure(self, request: WireRequest, error: httpx.HTTPError) -> None:
        if isinstance(error, RedirectError):
            self._wire.unanswered(request, "venue", "redirected", str(error), error.status)
        else:
            self._wire.unanswered(request, "venue", "dropped", f"{type(error).__name__}: {error}")


def _headers(answer: Answer) -> CIMultiDict[str]:
    return CIMultiDict((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers)


async def _answer(incoming: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    response = web.Response(status=answer.status, headers=_headers(answer), body=answer.content)
    # Sent here and not by the server after this handler: what follows the answer must find it on the wire already.
    try:
        await response.prepare(incoming)
        await response.write_eof()
    except ConnectionError:
        # The trader has gone; the history keeps the answer.
        pass
    return response


async def _truncated(incoming: web.BaseRequest, cut: Truncated) -> web.StreamResponse:
    answer = cut.answer
    response = web.StreamResponse(status=answer.status, headers=_headers(answer))
    response.content_length = max(len(answer.content), 1)
    try:
        await response.prepare(incoming)
        await response.write(cut.half.content)
    except ConnectionError:
        pass
    transport = incoming.transport
    if transport is not None:
        transport.close()  # flushes what was written, then ends in order: too early for the length announced
        await asyncio.sleep(0)
    return response
