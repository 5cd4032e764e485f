"""A forward proxy on loopback, as firms have one before the venue: it alone knows where the venue is."""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlsplit

VENUE = "venue.invalid"
"""What the venue is called behind the proxy: a name that resolves nowhere (RFC 6761), so that nothing gets by."""
_HEAD_END = b"\r\n\r\n"
_CHUNK = 65536


class ForwardProxy:
    """Takes both forms: tunnels that CONNECT asks for, and requests with the whole URL in their first line."""

    def __init__(self, target: str) -> None:
        """`target` is the URL of what is found under the venue's name; it may be asked for by its own name too."""
        host, _, port = urlsplit(target).netloc.rpartition(":")
        self._target = (host, int(port))
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.taken: list[str] = []
        """The first line of each connection that came."""

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)

    async def close(self) -> None:
        """Listen no more, and end what is open."""
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._relay(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(_HEAD_END)
        first, _, rest = head.partition(b"\r\n")
        self.taken.append(first.decode("latin-1"))
        method, target, version = first.split(b" ", 2)
        url = urlsplit(b"//" + target if method == b"CONNECT" else target)
        if url.hostname not in (VENUE.encode(), self._target[0].encode()):
            writer.write(_answer(HTTPStatus.BAD_GATEWAY))
            await writer.drain()
            return
        there, onward = await asyncio.open_connection(*self._target)
        try:
            if method == b"CONNECT":
                writer.write(_answer(HTTPStatus.OK))
            else:
                path = target[target.index(url.netloc) + len(url.netloc) :] or b"/"
                onward.write(b" ".join((method, path, version)) + b"\r\n" + _for_one_request(rest))
            await asyncio.gather(_pump(reader, onward), _pump(there, writer))
        finally:
            onward.close()


def _answer(status: HTTPStatus) -> bytes:
    length = b"" if status is HTTPStatus.OK else b"Content-Length: 0\r\n"
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() + length + b"\r\n"


def _for_one_request(headers: bytes) -> bytes:
    """Let the connection be closed after its answer, unless it becomes a WebSocket: the next may be for elsewhere."""
    lines = headers.split(b"\r\n")
    if any(line.lower().startswith(b"upgrade:") for line in lines):
        return headers
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([b"Connection: close", *kept])


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
