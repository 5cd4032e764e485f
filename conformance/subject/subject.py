"""A subject that runs: its process, and the traders it is asked to start, one at a time."""

import contextlib
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from conformance.history.redaction import Redaction

from .child.protocol import OVERLAY_REFUSED, UNFIT
from .errors import ProvisionFailed, StopFailed, SubjectDied, SubjectError, SubjectHung, SubjectMisused
from .log_watch import LogWatch
from .messages import Message
from .process import Process
from .provision import Installation
from .signals import StopSignal
from .spawning import ForkServer, child_command, from_scratch

HELLO_WITHIN_S = 60.0
"""Importing NautilusTrader takes 1.3 s warm; a cold disk or a busy machine takes its time."""

OnLine = Callable[[Message], None]


class TraderLink:
    """One running trader, driven by commands; its events go to `on_event` as they happen."""

    def __init__(
        self,
        subject: "Subject",
        process: Process,
        config: Mapping[str, Any],
        listeners: "Listeners",
        redact: Redaction,
        *,
        reusable: bool,
    ) -> None:
        """`reusable` says whether the process may serve another trader after this one."""
        self._subject = subject
        self._process = process
        self._listeners = listeners
        self._redact = redact
        self.reusable = reusable
        self._number: int | None = None
        self.config = dict(config)
        self.died: SubjectDied | None = None
        self._signalled: signal.Signals | None = None
        process.on_message = self._on_message
        process.on_note = self._on_note
        process.on_end = self._on_end

    @property
    def pid(self) -> int:
        """The id of the process that the trader runs in."""
        return self._process.pid

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> Message:
        """Carry out one command and return its reply: `n`, `ok`, and what the operation adds.

        Orders that reach the strategy reply with `ns_called`, monotonic ns just before the native call. Raises
        `CommandRefused`, `SubjectDied` or `SubjectHung`, the last after `within_s` seconds, and `SubjectMisused` where
        the mistake is the suite's own.
        """
        return await self._command(op, arguments, arguments, within_s)

    async def stop(self, *, graceful: bool = False, by: StopSignal | None = None, within_s: float = 15.0) -> None:
        """Stop the trader; idempotent.

        It is told so natively, or `by` a signal to its process, which a node of 2.x hears in its own run (`own_run`):
        one that ends the process at once has stopped the trader too.

        A 1.x trader stops the native way and its process stays for the next one. A 2.x trader takes a second to do so:
        by default its process ends at once, with sockets closed but the listen key left to expire; `graceful=True`
        makes it wait. Raises the errors of a command, and `SubjectHung` also for a trader that was to stop the native
        way and did not do so cleanly in its time, of which `StopFailed` is one that ended with an error of its own:
        nothing of it may act during the next one, so its process is ended.
        """
        if self._subject.trader is not self:
            return
        native = self._subject.generation == 1
        if self.died is None and not self._process.ended:
            told: dict[str, Any] = {"graceful": graceful or native or by is not None}
            if by is not None:
                told["by"] = by
                self._signal(by)
            try:
                reply = await self._command("stop", told, told, within_s)
                if raised := reply.get("raised"):
                    raise StopFailed(self._redact.hide(raised), reply["within_s"], self._process.log.tail())
                if told["graceful"] and not reply["clean"]:
                    raise SubjectHung("stop", reply["within_s"], self._process.log.tail(), answered=True)
            except BaseException as error:
                await self._subject.release(self, reusable=False)
                if isinstance(error, SubjectDied) and self._is_asked_for(error):
                    return
                raise
        await self._subject.release(self, reusable=native and self.reusable and self.died is None)

    def _signal(self, by: StopSignal) -> None:
        if self._subject.generation == 2 and not self.config.get("own_run"):
            raise SubjectMisused("stop", "a 2.x node hears signals in its own run alone: start it with own_run = true")
        self._signalled = signal.Signals[by]
        self._process.send_signal(self._signalled)

    async def kill(self) -> None:
        """SIGKILL the trader's process, as a crash would; the next trader gets a new one."""
        if self._subject.trader is self:
            # The process never hears of it, but what the trader had still to tell is lost from here on.
            self._listeners.on_command({"n": self._process.next_number(), "op": "kill"})
            self._process.kill()
            await self._subject.release(self, reusable=False)

    async def _begin(self, environment: Mapping[str, str], within_s: float) -> None:
        self._number = self._process.next_number()
        shown = {"config": self.config}
        # Credentials travel on the private pipe, and are left out of what `on_command` gets.
        await self._command("start", shown, {**shown, "environment": dict(environment)}, within_s, n=self._number)

    async def _command(
        self, op: str, shown: Mapping[str, Any], sent: Mapping[str, Any], within_s: float, n: int | None = None
    ) -> Message:
        n = self._process.next_number() if n is None else n
        self._listeners.on_command({"n": n, "op": op, **shown})
        try:
            reply = await self._process.ask(n, op, sent, within_s)
        except (SubjectError, SubjectMisused) as error:
            self._listeners.on_reply({"n": n, "ok": False, "error": self._redact.hide(str(error).splitlines()[0])})
            raise
        self._listeners.on_reply(reply)
        return reply

    def _on_message(self, message: Message) -> None:
        # A late event of the trader before must not pass for one of this. The event keeps its number: a history
        # may hold several traders.
        if message.get("trader") != self._number:
            return
        if "reason" in message:
            message["reason"] = self._redact.hide(message["reason"])
        self._listeners.on_event(message)

    def _on_note(self, message: Message) -> None:
        if message["trader"] == self._number and message["by"] == "suite":
            self._listeners.on_note(self._redact.hide(message["text"]))

    def _on_end(self, died: SubjectDied) -> None:
        self.died = died
        if not self._is_asked_for(died):
            self._listeners.on_end(died)

    def _is_asked_for(self, died: SubjectDied) -> bool:
        return self._signalled is not None and died.returncode == -self._signalled


