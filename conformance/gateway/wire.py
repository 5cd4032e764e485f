"""The wire: every request, answer, frame and connection as the gateway saw it, redacted and written to the history."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

from conformance.binance.account import Account, encoded_ws_payload, ws_payload
from conformance.binance.events import Event, read_event, unwrap
from conformance.gateway.frame_origin import FrameOrigins
from conformance.history.entries import Answer as AnswerEntry
from conformance.history.entries import By, Channel, Connection, Control, FaultApplied, Note, Request, Source
from conformance.history.entries import Frame as FrameEntry
from conformance.history.history import History
from conformance.history.redaction import Redaction

KEY_HEADER = "x-mbx-apikey"


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One request under way. `params` are as sent, secrets included: they serve matching and are never written."""

    number: int
    channel: Literal["http", "ws-api"]
    by: By
    method: str
    path: str
    params: Mapping[str, str]

    @property
    def route(self) -> str:
        """The route's text, as faults and checks name it."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Frame:
    """One WebSocket message: its text as it passed, its event bare and redacted, and what it followed."""

    text: str
    data: Any
    stream: str | None
    after: int

    @property
    def event(self) -> Event | None:
        """What the venue says with it."""
        return read_event(self.data)

    @property
    def name(self) -> str:
        """The event's name, `?` for what is no event."""
        event = self.event
        return event.name if event is not None else "?"


