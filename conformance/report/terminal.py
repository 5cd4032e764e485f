"""Reports for a person at a terminal: tables, the verdict, and the timeline of each regression."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from conformance.report.comparison import Comparison, counted, shown, timeline
from conformance.report.wire_changes import wire_lines
from conformance.verdict.changes import Change
from conformance.verdict.decision import Decision
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Results

_STYLES: Mapping[Outcome, str] = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.UNSUPPORTED: "dim",
    Outcome.DRIFTED: "yellow",
    Outcome.BROKEN: "magenta",
}
_DECISION_STYLES: Mapping[Decision, str] = {
    Decision.UPGRADE: "bold green",
    Decision.REGRESSED: "bold red",
    Decision.BROKEN: "bold magenta",
    Decision.INCONCLUSIVE: "bold yellow",
    Decision.WRONG_USAGE: "bold yellow",
}
#: More timelines than this are no longer read; the others are in the results folder.
TIMELINES = 5


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print the table of cases × {baseline, candidate}, the timeline of each regression, the verdict and exit code."""
    verdict = comparison.verdict
    if verdict.changes:
        console.print(_table(comparison))
    timelines = list(comparison.timelines())
    for change, lines in timelines[:TIMELINES]:
        console.print(f"\n[bold red]{escape(change.describe())}[/]", soft_wrap=True)
        if change.id in comparison.requirements:
            console.print(f"  {comparison.requirements[change.id]}", markup=False, highlight=False)
        console.print(lines, markup=False, highlight=False, soft_wrap=True)
    if len(timelines) > TIMELINES:
        console.print(f"\n… and {len(timelines) - TIMELINES} more: their histories are beside the results")
    if comparison.wire_changes is not None:
        console.print()
        for line in wire_lines(comparison.wire_changes):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print()
    for note in verdict.notes:
        console.print(f"note: {note}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"baseline {verdict.baseline}, candidate {verdict.candidate}", markup=False, highlight=False)
    _print_decision(console, verdict.decision, comparison.headline, verdict.reasons)


def print_run(console: Console, results: Results, decision: Decision, reasons: Sequence[str]) -> None:
    """Print one run's cases, the timeline of each unexpected failure, and its exit code."""
    table = Table(box=None, pad_edge=False)
    table.add_column("case", no_wrap=True)
    table.add_column(f"{results.header.subject} ({results.header.world})", no_wrap=True)
    table.add_column("seconds", justify="right")
    table.add_column("failure or reason")
    for case in results.cases.values():
        why = case.signature or case.reason or ""
        table.add_row(case.id, _cell(case), f"{case.seconds:.2f}", Text(why))
    console.print(table)
    failed = [case for case in results.cases.values() if case.outcome is Outcome.FAILED and not case.expected]
    for case in failed[:TIMELINES]:
        console.print(f"\n[bold red]{escape(case.id)} {escape(case.signature or '')}[/]")
        if case.reason:
            console.print(f"  {case.reason}", markup=False, highlight=False)
        console.print(timeline(results, case.id), markup=False, highlight=False, soft_wrap=True)
    console.print()
    headline = "as expected" if decision is Decision.UPGRADE else "not as expected"
    _print_decision(console, decision, f"{headline}: {counted(results)}", reasons)


def _table(comparison: Comparison) -> Table:
    verdict = comparison.verdict
    table = Table(box=None, pad_edge=False)
    table.add_column("case", no_wrap=True)
    table.add_column(verdict.baseline, no_wrap=True)
    table.add_column(verdict.candidate, no_wrap=True)
    table.add_column("change", no_wrap=True)
    table.add_column("why")
    for row in comparison.rows():
        style = "bold red" if row.against else "dim" if row.change is Change.SAME else "yellow"
        if row.change in (Change.FIXED, Change.ADDED):
            style = "green"
        table.add_row(
            row.id, _cell(row.baseline), _cell(row.candidate), Text(row.change, style=style), Text(row.why or "")
        )
    return table


def _cell(case: CaseResult | None) -> Text:
    return Text(shown(case), style=_STYLES[case.outcome] if case else "magenta")


def _print_decision(console: Console, decision: Decision, headline: str, reasons: Sequence[str]) -> None:
    console.print(f"[{_DECISION_STYLES[decision]}]{escape(headline)}[/]", highlight=False)
    for reason in reasons:
        console.print(f"  {reason}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"exit code {int(decision)}", highlight=False)
