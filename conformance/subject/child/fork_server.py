"""Loads the version once, and forks a subject from what is loaded whenever the suite asks for one.

A 2.x trader ends with its process, so every case would load NautilusTrader anew: more work than the case itself. Linux
only, and only where loading has left one thread and no process behind: nothing else can be forked whole.

The suite asks over a socket, and sends with it the ends of the new subject's pipes. The process that comes of it is a
child of the suite, not of this one, so the suite waits for it as for every process that it has started.
"""

import ctypes
import gc
import os
import platform
import socket
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .guard import children, kill_the_rest, take_orphans
from .lifeline import die_with_the_parent

READY = b"ready"
UNFIT_TO_FORK = 87
"""Exit code where what is loaded cannot be forked: the suite starts its subjects one by one, as elsewhere."""
ENDS = 3
"""The file descriptors that come with a request: commands, answers and output of the new subject."""
REPLY_SIZE = 16
_CLONE_PARENT = 0x8000
_SYS_CLONE = {"x86_64": 56, "aarch64": 220}


class Ends(NamedTuple):
    """A forked subject's ends of its pipes."""

    commands: int
    answers: int


def serve(descriptor: int, load: Callable[[], object], *, by_kernel: bool) -> Ends:
    """Load the version, then fork for each request; returns in every forked process, and never in this one.

    Ends when the suite closes its end of the socket at `descriptor`, or dies.
    """
    take_orphans()
    if by_kernel:
        die_with_the_parent()
    load()
    if _cannot_be_forked():
        kill_the_rest()
        os._exit(UNFIT_TO_FORK)
    # A collector that goes through what is loaded would copy, in every subject, the memory that all of them share.
    gc.freeze()
    asked = socket.socket(fileno=descriptor)
    asked.sendall(READY)
    while True:
        _, ends, _, _ = socket.recv_fds(asked, 1, ENDS)
        if len(ends) < ENDS:
            os._exit(0)
        forked = _fork_a_sibling()
        if forked == 0:
            asked.close()
            return _become_a_subject(*ends)
        for each in ends:
            os.close(each)
        asked.sendall(str(forked).encode().ljust(REPLY_SIZE))


def _cannot_be_forked() -> bool:
    threads = len(list(Path("/proc/self/task").iterdir()))
    return threads > 1 or any(children()) or platform.machine() not in _SYS_CLONE


def _fork_a_sibling() -> int:
    """Fork as `os.fork` does, but into a child of this process's own parent.

    Only glibc's own `fork` tells its library the new thread's id, so the sibling forks once more before anything of the
    version runs: that is what `guard.stand` does.
    """
    python, kernel = ctypes.pythonapi, ctypes.PyDLL(None)
    python.PyOS_BeforeFork()
    forked = int(kernel.syscall(_SYS_CLONE[platform.machine()], _CLONE_PARENT, 0, 0, 0, 0))
    if forked == 0:
        python.PyOS_AfterFork_Child()
    else:
        python.PyOS_AfterFork_Parent()
    return forked


def _become_a_subject(commands: int, answers: int, output: int) -> Ends:
    os.setpgid(0, 0)  # as the parent's `spawning` does, and for the same reasons
    for standard in (1, 2):
        os.dup2(output, standard)
    os.close(output)
    return Ends(commands, answers)
