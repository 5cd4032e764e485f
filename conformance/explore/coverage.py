"""Coverage of situations: what the programs have reached of all that commands, states and faults make possible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.explore.situations import COMMANDS, FIRST, STATES, Situation

#: Submitting is done once, to an order that is new; all else to one that is not.
_FIRST_STATE = STATES[0]


@dataclass(frozen=True)
class Table:
    """Counts by two of a situation's parts."""

    rows: Sequence[str]
    columns: Sequence[str]
    counts: Mapping[tuple[str, str], int]

    @property
    def never(self) -> list[tuple[str, str]]:
        """The pairs that were never reached, though they are possible."""
        return [pair for pair in self._possible() if not self.counts.get(pair)]

    def _possible(self) -> list[tuple[str, str]]:
        pairs = [(row, column) for row in self.rows for column in self.columns]
        return [
            (row, column)
            for row, column in pairs
            if column not in STATES or (row == "submit") is (column == _FIRST_STATE)
        ]


def by_state(situations: Mapping[Situation, int]) -> Table:
    """Return how often each command met each state of its order."""
    counts: dict[tuple[str, str], int] = {}
    for each, count in situations.items():
        pair = each.command, each.state
        counts[pair] = counts.get(pair, 0) + count
    return Table(list(COMMANDS.values()), STATES, counts)


def by_fault(situations: Mapping[Situation, int]) -> Table:
    """Return how often each command met each fault, of those that were met at all."""
    counts: dict[tuple[str, str], int] = {}
    for each, count in situations.items():
        pair = each.command, each.fault
        counts[pair] = counts.get(pair, 0) + count
    faults = sorted({each.fault for each in situations}, key=lambda fault: (fault != "none", fault))
    return Table(list(COMMANDS.values()), faults, counts)


def by_first(situations: Mapping[Situation, int]) -> Table:
    """Return how often the answer or the event came first after each command."""
    counts: dict[tuple[str, str], int] = {}
    for each, count in situations.items():
        pair = each.command, each.first
        counts[pair] = counts.get(pair, 0) + count
    return Table(list(COMMANDS.values()), FIRST, counts)
