"""Tables of stored results side by side, as cells: cases × versions and groups × versions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.report.comparison import SYMBOLS
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Results

LEGEND = "✓ passed · ✗ failed · ✗ known: failed as expected · – unsupported · ~ drifted · ! broken"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells under their heads, a column a run after the first, and a row of totals."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    totals: Sequence[str]

    def differing(self) -> "Sheet":
        """Return the sheet without the rows that say the same of every run."""
        return replace(self, rows=[row for row in self.rows if len(set(row[1:])) > 1])


def cases_by_version(runs: Sequence[Results], requirements: Mapping[str, str] | None = None) -> Sheet:
    """Return the outcome of each case in each run; `requirements` are the cases' sentences, for a column of its own."""
    requirements = requirements or {}
    rows = []
    for case_id in sorted({case_id for run in runs for case_id in run.cases}):
        required = [requirements.get(case_id, "")] if requirements else []
        rows.append([case_id, *required, *(_mark(run.cases.get(case_id)) for run in runs)])
    blank = [""] if requirements else []
    heads = ["case", *(["requirement"] if requirements else []), *map(_column_head, runs)]
    return Sheet(heads, rows, ["all", *blank, *(_counts(run, list(run.cases)) for run in runs)])


def groups_by_version(runs: Sequence[Results]) -> Sheet:
    """Return of each group and run how many cases passed, failed as on record, failed else."""
    by_group: dict[str, list[str]] = {}
    for case_id in sorted({case_id for run in runs for case_id in run.cases}):
        by_group.setdefault(group_of(case_id), []).append(case_id)
    rows = [[group, *(_counts(run, case_ids) for run in runs)] for group, case_ids in by_group.items()]
    totals = ["all", *(_counts(run, list(run.cases)) for run in runs)]
    return Sheet(["group", *map(_column_head, runs)], rows, totals)


def group_of(case_id: str) -> str:
    """Return the group of a case: the letters that its id begins with."""
    return case_id.partition("-")[0]


def _counts(run: Results, case_ids: Sequence[str]) -> str:
    marks = Counter(_mark(run.cases.get(case_id)) for case_id in case_ids)
    order = ("✓", "✗ known", "✗", "–", "~", "!")
    return " · ".join(f"{marks[mark]} {mark}" for mark in order if marks[mark])


def _column_head(run: Results) -> str:
    header = run.header
    unusual = [header.profile] if header.profile not in ("", "default") else []
    unusual += [header.world] if header.world != "simulator" else []
    return header.subject + (f" ({', '.join(unusual)})" if unusual else "")


def _mark(case: CaseResult | None) -> str:
    if case is None:
        return ""
    return SYMBOLS[case.outcome] + (" known" if case.outcome is Outcome.FAILED and case.expected else "")
