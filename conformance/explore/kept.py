"""Kept programs: findings worth keeping, in `fixtures/programs/`, which run as cases of the contract."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

from conformance.datafile import DataFileError
from conformance.explore.program import Program
from conformance.kit.axes import AxisValue
from conformance.locations import FIXTURES

FOLDER = FIXTURES / "programs"


@dataclass(frozen=True, kw_only=True)
class KeptProgram(AxisValue):
    """A program with the sentence that says what it is about; `name` is its case's id."""

    program: Program
    unhurried: bool = False
    """Whether the in-flight check is to come late: what is held back until a step would be asked for before, on a busy
    machine."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    about: str
    """What happens in it, to be read after "When …"."""
    steps: list[dict[str, Any]]
    unhurried: bool = False


def load_kept(folder: Path = FOLDER) -> list[KeptProgram]:
    """Return the kept programs by their case's id; raises `DataFileError` for a file that breaks the schema."""
    return [_read(path) for path in sorted(folder.glob("*.yaml"))]


def _read(path: Path) -> KeptProgram:
    try:
        file = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), _File)
        program = msgspec.convert({"steps": file.steps}, Program)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise DataFileError(
            path, 0, "", f"{error}; expected `about` and `steps`, as exploration writes them, and `unhurried` at most"
        ) from error
    if Program.of(program.steps) != program:
        raise DataFileError(path, 0, "steps", "a step is about an order that no step before it has made")
    words = " ".join(file.about.split())
    return KeptProgram(name=path.stem, words=words, needs=program.needs, program=program, unhurried=file.unhurried)
