"""What a trader's log tells that it must not, seen before it is redacted. Of the secrets themselves nothing is kept."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

#: `2026-11-28T18:50:01.000000000Z [INFO] TRADER-001.ExecEngine: …`, in full or cut short as NautilusTrader writes it.
_LEVEL = re.compile(r"\[(TRACE|DEBUG|DBG|INFO|INF|WARNING|WARN|WRN|ERROR|ERR)\]")
_IN_FULL = {"DBG": "DEBUG", "INF": "INFO", "WRN": "WARN", "WARNING": "WARN", "ERR": "ERROR"}


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """One kind of secret that a log tells at one level: where it does so first, and how often."""

    kind: str
    level: str
    line: int
    times: int

    @property
    def signature(self) -> str:
        """The words by which the same is known again in another run."""
        return f"{self.kind} at {self.level}"


class LogWatch:
    """Reads every line of one trader's log as it comes, on the thread that drains the log."""

    def __init__(self, find: Callable[[str], Iterable[str]]) -> None:
        """`find` returns the kinds of secret in a line."""
        self._find = find
        self._lines = 0
        self._level = "no level"
        self._told: dict[tuple[str, str], Told] = {}

    @property
    def lines(self) -> int:
        """How many lines have been read."""
        return self._lines

    def read(self, line: str) -> None:
        """Look at one line; one without a level of its own belongs to the line before it."""
        self._lines += 1
        if (level := _LEVEL.search(line)) is not None:
            self._level = _IN_FULL.get(level[1], level[1])
        for kind in self._find(line):
            seen = self._told.get((kind, self._level))
            first, times = (seen.line, seen.times) if seen else (self._lines, 0)
            self._told[kind, self._level] = Told(kind, self._level, first, times + 1)

    def told(self) -> list[Told]:
        """Return what has been told so far, in an order that is the same in every run."""
        return sorted(self._told.values())
