"""The book of trials: a line for each mutant that was tried. Several processes write it, and go on with it later."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

Fate = Literal["caught", "survived", "unreached", "beyond"]
"""A case told the mutant from the version; all that touch it did not; none touches it; no USDⓈ-M trader can meet it."""


class BookError(ValueError):
    """A book that cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One mutant, tried."""

    mutant: str
    kind: Literal["wire", "source", "vacuity"]
    fate: Fate
    case: str | None = None
    """The case that caught it."""
    found: str | None = None
    """What that case did then."""
    tried: int = 0
    """How many cases were played."""
    missed_by: tuple[str, ...] = ()
    """Those that were played and did not tell a survivor: they are not played again."""
    touched_by: int = 0
    """How many cases touch it on the version as it is."""
    seconds: float = 0.0
    text: str = ""
    """The change itself, of a source mutant."""
    why: str | None = None
    """Why no trader meets it."""

    def is_settled(self, at_most: int | None) -> bool:
        """Say whether playing up to `at_most` cases for it could show no more than is known."""
        return self.fate != "survived" or at_most is None or self.tried >= min(self.touched_by, at_most)


class Book:
    """A process claims a mutant before it tries it; the claim of a process that has died is void."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_suffix(".lock"))

    def claim(self, wanted: Iterable[str], at_most: int | None = None) -> str | None:
        """Return the first of these mutants that is neither tried nor claimed, and claim it; None if there is no such.

        With `at_most`, one that survived fewer cases than that though more touch it is tried by the others too.
        """
        with self._lock:
            trials, claims = self._read()
            open_ = (each for each in wanted if each not in trials or not trials[each].is_settled(at_most))
            mutant = next((each for each in open_ if not _lives(claims.get(each))), None)
            if mutant is not None:
                self._append({"type": "claim", "mutant": mutant, "pid": os.getpid()})
            return mutant

    def write(self, trial: Trial) -> None:
        """Write a trial down."""
        with self._lock:
            self._append({"type": "trial", **asdict(trial)})

    def trials(self) -> dict[str, Trial]:
        """Return all trials by mutant."""
        with self._lock:
            return self._read()[0]

    def _read(self) -> tuple[dict[str, Trial], dict[str, int]]:
        trials: dict[str, Trial] = {}
        claims: dict[str, int] = {}
        if not self.path.is_file():
            return trials, claims
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                told = json.loads(line)
                kind = told.pop("type")
                if kind == "claim":
                    claims[told["mutant"]] = told["pid"]
                else:
                    known = {each.name for each in fields(Trial)}
                    claims.pop(told["mutant"], None)
                    trials[told["mutant"]] = _trial({key: value for key, value in told.items() if key in known})
            except (ValueError, KeyError, TypeError) as error:
                raise BookError(f"{self.path}:{number}: this is no line of a book of mutants: {error}") from error
        return trials, claims

    def _append(self, line: dict[str, Any]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _trial(told: dict[str, Any]) -> Trial:
    """Return a trial as it was written: JSON has no tuples."""
    return Trial(**{**told, "missed_by": tuple(told.get("missed_by", ()))})


def _lives(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
