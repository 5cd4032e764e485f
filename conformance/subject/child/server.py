"""The child's loop: says hello, then turns each command line into one call of the trader and one reply."""

import asyncio
import importlib
import importlib.metadata
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import overlay, protocol
from .blame import By, Misuse, Refusal, Unsupported, blame

if TYPE_CHECKING:
    from .trader import AnyTrader  # imports NautilusTrader, before which overlays must be laid

Emit = Callable[[dict[str, Any]], None]
Note = Callable[[str, By], None]
"""Reports trouble, and at whose fault it is."""


class Answers:
    """The line to the suite. Written straight to the pipe: what was said before a crash has been heard."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, message: dict[str, Any]) -> None:
        """Write one message; ends the process if the suite no longer listens."""
        data = memoryview(protocol.encode(message))
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except BrokenPipeError:
            os._exit(0)


class Server:
    """Serves commands until `kill` or the end of the pipe."""

    def __init__(self, answers: Answers, make_trader: "Callable[[Emit, Note], AnyTrader]") -> None:
        self._answers = answers
        self._make_trader = make_trader
        self._trader: AnyTrader | None = None
        self._number = 0

    async def serve(self, commands: asyncio.StreamReader) -> None:
        """Answer each line in turn; an error in a command is its reply, never the end of the process."""
        while line := await commands.readline():
            command = protocol.decode(line)
            n = command.pop("n")
            op = command.pop("op")
            try:
                result = await self._carry_out(n, op, command)
                self._answers.send({"kind": protocol.REPLY, "n": n, "ok": True, **result})
            except Exception as error:  # noqa: BLE001  (whatever NautilusTrader raised is what the suite must hear)
                self._refuse(n, error)

    def _refuse(self, n: int, error: Exception) -> None:
        by, text = blame(error), str(error)
        expected = isinstance(error, Refusal | Misuse | Unsupported)
        if not expected:
            text = f"{type(error).__name__}: {error}"
        if not expected or error.__cause__ is not None:
            self._noter(self._number)("".join(traceback.format_exception(error)), by)
        self._answers.send({"kind": protocol.REPLY, "n": n, "ok": False, "by": by, "error": text})

    async def _carry_out(self, n: int, op: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if op == "start":
            return await self._start(n, **arguments)
        if op == "kill":
            os._exit(0)
        if op not in protocol.OPERATIONS:
            raise Misuse(f"unknown operation {op!r}; known: {', '.join(protocol.OPERATIONS)}")
        if self._trader is None:
            raise Misuse(f"{op}: no trader runs; start one first")
        if op == "stop":
            trader, self._trader = self._trader, None
            return await trader.stop(graceful=bool(arguments.get("graceful", True)))
        result: dict[str, Any] = getattr(self._trader, op)(**arguments)
        return result

    async def _start(self, n: int, config: dict[str, Any], environment: dict[str, str]) -> dict[str, Any]:
        if self._trader is not None:
            raise Misuse("start: a trader runs already; stop it first")
        # The factory reads credentials where a user keeps them. Those of the trader before must not linger.
        for name in [name for name in os.environ if name.startswith("BINANCE_")]:
            del os.environ[name]
        os.environ.update(environment)
        self._number = n
        trader = self._make_trader(self._emitter(n), self._noter(n))
        began_ns = time.monotonic_ns()
        result = await trader.start(config)
        self._trader = trader
        return {"started_after_ms": (time.monotonic_ns() - began_ns) // 1_000_000, **result}

    def _emitter(self, number: int) -> Emit:
        def emit(event: dict[str, Any]) -> None:
            self._answers.send({"kind": protocol.EVENT, "trader": number, **event})

        return emit

    def _noter(self, number: int) -> Note:
        def note(text: str, by: By) -> None:
            self._answers.send({"kind": protocol.NOTE, "trader": number, "by": by, "text": text})

        return note


def run(commands: int, answers_descriptor: int, overlays: list[str]) -> int:
    """Import NautilusTrader, say hello and serve; returns the process's exit code."""
    answers = Answers(answers_descriptor)
    try:
        files = overlay.lay(overlays)
    except overlay.OverlayError as error:
        print(error, file=sys.stderr, flush=True)
        return protocol.OVERLAY_REFUSED
    version = importlib.metadata.version("nautilus_trader")
    generation = 1 if int(version.split(".")[0]) < 2 else 2
    try:
        # Imported only now: the overlay must be laid first, and only one of the two can be imported at all.
        capabilities = importlib.import_module(f".v{generation}.capabilities", __package__).found()
        fields = importlib.import_module(f".v{generation}.native", __package__).fields()
        make_trader = importlib.import_module(f".v{generation}.trader", __package__).Trader
    except Exception as error:
        if blame(error) == "trader":
            raise
        traceback.print_exc()
        return protocol.UNFIT

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=2**22)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(commands, "rb", 0))
        server = Server(answers, make_trader)
        hello = {
            "kind": protocol.HELLO,
            "version": version,
            "generation": generation,
            "python": platform.python_version(),
            "capabilities": capabilities,
            "fields": fields,
            "overlay": files,
        }
        answers.send(hello)
        await server.serve(reader)

    asyncio.run(serve())
    sys.stdout.flush()
    # Not a plain return: threads of the node's Rust side may outlive its stop and would hold the process.
    os._exit(0)
