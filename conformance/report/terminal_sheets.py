"""Stored results side by side for a terminal: as many versions as it has room for, the next ones below."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.report.sheets import LEGEND, Sheet

_BETWEEN = 2
_STYLES = {"✓": "green", "✗": "red", "–": "dim", "~": "yellow", "!": "magenta"}


def print_sheet(console: Console, sheet: Sheet, *, every: bool) -> None:
    """Print a sheet in blocks of columns that fit the console; without `every`, rows that differ and a count."""
    shown = sheet if every else sheet.differing()
    if shown.rows or every:
        lines = [shown.heads, *shown.rows, shown.totals]
        widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
        for block in _blocks(widths, console.width):
            console.print(_table(lines, block), no_wrap=True, crop=False)
            console.print()
    if same := len(sheet.rows) - len(shown.rows):
        told = "" if shown.rows else f": {', '.join(dict.fromkeys(sheet.totals[1:]))}"
        cases = "case" if same == 1 else "cases"
        console.print(f"{same} {cases} did the same in each of these runs{told}; --all shows them", highlight=False)
    console.print(LEGEND, highlight=False)


def _blocks(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Yield the numbers of the columns that stand beside each other, the first column in each block."""
    block, taken = [0], widths[0]
    for column in range(1, len(widths)):
        if len(block) > 1 and taken + _BETWEEN + widths[column] > room:
            yield block
            block, taken = [0], widths[0]
        block.append(column)
        taken += _BETWEEN + widths[column]
    yield block


def _table(lines: Sequence[Sequence[str]], block: Sequence[int]) -> Table:
    heads, *rows = lines
    table = Table(box=None, pad_edge=False, padding=(0, _BETWEEN, 0, 0))
    for column in block:
        table.add_column(Text(heads[column]), no_wrap=True, overflow="ignore")
    for row in rows:
        table.add_row(Text(row[0]), *(_cell(row[column]) for column in block[1:]))
    return table


def _cell(text: str) -> Text:
    return Text(text, style=_STYLES.get(text[:1], ""))
