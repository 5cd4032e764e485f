"""What every report of a gate shows, whatever its form: the verdict, the rows in order of weight, the timelines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.history.history import History
from conformance.history.stored import HistoryError
from conformance.history.timeline import WIDTH
from conformance.verdict.changes import CaseChange, Change
from conformance.verdict.decision import Decision
from conformance.verdict.defects import Known
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Results
from conformance.verdict.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.explored import Explored
    from conformance.report.latency_shown import LatencyShown
    from conformance.wire_changes.comparison import WireChanges

HEADLINES: Mapping[Decision, str] = {
    Decision.UPGRADE: "upgrade: nothing that worked is lost",
    Decision.REGRESSED: "do not upgrade: the candidate regressed",
    Decision.BROKEN: "no verdict: the suite or its environment broke",
    Decision.INCONCLUSIVE: "inconclusive: not everything could be decided",
    Decision.WRONG_USAGE: "nothing was run",
}
SYMBOLS: Mapping[Outcome, str] = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.UNSUPPORTED: "–",
    Outcome.DRIFTED: "~",
    Outcome.BROKEN: "!",
}
_WEIGHT = (
    Change.REGRESSED,
    Change.REMOVED,
    Change.BROKEN,
    Change.FLAKY,
    Change.DRIFTED,
    Change.FIXED,
    Change.ADDED,
    Change.SAME,
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A verdict with what it was made from.

    `requirements` are the cases' sentences, by id, where known; `upstream` the issues that they name; `known` what the
    record of defects has of the candidate; `baseline_known` of the baseline; `wire_changes` what else the two do
    differently; `latency` how fast the candidate is beside the baseline; `explorations` what programs show, in
    each profile. None, or none, where it was not looked at.
    """

    verdict: Verdict
    baseline: Results | None = None
    candidate: Results | None = None
    requirements: Mapping[str, str] = field(default_factory=dict)
    upstream: Mapping[str, Sequence[str]] = field(default_factory=dict)
    known: Mapping[str, Known] = field(default_factory=dict)
    baseline_known: Mapping[str, Known] = field(default_factory=dict)
    wire_changes: "WireChanges | None" = None
    latency: "LatencyShown | None" = None
    explorations: "Sequence[Explored]" = ()

    @property
    def headline(self) -> str:
        """The verdict as one sentence."""
        return HEADLINES[self.verdict.decision]

    @property
    def sides(self) -> tuple[Results, Results] | None:
        """Both runs, where there are any."""
        return None if self.baseline is None or self.candidate is None else (self.baseline, self.candidate)

    def rows(self) -> list[CaseChange]:
        """Return every case, the weightiest change first, what is new before what is on record, then by id."""

        def weight(row: CaseChange) -> tuple[bool, int, bool, str]:
            on_record = row.against and row.candidate is not None and row.candidate.expected
            return (not row.against, _WEIGHT.index(row.change), on_record, row.id)

        return sorted(self.verdict.changes, key=weight)

    def undecided(self) -> list[CaseChange]:
        """Return the cases that speak neither for nor against: broken, flaky, drifted, or failed alike unexplained."""
        kinds = (Change.BROKEN, Change.FLAKY, Change.DRIFTED)
        return [row for row in self.rows() if not row.against and (row.change in kinds or row.unexplained)]


def timeline(results: Results, case_id: str, last: int = 40, width: int = WIDTH) -> str:
    """Return the stored history of one case as a person reads it, or why it cannot be shown."""
    path = results.history_of(case_id)
    if path is None:
        return "  (no history was kept)"
    try:
        return History.read(path).timeline(last, width)
    except (HistoryError, OSError) as error:
        return f"  (the history cannot be read: {error})"


def shown(case: CaseResult | None) -> str:
    """Return one outcome as a cell: a symbol for the eye and a word for everyone."""
    if case is None:
        return "no result"
    known = " (known)" if case.outcome is Outcome.FAILED and case.expected else ""
    return f"{SYMBOLS[case.outcome]} {case.outcome}{known}"


def counted(results: Results) -> str:
    """Return how many cases had which outcome, in words: `12 passed, 1 failed`."""
    return ", ".join(f"{count} {outcome}" for outcome, count in results.footer.counts.items() if count) or "no cases"
