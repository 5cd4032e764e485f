"""What was probably meant by a word that nobody knows."""

import difflib
from collections.abc import Iterable

#: How alike two words are, of 1, for the one to be worth naming for the other.
_ALIKE = 0.5


def nearest(word: object, known: Iterable[str]) -> str:
    """Return `; the nearest is 'WORD'` to end a message with, whatever its case; empty if nothing known is like it."""
    by_shape: dict[str, str] = {}
    for each in known:
        by_shape.setdefault(each.upper(), each)
    close = difflib.get_close_matches(str(word).upper(), list(by_shape), n=1, cutoff=_ALIKE)
    return f"; the nearest is {by_shape[close[0]]!r}" if close else ""
