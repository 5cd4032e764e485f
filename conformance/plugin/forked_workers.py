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

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @classmethod
    def started(cls) -> "WorkerServer | None":
        """Start it, or return None where there is no place for a socket: workers then start from scratch."""
        where = Path(tempfile.mkdtemp(prefix="workers-"), "asked")
        ours, theirs = socket.socketpair()
        with theirs, socket.socket(socket.AF_UNIX) as listener:
            try:
                listener.bind(str(where))
            except OSError:
                ours.close()
                where.parent.rmdir()
                return None
            listener.listen(128)
            kept = listener.fileno(), theirs.fileno()
            # It takes the suite from where this process has it.
            program = f"import sys; sys.path[:] = {sys.path!r}; from {worker_server.__name__} import main; main{kept}"
            process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.DEVNULL, pass_fds=kept)
        return cls(where, ours, process)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, specs: list[Any]) -> None:
        """Have each worker forked that pytest-xdist would start with this process's own Python."""
        stand_in = [sys.executable, "-I", "-S", worker_stand_in.__file__, str(self.where)]
        for spec in specs:
            if spec.popen and spec.python is None:
                spec.python = shlex.join(stand_in)

    def pytest_unconfigure(self) -> None:
        """End it; workers that it has forked live on."""
        self._process.kill()
        self._process.wait()
        self._lifeline.close()
        shutil.rmtree(self.where.parent, ignore_errors=True)
