"""Reports for a person at a terminal: what changed, the verdict, and what happened in the first regression.

What is the same, and what passed, is a count. All of it fits 80 columns; the stored histories' lines wrap.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from conformance.report.causes import Cause, causes_of, other_reasons, told_of
from conformance.report.comparison import Comparison, counted, shown, timeline
from conformance.report.wire_changes import wire_lines
from conformance.verdict.changes import CaseChange, Change
from conformance.verdict.decision import Decision
from conformance.verdict.notes import run_again
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
#: What everybody wants to read is how the first one broke; the others' timelines lie beside the results.
_LAST = 40
#: What stands before each line of a timeline.
_TIMES = 17
_CHANGES: Mapping[Change, str] = {
    Change.REGRESSED: "bold red",
    Change.REMOVED: "bold red",
    Change.BROKEN: "magenta",
    Change.FLAKY: "yellow",
    Change.DRIFTED: "yellow",
    Change.FIXED: "green",
    Change.ADDED: "green",
    Change.SAME: "dim",
}


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print what changed, by cause, how the first regression happened, and the verdict; what is the same is a count."""
    verdict = comparison.verdict
    rows = comparison.rows()
    causes = causes_of(comparison)
    for number, cause in enumerate(causes):
        _print_cause(console, cause, at_length=number == 0)
    changed = [row for row in rows if not row.against and (row.change is not Change.SAME or row.unexplained)]
    if changed:
        console.print()
        console.print(_table(changed, comparison.requirements))
    if comparison.wire_changes is not None:
        console.print()
        for line in wire_lines(comparison.wire_changes):
            _tell(console, line)
    console.print()
    if rows:
        _tell(console, _counted(rows))
    for note in verdict.notes:
        _tell(console, f"note: {note}")
    _say(console, f"baseline {verdict.baseline}, candidate {verdict.candidate}")
    counted = [f"{told_of(causes)}:"] if causes else []
    reasons = [*other_reasons(comparison), *counted, *(f"  {cause.in_a_line}" for cause in causes)]
    _print_decision(console, verdict.decision, comparison.headline, reasons)


def print_run(console: Console, results: Results, decision: Decision, reasons: Sequence[str]) -> None:
    """Print what did not pass in one run, how the first unexpected failure happened, and its exit code."""
    told = [case for case in results.cases.values() if case.outcome is not Outcome.PASSED]
    if told:
        table = Table(box=None, pad_edge=False)
        table.add_column("case", no_wrap=True)
        table.add_column(Text(f"{results.header.subject} ({results.header.world})"), no_wrap=True)
        table.add_column("failure or reason", overflow="fold")
        for case in sorted(told, key=lambda each: (each.expected, each.id)):
            table.add_row(case.id, _cell(case), Text(case.signature or _first_line(case.reason)))
        console.print(table)
    failed = [case for case in results.cases.values() if case.outcome is Outcome.FAILED and not case.expected]
    for number, case in enumerate(failed):
        console.print(
            f"\n[bold red]{escape(case.id)} {escape(case.signature or '')}[/]", highlight=False, soft_wrap=True
        )
        if case.reason:
            _tell(console, f"  {case.reason}")
        _print_timeline(console, results, case.id, at_length=number == 0)
    console.print()
    for note in run_again(results):
        _tell(console, f"note: {note}")
    headline = "as expected" if decision is Decision.UPGRADE else "not as expected"
    _print_decision(console, decision, f"{headline}: {counted(results)}", reasons)


def _print_cause(console: Console, cause: Cause, *, at_length: bool) -> None:
    """Print what speaks against the upgrade: its first case with what was required and seen, the others by id."""
    first = cause.first
    known = f"known: {cause.name}" if cause.defect is not None else cause.label
    headline = f"\n[bold red]{escape(first.id)} {first.change.change}[/] ({escape(known)})"
    console.print(headline, highlight=False, soft_wrap=True)
    summary = f"cause: {cause.defect.summary}" if cause.defect is not None else ""
    told = (first.requirement, f"before: {first.before}", f"now: {first.what_happened}", summary)
    for text in filter(None, told):
        _tell(console, f"  {text}")
    for name, url in first.links:
        _say(console, f"  upstream: {name} {url}")
    if (results := first.comparison.candidate) is not None:
        _print_timeline(console, results, first.id, at_length=at_length)
    if others := [each.id for each in cause.findings[1:]]:
        _tell(console, f"  {len(others)} more of this cause: {', '.join(others)}")


def _print_timeline(console: Console, results: Results, case_id: str, *, at_length: bool) -> None:
    path = results.history_of(case_id)
    if at_length:
        _say(console, timeline(results, case_id, _LAST, console.width - _TIMES))
    if path is not None:
        _say(console, f"  {'all of it' if at_length else 'what happened'}: conformance check --timeline {path}")


def _counted(rows: Sequence[CaseChange]) -> str:
    """Return how many cases there are of each change, and what those did that are the same."""
    counts = Counter(row.change for row in rows)
    same = Counter(shown(row.candidate) for row in rows if row.change is Change.SAME)
    parts = [f"{count} {change}" for change, count in counts.items() if change is not Change.SAME]
    if same:
        parts.append(f"{same.total()} the same ({', '.join(f'{count} {what}' for what, count in same.items())})")
    return f"{len(rows)} cases: {', '.join(parts)}"


def _table(rows: Iterable[CaseChange], requirements: Mapping[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column("change", no_wrap=True)
    table.add_column("case", no_wrap=True)
    table.add_column("why", overflow="fold")
    for row in rows:
        why = _first_line(row.why) if row.why else requirements.get(row.id, "")
        table.add_row(Text(row.change, style=_CHANGES.get(row.change, "yellow")), Text(row.id), Text(why))
    return table


def _first_line(text: str | None) -> str:
    return (text or "").partition("\n")[0]


def _say(console: Console, text: str) -> None:
    """Print what may be copied: paths, commands and timelines, which only the terminal itself may break."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _tell(console: Console, text: str) -> None:
    """Print a sentence in lines of whole words, those that follow the first a little to the right."""
    indent = " " * (len(text) - len(text.lstrip()))
    lines = wrap(text, console.width, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False)
    _say(console, "\n".join(lines))


def _cell(case: CaseResult | None) -> Text:
    return Text(shown(case), style=_STYLES[case.outcome] if case else "magenta")


def _print_decision(console: Console, decision: Decision, headline: str, reasons: Sequence[str]) -> None:
    console.print(f"[{_DECISION_STYLES[decision]}]{escape(headline)}[/]", highlight=False)
    for reason in reasons:
        _tell(console, f"  {reason}")
    console.print(f"exit code {int(decision)}", highlight=False)
