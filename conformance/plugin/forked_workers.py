"""A run's workers, forked from one process that has loaded the contract while the controlling process prepares."""

import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from conformance.plugin.showing import runs_nothing
from conformance.running import worker_server, worker_stand_in

_LONGEST = 100
"""Bytes of a path that a socket can have."""


# The credentials of the testnet come with another plugin's.
@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Have a process load what the workers will need, where there are to be any (Linux)."""
    workers = config.getoption("numprocesses", None) or 0
    if sys.platform == "linux" and workers > 1 and not hasattr(config, "workerinput") and not runs_nothing(config):
        server = WorkerServer.started()
        if server is not None:
            config.pluginmanager.register(server, "conformance-worker-server")


class WorkerServer:
    """The process that workers are forked from, and where it is asked."""

    def __init__(self, where: Path, lifeline: socket.socket, process: subprocess.Popen[bytes]) -> None:
        self.where = where
        """The socket at which it is asked, in a folder of its own."""
        self._lifeline = lifeline
        self._process = process

    @classmethod
    def started(cls) -> "WorkerServer | None":
        """Start it, or return None where a socket has no place."""
        where = Path(tempfile.mkdtemp(prefix="workers-"), "asked")
        if len(bytes(where)) > _LONGEST:
            where.parent.rmdir()
            return None
        ours, theirs = socket.socketpair()
        with theirs, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(where))
            listener.listen(128)
            kept = listener.fileno(), theirs.fileno()
            command = [sys.executable, "-P", "-m", worker_server.__name__, *map(str, kept)]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=kept)
        return cls(where, ours, process)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, specs: list[Any]) -> None:
        """Have each worker forked that pytest-xdist would start with this process's own Python."""
        stand_in = [sys.executable, "-I", "-S", worker_stand_in.__file__, str(self.where)]
        for place, spec in enumerate(specs):
            if spec.popen and spec.python is None:
                specs[place] = type(spec)(f"{spec}//id={spec.id}//python={shlex.join(stand_in)}")

    def pytest_unconfigure(self) -> None:
        """End it; workers that it has forked live on."""
        self._lifeline.close()
        self._process.wait()
        shutil.rmtree(self.where.parent, ignore_errors=True)
