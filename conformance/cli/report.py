"""`conformance report`: stored results as a table of cases × versions, for a terminal, as Markdown, or as a page."""

from pathlib import Path

import click


@click.command("report")
@click.argument("files", metavar="RESULTS...", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--markdown", is_flag=True, help="As Markdown, as the README shows it; otherwise for the terminal.")
@click.option("--groups", is_flag=True, help="A row for each group of cases, rather than for each case.")
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="As a page: of two runs, the second against the first; of more or fewer, cases × versions × profiles.",
)
def command(files: tuple[Path, ...], markdown: bool, groups: bool, html: Path | None) -> None:
    """Show results files as a table of cases × versions.

    Reads the files that `conformance run --results` and `conformance gate --results` wrote; a file of a run that did
    not end is refused.
    """
    from rich.markdown import Markdown

    from conformance.cli.screen import screen
    from conformance.report.markdown import groups_table, versions_table
    from conformance.verdict.results import read_results

    runs = [read_results(file) for file in files]
    if html is not None:
        from conformance.running.explaining import page_of

        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(page_of(runs), encoding="utf-8")
        screen().print(f"report: {html}", markup=False, highlight=False)
        return
    table = groups_table(runs) if groups else versions_table(runs)
    if markdown:
        click.echo(table)
    else:
        screen().print(Markdown(table))
