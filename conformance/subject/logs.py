"""The subject's own output: read through a pipe, redacted on the way, kept in one file per trader.

A thread reads it, not the event loop: a chatty node must never block on its log because a case keeps the loop busy, and
a process outlives the loop of the case that started it.
"""

import contextlib
import os
import threading
from collections import deque
from pathlib import Path
from typing import TextIO

from conformance.history.plain import plain
from conformance.history.redaction import Redaction

from .log_watch import LogWatch

TAIL_LINES = 40
"""Lines quoted in an error."""
LONGEST_LINE = 64 * 1024
LARGEST_LOG = 64 * 1024 * 1024
"""What is written of one trader's output, in characters: one that writes for ever must not fill the disk."""


class LogPipe:
    """Drains one process's stdout and stderr into the file of whichever trader runs in it."""

    def __init__(self, redact: Redaction) -> None:
        reading, self.writing = os.pipe()
        self._redact = redact
        self._watch: LogWatch | None = None
        self._lock = threading.Lock()
        self._file: TextIO | None = None
        self._left = LARGEST_LOG
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._thread = threading.Thread(target=self._drain, args=(reading,), name="subject-log", daemon=True)

    def start(self) -> None:
        """Start reading; our copy of the writing end is closed, so that the process's end is the pipe's end."""
        os.close(self.writing)
        self._thread.start()

    def turn_to(self, path: Path, redact: Redaction, watch: LogWatch | None = None) -> None:
        """Write what comes from now on to `path`, and quote only that; `watch` sees it before it is redacted."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            self._close_file()
            self._redact = redact
            self._watch = watch
            self._tail.clear()
            self._left = LARGEST_LOG
            self._file = path.open("w", encoding="utf-8")

    def write(self, text: str) -> None:
        """Put the suite's own remark among the lines."""
        with self._lock:
            for line in text.splitlines():
                self._write(line)

    def redacted(self, text: str) -> str:
        """Return the text without the secrets of the trader that runs."""
        with self._lock:
            return self._redact.hide(text)

    def tail(self) -> str:
        """Return the last lines, redacted."""
        with self._lock:
            return "\n".join(self._tail)

    def finish(self, within_s: float = 2.0) -> None:
        """Wait until the pipe has been read to its end (the process must be gone), then close the file."""
        self._thread.join(within_s)
        with self._lock:
            self._close_file()

    def _drain(self, reading: int) -> None:
        with os.fdopen(reading, "rb", 0) as pipe:
            rest = b""
            # Whole lines only, or a secret could be cut in two and pass unseen.
            while chunk := pipe.read(65536):
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > LONGEST_LINE:
                    lines, rest = [*lines, rest], b""
                self._take([line.decode(errors="replace") for line in lines])
            self._take([rest.decode(errors="replace")])

    def _take(self, lines: list[str]) -> None:
        """Write down what the node has said."""
        with self._lock:
            for said in lines:
                for line in said.splitlines():
                    if self._watch is not None:
                        self._watch.read(line)
                    self._write(line)

    def _write(self, line: str) -> None:
        clean = plain(self._redact.hide(line))[:LONGEST_LINE]
        self._tail.append(clean)
        if self._file is None:
            return
        self._left -= len(clean) + 1
        if self._left < 0:
            clean = f"the suite: more than {LARGEST_LOG} characters, the rest is left out"
        try:
            self._file.write(clean + "\n")
            self._file.flush()
            if self._left < 0:
                self._close_file()
        except OSError as error:
            # The pipe must be read on: a node that blocks on its log would seem to hang, for the fault of a full disk.
            self._tail.append(f"the suite: from here on the log could not be written: {error}")
            self._close_file()

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()
