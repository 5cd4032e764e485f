"""Starts a subject's processes: each from scratch, or forked from a process that has loaded the version already."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from conformance.locations import FACTORY

from .child.fork_server import READY, REPLY_SIZE

CHILD = Path(__file__).with_name("child")

ROOTS = Path(__file__).with_name("roots")
"""A folder with one root certificate, whose key was thrown away: a subject trusts nobody."""
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
"""All else stays behind: the user's own Binance keys, Python paths, and proxies, through which loopback may not go."""


def child_command(python: Path, overlay: Mapping[str, Path]) -> list[str]:
    """Return the command that starts the child, still without its descriptors and its parent's id."""
    laid = [f"--overlay={module}={folder.resolve()}" for module, folder in overlay.items()]
    return [str(python), "-I", "-X", "faulthandler", str(CHILD / "__main__.py"), f"--factory={FACTORY}", *laid]


_FORKS_WITHIN_S = 5.0


class Child(Protocol):
    """A process of this process's own; as `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """Its process id."""

    def poll(self) -> int | None:
        """Return its exit code, negative for a signal, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended; raises `subprocess.TimeoutExpired`."""

    def terminate(self) -> None:
        """Send SIGTERM, unless it has ended."""


class Spawn(Protocol):
    """Starts a child that reads commands from and writes answers and output to these descriptors."""

    def __call__(self, commands: int, answers: int, output: int) -> Child:
        """Start it; the descriptors stay open here."""


def from_scratch(command: Sequence[str]) -> Spawn:
    """Return what starts this command, with nothing of this process's environment but what a node needs."""

    def spawn(commands: int, answers: int, output: int) -> Child:
        return _started([*command, f"--commands={commands}", f"--answers={answers}"], (commands, answers), output)

    return spawn


class ForkServer:
    """A process that has loaded a version and forks subjects off it, as `child.fork_server` describes.

    It starts loading when it is made, and serves once it is `ready`: until then, and where the version cannot be
    forked, subjects start from scratch.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._asked, theirs = socket.socketpair()
        # It answers in milliseconds; one that is stuck must not hold the suite up.
        self._asked.settimeout(_FORKS_WITHIN_S)
        with theirs:
            told = f"--fork-server={theirs.fileno()}"
            self._child = _started([*command, told], (theirs.fileno(),), subprocess.DEVNULL)
        self._ready = False

    @property
    def ready(self) -> bool:
        """Whether it can fork a subject now."""
        if not self._ready:
            with contextlib.suppress(BlockingIOError):
                self._ready = self._asked.recv(len(READY), socket.MSG_DONTWAIT) == READY
        return self._ready and self._child.poll() is None

    def fork(self, commands: int, answers: int, output: int) -> Child:
        """Fork a subject; a `Spawn`. Raises `OSError` where the server has ended or the system has no room for it."""
        socket.send_fds(self._asked, [b"f"], [commands, answers, output])
        pid = int(self._asked.recv(REPLY_SIZE) or b"-1")
        if pid < 0:
            raise ProcessLookupError("the fork server has forked nothing")
        return _Forked(pid)

    def close(self) -> None:
        """End it; the subjects that it has forked live on. Idempotent."""
        self._asked.close()
        self._child.terminate()
        self._child.wait()


class _Forked:
    """A child of this process that another process has started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        with self._lock:
            if self._code is None:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
                self._code = os.waitstatus_to_exitcode(status) if ended else None
            return self._code

    def wait(self, timeout: float | None = None) -> int:
        with contextlib.suppress(ProcessLookupError):  # it has been waited for already
            end = os.pidfd_open(self.pid)
            try:
                poll = select.poll()
                poll.register(end, select.POLLIN)
                poll.poll(None if timeout is None else timeout * 1000)
            finally:
                os.close(end)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(f"subject {self.pid}", timeout or 0)
        return code

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def _started(command: Sequence[str], kept: Sequence[int], output: int) -> subprocess.Popen[bytes]:
    arguments = [f"--parent={os.getpid()}"]
    if threading.current_thread() is threading.main_thread():
        arguments.append("--parent-watched-by-kernel")
    return subprocess.Popen(
        [*command, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=kept,
        env=_environment(),
        # A group of its own: Ctrl-C in the terminal reaches the suite only, which then ends the child in order. Not a
        # session: Linux shares its cores among sessions first (autogroup), so that a dozen busy subjects would leave
        # the workers of a run, which are one session, a thirteenth of a core each.
        process_group=0,
    )


def _environment() -> dict[str, str]:
    """Return a subject's environment, in which no certificate of the network's is trusted.

    Its traders speak to the gateway, which is on loopback and without TLS in every world. Each HTTP client of a node
    reads all roots: the machine's took 7 ms of each, and a start of 1.x makes two. Some versions refuse to have none,
    and some read the folder beside the file.
    """
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    roots = {"SSL_CERT_FILE": str(ROOTS / "nobody.pem"), "SSL_CERT_DIR": str(ROOTS)}
    return {**passed, **roots, "RUST_BACKTRACE": "1"}
