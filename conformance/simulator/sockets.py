"""One WebSocket of the server: frames on their way out, and the life of the connection (sections 7 and 8)."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from aiohttp import WSMsgType, web

from conformance.simulator.clock import Clock
from conformance.simulator.options import Options

LARGEST_FRAME = 4 * 1024 * 1024
PINGS_PER_S = 5
PONG_GRACE_S = 0.5
"""How long a ping must have waited for its pong before its silence counts."""
ABNORMAL, POLICY, NORMAL = 1006, 1008, 1000


class Outbox:
    """Frames on their way to one WebSocket, sent in order by one task."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self._socket = socket
        self._transport = transport
        self._queue: asyncio.Queue[str | bytes | tuple[int, str]] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    def send(self, text: str) -> None:
        """Send a text frame."""
        self._queue.put_nowait(text)

    def disconnect(self, code: int, reason: str) -> None:
        """Close the connection after everything sent so far; code 1006 drops it without a close frame."""
        self._queue.put_nowait((code, reason))

    def ping(self, payload: bytes) -> None:
        """Send a ping."""
        self._queue.put_nowait(payload)

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
                    elif isinstance(item, bytes):
                        await self._socket.ping(item)
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
    """Pings a client, listens for its pongs, and ends the connection after a day or when the client is gone.

    All of it by the venue's clock. A clock that jumps gives no client time to answer, so a client is only taken for
    gone when a ping has also waited for its pong in wall time.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        clock: Clock,
        options: Options,
        disconnect: Callable[[int, str], None],
        ping: Callable[[bytes], None],
    ) -> None:
        self._socket = socket
        self._clock = clock
        self._options = options
        self._disconnect = disconnect
        self._ping = ping
        self._heard_ms = clock.now_ms()
        self._waiting_since_s: float | None = None
        """When the oldest ping without a pong was sent, in wall time."""
        self._pinged = False
        self._pings: list[float] = []
        self._look: asyncio.TimerHandle | None = None
        self._end = clock.at(self._heard_ms + options.stream_life_ms, lambda: disconnect(NORMAL, "24 hours"))
        self._next = clock.at(self._heard_ms + options.ping_interval_ms, self._due)

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
                self._heard()

    def _heard(self) -> None:
        self._heard_ms = self._clock.now_ms()
        self._waiting_since_s = None

    async def _answer(self, payload: bytes) -> None:
        self._heard()
        now_s = time.monotonic()
        self._pings = [*(at for at in self._pings if at > now_s - 1.0), now_s]
        if self._options.stream_messages_per_s and len(self._pings) > PINGS_PER_S:
            self._disconnect(POLICY, "Too many pings")
            return
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self._socket.pong(payload)

    def _due(self) -> None:
        """Ping; look a little later whether the client is gone."""
        if self._waiting_since_s is None:
            self._waiting_since_s = time.monotonic()
        if not self._pinged:
            # One ping for all that come due while the clock jumps.
            self._pinged = True
            asyncio.get_running_loop().call_soon(self._may_ping)
            self._ping(str(self._clock.now_ms()).encode())
        self._next = self._clock.at(self._clock.now_ms() + self._options.ping_interval_ms, self._due)
        if self._look is None:
            self._look = asyncio.get_running_loop().call_later(PONG_GRACE_S, self._judge)

    def _may_ping(self) -> None:
        self._pinged = False

    def _judge(self) -> None:
        self._look = None
        silent = self._clock.now_ms() - self._heard_ms > self._options.pong_timeout_ms
        waited = self._waiting_since_s is not None and time.monotonic() - self._waiting_since_s >= PONG_GRACE_S
        if silent and waited:
            self._disconnect(POLICY, "Pong timeout")

    def stop(self) -> None:
        """Look after it no more."""
        self._end.cancel()
        self._next.cancel()
        if self._look is not None:
            self._look.cancel()
