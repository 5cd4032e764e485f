"""Nothing that the subject starts outlives it: not a process of another session, not one whose parent has gone.

Linux only. The process that the suite has started forks once, before anything of the version runs. Its child goes
on as the subject. It stays itself as the guard: the kernel gives it every orphan among its descendants, and when the
subject ends it kills what is left of them, then ends in the same way, so that the suite sees the subject's own end.
Elsewhere a process that has left the group is not seen.
"""

import ctypes
import faulthandler
import os
import resource
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_HEARD = {signal.SIGCHLD, signal.SIGTERM}
_LOOK_EVERY_S = 1.0
_KILL_WITHIN_S = 5.0


def stand(parent_pid: int, closing: Iterable[int], *, by_kernel: bool) -> int:
    """Fork, and return in the child as the subject; return the process id that the subject must end with.

    The guard never returns. SIGTERM to it kills the subject and all that it started; so does the end of the parent, of
    which the kernel tells it at once (`by_kernel`, see `lifeline`), or its own look a second later. `closing` are the
    descriptors that are the subject's alone.
    """
    if sys.platform != "linux":
        return parent_pid
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
    take_orphans()
    if by_kernel:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    guard = os.getpid()
    subject = os.fork()
    if subject != 0:
        _stand_by(subject, parent_pid, closing)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return guard


def take_orphans() -> None:
    """Have the kernel give this process every orphan among its descendants."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(what: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(what, value, 0, 0, 0)


def _stand_by(subject: int, parent_pid: int, closing: Iterable[int]) -> NoReturn:
    _let_go(closing)
    status = _watch(subject, parent_pid)
    kill_the_rest()
    _end_as(status)


def _let_go(closing: Iterable[int]) -> None:
    """Keep nothing open that is the subject's: the end of its pipes is how the suite sees its end."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in closing:
        os.close(descriptor)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def _watch(subject: int, parent_pid: int) -> int:
    """Return how the subject ended, once it has; reap the orphans that end before it."""
    while True:
        heard = signal.sigtimedwait(_HEARD, _LOOK_EVERY_S)
        if (heard is not None and heard.si_signo == signal.SIGTERM) or os.getppid() != parent_pid:
            os.kill(subject, signal.SIGKILL)
        for ended, status in _reaped():
            if ended == subject:
                return status


def _reaped() -> Iterator[tuple[int, int]]:
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if ended == 0:
            return
        yield ended, status


def kill_the_rest() -> None:
    """Kill every descendant that is left: the children of one that is killed become this process's own."""
    until = time.monotonic() + _KILL_WITHIN_S
    while time.monotonic() < until:
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        for child in children():
            os.kill(child, signal.SIGKILL)
        signal.sigtimedwait({signal.SIGCHLD}, 0.05)


def children() -> Iterator[int]:
    """Return the process ids of this process's children."""
    me = os.getpid()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                # The command's name stands in brackets and may hold anything; state and parent follow it.
                parent = int((folder / "stat").read_bytes().rpartition(b")")[2].split()[1])
            except OSError:
                continue
            if parent == me:
                yield int(folder.name)


def _end_as(status: int) -> NoReturn:
    """End with the exit code, or by the signal, by which the subject ended."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        os._exit(code)
    faulthandler.disable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if code not in (-signal.SIGKILL, -signal.SIGSTOP):
        signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {-code})
    os.kill(os.getpid(), -code)
    os._exit(128 - code)
