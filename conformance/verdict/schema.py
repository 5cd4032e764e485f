"""Data files with a schema: read, converted to a type, refused with file, line, field and the nearest word."""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import yaml

from conformance.nearest import nearest

_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]*)`(?: - at `(?P<path>[^`]*)`)?")
_AT = re.compile(r" - at `(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d*|\.\.\.)\]")


class SchemaError(ValueError):
    """A data file that breaks its schema; the message names file, line and remedy."""


class Piece:
    """A value of a YAML file that knows its line."""

    def __init__(self, path: Path, node: yaml.Node, value: Any) -> None:
        self._path = path
        self._node = node
        self.value = value

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self._path}:{self._node.start_mark.line + 1}"

    def wrong(self, what: str) -> SchemaError:
        """Return the error to raise about this piece."""
        return SchemaError(f"{self.place}: {what}")

    def items(self) -> Iterator[tuple[str, "Piece"]]:
        """Yield the entries of a mapping, by key."""
        if isinstance(self._node, yaml.MappingNode):
            for key, node in self._node.value:
                yield str(key.value), Piece(self._path, _at(node, key), self.value[_scalar(key)])

    def at(self, field: str) -> "Piece":
        """Return the piece of a field, or this one where the field is not given."""
        return next((piece for name, piece in self.items() if name == field), self)

    def entries(self) -> list["Piece"]:
        """Return the entries of a list."""
        nodes = self._node.value if isinstance(self._node, yaml.SequenceNode) else []
        return [Piece(self._path, node, value) for node, value in zip(nodes, self.value or (), strict=True)]

    def convert[T](self, kind: type[T]) -> T:
        """Return the value as `kind`, a msgspec struct or any type that msgspec knows; raises `SchemaError`."""
        try:
            return msgspec.convert(self.value, kind)
        except msgspec.ValidationError as error:
            raise self._told(str(error), kind) from None

    def _told(self, message: str, kind: type) -> SchemaError:
        unknown = _UNKNOWN.fullmatch(message)
        if unknown:
            place = self._step(unknown["path"] or "$")
            field = unknown["field"]
            return place.at(field).wrong(f"unknown field {field!r}{nearest(field, sorted(_fields(kind)))}")
        found = _AT.search(message)
        if not found:
            return self.wrong(message[0].lower() + message[1:])
        place, field = self._step(found["path"]), found["path"].removeprefix("$.")
        problem = message[: found.start()]
        if words := _words(_type_at(kind, found["path"])):
            problem = f"expected one of {', '.join(words)}{nearest(place.value, words)}"
        elif "matching regex" in problem:
            problem = "expected text that is not empty"
        given = f"`{field}`" if isinstance(place.value, dict) else f"`{field}` is {place.value!r}"
        return place.wrong(f"{given}: {problem[0].lower()}{problem[1:]}")

    def _step(self, path: str) -> "Piece":
        """Return the piece at a path of msgspec's, as far as it can be followed."""
        here = self
        for step in _STEP.finditer(path):
            if step["name"]:
                here = here.at(step["name"])
            elif step["index"].isdigit():
                here = here.entries()[int(step["index"])]
        return here


def read_yaml(path: Path, remedy: str) -> Piece:
    """Return the whole of a YAML file; raises `SchemaError` for one that cannot be read, with the remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemaError(f"{path}: cannot be read ({error}); {remedy}") from error
    loader = (getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader)(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise SchemaError(f"{path}:1: is empty; {remedy}")
        _refuse_twice(path, root)
        return Piece(path, root, loader.construct_document(root))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SchemaError(f"{path}:{line}: not YAML: {error.problem}") from error
    finally:
        loader.dispose()


def _refuse_twice(path: Path, node: yaml.Node) -> None:
    """Raise `SchemaError` for a key that a mapping has twice: YAML would keep the last, without a word."""
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            _refuse_twice(path, entry)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise SchemaError(f"{path}:{key.start_mark.line + 1}: `{key.value}` is given twice")
            seen.add(key.value)
            _refuse_twice(path, value)


def _at(node: yaml.Node, key: yaml.Node) -> yaml.Node:
    """Return the node of a value, at the line of its key: a nested mapping begins on the next one."""
    node.start_mark = key.start_mark
    return node


def _scalar(node: yaml.Node) -> Any:
    return yaml.safe_load(node.value) if getattr(node, "style", None) is None else node.value


def _type_at(kind: Any, path: str) -> Any:
    """Return the type of what lies at a path of msgspec's, or None where that cannot be said."""
    for step in _STEP.finditer(path):
        if step["name"]:
            kind = get_type_hints(kind).get(step["name"]) if isinstance(kind, type) else None
        else:
            kind = next(iter(get_args(kind)), None)
    return kind


def _words(kind: Any) -> list[str]:
    """Return the words of a closed vocabulary; none of any other type."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(member.value) for member in kind]
    return [str(word) for word in get_args(kind)] if get_origin(kind) is Literal else []


def _fields(kind: Any) -> set[str]:
    """Return the names of every field in a type and the structs within."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return set(kind.__struct_fields__).union(*(_fields(each) for each in get_type_hints(kind).values()))
    if get_origin(kind) in (list, tuple, dict, set, Union, Mapping) or get_args(kind):
        return set().union(*(_fields(each) for each in get_args(kind)))
    return set()
