"""Turns each command line into one call of the trader and one reply."""

import asyncio
import os
import time
import traceback
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from . import protocol
from .blame import By, Misuse, Refusal, Unsupported, blame
from .reporting import Emit, Note

if TYPE_CHECKING:
    from .trader import AnyTrader  # imports NautilusTrader, before which overlays must be laid


class MakeTrader(Protocol):
    """What makes a trader, and knows beforehand what it will need."""

    def __call__(self, emit: Emit, note: Note) -> "AnyTrader":
        """Make one, still to be started."""

    def needs_the_thread(self, config: dict[str, Any]) -> bool:
        """Whether a trader of this config cannot share its thread with a loop."""


class Answers:
    """The line to the suite. Written straight to the pipe, so that nothing sent before a crash is lost."""

    def __init__(self, descriptor: int, key: str = "") -> None:
        self._descriptor = descriptor
        self._key = key

    def send(self, message: dict[str, Any]) -> None:
        """Write one message; ends the process if the suite no longer listens."""
        data = memoryview(protocol.encode(message | ({"key": self._key} if self._key else {})))
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except BrokenPipeError:
            os._exit(0)


class Server:
    """Serves commands until `kill` or the end of the pipe."""

    def __init__(self, answers: Answers, make_trader: "MakeTrader") -> None:
        self._answers = answers
        self._make_trader = make_trader
        self._trader: AnyTrader | None = None
        self._number = 0

    async def serve(self, commands: asyncio.StreamReader) -> bytes | None:
        """Answer each line in turn; an error in a command is its reply, never the end of the process.

        Returns a start command unanswered if its trader cannot share the thread with a loop: the caller ends the loop
        and has `turns` answer it.
        """
        while line := await commands.readline():
            command = protocol.decode(line)
            n, op = command.pop("n"), command.pop("op")
            if op == "start" and self._make_trader.needs_the_thread(command["config"]):
                return line
            try:
                result = await self._carry_out(n, op, command)
                self.reply(n, result)
            except Exception as error:  # noqa: BLE001  (whatever NautilusTrader raised is the reply)
                self.refuse(n, error)
        return None

    def reply(self, n: int, result: dict[str, Any]) -> None:
        """Send the result of a command, then do what the trader has put off until then."""
        self._answers.send({"kind": protocol.REPLY, "n": n, "ok": True, **result})
        if self._trader is not None and self._trader.after_reply is not None:
            due, self._trader.after_reply = self._trader.after_reply, None
            due()

    def refuse(self, n: int, error: Exception) -> None:
        """Send why a command failed, and who caused it."""
        by, text = blame(error), str(error)
        expected = isinstance(error, Refusal | Misuse | Unsupported)
        if not expected:
            text = f"{type(error).__name__}: {error}"
        if not expected or error.__cause__ is not None:
            self._noter(self._number)("".join(traceback.format_exception(error)), by)
        self._answers.send({"kind": protocol.REPLY, "n": n, "ok": False, "by": by, "error": text})

    async def _carry_out(self, n: int, op: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if op == "start":
            began_ns = time.monotonic_ns()
            trader = self.made(n, arguments["environment"])
            result = await trader.start(arguments["config"])
            self._trader = trader
            return {"started_after_ms": (time.monotonic_ns() - began_ns) // 1_000_000, **result}
        if op == "stop":
            trader, self._trader = self._running(op), None
            return await trader.stop(graceful=bool(arguments.get("graceful", True)), told="by" in arguments)
        return self.act(n, op, arguments)

    def made(self, n: int, environment: dict[str, str]) -> "AnyTrader":
        """Return a trader that is still to be started, its credentials in this process's environment."""
        if self._trader is not None:
            raise Misuse("start: a trader runs already; stop it first")
        # The factory reads credentials where a user keeps them. Those of the trader before must not linger.
        for name in [name for name in os.environ if name.startswith("BINANCE_")]:
            del os.environ[name]
        os.environ.update(environment)
        self._number = n
        trader = self._make_trader(self._emitter(n), self._noter(n))
        trader.command = n
        return trader

    def takes(self, trader: "AnyTrader") -> None:
        """Give commands to this trader from now on."""
        self._trader = trader

    def act(self, n: int, op: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Carry out command `n`, one that takes no waiting, and return its result."""
        if op == "kill":
            os._exit(0)
        if op not in protocol.OPERATIONS:
            raise Misuse(f"unknown operation {op!r}; known: {', '.join(protocol.OPERATIONS)}")
        trader = self._running(op)
        trader.command = n
        strategy = arguments.pop("strategy", None)
        with trader.commanding(strategy) if strategy is not None else nullcontext():
            result: dict[str, Any] = getattr(trader, op)(**arguments)
        return result

    def _running(self, op: str) -> "AnyTrader":
        if self._trader is None:
            raise Misuse(f"{op}: no trader runs; start one first")
        return self._trader

    def _emitter(self, number: int) -> Emit:
        def emit(event: dict[str, Any]) -> None:
            self._answers.send({"kind": protocol.EVENT, "trader": number, **event})

        return emit

    def _noter(self, number: int) -> Note:
        def note(text: str, by: By) -> None:
            self._answers.send({"kind": protocol.NOTE, "trader": number, "by": by, "text": text})

        return note
