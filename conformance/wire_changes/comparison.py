"""The comparison of two versions on the wire: histories of the same cases in, lines out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from conformance.history.history import History
from conformance.wire_changes.acts import acts, shared
from conformance.wire_changes.differences import differences
from conformance.wire_changes.lines import LONGEST, told
from conformance.wire_changes.names import Names
from conformance.wire_changes.noise import Again
from conformance.wire_changes.observed import Observed, observe
from conformance.wire_changes.sides import Sides
from conformance.wire_changes.wording import Line

_ACROSS = (
    "not compared: states of the account, and events of orders that the trader did not place, which a strategy of 2.x "
    "does not see"
)


@dataclass(frozen=True, slots=True)
class WireChanges:
    """What two versions do differently on the wire. `cases` is how many were compared."""

    lines: tuple[Line, ...] = ()
    more: int = 0
    """How many lines there are beyond these."""
    doubtful: int = 0
    """How many lines were left out that one or two cases show, and no further run has confirmed."""
    cases: int = 0

    notes: tuple[str, ...] = ()
    """What the comparison could not see."""

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
    """Takes in case by case, and tells at the end."""

    across_generations: bool = False
    sides: Sides = field(default_factory=Sides)
    again: Again = field(default_factory=Again)

    def add(self, case_id: str, left: Sequence[History], right: Sequence[History]) -> None:
        """Take in one case: its histories on either side, the first run first."""
        seen = _observed([*left, *right])
        before, after = seen[: len(left)], seen[len(left) :]
        found = list(differences(before, after, across_generations=self.across_generations))
        self.sides.add(case_id, (before[0], after[0]), found)
        if len(left) > 1 and len(right) > 1:
            within = (
                each
                for side in (before, after)
                for one, other in pairwise(side)
                for each in differences([one], [other])
            )
            self.again.add(case_id, list(within))

    def to_look_again(self, each: int = 2, at_most: int = 60) -> Sequence[str]:
        """Return the cases by which the differences can be confirmed: for each a few, and not too many in all."""
        wanted: dict[str, None] = {}
        for _, sightings in sorted(self.sides.by_key().items(), key=lambda item: -len(item[1])):
            cases = dict.fromkeys(case_id for case_id, _ in sightings)
            have = sum(case_id in wanted for case_id in cases)
            for case_id in [case_id for case_id in cases if case_id not in wanted][: max(0, each - have)]:
                wanted[case_id] = None
        return list(wanted)[:at_most]

    def result(self, longest: int = LONGEST) -> WireChanges:
        """Return the lines."""
        found = told(self.sides, self.again, longest)
        notes = (_ACROSS,) if self.across_generations else ()
        return WireChanges(found.lines, found.more, found.doubtful, len(self.sides.found), notes)


def _observed(histories: Sequence[History]) -> Sequence[Observed]:
    """Read all histories of one case up to the point where the case did the same in all of them."""
    names = [Names(history) for history in histories]
    done = [acts(history, named) for history, named in zip(histories, names, strict=True)]
    same = min(shared(done[0], each) for each in done)
    until = [each[same].seq if same < len(each) else None for each in done]
    return [observe(*given) for given in zip(histories, until, names, strict=True)]
