"""The wire changes between two versions, from the histories beside their results."""

from collections.abc import Iterable, Sequence

from conformance.history.further import further_runs
from conformance.history.history import History
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Results
from conformance.wire_changes.comparison import WireComparison

#: What these cases did is the version's own doing; of any other outcome nothing was seen of it.
SEEN = frozenset({Outcome.PASSED, Outcome.FAILED})


class OnTheWire:
    """Two versions as far as they have run: whole runs, and further runs of some cases.

    A history that cannot be read raises `HistoryError`; one that was not kept is passed over.
    """

    def __init__(self, baseline: Results, candidate: Results) -> None:
        generations = {results.header.subject.partition(".")[0] for results in (baseline, candidate)}
        self.comparison = WireComparison(across_generations=len(generations) > 1)
        self._runs = [baseline], [candidate]
        self._read(baseline.cases)

    def add(self, baseline: Sequence[Results], candidate: Sequence[Results]) -> None:
        """Take in further runs of some cases on either side."""
        for side, further in zip(self._runs, (baseline, candidate), strict=True):
            side.extend(further)
        self._read({case_id: None for run in (*baseline, *candidate) for case_id in run.cases})

    def to_look_again(self) -> Sequence[str]:
        """Return the cases that, run again on both sides, would settle what is in doubt."""
        both = [results.cases for (results, *_) in self._runs]
        took = {case_id: max(side[case_id].seconds for side in both if case_id in side) for case_id in both[0]}
        return self.comparison.to_look_again(took)

    def _read(self, case_ids: Iterable[str]) -> None:
        for case_id in case_ids:
            sides = [_histories(runs, case_id) for runs in self._runs]
            if all(sides):
                self.comparison.add(case_id, *sides)


def _histories(runs: Sequence[Results], case_id: str) -> list[History]:
    """Return the histories of a case in these runs, each with those of the further runs in the same process."""
    firsts = [
        path
        for run in runs
        if (case := run.cases.get(case_id)) is not None
        and case.outcome in SEEN
        and (path := run.history_of(case_id)) is not None
    ]
    return [History.read(path) for first in firsts for path in (first, *further_runs(first))]
