"""The comparison of two versions on the wire: histories of the same cases in, lines out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from conformance.history.history import History
from conformance.wire_changes.acts import acts, shared
from conformance.wire_changes.differences import differences
from conformance.wire_changes.lines import told
from conformance.wire_changes.names import Names
from conformance.wire_changes.noise import Again, findings
from conformance.wire_changes.observed import Observed, observe
from conformance.wire_changes.sides import Sides
from conformance.wire_changes.wording import Line

#: A case takes at least so long to be run again, however quick it was.
_LEAST_S = 0.2
_ACROSS = (
    "not compared: states of the account, and events of orders and positions that the trader's own orders did not "
    "make, which a strategy of 2.x does not see"
)


@dataclass(frozen=True, slots=True)
class WireChanges:
    """What two versions do differently on the wire. `cases` is how many were compared."""

    lines: tuple[Line, ...] = ()
    """All of them, what costs money first."""
    doubtful: int = 0
    """How many differences were left out that a few cases show, and not enough further runs."""
    cases: int = 0

    notes: tuple[str, ...] = ()
    """What the comparison could not see."""

    in_doubt: tuple[Line, ...] = ()
    """What these would be, if they are no chance."""

    @property
    def changes(self) -> tuple[Line, ...]:
        """What is another thing now."""
        return tuple(line for line in self.lines if not line.another_way)

    @property
    def other_ways(self) -> tuple[Line, ...]:
        """What is the same in another way."""
        return tuple(line for line in self.lines if line.another_way)


@dataclass(slots=True)
class WireComparison:
    """Takes in case by case, and returns the changes at the end."""

    across_generations: bool = False
    sides: Sides = field(default_factory=Sides)
    again: Again = field(default_factory=Again)

    def add(self, case_id: str, left: Sequence[History], right: Sequence[History]) -> None:
        """Take in one case: its histories on either side, the first run first."""
        seen = observed_alike([*left, *right])
        before, after = seen[: len(left)], seen[len(left) :]
        found = list(differences(before, after, across_generations=self.across_generations))
        self.sides.add(case_id, (before[0], after[0]), found)
        runs = min(len(left), len(right))
        if runs > 1:
            within = (differences([one], [other]) for one, other in (*pairwise(before), *pairwise(after)))
            self.again.add(case_id, runs, [each for found in within for each in found])

    def to_look_again(self, seconds: Mapping[str, float] | None = None, within_s: float = 3.0) -> Sequence[str]:
        """Return cases that would settle what is in doubt if both versions ran them again: one for each difference.

        Those that settle most for the `seconds` that they took, as long as all take at most `within_s` together: a
        known failure that waits for its deadline shows no more than a case that holds.
        """
        took = seconds or {}
        wanted: dict[str, float] = {}
        unsettled = list(findings(self.sides, self.again).in_doubt.values())
        while unsettled:
            settles = Counter(case_id for cases in unsettled for case_id in cases)
            worth = {
                case_id: count / max(took.get(case_id, 0.0), _LEAST_S)
                for case_id, count in settles.items()
                if sum(wanted.values()) + took.get(case_id, 0.0) <= within_s
            }
            if not worth:
                break
            best = min(worth, key=lambda case_id: (-worth[case_id], case_id))
            wanted[best] = took.get(best, 0.0)
            unsettled = [cases for cases in unsettled if best not in cases]
        return list(wanted)

    def result(self) -> WireChanges:
        """Return the lines."""
        found = findings(self.sides, self.again)
        return WireChanges(
            lines=told(self.sides, found.believed),
            doubtful=len(found.in_doubt),
            cases=len(self.sides.found),
            notes=(_ACROSS,) if self.across_generations else (),
            in_doubt=told(self.sides, found.unbelieved),
        )


def observed_alike(histories: Sequence[History]) -> Sequence[Observed]:
    """Read all histories of one case up to the point where the case did the same in all of them."""
    names = [Names(history) for history in histories]
    done = [acts(history, named) for history, named in zip(histories, names, strict=True)]
    same = min(shared(done[0], each) for each in done)
    until = [each[same].seq if same < len(each) else None for each in done]
    return [observe(*given) for given in zip(histories, until, names, strict=True)]
