"""What was probably meant by a word that nobody knows."""

import difflib
from collections.abc import Iterable


def nearest(word: object, known: Iterable[str]) -> str:
    """Return `; the nearest is 'WORD'` to end a message with; empty if nothing is known at all."""
    close = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.0)
    return f"; the nearest is {close[0]!r}" if close else ""
