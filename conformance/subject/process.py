"""One process of a subject: spawned with a private pair of pipes, talked to line by line, ended for certain.

The process outlives the event loop of the case that started it, so nothing here belongs to a loop for longer than a
trader runs: `attach` binds the pipe to the running loop, `detach` releases it.
"""

import asyncio
import atexit
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Mapping
from typing import Any

from conformance.history.redaction import Redaction

from . import messages
from .child import protocol
from .errors import CommandRefused, NotSupported, SubjectDied, SubjectHung, SubjectMisused
from .logs import LogPipe
from .messages import Message
from .spawning import Spawn

GUARDED = sys.platform == "linux"
_GUARD_KILLS_WITHIN_S = 6.0


class Process:
    """A running child. Every way out of it is an exception of `errors`, or `close`."""

    def __init__(self, spawn: Spawn) -> None:
        self._log = LogPipe(Redaction())
        theirs_in, self._commands = os.pipe()
        self._answers, theirs_out = os.pipe()
        os.set_blocking(self._commands, False)
        os.set_blocking(self._answers, False)
        try:
            self._child = spawn(theirs_in, theirs_out, self._log.writing)
        except BaseException:
            for descriptor in (self._commands, self._answers, self._log.writing):
                os.close(descriptor)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self._log.start()
        self._key = secrets.token_hex(protocol.KEY_LENGTH // 2)
        # An empty pipe has room for it; one that has broken already is noticed where answers are read.
        with contextlib.suppress(BrokenPipeError):
            os.write(self._commands, self._key.encode())
        self._since_ns = time.monotonic_ns()
        self._buffer = protocol.LineBuffer()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pending: dict[int, tuple[str, asyncio.Future[Message]]] = {}
        self._greeting: asyncio.Future[Message] | None = None
        self._numbers = 0
        self._trusted = True
        self.hello: Message | None = None
        self.ended = False
        self.on_message: Callable[[Message], None] = _ignore
        self.on_note: Callable[[Message], None] = _ignore
        self.on_end: Callable[[SubjectDied], None] = _ignore
        _living.add(self)

    @property
    def pid(self) -> int:
        """The process id, of the subject itself once it has said hello (see `child.guard`)."""
        return self._child.pid if self.hello is None else int(self.hello["pid"])

    @property
    def log(self) -> LogPipe:
        """The process's output."""
        return self._log

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal, None while it runs."""
        return self._child.poll()

    def attach(self) -> None:
        """Read answers on the running loop from now on."""
        self.detach()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._answers, self._on_readable)

    def detach(self) -> None:
        """Let go of the loop; what the child says meanwhile waits in the pipe."""
        if self._loop is not None and not self._loop.is_closed() and not self.ended:
            self._loop.remove_reader(self._answers)
        self._loop = None

    async def greeted(self, within_s: float) -> Message:
        """Return the child's hello, waiting for it; raises `SubjectDied` or `SubjectHung`."""
        if self.hello is None:
            self._raise_if_ended("its start")
            self._greeting = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(within_s):
                    return await self._greeting
            except TimeoutError:
                raise await self._hung("hello", within_s) from None
            finally:
                self._greeting = None
        return self.hello

    def next_number(self) -> int:
        """Return the number for the next command."""
        self._numbers += 1
        return self._numbers

    async def ask(self, n: int, op: str, arguments: Mapping[str, Any], within_s: float) -> Message:
        """Send one command and return its reply.

        Raises `CommandRefused` if the trader refuses, `NotSupported` if the version does not have what is asked for,
        `SubjectMisused` if the suite is at fault, `SubjectDied` if the
        child ends before answering, and `SubjectHung`, after killing it, if nothing of all this happens within
        `within_s` seconds.
        """
        self._raise_if_ended(op)
        answered: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._pending[n] = (op, answered)
        try:
            async with asyncio.timeout(within_s):
                await self._write(protocol.encode({"n": n, "op": op, **arguments}))
                reply = await answered
        except TimeoutError:
            raise await self._hung(op, within_s) from None
        except asyncio.CancelledError as cut_short:
            cut_short.add_note(f"waiting for the trader's answer to {op}")
            raise
        finally:
            self._pending.pop(n, None)
        if not reply["ok"]:
            if reply.get("by") == "version":
                raise NotSupported(str((self.hello or {}).get("version")), str(reply["error"]))
            error = SubjectMisused if reply.get("by") == "suite" else CommandRefused
            raise error(op, self._log.redacted(str(reply["error"])), self._log.tail())
        return reply

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the subject itself, as a service manager or a terminal does."""
        if self._child.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Have the process and all that it started killed; returns once they are."""
        if GUARDED and self._child.poll() is None:
            # Its guard kills what it watches over. A subject is no guard: it would take it as a wish to stop.
            self._child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(_GUARD_KILLS_WITHIN_S)
        if self._child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    async def close(self, patience_s: float = 1.0) -> None:
        """End the process: by hanging up, and by SIGKILL if that does not end it in `patience_s`. Idempotent."""
        self.detach()
        self._hang_up()
        try:
            await asyncio.to_thread(self._child.wait, patience_s)
        except subprocess.TimeoutExpired:
            await asyncio.to_thread(self.kill)
        self._bury()

    def close_now(self) -> None:
        """End the process without a loop: for the interpreter's exit and for signals."""
        self.detach()
        self.kill()
        self._hang_up()
        self._bury()

    def _bury(self) -> None:
        self._log.finish()
        if self._answers >= 0:
            os.close(self._answers)
            self._answers = -1
        self.ended = True
        _living.discard(self)

    def _hang_up(self) -> None:
        if self._commands >= 0:
            os.close(self._commands)
            self._commands = -1

    async def _write(self, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            try:
                rest = rest[os.write(self._commands, rest) :]
            except BlockingIOError:
                await self._writable()
            except BrokenPipeError:
                return  # its death is noticed, and reported with its exit code, where answers are read

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        writable = asyncio.Event()
        loop.add_writer(self._commands, writable.set)
        try:
            await writable.wait()
        finally:
            loop.remove_writer(self._commands)

    def _on_readable(self) -> None:
        try:
            data = os.read(self._answers, 1 << 18)
        except BlockingIOError:
            return
        for line in self._buffer.feed(data) if data else self._buffer.flush():
            if not self._trusted:
                break
            try:
                self._take(*messages.read(line, self._key, numbers=self._numbers, since_ns=self._since_ns))
            except protocol.ProtocolError as error:
                # Nothing it says can be trusted after that; what waits for an answer learns of its death instead.
                self._log.write(f"the suite: not a line of the protocol: {error}")
                self._trusted = False
                self.kill()
        if not data:
            self._on_eof()

    def _take(self, kind: str, message: Message) -> None:
        if kind == protocol.REPLY:
            op, answered = self._pending.get(message["n"], ("", None))
            if answered is not None and not answered.done():
                if message["ok"]:
                    messages.check_reply(op, message)
                answered.set_result(message)
        elif kind == protocol.HELLO:
            if self.hello is not None:
                raise protocol.ProtocolError("a second hello")
            self.hello = message
            if self._greeting is not None and not self._greeting.done():
                self._greeting.set_result(message)
        elif kind == protocol.NOTE:
            self._log.write(f"the suite's child: {message['text']}")
            self.on_note(message)
        else:
            self.on_message(message)

    def _on_eof(self) -> None:
        assert self._loop is not None
        self._loop.remove_reader(self._answers)
        self.ended = True
        # The pipe closes a moment before the process can be reaped.
        try:
            self._child.wait(1.0)
        except subprocess.TimeoutExpired:
            self.kill()
        self._log.finish()
        during = next((op for op, _ in self._pending.values()), "its start" if self.hello is None else "no command")
        died = SubjectDied(during, self._child.poll(), self._log.tail())
        waiting = [answered for _, answered in self._pending.values()]
        if self._greeting is not None:
            waiting.append(self._greeting)
        for future in waiting:
            if not future.done():
                future.set_exception(died)
        self.on_end(died)

    def _raise_if_ended(self, during: str) -> None:
        if self.ended or self._commands < 0:
            raise SubjectDied(during, self._child.poll(), self._log.tail())

    async def _hung(self, op: str, seconds: float) -> SubjectHung:
        hung = SubjectHung(op, seconds, self._log.tail())
        await self.close(patience_s=0)
        return hung


def _ignore(_: object) -> None:
    pass


_living: "weakref.WeakSet[Process]" = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for process in list(_living):
        process.close_now()
