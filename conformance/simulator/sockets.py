"""One WebSocket of the server: frames on their way out, and the life of the connection (sections 7 and 8).

Pings and lifetimes run in wall time: connections do not follow the venue's clock.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from aiohttp import WSMsgType, web

from conformance.simulator.options import Options

LARGEST_FRAME = 4 * 1024 * 1024
PINGS_PER_S = 5
ABNORMAL, POLICY, NORMAL = 1006, 1008, 1000


class Outbox:
    """Frames on their way to one WebSocket, sent in order by one task."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self._socket = socket
        self._transport = transport
        self._queue: asyncio.Queue[str | tuple[int, str]] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    def send(self, text: str) -> None:
        """Send a text frame."""
        self._queue.put_nowait(text)

    def disconnect(self, code: int, reason: str) -> None:
        """Close the connection after everything sent so far; code 1006 drops it without a close frame."""
        self._queue.put_nowait((code, reason))

    async def flush(self) -> None:
        """Wait until everything sent so far has left."""
        if not self._task.done():
            await self._queue.join()

    async def _run(self) -> None:
        while True:
            item = await self._queue.get()
            try:
                with contextlib.suppress(ConnectionError, RuntimeError):
                    if isinstance(item, str):
                        await self._socket.send_str(item)
                    elif item[0] == ABNORMAL:
                        if self._transport is not None:
                            self._transport.abort()
                    else:
                        await self._socket.close(code=item[0], message=item[1].encode())
            finally:
                self._queue.task_done()

    async def stop(self) -> None:
        """End the task; what has not left is lost."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        while not self._queue.empty():
            self._queue.get_nowait()
            self._queue.task_done()


class Life:
    """Pings a client, listens for its pongs, and ends the connection after a day or when the client is gone."""

    def __init__(self, socket: web.WebSocketResponse, options: Options, disconnect: Callable[[int, str], None]) -> None:
        self._socket = socket
        self._options = options
        self._disconnect = disconnect
        self._heard_s = time.monotonic()
        self._pings: list[float] = []
        self._task = asyncio.create_task(self._run())

    async def texts(self) -> AsyncIterator[str]:
        """Yield what the client sends, binary frames decoded; pings are answered with their own payload."""
        async for message in self._socket:
            if message.type == WSMsgType.TEXT:
                yield message.data
            elif message.type == WSMsgType.BINARY:
                yield message.data.decode("utf-8", "replace")
            elif message.type == WSMsgType.PING:
                await self._answer(message.data)
            elif message.type == WSMsgType.PONG:
                self._heard_s = time.monotonic()

    async def _answer(self, payload: bytes) -> None:
        self._heard_s = now_s = time.monotonic()
        self._pings = [*(at for at in self._pings if at > now_s - 1.0), now_s]
        if self._options.stream_messages_per_s and len(self._pings) > PINGS_PER_S:
            self._disconnect(POLICY, "Too many pings")
            return
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self._socket.pong(payload)

    async def _run(self) -> None:
        options = self._options
        end_s = time.monotonic() + options.stream_life_ms / 1000
        while (left_s := end_s - time.monotonic()) > 0:
            await asyncio.sleep(min(left_s, options.ping_interval_ms / 1000))
            if time.monotonic() - self._heard_s > options.pong_timeout_ms / 1000:
                self._disconnect(POLICY, "Pong timeout")
                return
            with contextlib.suppress(ConnectionError, RuntimeError):
                await self._socket.ping(str(time.time_ns() // 1_000_000).encode())
        self._disconnect(NORMAL, "24 hours")

    def stop(self) -> None:
        """Look after it no more."""
        self._task.cancel()
