"""pytest in a process of its own: started, watched for news, and stopped with all that it started."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from conformance.subject.installations import cache_folder
from conformance.subject.secrecy import secrets_of, without_secrets

#: After SIGINT pytest may stop its traders; one that has not by then is killed with all it started.
GRACE_S = 15.0
#: The environment variable with the pipe that the plugin `conformance.running.lifeline` watches in pytest.
LIFELINE = "CONFORMANCE_LIFELINE"
#: How often a follower looks for new lines.
POLL_S = 0.1
#: Whatever begins so, but what only says how text and bytecode are written.
_NOT_PASSED_ON = ("PYTEST_", "PYTHON", "LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_")
_PASSED_ON = (
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED", "PYTHONNOUSERSITE"),
    *("PYTHONUTF8", "PYTHONIOENCODING", "PYTHON_GIL", "PYTEST_DEBUG_TEMPROOT"),
)


class PytestProcess:
    """A running pytest. Its session is its own, so that Ctrl-C reaches it once, from `stop`, and not twice."""

    def __init__(self, command: Sequence[str], log: Path | None) -> None:
        """Start it; its output goes to `log`, or to the terminal."""
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
        self._log = None if log is None else log.open("wb")
        watched, held = os.pipe()
        self._lifeline: int | None = held
        try:
            self._process = subprocess.Popen(
                command,
                stdout=self._log,
                stderr=subprocess.STDOUT if self._log else None,
                start_new_session=True,
                env=environment() | {LIFELINE: str(watched)},
                pass_fds=(watched,),
            )
        finally:
            os.close(watched)
        # The credentials of the testnet, which stand in no environment that others can read.
        with suppress(BrokenPipeError):
            os.write(held, json.dumps(secrets_of(os.environ)).encode() + b"\n")
        self._news = time.monotonic()

    @property
    def exit_code(self) -> int | None:
        """Its exit code once it has ended, negative for a signal."""
        return self._process.poll()

    @property
    def silent_s(self) -> float:
        """For how long it has been running without news; 0 once it has ended."""
        return time.monotonic() - self._news if self.exit_code is None else 0.0

    def has_news(self) -> None:
        """Note that it has just shown progress."""
        self._news = time.monotonic()

    def stop(self) -> None:
        """Ask pytest to end as Ctrl-C would, then kill it and whatever it started. Does no harm a second time."""
        try:
            if self.exit_code is None:
                self._process.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(GRACE_S)
        finally:
            # Also when the wait is interrupted: who asks twice, as a closed terminal does, waits no longer.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        if self._log is not None:
            self._log.close()


def environment() -> dict[str, str]:
    """Return the environment for a pytest that runs what the command line says, and not what the user's pytest does.

    What else would load code into it, or keep asserts from being made, stays out too: a user's `PYTEST_PLUGINS`, paths
    and start-up files belong to his own programs. Each worker imports the whole suite: where Python is to write no
    bytecode beside its modules, as in many containers, it is kept in the suite's cache, which halves the time until the
    first case.
    """
    kept = {name: value for name, value in without_secrets(os.environ).items() if not name.startswith(_NOT_PASSED_ON)}
    kept |= {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    if kept.pop("PYTHONDONTWRITEBYTECODE", None):
        kept.setdefault("PYTHONPYCACHEPREFIX", str(cache_folder().with_name("bytecode")))
    return kept


def python_pytest() -> list[str]:
    """Return the beginning of every pytest command.

    `-P` keeps the working folder off `sys.path`: a user's own `redis.py` there would be taken for the library.
    """
    return [sys.executable, "-P", "-m", "pytest"]


def last_words(log: Path | None, lines: int = 15) -> str:
    """Return the end of a log, indented, to end a message with; empty without a log."""
    if log is None or not log.is_file():
        return ""
    text = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return "".join(f"\n    {line}" for line in [f"the end of {log}:", *text[-lines:]])
