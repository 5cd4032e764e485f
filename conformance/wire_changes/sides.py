"""Both versions over all cases: every difference, how often each was seen, and what a start and an order cost."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.wire_changes.bills import Bills
from conformance.wire_changes.differences import Difference
from conformance.wire_changes.observed import Observed

Key = tuple[str, str, str, str, str]


@dataclass(slots=True)
class Sides:
    """What was found in all cases that both versions ran."""

    found: dict[str, list[Difference]] = field(default_factory=dict)
    """Case id → its differences, also none."""
    bills: tuple[Bills, Bills] = field(default_factory=lambda: (Bills(), Bills()))
    """What starts and orders cost on either side, in the first run of each case."""

    def add(self, case_id: str, pair: tuple[Observed, Observed], differences: Iterable[Difference]) -> None:
        """Take in one case; what was taken in of it before, with fewer runs, is forgotten."""
        if case_id not in self.found:
            for side, seen in zip(self.bills, pair, strict=True):
                side.add(case_id, seen)
        self.found[case_id] = list(differences)

    def by_key(self) -> Mapping[Key, Sequence[tuple[str, Difference]]]:
        """Return the cases of each difference, with the difference as each has it."""
        grouped: dict[Key, list[tuple[str, Difference]]] = defaultdict(list)
        for case_id, differences in self.found.items():
            for each in differences:
                grouped[each.key].append((case_id, each))
        return grouped


def cases_of(seen: Sequence[tuple[str, Difference]]) -> frozenset[str]:
    """Return the cases in which a difference was seen."""
    return frozenset(case_id for case_id, _ in seen)
