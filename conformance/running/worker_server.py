"""Loads the contract once, and forks a pytest-xdist worker from what is loaded whenever one is asked for.

To load it takes a second of a core, and a run has seven workers for each core. Linux only, and only where loading has
left one thread: nothing else can be forked whole.
"""

import gc
import os
import select
import signal
import socket
import sys
import threading
from importlib import import_module
from pathlib import Path

from conformance.running.worker_stand_in import READY
from conformance.subject.secrecy import hide_from_others

#: What a worker needs beside the contract, but for pytest's plugins, which pytest loads itself.
_OF_A_WORKER = (
    "execnet",
    "pytest",
    "conformance.kit.given",
    "conformance.running.identity",
    "conformance.subject.provision",
    "conformance.verdict.classify",
    "conformance.verdict.results",
    "conformance.worlds.entering",
    "conformance.worlds.simulator",
)
_ENDS = 3
"""The file descriptors that come with a request: the worker's standard ones."""


def main(listener: int, lifeline: int) -> None:
    """Load, then fork for each request until the other end of `lifeline` is closed; returns in a worker once it ends.

    Stand-ins connect to `listener` meanwhile and wait; where it ends unready they start their workers from scratch.
    """
    hide_from_others()
    # Ctrl-C reaches the whole group: whoever started this process ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _load()
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        return
    # Nobody waits for the workers here.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server, held = socket.socket(fileno=listener), socket.socket(fileno=lifeline)
    while held not in select.select([server, held], [], [])[0]:
        asked, _ = server.accept()
        ends = _ends_from(asked)
        if len(ends) == _ENDS and os.fork() == 0:
            server.close()
            held.close()
            _work(asked, ends)
            return
        for end in ends:
            os.close(end)
        asked.close()


def _load() -> None:
    gc.disable()
    for name in _OF_A_WORKER:
        import_module(name)
    import_module("conformance.kit.catalogue").contract()
    for name, module in list(sys.modules.items()):
        if "." not in name and hasattr(module, "__path__"):
            # pytest would warn of each that belongs to a plugin's distribution that it comes too late to rewrite it.
            module.__doc__ = f"{module.__doc__ or ''}\nPYTEST_DONT_REWRITE"
    # A collector that goes through what is loaded would copy, in every worker, the memory that all of them share.
    gc.freeze()
    gc.enable()


def _ends_from(asked: socket.socket) -> list[int]:
    """Return the ends that a stand-in hands over: none where it has been killed."""
    try:
        asked.sendall(READY)
        return socket.recv_fds(asked, 1, _ENDS)[1]
    except OSError:
        return []


def _work(asked: socket.socket, ends: list[int]) -> None:
    """Be a worker, as Python is that pytest-xdist has started."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for standard, end in enumerate(ends):
        os.dup2(end, standard)
        os.close(end)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    threading.Thread(target=_end_with, args=(asked,), name="stand-in", daemon=True).start()
    # What pytest-xdist has Python do in a worker: its first line is the program.
    exec(eval(sys.stdin.readline()), {"__name__": "__main__"})


def _end_with(asked: socket.socket) -> None:
    """End when the stand-in does: whoever kills a worker kills that."""
    asked.recv(1)
    os._exit(1)
