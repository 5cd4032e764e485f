"""Which lines of the adapter a case runs: told by Python itself, in the subject's process, by a watching overlay.

Every line is reported once, and once more after SIGUSR1, so that watching costs almost no time.
"""

import signal
from contextlib import suppress
from os import kill
from pathlib import Path

from conformance.proof.source.source_mutants import PACKAGE

_WATCH = """
def _watch():
    import os, signal, sys

    out = os.open({out!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    own = {package!r}
    monitoring = sys.monitoring

    def line(code, number):
        if code.co_filename.startswith(own):
            os.write(out, f"{{code.co_filename[len(own):]}}:{{number}}\\n".encode())
        return monitoring.DISABLE

    monitoring.use_tool_id(monitoring.COVERAGE_ID, "conformance")
    monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.LINE, line)
    monitoring.set_events(monitoring.COVERAGE_ID, monitoring.events.LINE)
    signal.signal(signal.SIGUSR1, lambda *_: monitoring.restart_events())


_watch()
"""


class LineWatch:
    """Lays the overlay, and reads what it tells."""

    def __init__(self, package: Path, folder: Path) -> None:
        """`package` is where the adapter is installed, `folder` where the overlay and what it tells are put."""
        self._out = folder / "lines"
        self._laid = folder / "watching"
        self._laid.mkdir(parents=True, exist_ok=True)
        self._out.unlink(missing_ok=True)
        installed = (package / "__init__.py").read_text(encoding="utf-8")
        watching = _WATCH.format(out=str(self._out), package=f"{package}/")
        (self._laid / "__init__.py").write_text(watching + installed, encoding="utf-8")
        self._read = 0

    @property
    def overlay(self) -> dict[str, Path]:
        """What to lay over the version."""
        return {PACKAGE: self._laid}

    def lines(self) -> set[str]:
        """Return the lines that were told since the last call."""
        if not self._out.is_file():
            return set()
        with self._out.open("rb") as file:
            file.seek(self._read)
            told = file.read()
        self._read += len(told)
        return set(told.decode().split())

    @staticmethod
    def begin_again(pid: int) -> None:
        """Have the process tell every line anew."""
        with suppress(ProcessLookupError):
            kill(pid, signal.SIGUSR1)
