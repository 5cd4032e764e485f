"""Stored histories: JSON lines, one entry each, so that any check can be re-run offline over any of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from conformance.history.entries import ANY, Entry

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[ANY] = msgspec.json.Decoder(ANY)


class HistoryError(ValueError):
    """A stored history that cannot be read; the message names file, line and remedy."""


def write_entries(entries: Iterable[Entry], path: Path) -> None:
    """Store entries as JSON lines; the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(_ENCODER.encode_lines(list(entries)))
    partial.replace(path)


def read_entries(path: Path) -> Iterator[Entry]:
    """Yield a stored history's entries; raises `HistoryError` naming the line that is damaged or out of order."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise HistoryError(f"{path}: cannot be read ({error.strerror}): give the path of a stored history") from error
    for number, line in enumerate(text.removesuffix(b"\n").split(b"\n"), start=1):
        try:
            entry = _DECODER.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise HistoryError(
                f"{path}:{number}: not an entry of a history ({error}); the file was cut, edited, or written by "
                "another version of the suite: record it again"
            ) from error
        if entry.seq != number - 1:
            raise HistoryError(
                f"{path}:{number}: expected entry {number - 1}, found entry {entry.seq}: the file was edited"
            )
        yield entry
