"""Which source mutants no USDⓈ-M trader can meet, and why: data, `fixtures/proof/beyond.toml`."""

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from conformance.datafile import read_toml
from conformance.locations import FIXTURES
from conformance.proof.source.source_mutants import SourceMutant

FILE = FIXTURES / "proof" / "beyond.toml"
LOGGING = "logging"


class Row(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Mutants by regular expressions, and why no USDⓈ-M trader meets them; what is left out matches everything."""

    why: str
    file: str = ""
    function: str = ""
    line: str = ""
    """The line's own text."""
    before: str = ""
    """What stands on the line before the change."""
    what: str = ""
    """What was done, as the mutant's id says."""
    inside: str | None = None
    """A condition under which the statement runs, `not (…)` in an `else`."""

    def covers(self, mutant: SourceMutant, line: str) -> bool:
        """Say whether the row is about a mutant, whose line has this text."""
        if self.inside is not None and not any(re.search(self.inside, each) for each in mutant.inside):
            return False
        return (
            re.search(self.file, mutant.file) is not None
            and re.search(self.function, mutant.function) is not None
            and re.search(self.line, line) is not None
            and re.search(self.before, line[: mutant.column]) is not None
            and re.search(self.what, mutant.what) is not None
        )


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    beyond: list[Row]


@dataclass(frozen=True, slots=True)
class Beyond:
    """The rows of the file."""

    rows: tuple[Row, ...] = ()

    def reason(self, mutant: SourceMutant, line: str) -> str | None:
        """Return why no USDⓈ-M trader meets the mutant, whose line has this text; None for one that it can meet."""
        if mutant.logs:
            return LOGGING
        return next((row.why for row in self.rows if row.covers(mutant, line)), None)


def load_beyond(path: Path = FILE) -> Beyond:
    """Read the file; raises `DataFileError`."""
    return Beyond(tuple(read_toml(path, _File).beyond))
