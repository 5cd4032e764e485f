"""`conformance report`: stored results as a table of cases × versions, for a terminal, as Markdown, or as a page."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli.ending import WRONG_USAGE, stop

if TYPE_CHECKING:
    from conformance.verdict.results import Results


@click.command("report")
@click.argument("files", metavar="RESULTS...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--markdown", is_flag=True, help="As Markdown, as the README shows it; otherwise for the terminal.")
@click.option("--groups", is_flag=True, help="A row for each group of cases, rather than for each case.")
@click.option("--all", "every", is_flag=True, help="Every case, also those that did the same in each run.")
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="As a page: of two runs, the second against the first; of more or fewer, cases × versions × profiles.",
)
@click.option(
    "--page",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="As the page of groups and defects × versions that `conformance matrix --page` writes.",
)
@click.option(
    "--latency",
    metavar="FILE",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Show in the page of two runs what `conformance latency` measured of the same two (its latency.json).",
)
@click.option("--mixed", is_flag=True, help="Allow results of several revisions of the suite.")
def command(
    files: tuple[Path, ...],
    *,
    markdown: bool,
    groups: bool,
    every: bool,
    html: Path | None,
    page: Path | None,
    latency: Path | None,
    mixed: bool,
) -> None:
    """Show results files as a table of cases × versions.

    In the terminal, cases that did the same in each of several runs are a count; Markdown and pages have all.
    Reads the files that `conformance run --results` and `conformance gate --results` wrote; a file of a run that did
    not end is refused. A folder stands for all results in it, so that the parts of a matrix are shown together.
    """
    from conformance.cli.screen import screen
    from conformance.locations import DEFECTS
    from conformance.report.markdown import groups_table, versions_table
    from conformance.report.sheets import cases_by_version, groups_by_version
    from conformance.report.terminal_sheets import print_sheet
    from conformance.report.versions_markdown import versions_markdown
    from conformance.verdict.by_the_record import by_the_record
    from conformance.verdict.defects import load_defects

    runs = _read(files)
    if not mixed:
        _require_one_revision(runs)
    if page is not None:
        record = load_defects(DEFECTS)
        _write("page", page, versions_markdown([by_the_record(run, record) for run in runs]))
    elif html is not None:
        _write("report", html, _page_of(runs, latency))
    elif markdown:
        click.echo(groups_table(runs) if groups else versions_table(runs))
    elif groups:
        print_sheet(screen(), groups_by_version(runs), every=True)
    else:
        print_sheet(screen(), cases_by_version(runs), every=every or len(runs) == 1)


def _read(files: tuple[Path, ...]) -> list["Results"]:
    """Return the results of these files, as they were given, then those in the folders among them."""
    from conformance.report.versions_markdown import in_order
    from conformance.verdict.results import read_results, results_in

    runs = [read_results(file) for file in files if not file.is_dir()]
    return runs + in_order(read_results(each) for folder in files if folder.is_dir() for each in results_in(folder))


def _require_one_revision(runs: Sequence["Results"]) -> None:
    """Stop where cases of the same id need not have asked the same."""
    revisions = sorted({run.header.suite_revision for run in runs})
    if len(revisions) > 1:
        stop(
            WRONG_USAGE,
            f"these results are of {len(revisions)} revisions of the suite ({', '.join(revisions)}), whose cases need "
            "not ask the same: run the versions again with one of them, or add --mixed to show them side by side",
        )


def _page_of(runs: Sequence["Results"], latency: Path | None) -> str:
    from conformance.history.stored import HistoryError
    from conformance.report.latency_shown import LatencyError
    from conformance.running.explaining import page_of

    if latency is not None and len(runs) != 2:
        raise click.UsageError("--latency belongs to the page of two runs: give the results of the same two")
    try:
        return page_of(runs, latency)
    except LatencyError as error:
        raise click.UsageError(f"--latency: {error}") from error
    except HistoryError as error:
        raise click.UsageError(str(error)) from error


def _write(what: str, file: Path, text: str) -> None:
    from conformance.cli.screen import screen

    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    screen().print(f"{what}: {file}", markup=False, highlight=False)
