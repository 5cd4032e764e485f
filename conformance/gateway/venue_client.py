"""The upstream's one httpx transport; in front of the network respx, which scripts answers, and vcrpy, which records.

Both sit on this very transport and patch nothing: a process may hold several gateways, and everything else in it that
speaks HTTP stays untouched. NautilusTrader's own client is Rust, which neither library could reach. There is no httpx
client before it: its cookies, its authentication and its redirects are what a relay must not have, and cost a case as
much as all its redaction.
"""

import logging
import time
from collections.abc import Callable
from typing import Literal

import httpx
import respx

from conformance.gateway.answer import Answer, RawHeaders
from conformance.gateway.network import AT_HEADER, NUMBER, NUMBER_HEADER, NetworkTransport
from conformance.gateway.redirect import RedirectError, is_redirect, stays_here, target_of
from conformance.gateway.upstream import Upstream
from conformance.gateway.wire import WireRequest

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
# An answer is handed on decoded, so that history and cassette can be read; none sends its reader to another host.
_RESPONSE_ONLY = frozenset({b"content-encoding", b"alt-svc", b"location", b"refresh", b"uri"})
_NOT_HANDED_ON = HOP_BY_HOP | _RESPONSE_ONLY
_STAMPS = frozenset({NUMBER_HEADER.lower().encode(), AT_HEADER.lower().encode()})
_SCRIPTED = "conformance.scripted"
# These libraries log whole URLs, signatures included, on levels that a user may turn on: not from here.
for _name in ("httpx", "httpcore", "vcr"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class ScriptTransport(httpx.AsyncBaseTransport):
    """Hands the requests that a fault answers to respx, and all others on.

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
        started_ns: int | None = None,
    ) -> None:
        self._base = upstream.http if upstream else "http://venue"
        self._source: Literal["venue", "cassette"] = "cassette" if replaying else "venue"
        self._network = NetworkTransport(time.monotonic_ns() if started_ns is None else started_ns)
        behind = wrap(self._network) if wrap else self._network
        script = respx.Router(assert_all_called=False)
        script.route().mock(side_effect=_scripted_answer)
        self._transport = ScriptTransport(script, behind)

    async def send(
        self,
        request: WireRequest,
        target: bytes,
        headers: RawHeaders,
        body: bytes,
        scripted: Answer | None = None,
    ) -> Answer:
        """Send one request on, its target byte for byte (signatures cover the raw query).

        Raises `httpx.HTTPError`, and `RedirectError`, which is one, for a redirect: a scripted one may lead to another
        name of this machine.
        With `scripted`, respx gives that answer in the venue's place.
        """
        extensions = {"target": target, NUMBER: request.number, _SCRIPTED: scripted}
        outgoing = httpx.Request(
            request.method,
            self._base + target.decode("latin-1"),
            headers=end_to_end(headers),
            content=body,
            extensions=extensions,
        )
        response = await self._transport.handle_async_request(outgoing)
        handed_on = end_to_end(response.headers.raw)
        if is_redirect(response.status_code):
            to = target_of(response.headers)
            if scripted is None or not stays_here(to):
                raise RedirectError(response.status_code, to)
            handed_on.append((b"Location", to.encode()))
        await response.aread()
        recorded = response.headers.get(NUMBER_HEADER)
        return Answer(
            response.status_code,
            [(name, value) for name, value in handed_on if name.lower() not in _STAMPS],
            response.content,
            "fault" if scripted else self._source,
            int(recorded) if recorded and self._source == "cassette" else None,
        )

    async def close(self) -> None:
        """Close every connection to the venue."""
        await self._network.aclose()


def end_to_end(headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    """Return the headers without those of one hop only, nor those that describe an encoding already taken off."""
    return [(name, value) for name, value in headers if name.lower() not in _NOT_HANDED_ON]


def _scripted_answer(request: httpx.Request) -> httpx.Response:
    answer: Answer = request.extensions[_SCRIPTED]
    return httpx.Response(answer.status, headers=list(answer.headers), content=answer.content)
