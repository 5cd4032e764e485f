"""`conformance report`: stored results as a table of cases × versions."""

from pathlib import Path

import click


@click.command("report")
@click.argument("files", metavar="RESULTS...", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--markdown", is_flag=True, help="As Markdown, as the README shows it; otherwise for the terminal.")
@click.option("--groups", is_flag=True, help="A row for each group of cases, rather than for each case.")
def command(files: tuple[Path, ...], markdown: bool, groups: bool) -> None:
    """Show results files as a table of cases × versions.

    Reads the files that `conformance run --results` and `conformance gate --results` wrote; a file of a run that did
    not end is refused.
    """
    from rich.markdown import Markdown

    from conformance.cli.screen import screen
    from conformance.report.markdown import groups_table, versions_table
    from conformance.verdict.results import read_results

    runs = [read_results(file) for file in files]
    table = groups_table(runs) if groups else versions_table(runs)
    if markdown:
        click.echo(table)
    else:
        screen().print(Markdown(table))
