"""What was probably meant by an unknown word."""

import difflib
import re
from collections.abc import Iterable

#: How alike two words are, of 1, for the one to be worth naming for the other.
_ALIKE = 0.5


def most_like(word: object, known: Iterable[str], *, at_least: float = _ALIKE) -> str | None:
    """Return the known word that is most like this one; None if none is alike by `at_least`, of 1.

    Neither case nor leading zeros make a word another one: LMT-10 means LMT-010 before it means LMT-110.
    """
    by_shape: dict[str, str] = {}
    for each in known:
        by_shape.setdefault(_shape(each), each)
    wanted = _shape(str(word))
    close = [wanted] if wanted in by_shape else difflib.get_close_matches(wanted, sorted(by_shape), 1, at_least)
    return by_shape[close[0]] if close else None


def nearest(word: object, known: Iterable[str]) -> str:
    """Return `; the nearest is 'WORD'` to end a message with; empty if nothing known is like it."""
    found = most_like(word, known)
    return f"; the nearest is {found!r}" if found else ""


def _shape(word: str) -> str:
    return re.sub(r"\d+", lambda number: number[0].lstrip("0") or "0", word.upper())
