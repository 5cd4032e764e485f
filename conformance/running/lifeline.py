"""A small pytest plugin by which pytest ends when the command line that started it is gone, however it went.

The command line holds the other end of a pipe. Whatever ends it, SIGKILL included, closes that end, as only the system
can; pytest's workers and the subjects hang on pytest in the same way.
"""

import json
import os
import signal
import threading

from conformance.running.pytest_process import GRACE_S, LIFELINE


def pytest_configure() -> None:
    """Watch the pipe, if there is one; processes that pytest starts do not inherit it."""
    inherited = os.environ.pop(LIFELINE, None)
    if inherited is not None:
        os.set_inheritable(int(inherited), False)
        os.environ.update(_handed_over(int(inherited)))
        threading.Thread(target=_end_on_hang_up, args=(int(inherited),), name="lifeline", daemon=True).start()


def _handed_over(pipe: int) -> dict[str, str]:
    """Return the credentials that come first on the pipe, {} where it hangs up before."""
    line = b""
    while not line.endswith(b"\n"):
        if not (byte := os.read(pipe, 1)):
            return {}
        line += byte
    handed_over: dict[str, str] = json.loads(line)
    return handed_over


def _end_on_hang_up(pipe: int) -> None:
    # Nothing more is ever written to it, so that this returns once its other end is closed.
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGINT)
    threading.Event().wait(GRACE_S)
    # Its session is its own, and it did not listen.
    os.killpg(os.getpid(), signal.SIGKILL)
