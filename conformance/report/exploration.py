"""What an exploration found, on the terminal and as Markdown: first what is new, in plain English."""

from collections.abc import Iterator, Mapping

from rich.console import Console

from conformance.explore.as_case import as_case
from conformance.explore.coverage import Table, by_fault, by_first, by_state
from conformance.explore.exploring import Exploration
from conformance.explore.findings import Finding

_NEVER = "·"


def print_exploration(console: Console, text: str) -> None:
    """Print the report as it is."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def exploration_text(exploration: Exploration, title: str, summaries: Mapping[str, str], *, cases: bool = False) -> str:
    """Return the report: what is new, what did not come back, what is known, and where the programs have been.

    `summaries` are the sentences of the known defects by their ids; `cases` adds each new finding as a case to paste.
    """
    return "\n".join(_lines(exploration, title, summaries, cases)) + "\n"


def _lines(exploration: Exploration, title: str, summaries: Mapping[str, str], cases: bool) -> Iterator[str]:
    yield f"# {title}"
    yield ""
    yield (
        f"{exploration.programs} programs in {exploration.playing_seconds:.0f} s ({exploration.rate:.1f} a second); "
        f"{exploration.shown} of them showed something. Whole time: {exploration.seconds:.0f} s."
    )
    new = [finding for finding in exploration.new if exploration.believes(finding)]
    numbers = {id(finding): number for number, finding in enumerate(exploration.findings, 1)}
    yield ""
    yield f"## New: {_counted(len(new), 'finding')}"
    for finding in new:
        yield from _finding(finding, numbers[id(finding)], cases)
    yield from _known(exploration, summaries, numbers)
    yield from _unsure(exploration)
    yield from _coverage(exploration)


def _finding(finding: Finding, number: int, cases: bool) -> Iterator[str]:
    about = f" ({finding.sign.orders})" if finding.sign.orders else ""
    yield ""
    yield f"### {number:02}. {finding.sign.signature}{about}"
    yield ""
    yield finding.program.text()
    yield ""
    yield (
        f"Shown in {finding.shown} of {finding.tries} runs of this program, and by "
        f"{_counted(finding.instances, 'program')} of this exploration. Here: {finding.sign.detail}"
    )
    for other in finding.also:
        yield f"It shows as well: {other.signature}"
    if cases:
        yield ""
        yield "```python"
        yield as_case(finding.program, finding.sign).rstrip()
        yield "```"


def _known(exploration: Exploration, summaries: Mapping[str, str], numbers: Mapping[int, int]) -> Iterator[str]:
    counts = dict(exploration.known)
    smallest: dict[str, Finding] = {}
    for finding in exploration.findings:
        if finding.known:
            counts[finding.known] = counts.get(finding.known, 0) + finding.instances
            smallest.setdefault(finding.known, finding)
    yield ""
    yield f"## Known: {_counted(len(counts), 'defect')} on record"
    for defect, count in sorted(counts.items(), key=lambda each: -each[1]):
        yield f"- {defect}: {summaries.get(defect, '')} ({_counted(count, 'program')})"
        if defect in smallest:
            steps = "; ".join(step.words() for step in smallest[defect].program.steps)
            yield f"  smallest, finding {numbers[id(smallest[defect])]:02}: {steps}"


def _unsure(exploration: Exploration) -> Iterator[str]:
    chance = [finding for finding in exploration.findings if finding.came_back and not exploration.believes(finding)]
    if chance:
        yield ""
        yield f"## By chance, perhaps on both versions: {_counted(len(chance), 'finding')}"
    for finding in chance:
        yield f"- {finding.in_a_line()}"
    lost = [finding for finding in exploration.findings if not finding.came_back]
    if lost:
        yield ""
        yield f"## Did not come back: {_counted(len(lost), 'finding')}"
    for finding in lost:
        yield f"- {finding.sign.signature}: not once in {finding.tries} further runs of its program"
    if exploration.beside:
        yield ""
        yield "## Beside known defects, and perhaps their consequence"
    for signature, count in exploration.beside.items():
        yield f"- {signature}: {_counted(count, 'program')}"
    if exploration.unexamined:
        yield ""
        yield "## Not examined, for want of time"
    for signature, count in exploration.unexamined.items():
        yield f"- {signature}: {_counted(count, 'program')}"
    if exploration.broken:
        yield ""
        yield f"## Broken: {_counted(len(exploration.broken), 'program')} showed nothing, by the suite's own fault"
    for why in dict.fromkeys(each.splitlines()[0] for each in exploration.broken):
        yield f"- {why}"


def _coverage(exploration: Exploration) -> Iterator[str]:
    yield ""
    yield f"## Situations: {len(exploration.situations)} reached"
    tables = {
        "the state of its order": by_state(exploration.situations),
        "what went wrong": by_fault(exploration.situations),
        "what came first": by_first(exploration.situations),
    }
    for what, table in tables.items():
        yield ""
        yield from _table(f"command × {what}", table)
    never = by_state(exploration.situations).never
    if never:
        yield ""
        yield "Never reached: " + ", ".join(f"{row} of an order {column}" for row, column in never)


def _table(title: str, table: Table) -> Iterator[str]:
    width = max(len(title), *(len(column) for column in table.columns)) if table.columns else len(title)
    yield "  ".join([title.ljust(width), *(row.rjust(8) for row in table.rows)])
    for column in table.columns:
        cells = (str(table.counts.get((row, column), _NEVER)) for row in table.rows)
        yield "  ".join([column.ljust(width), *(cell.rjust(8) for cell in cells)])


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
