"""The wire changes between two versions, from the histories beside their results."""

from collections.abc import Sequence

from conformance.history.history import History
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Results
from conformance.wire_changes.comparison import WireComparison

#: What these cases did is the version's own doing; of any other outcome nothing was seen of it.
_SEEN = frozenset({Outcome.PASSED, Outcome.FAILED})


def compare_on_the_wire(baseline: Sequence[Results], candidate: Sequence[Results]) -> WireComparison:
    """Compare all cases that both versions ran, by all their runs: the whole ones first, re-runs after them.

    Raises `HistoryError` for a history that cannot be read.
    """
    generations = {results.header.subject.partition(".")[0] for results in (*baseline, *candidate)}
    comparison = WireComparison(across_generations=len(generations) > 1)
    for case_id in baseline[0].cases:
        sides = [_histories(runs, case_id) for runs in (baseline, candidate)]
        if all(sides):
            comparison.add(case_id, *sides)
    return comparison


def _histories(runs: Sequence[Results], case_id: str) -> list[History]:
    """Return the histories of a case in these runs."""
    return [
        History.read(path)
        for run in runs
        if (case := run.cases.get(case_id)) is not None
        and case.outcome in _SEEN
        and (path := run.history_of(case_id)) is not None
    ]
