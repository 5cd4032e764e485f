"""Wire mutants without a visible effect, each with the reason: data, `fixtures/proof/inert.toml`."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
from packaging.version import Version

from conformance.datafile import read_toml
from conformance.locations import FIXTURES
from conformance.proof.wire.places import Place
from conformance.verdict.spans import Span

FILE = FIXTURES / "proof" / "inert.toml"


class Row(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Places by pattern, in the form of a place's own text, and why no case could see a mutant there."""

    places: list[str]
    why: str
    acts: list[str] = []
    """Only these acts; all without."""
    versions: str = ""
    """Only these versions, such as `<2`: what one reads of a row, another has of another field; all without."""


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    inert: list[Row]


@dataclass(frozen=True, slots=True)
class Inert:
    """The rows of the file."""

    rows: tuple[Row, ...] = ()

    def reason(self, place: Place, act: str) -> str | None:
        """Return why a mutant here shows nothing, or None: then a case should catch it."""
        for row in self.rows:
            if (not row.acts or act in row.acts) and any(
                fnmatchcase(str(place), _literal(each)) for each in row.places
            ):
                return row.why
        return None


def load_inert(version: str, path: Path = FILE) -> Inert:
    """Return the rows that are about a version; raises `DataFileError`, and `ValueError` for versions that are none."""
    exact = Version(version)
    return Inert(
        tuple(row for row in read_toml(path, _File).inert if not row.versions or exact in Span.parse(row.versions))
    )


def _literal(pattern: str) -> str:
    # In a place `[]` stands for each row, in a pattern of `fnmatch` for a choice of letters.
    return pattern.replace("[", "[[]")