class WireWriter:
    """Writes the wire's records. Requests and controls share one numbering, so `after` in a frame means one thing."""

    def __init__(
        self,
        history: History,
        accounts: Sequence[Account] = (),
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.history = history
        self.redaction = Redaction(accounts)
        self.causes = FrameOrigins()
        self._accounts = {account.api_key: account for account in accounts}
        self.wall_ms = wall_ms
        self._number = 0
        self._connections = 0

    def http_request(
        self, by: By, method: str, target: str, body: bytes, *, api_key: str | None, at_ns: int | None = None
    ) -> WireRequest:
        """Write an HTTP request down. `target` is the raw path and query, still percent-encoded.

        The signature covers query and body, concatenated without `&` (fact sheet, section 3).
        """
        path, _, query = target.partition("?")
        form = body.decode("utf-8", "replace")
        params = dict(parse_qsl(form, keep_blank_values=True)) | dict(parse_qsl(query, keep_blank_values=True))
        query, in_query = _cut_signature(query)
        form, in_form = _cut_signature(form)
        request = WireRequest(self._next(), "http", by, method, self.redaction.hide(unquote(path)), params)
        self._write(request, (query + form,), in_query or in_form, api_key, at_ns)
        return request

    def ws_request(
        self, by: By, method: str, params: Mapping[str, Any], api_key: str | None, *, logged_on: bool = False
    ) -> WireRequest:
        """Write a request of the WS API down; after `session.logon` a request carries neither key nor signature."""
        given = {key: wire_text(value) for key, value in params.items()}
        request = WireRequest(self._next(), "ws-api", by, "WS", method, given)
        signature = given.get("signature")
        key = given.get("apiKey") or (api_key if signature is None or logged_on else None)
        self._write(request, (ws_payload(params), encoded_ws_payload(params)), signature, key, None)
        return request

    def _write(
        self,
        request: WireRequest,
        payloads: tuple[str, ...],
        signature: str | None,
        api_key: str | None,
        at_ns: int | None,
    ) -> None:
        account = self._accounts.get(api_key or "")
        verdict: Literal["absent", "unverified", "valid", "invalid"]
        if signature is None:
            verdict = "absent"
        elif account is None:
            verdict = "unverified"
        else:
            signed = any(account.verify(payload, signature) for payload in payloads)
            verdict = "valid" if signed else "invalid"
        timestamp = request.params.get("timestamp", "")
        self.history.append(
            Request(
                id=request.number,
                channel=request.channel,
                by=request.by,
                method=request.method,
                path=request.path,
                params=self.redaction.params(request.params),
                signature=verdict,
                skew_ms=int(timestamp) - self.wall_ms() if timestamp.isdigit() else None,
                api_key="absent" if not api_key else "known" if account else "unknown",
            ),
            at_ns=at_ns,
        )

    def knows(self, account: Account) -> None:
        """Verify this account's signatures too from now on, and keep its secrets out of everything written."""
        self._accounts[account.api_key] = account
        self.redaction.learn(account)

    def account(self, api_key: str) -> Account | None:
        """Return the account of an API key, where it is known."""
        return self._accounts.get(api_key)

    def sent(self, request: WireRequest) -> None:
        """Note that a request goes to the venue now: from here on it can be what an event followed."""
        self.causes.request(request.number, request.by, request.method, request.path, request.params)

    def answer(
        self, request: WireRequest, status: int, body: Any, source: Source, headers: Mapping[str, str] | None = None
    ) -> None:
        """Write an answer down; `body` is parsed and redacted already, of the headers only the venue's own are kept."""
        kept = {
            name.lower(): value
            for name, value in (headers or {}).items()
            if name.lower() == "retry-after" or name.lower().startswith("x-mbx-")
        }
        self.history.append(
            AnswerEntry(to=request.number, by=request.by, status=status, body=body, headers=kept, source=source)
        )

    def unanswered(
        self,
        request: WireRequest,
        source: Source,
        ended: Literal["dropped", "hung", "redirected"],
        error: str | None = None,
        status: int = 0,
    ) -> None:
        """Write down that a request gets no answer: its connection was cut, or it is left waiting.

        One that the world redirects is cut too; `status` is the redirect's.
        """
        cleaned = self._clean(error)
        self.history.append(
            AnswerEntry(to=request.number, by=request.by, source=source, ended=ended, error=cleaned, status=status)
        )

    def opened(self, channel: Channel, target: str) -> int:
        """Write a new connection down and return its id."""
        self._connections += 1
        path = self.redaction.hide(target)
        self.history.append(Connection(id=self._connections, channel=channel, path=path, state="open"))
        return self._connections

    def closed(self, connection: int, channel: Channel, code: int | None, reason: str) -> None:
        """Write the end of a connection down; no code means that it was cut without a close frame."""
        self.history.append(Connection(id=connection, channel=channel, state="closed", code=code, reason=reason))

    def read_frame(self, text: str) -> Frame:
        """Return a frame's event as the history and a cassette hold it: bare and redacted."""
        data, stream = unwrap(self.redaction.parse(text))
        return Frame(text, data, stream, self.causes.of(data))

    def frame(self, connection: int, channel: Channel, direction: Literal["down", "up"], frame: Frame) -> None:
        """Write a frame down.

        A combined stream's envelope is taken off: `data` is the event on every connection, and `stream` (a placeholder
        for a listen key) is there where an envelope was.
        """
        self.history.append(
            FrameEntry(
                connection=connection,
                channel=channel,
                direction=direction,
                data=frame.data,
                after=frame.after,
                stream=frame.stream,
            )
        )

    def fault(self, applied: FaultApplied) -> None:
        """Write down that a fault was applied, at the moment it was."""
        self.history.append(applied)

    def control(self, what: str, given: Mapping[str, Any]) -> int:
        """Write an act on the venue down and return its number."""
        number = self._next()
        self.causes.control(number)
        self.history.append(Control(number=number, what=what, given=given))
        return number

    def note(self, text: str) -> None:
        """Write a remark of the gateway's own down."""
        self.history.append(Note(text=self.redaction.hide(text)))

    def _clean(self, text: str | None) -> str | None:
        return None if text is None else self.redaction.hide(text)

    def _next(self) -> int:
        self._number += 1
        return self._number


def _cut_signature(query: str) -> tuple[str, str | None]:
    """Return the part of a raw query that is signed, and the percent-decoded signature where there is one."""
    kept, signature = [], None
    for part in query.split("&"):
        if part.startswith("signature="):
            signature = unquote(part.removeprefix("signature="))
        else:
            kept.append(part)
    return "&".join(kept), signature


def wire_text(value: Any) -> str:
    """Return a parameter's value as it stands in a query: booleans as the venue writes them."""
    return str(value).lower() if isinstance(value, bool) else str(value)
