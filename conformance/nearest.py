"""What was probably meant by an unknown word."""

import difflib
import re
from collections.abc import Iterable

#: How alike two words are, of 1, for the one to be worth naming for the other.
_ALIKE = 0.5


def nearest(word: object, known: Iterable[str]) -> str:
    """Return `; the nearest is 'WORD'` to end a message with; empty if nothing known is like it.

    Neither case nor leading zeros make a word another one: LMT-10 means LMT-010 before it means LMT-110.
    """
    by_shape: dict[str, str] = {}
    for each in known:
        by_shape.setdefault(_shape(each), each)
    wanted = _shape(str(word))
    close = [wanted] if wanted in by_shape else difflib.get_close_matches(wanted, list(by_shape), n=1, cutoff=_ALIKE)
    return f"; the nearest is {by_shape[close[0]]!r}" if close else ""


def _shape(word: str) -> str:
    return re.sub(r"\d+", lambda number: number[0].lstrip("0") or "0", word.upper())
