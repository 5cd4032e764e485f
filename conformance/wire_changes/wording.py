"""How differences are worded: lists, counts, and the cases behind a line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from conformance.binance.fields import figure

_SHOWN = 4
_TIMES = {"1": "once", "2": "twice", "several": "several times"}


class Matter(IntEnum):
    """What a line is about, what costs money first."""

    ORDERS = 0
    """What the venue is told to do: orders, stops, cancellations, and what follows an error."""
    EVENTS = 1
    """What the strategy is told, and no longer."""
    FIELDS = 2
    """What events say."""
    QUESTIONS = 3
    """What is asked at a start and besides, and its weight."""
    SESSION = 4
    """How it is asked, and over which connection."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence with the cases that show it, the first of which are its examples.

    `another_way` marks what leads to the same at the venue or in the trader: another endpoint for the same act, a
    default that is said or left out, a figure written differently.
    """

    text: str
    cases: tuple[str, ...]
    another_way: bool = False
    matter: Matter = Matter.SESSION

    @classmethod
    def of(cls, text: str, *cases: Iterable[str], another_way: bool = False, matter: Matter = Matter.SESSION) -> "Line":
        """Return a line of all these cases."""
        return cls(text, tuple(sorted(set().union(*cases))), another_way, matter)


def listed(words: Iterable[str], shown: int = _SHOWN) -> str:
    """Return words as a list in a sentence, cut where it grows too long."""
    unique = list(dict.fromkeys(words))
    rest = len(unique) - shown
    # One more is as short as saying that there is one.
    if rest > 1:
        return f"{', '.join(unique[:shown])} and {rest} more"
    return " and ".join(filter(None, (", ".join(unique[:-1]), unique[-1]))) if unique else ""


def code(word: str) -> str:
    """Return a name of the wire as it is quoted."""
    return f"`{word}`"


def times(count: str) -> str:
    """Return how often: `once`, `3 times`."""
    return _TIMES.get(count, f"{count} times")


def same_in_another_form(before: str, after: str) -> bool:
    """Whether two values mean the same to whoever reads them: `0.10` and `0.1`, `False` and `false`."""
    if before.casefold() == after.casefold():
        return True
    one, other = figure(before), figure(after)
    return one is not None and one == other


def sentences(parts: Sequence[str]) -> str:
    """Join what is said of one subject."""
    return "; ".join(part for part in parts if part)
