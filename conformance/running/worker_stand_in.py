"""Stands in for a pytest-xdist worker: pytest-xdist starts this process, and another one forks the worker.

`python worker_stand_in.py SOCKET …`, the rest being what Python is given for a worker. It hands its own ends over, by
which the worker then speaks, and lives as long as the worker. Where nobody forks one it becomes the worker itself.
"""

import os
import signal
import socket
import sys

READY = b"r"
_NEEDED = ("LD_LIBRARY_PATH", "PATH")
"""What a Python may need to start."""


def main(where: str, arguments: list[str]) -> None:
    """Have the worker forked, and wait for its end."""
    asked = socket.socket(socket.AF_UNIX)
    try:
        asked.connect(where)
        forks = asked.recv(1) == READY
    except OSError:
        forks = False
    if not forks:
        os.execv(sys.executable, [sys.executable, *arguments])
    socket.send_fds(asked, [READY], [0, 1, 2])
    # The end of the worker's pipes is how its end is seen: they have to be the worker's alone.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nowhere, descriptor)
    # Ctrl-C is the worker's to hear, which ends its case in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked.set_inheritable(True)
    # A process shows what it was started with for as long as it runs, secrets in its environment as well.
    waits = f"import os; os.read({asked.fileno()}, 1)"
    needed = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", waits], needed)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
