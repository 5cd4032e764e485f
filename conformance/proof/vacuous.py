"""Traders that are worth nothing, and gateways that never answer: a case that they pass has shown nothing by it.

The traders are patches of a 1.x adapter, files of `fixtures/proof/traders/` whose first line says what each does. What
they pass rightly, because its requirement forbids something that they do not do, is data with its reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from conformance.datafile import read_toml
from conformance.gateway.answer import Hung, Outcome
from conformance.gateway.trader_side import Sent, TraderSide
from conformance.locations import FIXTURES
from conformance.proof.source.source_mutants import PACKAGE

TRADERS = FIXTURES / "proof" / "traders"
FILE = FIXTURES / "proof" / "vacuity.toml"
UNANSWERED, WRITES_UNANSWERED = "is_never_answered", "is_never_answered_when_it_writes"
#: What no patch can play, in a sentence.
_SIDES = {
    UNANSWERED: "A gateway that answers nothing at all.",
    WRITES_UNANSWERED: "A gateway that answers no order, cancel or amendment.",
}


class Row(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Cases by id or pattern that these traders pass rightly, and why."""

    traders: list[str]
    cases: list[str]
    why: str

    def covers(self, trader: str, case_id: str) -> bool:
        """Say whether the row is about a case on a trader."""
        of_trader = any(fnmatchcase(trader, each) for each in self.traders)
        return of_trader and any(fnmatchcase(case_id, each) for each in self.cases)


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    passes: list[Row] = []


class Silent(TraderSide):
    """Answers nothing: the trader waits."""

    def __init__(self, *, writes_only: bool) -> None:
        self._writes_only = writes_only

    def sends(self, request: Sent) -> Sequence[Sent]:
        """Send what is answered; of the rest nothing."""
        kept = self._writes_only and (request.method == "GET" or "listenKey" in request.target)
        return (request,) if kept else ()

    def without_sending(self, request: Sent) -> Outcome:
        """Let the trader wait."""
        del request
        return Hung()


@dataclass(frozen=True, slots=True)
class Vacuity:
    """What traders that are worth nothing pass, held against what they pass rightly."""

    passed: Sequence[tuple[str, str]]
    """Trader and case."""
    rows: Sequence[Row]

    @property
    def unexplained(self) -> list[tuple[str, str]]:
        """The passes that no row explains: cases that show nothing."""
        return [each for each in self.passed if not any(row.covers(*each) for row in self.rows)]

    def idle(self, played: Iterable[tuple[str, str]]) -> list[Row]:
        """Return the rows that explain no pass though what they are about was played: such lists rot otherwise."""
        tried = list(played)
        return [
            row
            for row in self.rows
            if any(row.covers(*each) for each in tried) and not any(row.covers(*each) for each in self.passed)
        ]


def traders() -> Mapping[str, str]:
    """Return what each does, in a sentence, by its name."""
    patches = sorted(TRADERS.glob("*.py"))
    return {path.stem: path.read_text(encoding="utf-8").split('"""')[1] for path in patches} | _SIDES


def side_of(trader: str) -> TraderSide:
    """Return what stands between a trader and the suite, fresh."""
    return Silent(writes_only=trader == WRITES_UNANSWERED) if trader in _SIDES else TraderSide()


def overlay_of(trader: str, package: Path, folder: Path) -> dict[str, Path]:
    """Write the overlay of a patch into a folder and return it; none for what is no patch."""
    if trader in _SIDES:
        return {}
    installed = (package / "__init__.py").read_text(encoding="utf-8")
    patch = (TRADERS / f"{trader}.py").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").write_text(f"{installed}\n\n{patch}", encoding="utf-8")
    return {PACKAGE: folder}


def load_rows(path: Path = FILE) -> list[Row]:
    """Read what is passed rightly; raises `DataFileError`."""
    return read_toml(path, _File).passes
