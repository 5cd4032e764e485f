"""Serves a trader whose node has the thread for itself: the node lends it every few milliseconds.

A 2.x node with a cache database runs in its own `run`, which blocks the main thread until the node has stopped
(`run_async` refuses such a node, because the database would block the loop), and any other thread that called it would
abort the process. So a timer of the node's own clock calls back, and what has been said meanwhile is carried out then.
"""

import os
import select
import time
from typing import TYPE_CHECKING, Any

from . import protocol
from .blame import Misuse, Refusal
from .server import Server

if TYPE_CHECKING:
    from .trader import AnyTrader  # imports NautilusTrader, before which overlays must be laid


_FOLLOWS_WITHIN_S = 2.0
"""The suite sends a signal, and then at once a command to stop."""


class Turns:
    """One trader's commands, read and answered in the moments in which its node lends the thread."""

    def __init__(self, server: Server, commands: int) -> None:
        self._server = server
        self._commands = commands
        self._lines = protocol.LineBuffer()
        self._trader: AnyTrader | None = None
        self._starting: int | None = None
        self._stopping: int | None = None
        self._began_ns = time.monotonic_ns()

    def serve(self, start: bytes) -> None:
        """Start the trader of the start command's line, and return when its node has ended."""
        command = protocol.decode(start)
        n = self._starting = command["n"]
        config = command["config"]
        try:
            self._trader = self._server.made(n, command["environment"])
            if config.get("unawaited"):
                self._has_started({})
            clean, within_s = self._trader.run(config, self._turn)
            if self._starting is not None:
                raise Refusal("start: the node ended before its strategy ran; its log says why")
        except Exception as error:
            if self._starting is not None:
                self._server.refuse(self._starting, error)
                return
            raise
        if self._stopping is None and config.get("own_run"):
            self._hear_of_the_signal()
        if self._stopping is not None:
            self._server.reply(self._stopping, {"clean": clean, "within_s": within_s})

    def _turn(self) -> None:
        assert self._trader is not None
        if self._starting is not None:
            if (result := self._trader.up()) is None:
                return
            self._has_started(result)
        if self._stopping is not None and self._trader.is_overdue():
            self._server.reply(self._stopping, {"clean": False})
            self._stopping = None
        for line in self._lines.feed(self._heard()):
            command = protocol.decode(line)
            n, op = command.pop("n"), command.pop("op")
            try:
                self._carry_out(n, op, command)
            except Exception as error:  # noqa: BLE001
                self._server.refuse(n, error)

    def _has_started(self, result: dict[str, Any]) -> None:
        assert self._trader is not None
        assert self._starting is not None
        self._server.takes(self._trader)
        n, self._starting = self._starting, None
        self._server.reply(n, {"started_after_ms": (time.monotonic_ns() - self._began_ns) // 1_000_000, **result})

    def _hear_of_the_signal(self) -> None:
        """Wait for the command to stop that follows a signal: a node that lent nothing has ended before it was read."""
        poll = select.poll()
        poll.register(self._commands, select.POLLIN)
        until_s = time.monotonic() + _FOLLOWS_WITHIN_S
        while self._stopping is None and poll.poll(max(0.0, until_s - time.monotonic()) * 1000):
            for line in self._lines.feed(self._heard()):
                command = protocol.decode(line)
                if command["op"] == "stop":
                    self._stopping = command["n"]

    def _carry_out(self, n: int, op: str, arguments: dict[str, Any]) -> None:
        assert self._trader is not None
        if op == "start":
            raise Misuse("start: a trader runs already; stop it first")
        if op != "stop":
            self._server.reply(n, self._server.act(n, op, arguments))
        elif arguments.get("graceful", True):
            self._stopping = n
            self._trader.end(told="by" in arguments)
        else:
            self._server.reply(n, {"clean": False})

    def _heard(self) -> bytes:
        try:
            heard = os.read(self._commands, 1 << 16)
        except BlockingIOError:
            return b""
        if not heard:
            os._exit(0)
        return heard
