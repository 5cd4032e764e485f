"""What a start and an order of each kind cost: how many requests, and how much of the venue's weight."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.wire_changes.causes import START
from conformance.wire_changes.observed import Observed

SUBMIT = "submit"


@dataclass(frozen=True, slots=True, order=True)
class Bill:
    """Requests and their weight."""

    requests: int
    weight: int


@dataclass(slots=True)
class Bills:
    """All that was asked in plain circumstances: nothing had gone wrong, and a start had nothing to take over.

    What an order costs is what was asked about it between its command and the next.
    """

    cases: dict[str, dict[Bill, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """`start`, or a type of order as NautilusTrader calls it → bill → the cases in which it was so."""

    def add(self, case_id: str, seen: Observed) -> None:
        """Take in what one case shows."""
        for cost in seen.costs:
            of = START if cost.cause.op == START else cost.cause.kind if cost.cause.op == SUBMIT else ""
            if of and cost.plain and cost.requests:
                self.cases[of][Bill(cost.requests, cost.weight)].append(case_id)

    def typical(self, of: str) -> Bill | None:
        """Return the most frequent bill, the larger of two that are as frequent; None where there is none."""
        counted: Mapping[Bill, int] = Counter({bill: len(cases) for bill, cases in self.cases.get(of, {}).items()})
        return max(counted, key=lambda bill: (counted[bill], bill)) if counted else None
