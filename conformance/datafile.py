"""Data files with a schema: read once, checked when read, refused with file, line, field and the nearest known word.

A schema is a `msgspec.Struct` with `forbid_unknown_fields=True`. msgspec says what is wrong with which field; the line
that the field is on is found here.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

from conformance.nearest import most_like

_AT = re.compile(r"^(?P<problem>.*?)(?: - at `(?:key in )?\$\.?(?P<field>.*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`")
_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[^\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*(?P<name>[^=#\[]+?)\s*=")
_SYNTAX = re.compile(r"^(?P<problem>.*?)\s*\(at line (?P<line>\d+), column \d+\)$")


class DataFileError(ValueError):
    """A data file that cannot be used. `field` is dotted, as `client.max_retries`, or empty; `line` is 0 if unknown."""

    def __init__(self, file: Path, line: int, field: str, problem: str) -> None:
        self.file = file
        self.line = line
        self.field = field
        self.problem = problem
        where = f"{file}:{line}" if line else f"{file}"
        super().__init__(": ".join(part for part in (where, field, problem) if part))


def read_toml[T: msgspec.Struct](path: Path, schema: type[T]) -> T:
    """Return the file's content as the schema has it; raises `DataFileError`."""
    text = _text(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX.match(str(error))
        line, problem = (int(found["line"]), found["problem"]) if found else (text.count("\n") + 1, str(error))
        raise DataFileError(path, line, "", f"this is not TOML: {problem}") from error
    try:
        return msgspec.convert(content, schema)
    except msgspec.ValidationError as error:
        field, problem = _told(str(error), schema)
        raise DataFileError(path, line_of(text, field), field, problem) from error


def line_of(toml: str, field: str) -> int:
    """Return the number of the line that sets the dotted field, or that opens the table it is in; 0 if none does."""
    wanted, table, opened = _bare(field), "", 0
    for number, line in enumerate(toml.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            table = f"{_bare(header['name'])}."
            if f"{wanted}.".startswith(table):
                opened = number
        elif (key := _KEY.match(line)) and table + _bare(key["name"]) == wanted:
            return number
    return opened


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(path, 0, "", f"cannot be read: {error}") from error


def _told(message: str, schema: type[msgspec.Struct]) -> tuple[str, str]:
    """Return the dotted field that msgspec's message is about, and what is wrong with it."""
    found = _AT.match(message)
    assert found is not None
    # A list's place in the file is that of its field.
    field, problem = (found["field"] or "").partition("[")[0], found["problem"]
    if unknown := _UNKNOWN.fullmatch(problem):
        known = sorted(_kinds(schema, field))
        near = most_like(unknown["name"], known)
        hint = f"the nearest is {near}" if near else f"known are {', '.join(known)}"
        return f"{field}.{unknown['name']}".lstrip("."), f"there is no such field; {hint}"
    if problem.startswith("Invalid enum value"):
        owner, _, name = field.rpartition(".")
        problem += f"; allowed are {', '.join(map(str, _allowed(_kinds(schema, owner).get(name))))}"
    return field, problem


def _kinds(schema: type[Any], field: str) -> Mapping[str, Any]:
    """Return the types of the fields of the struct that the dotted field is, by name."""
    while True:
        kinds = {each.encode_name: each.type for each in msgspec.structs.fields(schema)}
        if not field:
            return kinds
        # A name may have a dot in it.
        name = next((each for each in kinds if f"{field}.".startswith(f"{each}.")), field)
        schema = next(iter(_structs(kinds.get(name))), schema)
        field = field[len(name) + 1 :]


def _allowed(kind: Any) -> Iterable[Any]:
    """Return the values that a type with a closed list of them takes."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    return [value for part in get_args(kind) for value in _allowed(part)]


def _structs(kind: Any) -> Iterable[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for part in getattr(kind, "__args__", ()):
        yield from _structs(part)


def _bare(name: str) -> str:
    """Return a dotted name without quotes and without spaces."""
    return re.sub(r"[\"'\s]", "", name)


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return both mappings in one, `over` winning; tables that both have are merged key by key."""
    both = dict(under)
    for name, value in over.items():
        kept = both.get(name)
        both[name] = merged(kept, value) if isinstance(kept, Mapping) and isinstance(value, Mapping) else value
    return both
