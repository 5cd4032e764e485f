"""What an invariant is, and the register of all of them by number."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from conformance.invariants.reading import Reading


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a history breaks an invariant; `what` holds no ids, times or prices, `detail` may."""

    number: int
    what: str
    detail: str = ""

    @property
    def signature(self) -> str:
        """The stable words by which the same violation is known again."""
        return f"invariant {self.number}: {self.what}"


@dataclass(frozen=True, slots=True)
class Break:
    """What a rule yields: its invariant is broken, in `what` stable words, with the `detail` of this history."""

    what: str
    detail: str = ""


def sentence_of(number: int) -> str:
    """Return what the invariant of this number requires, in the words of its rule."""
    return (INVARIANTS[number].__doc__ or "").strip().partition("\n\n")[0].removesuffix(".")


Rule = Callable[[Reading], Iterator[Break]]
INVARIANTS: dict[int, Rule] = {}


def invariant(number: int) -> Callable[[Rule], Rule]:
    """Register a rule under its number in the design; a number given twice is an error that names both rules."""

    def register(rule: Rule) -> Rule:
        if number in INVARIANTS:
            raise ValueError(f"invariant {number} is both {INVARIANTS[number].__name__} and {rule.__name__}")
        INVARIANTS[number] = rule
        return rule

    return register