class Listeners:
    """A trader's callbacks, each called on the loop, in the order of the pipe."""

    def __init__(
        self,
        on_event: OnLine,
        on_command: OnLine | None = None,
        on_reply: OnLine | None = None,
        on_end: Callable[[SubjectDied], None] | None = None,
        on_note: Callable[[str], None] | None = None,
    ) -> None:
        self.on_event = on_event
        self.on_command = on_command or _ignore
        self.on_reply = on_reply or _ignore
        self.on_end = on_end or _ignore
        self.on_note = on_note or _ignore


class Subject:
    """A NautilusTrader version, ready to start traders in a process of its own.

    `logs` is the folder of the traders' log files, `overlay` maps packages to folders laid over them in the process,
    `environment` holds the traders' credentials under the names the factory reads. Use it as an async context manager,
    or `close` it.
    """

    def __init__(
        self,
        installation: Installation,
        logs: Path,
        overlay: Mapping[str, Path] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.installation = installation
        self.trader: TraderLink | None = None
        self.hello: Message = {}
        self._logs = logs
        self._overlay = dict(overlay or {})
        self._environment = dict(environment or {})
        self._process: Process | None = None
        self._forks: ForkServer | None = None
        self._traders = 0
        self._used = False
        """Whether the process has had a trader."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def generation(self) -> int:
        """1 for 1.x, 2 for 2.x; known once the process has said hello."""
        return int(self.hello["generation"])

    @property
    def pid(self) -> int | None:
        """The id of the process that is ready or running, or None."""
        return None if self._process is None or self._process.ended else self._process.pid

    @property
    def capabilities(self) -> list[str]:
        """What the version can be asked for, as its process found."""
        return list(self.hello["capabilities"])

    @property
    def fields(self) -> dict[str, list[str]]:
        """The native fields that the version's configs have, by section (`client`, `exec_engine`, …)."""
        return dict(self.hello["fields"])

    async def start(self) -> Message:
        """Have a process running and return its hello: version, generation, python, capabilities, fields, overlay."""
        await self._running()
        return self.hello

    async def start_trader(
        self,
        config: Mapping[str, Any],
        on_event: OnLine,
        *,
        environment: Mapping[str, str] | None = None,
        name: str | None = None,
        on_command: OnLine | None = None,
        on_reply: OnLine | None = None,
        on_end: Callable[[SubjectDied], None] | None = None,
        on_note: Callable[[str], None] | None = None,
        watch: LogWatch | None = None,
        within_s: float = 60.0,
    ) -> TraderLink:
        """Start a trader and return once it is connected and its strategy runs.

        `environment` replaces the subject's, for a case with other credentials. `name` names the log file. `on_command`
        and `on_reply` see every command (without credentials) and reply, `on_end` the death of the process, and
        `on_note` what went wrong in the suite's own code beside the trader (a traceback, redacted): an event may be
        missing then, and what the run shows is not the version's doing. `watch` reads the log before it is redacted; a
        trader that has one has a process to itself, which logs at its level, and whose end is the log's. Every event
        carries as `trader` the number of its start command, the same `n` that `on_command` sees. The one trader that
        may run already must be stopped first. Raises `CommandRefused` when the node does not come up, with its last log
        lines, and the other errors of a command.
        """
        if self.trader is not None:
            raise SubjectMisused("start", "a trader runs already in this subject; stop it first")
        given = self._environment if environment is None else environment
        process = await self._running(fresh=watch is not None)
        self._traders += 1
        self._used = True
        redact = Redaction(secrets=given.values())
        process.log.turn_to(self._logs / f"{name or f'trader-{self._traders:03}'}.log", redact, watch)
        listeners = Listeners(on_event, on_command, on_reply, on_end, on_note)
        link = TraderLink(self, process, config, listeners, redact, reusable=watch is None)
        self.trader = link
        try:
            await link._begin(given, within_s)
        except BaseException:
            await self.release(link, reusable=False)
            raise
        return link

    async def release(self, link: TraderLink, *, reusable: bool) -> None:
        """Let go of a trader that has ended; a process that cannot serve another is ended with it."""
        if self.trader is not link or self._process is None:
            return
        self.trader = None
        if reusable and not self._process.ended:
            self._process.detach()
            return
        process, self._process = self._process, None
        # One whose log is watched ends by itself, so that all of it is read.
        await process.close(patience_s=0 if link.died is None and link.reusable else 1)
        # The next process gets ready while the next case does.
        self._process = self._spawn()

    async def close(self) -> None:
        """End everything that this subject started. Idempotent."""
        self.trader = None
        process, self._process = self._process, None
        if process is not None:
            await process.close()
        forks, self._forks = self._forks, None
        if forks is not None:
            forks.close()

    async def _running(self, *, fresh: bool = False) -> Process:
        """Return a process that is ready for a trader, one that had none if it is to be `fresh`."""
        if self._process is None or self._process.returncode is not None or (fresh and self._used):
            if self._process is not None:
                await self._process.close()
            self._process = self._spawn()
        process = self._process
        process.attach()
        try:
            self.hello = await process.greeted(HELLO_WITHIN_S)
        except BaseException as error:
            self._process = None
            await process.close()
            if isinstance(error, SubjectDied) and error.returncode == OVERLAY_REFUSED:
                raise ProvisionFailed(self.installation.version, "laying an overlay", error.log_tail) from error
            if isinstance(error, SubjectDied) and error.returncode == UNFIT:
                said = f"the child's code does not load beside NautilusTrader {self.installation.version}"
                raise SubjectMisused("hello", said, error.log_tail) from error
            raise
        if self.hello["version"] != self.installation.version:
            raise ProvisionFailed(
                self.installation.version,
                "verification",
                f"its process says that it is {self.hello['version']}; remove {self.installation.python.parents[1]}",
            )
        return process

    def _spawn(self) -> Process:
        self._used = False
        command = child_command(self.installation.python, self._overlay)
        if self._forks is not None and self._forks.ready:
            # One that dies just now, or has no memory for another, is done without.
            with contextlib.suppress(OSError):
                return Process(self._forks.fork)
        # A 1.x process serves trader after trader, and has threads from its imports on.
        if self._forks is None and sys.platform == "linux" and self.hello and self.generation == 2:
            self._forks = ForkServer(command)
        return Process(from_scratch(command))


def _ignore(_: object) -> None:
    pass
