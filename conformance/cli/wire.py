"""`conformance wire`: what two stored runs did differently on the wire."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from conformance.verdict.results import Results

_EVERY = 10_000
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("wire")
@click.argument("baseline", metavar="BASELINE", type=_FILE)
@click.argument("candidate", metavar="CANDIDATE", type=_FILE)
@click.option(
    "--again",
    "further",
    metavar="RESULTS",
    multiple=True,
    type=_FILE,
    help="A further run of either version: what differs between two runs of one version is noise. May be repeated.",
)
@click.option("--case", "case_id", metavar="ID", help="Show both histories of this case side by side.")
@click.option("--all", "every", is_flag=True, help="Every line, rather than the first 25.")
@click.option("--doubtful", is_flag=True, help="Also what too few runs show, which may be chance.")
@click.option("--markdown", is_flag=True, help="As Markdown, with links to the histories.")
def command(
    *,
    baseline: Path,
    candidate: Path,
    further: tuple[Path, ...],
    case_id: str | None,
    every: bool,
    doubtful: bool,
    markdown: bool,
) -> None:
    """Tell what two stored runs do differently on the wire.

    Reads the files that `conformance run --results` and `conformance gate` wrote, and the histories beside them.
    Nothing is judged. A version against itself shows nothing, given a few runs of it.
    """
    from conformance.cli.screen import screen
    from conformance.report.wire_changes import doubtful_lines, wire_lines, wire_markdown
    from conformance.verdict.on_the_wire import OnTheWire
    from conformance.verdict.results import read_results
    from conformance.wire_changes.lines import LONGEST

    sides = read_results(baseline), read_results(candidate)
    if case_id is not None:
        _show(sides[0].history_of(case_id), sides[1].history_of(case_id), case_id)
        return
    on_the_wire = OnTheWire(*sides)
    on_the_wire.add(*_of_either([read_results(path) for path in further], sides))
    wire = on_the_wire.comparison.result()
    if markdown:
        click.echo("\n".join(wire_markdown(wire, sides)))
        return
    console = screen()
    told = wire_lines(wire, _EVERY if every else LONGEST, "`--all` shows them")
    for line in (*told, *(doubtful_lines(wire) if doubtful else ())):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _of_either(further: "Sequence[Results]", sides: "tuple[Results, Results]") -> "tuple[list[Results], list[Results]]":
    """Return the further runs of either side; a run of a third version is wrong usage.

    A version that is compared with itself has them in turn on either side.
    """
    runs: tuple[list[Results], list[Results]] = ([], [])
    for run in further:
        same = (side.header.subject == run.header.subject for side in sides)
        matching = [side for side, is_same in zip(runs, same, strict=True) if is_same]
        if not matching:
            raise click.UsageError(
                f"--again {run.path} is a run of {run.header.subject}, expected one of "
                f"{' or '.join(dict.fromkeys(side.header.subject for side in sides))}"
            )
        min(matching, key=len).append(run)
    return runs


def _show(left: Path | None, right: Path | None, case_id: str) -> None:
    """Print two histories side by side; where they differ the line begins with a mark."""
    from rich.table import Table
    from rich.text import Text

    from conformance.cli.screen import screen
    from conformance.history.history import History
    from conformance.wire_changes.side_by_side import side_by_side

    if left is None or right is None:
        missing = "the baseline" if left is None else "the candidate"
        raise click.UsageError(f"--case {case_id}: {missing} has no history of it; `conformance cases` lists the ids")
    table = Table(box=None, pad_edge=False, show_header=False)
    for ratio in (None, 1, 1):
        table.add_column(ratio=ratio, overflow="fold")
    for row in side_by_side(History.read(left), History.read(right)):
        style = "dim" if row.same else ""
        table.add_row("" if row.same else "≠", Text(row.left or "", style), Text(row.right or "", style))
    screen().print(table)
