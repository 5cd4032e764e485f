"""Reports as Markdown: the rolling issue of the nightly gate, and the README's table of cases × versions."""

import re
from collections.abc import Iterator, Mapping, Sequence

from conformance.report.causes import Cause, causes_of, drawn_first, other_reasons, told_of
from conformance.report.comparison import Comparison, shown, timeline
from conformance.report.findings import Finding
from conformance.report.sheets import LEGEND, Sheet, cases_by_version, groups_by_version
from conformance.report.wire_changes import wire_markdown
from conformance.verdict.changes import Change
from conformance.verdict.results import Results

#: GitHub refuses an issue of more than 65,536 characters; what is cut is in the uploaded results.
LONGEST = 60_000
#: So many records of each timeline: the last ones show how it ended.
_LAST = 40


def verdict_markdown(comparison: Comparison) -> str:
    """Return the gate's report: verdict, reasons, the cases that changed, and the timeline of each regression."""
    verdict = comparison.verdict
    causes = causes_of(comparison)
    lines = [
        f"## NautilusTrader {_text(verdict.candidate)} against {_text(verdict.baseline)}",
        "",
        f"**{comparison.headline}** (exit code {verdict.exit_code})",
        "",
        *(f"- {_text(reason)}" for reason in other_reasons(comparison)),
        *_by_cause(causes),
    ]
    if verdict.headers:
        baseline, candidate = verdict.headers
        lines += ["", "| | baseline | candidate |", "|---|---|---|"]
        for name in ("subject", "installed", "python", "platform", "world", "suite_revision", "started"):
            lines.append(_row([name.replace("_", " "), getattr(baseline, name), getattr(candidate, name)]))
    lines += [f"\n> note: {_text(note)}" for note in verdict.notes]
    changed = [row for row in comparison.rows() if row.change is not Change.SAME]
    if changed:
        lines += ["", _row(["case", verdict.baseline, verdict.candidate, "change", "why"]), "|---|---|---|---|---|"]
        for row in changed:
            lines.append(_row([row.id, shown(row.baseline), shown(row.candidate), row.change, row.why or ""]))
    if verdict.changes:
        lines += ["", f"{len(verdict.changes) - len(changed)} of {len(verdict.changes)} cases are the same."]
    if comparison.wire_changes is not None:
        lines += wire_markdown(comparison.wire_changes, comparison.sides)
    for finding in drawn_first(causes):
        lines += ["", "<details>", f"<summary>{_text(finding.change.describe())}</summary>", ""]
        happened = timeline(comparison.candidate, finding.id, _LAST) if comparison.candidate is not None else ""
        lines += [*_explained(finding), "", *_fenced(happened), "", "</details>"]
    return _cut(lines)


def _by_cause(causes: Sequence[Cause]) -> Iterator[str]:
    """Yield one line a cause, with the number of cases that show it, and what it is."""
    if causes:
        yield from (f"{told_of(causes)}:", "")
    yield from (f"- {_text(cause.in_a_line)}" for cause in causes)


def _explained(finding: Finding) -> Iterator[str]:
    """Yield what was required, what was seen, whether that is known, and how to run just this again."""
    if finding.requirement:
        yield from (_text(finding.requirement), "")
    yield f"- before: {_text(finding.before)}"
    yield f"- now: {_text(finding.what_happened)}"
    known = finding.known
    yield f"- known: {_text(known.defect.id)}: {_text(known.defect.summary)}" if known else "- new: not on record"
    if finding.links:
        yield f"- upstream: {', '.join(f'[{_text(name)}]({url})' for name, url in finding.links)}"
    yield f"- again: `{finding.commands[0]}`"


def versions_table(runs: Sequence[Results], requirements: Mapping[str, str] | None = None) -> str:
    """Return the table of cases × versions of several runs, a column a run, with a line of counts at the end."""
    return _table(cases_by_version(runs, requirements))


def groups_table(runs: Sequence[Results]) -> str:
    """Return the table of groups × versions: of each group how many cases passed, failed as on record, failed else."""
    return _table(groups_by_version(runs))


def _table(sheet: Sheet) -> str:
    lines = [_row(sheet.heads), "|" + "---|" * len(sheet.heads), *map(_row, [*sheet.rows, sheet.totals])]
    return "\n".join([*lines, "", LEGEND, ""])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_text, cells)) + " |"


def _text(text: str) -> str:
    """Return text that Markdown and HTML show as it is, on one line: what a venue or trader said is never markup."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]|@#~])", r"\\\1", one_line.replace("&", "&amp;").replace("<", "&lt;"))


def _fenced(text: str) -> list[str]:
    """Return a code block whose fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", text, fence]


def _cut(lines: Sequence[str]) -> str:
    """Return the lines up to the longest report that GitHub takes, cut before a detail rather than within."""
    kept: list[str] = []
    size = 0
    for line in "\n".join(lines).split("\n<details>"):
        size += len(line) + len("\n<details>")
        if kept and size > LONGEST:
            kept.append("\n\nMore in the uploaded results.")
            return "\n<details>".join(kept[:-1]) + kept[-1] + "\n"
        kept.append(line)
    return "\n<details>".join(kept) + "\n"
