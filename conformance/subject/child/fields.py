"""Native fields: which ones the installed version's configs have, and plain values turned into what they take."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`, or None where none is like it."""
    found = get_close_matches(name, sorted(known), n=1, cutoff=0.8)
    return found[0] if found else None
