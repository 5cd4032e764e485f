"""The upstream's one httpx client; in front of the network respx, which scripts answers, and vcrpy, which records.

Both sit on this client's own transport and patch nothing: a process may hold several gateways, and everything else in
it that speaks HTTP stays untouched. NautilusTrader's own client is Rust, which neither library could reach.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import httpx
import respx

from conformance.gateway.faults.armed import RequestFault
from conformance.gateway.upstream import Upstream
from conformance.gateway.wire import WireRequest
from conformance.history.entries import Source

# What one hop says to the next, not to the far end (RFC 9110, 7.6.1), and what each side's library sets for itself.
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"host",
        b"content-length",
        b"expect",
    }
)
# An answer is handed on decoded, so that history and cassette can be read.
_RESPONSE_ONLY = frozenset({b"content-encoding"})
NUMBER_HEADER = "X-Conformance-Request"
AT_HEADER = "X-Conformance-At-Ms"
_SCRIPTED = "conformance.scripted"
_NUMBER = "conformance.number"
# These libraries log whole URLs, signatures included, on levels that a user may turn on: not from here.
for _name in ("httpx", "httpcore", "vcr"):
    logging.getLogger(_name).setLevel(logging.WARNING)
RawHeaders = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The network itself; stamps each answer with its request's number and time for the cassette."""

    status: int
    headers: RawHeaders
    content: bytes
    source: Source
    recorded: int | None = None

    @property
    def body(self) -> Any:
        """The body as JSON, or as text where it is not JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            return self.content.decode("utf-8", "replace")

    @property
    def text_headers(self) -> dict[str, str]:
        """The headers as text, names in lower case."""
        return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self.headers}

    def with_content(self, content: bytes) -> "Answer":
        """Return this answer with another body."""
        return replace(self, content=content)


class NetworkTransport(httpx.AsyncHTTPTransport):
    """The network itself; stamps each answer with its request's number and time, which a cassette keeps."""

    def __init__(self, started_ns: int) -> None:
        super().__init__(trust_env=False)
        self._started_ns = started_ns

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; raises httpx's transport errors."""
        at_ms = (time.monotonic_ns() - self._started_ns) // 1_000_000
        response = await super().handle_async_request(request)
        response.headers[NUMBER_HEADER] = str(request.extensions[_NUMBER])
        response.headers[AT_HEADER] = str(at_ms)
        return response


class ScriptTransport(httpx.AsyncBaseTransport):
    """Hands the requests that a fault was chosen for to respx, and all others on.

    respx could let those pass itself, but would read, match and keep every request of a session for it.
    """

    def __init__(self, script: respx.Router, behind: httpx.AsyncBaseTransport) -> None:
        self._script = httpx.MockTransport(script.async_handler)
        self._behind = behind

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer from the script, or pass the request on."""
        scripted = request.extensions.get(_SCRIPTED) is not None
        return await (self._script if scripted else self._behind).handle_async_request(request)


class VenueClient:
    """Sends to the upstream. `wrap` puts vcrpy's recorder or player in front of the network; see `session_cassette`."""

    def __init__(
        self,
        upstream: Upstream | None,
        *,
        wrap: Callable[[NetworkTransport], httpx.AsyncBaseTransport] | None = None,
        replaying: bool = False,
        timeout_s: float = 30.0,
        started_ns: int | None = None,
    ) -> None:
        self._base = upstream.http if upstream else "http://venue"
        self._source: Literal["venue", "cassette"] = "cassette" if replaying else "venue"
        self._timeout = httpx.Timeout(timeout_s).as_dict()
        self._network = NetworkTransport(time.monotonic_ns() if started_ns is None else started_ns)
        behind = wrap(self._network) if wrap else self._network
        self._script = respx.Router(assert_all_called=False)
        self._client = httpx.AsyncClient(transport=ScriptTransport(self._script, behind), trust_env=False)

    def script(self, fault: RequestFault) -> None:
        """Let respx answer the requests of a fault's route for which the fault was chosen; others pass to the venue."""
        # respx holds one route for each pattern; which of its faults answers is the request's own mark.
        self._script.route(method=fault.route.method, path=fault.route.path).mock(side_effect=_scripted_answer)

    async def send(
        self,
        request: WireRequest,
        target: bytes,
        headers: RawHeaders,
        body: bytes,
        scripted: RequestFault | None = None,
    ) -> Answer:
        """Send one request on, its target byte for byte (signatures cover the raw query); raises `httpx.HTTPError`."""
        extensions = {"target": target, "timeout": self._timeout, _NUMBER: request.number, _SCRIPTED: scripted}
        outgoing = httpx.Request(
            request.method,
            self._base + target.decode("latin-1"),
            headers=end_to_end(headers),
            content=body,
            extensions=extensions,
        )
        response = await self._client.send(outgoing)
        recorded = response.headers.get(NUMBER_HEADER)
        return Answer(
            response.status_code,
            [(name, value) for name, value in end_to_end(response.headers.raw) if not _is_stamp(name)],
            response.content,
            "fault" if scripted else self._source,
            int(recorded) if recorded and self._source == "cassette" else None,
        )

    async def close(self) -> None:
        """Close every connection to the venue."""
        await asyncio.gather(self._client.aclose(), self._network.aclose())


def encode_body(body: Any) -> tuple[bytes, str]:
    """Return a scripted body's bytes and content type: text and bytes as they are, everything else as JSON."""
    if isinstance(body, bytes):
        return body, "application/json"
    if isinstance(body, str):
        return body.encode(), "text/plain"
    return json.dumps(body, separators=(",", ":")).encode(), "application/json"


def end_to_end(headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    """Return the headers without those of one hop only, nor those that describe an encoding already taken off."""
    return [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP | _RESPONSE_ONLY]


def _scripted_answer(request: httpx.Request) -> httpx.Response:
    fault: RequestFault = request.extensions[_SCRIPTED]
    content, content_type = encode_body(fault.body)
    return httpx.Response(fault.status, headers={"Content-Type": content_type, **fault.headers}, content=content)


def _is_stamp(name: bytes) -> bool:
    return name.decode("latin-1").lower() in (NUMBER_HEADER.lower(), AT_HEADER.lower())
