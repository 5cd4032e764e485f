"""The page of many runs: cases × versions × profiles, what fails where, and by which known defect."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conformance.report.comparison import SYMBOLS, counted
from conformance.report.findings import upstream_url
from conformance.report.html import rendered
from conformance.report.sheets import group_of
from conformance.verdict.defects import Defects, Known
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Results


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which a case fails, and the runs in which it does."""

    signature: str
    columns: list[str]
    known: Known | None
    histories: list[str] = field(default_factory=list)

    @property
    def links(self) -> list[tuple[str, str]]:
        """Where NautilusTrader talks about it: text and URL."""
        upstream = self.known.defect.upstream if self.known is not None else ()
        return [(each, upstream_url(each)) for each in upstream]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in every run: its results, whether they differ, and each way in which it fails."""

    id: str
    requirement: str
    results: list[CaseResult | None]
    failures: list[Failure]

    @property
    def kind(self) -> str:
        """What the filter calls the row: `differs`, `fails` in all runs alike, or `same`."""
        shown = {(each.outcome, each.signature) for each in self.results if each is not None}
        if len(shown) > 1:
            return "differs"
        return "fails" if self.failures else "same"


def versions_html(
    runs: Sequence[Results], requirements: Mapping[str, str] | None = None, defects: Defects | None = None
) -> str:
    """Return the page of these runs, a column each, in the order given."""
    heads = [head_of(run) for run in runs]
    known = requirements or {}
    rows = [
        _row(case_id, known.get(case_id, ""), runs, heads, defects or Defects())
        for case_id in sorted({case_id for run in runs for case_id in run.cases})
    ]
    groups: dict[str, list[CaseRow]] = {}
    for row in rows:
        groups.setdefault(group_of(row.id), []).append(row)
    return rendered(
        "versions.html.jinja",
        heads=heads,
        runs=runs,
        groups={name: (of_group, _totals(of_group, len(runs))) for name, of_group in groups.items()},
        failing=[row for row in rows if row.failures],
        counts=list(Counter(row.kind for row in rows).items()),
        counted=counted,
        mark=_mark,
    )


def head_of(run: Results) -> str:
    """Return the head of a run's column: the version, and profile and world where they are not the usual ones."""
    header = run.header
    unusual = [header.profile] if header.profile not in ("", "default") else []
    unusual += [header.world] if header.world != "simulator" else []
    return " ".join([header.subject, *unusual])


def _row(case_id: str, requirement: str, runs: Sequence[Results], heads: Sequence[str], defects: Defects) -> CaseRow:
    results = [run.cases.get(case_id) for run in runs]
    failures: dict[tuple[str, str], Failure] = {}
    for run, head, case in zip(runs, heads, results, strict=True):
        if case is None or case.outcome in (Outcome.PASSED, Outcome.UNSUPPORTED):
            continue
        header = run.header
        on_record = case.outcome is Outcome.FAILED and case.expected
        known = defects.matching(case_id, header.subject, header.world, header.recorded_in()) if on_record else None
        signature = case.signature or case.reason or case.outcome
        key = (signature, known.defect.id if known else "")
        failure = failures.setdefault(key, Failure(signature, [], known))
        failure.columns.append(head)
        if (path := run.history_of(case_id)) is not None:
            failure.histories.append(str(path))
    return CaseRow(case_id, requirement, results, list(failures.values()))


def _totals(rows: Sequence[CaseRow], columns: int) -> list[str]:
    """Return, for each column, how many cases of a group pass, of how many that could be decided."""
    totals = []
    for column in range(columns):
        seen = [row.results[column] for row in rows]
        decided = [each for each in seen if each is not None and each.outcome is not Outcome.UNSUPPORTED]
        passed = sum(each.outcome is Outcome.PASSED for each in decided)
        totals.append(f"{passed} / {len(decided)}" if decided else "–")
    return totals


def _mark(case: CaseResult | None) -> str:
    """Return a cell's text: a symbol, and what is on record in brackets, so that it can be read without the colours."""
    if case is None:
        return ""
    known = case.outcome is Outcome.FAILED and case.expected
    return f"({SYMBOLS[case.outcome]})" if known else SYMBOLS[case.outcome]
