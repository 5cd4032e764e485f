"""`conformance cases`: the contract as a list."""

import json
from pathlib import Path

import click


@click.command("cases")
@click.option("--json", "as_json", is_flag=True, help="As JSON: one object a case, with everything known of it.")
@click.option("--cards", is_flag=True, help="As a page: upstream's test cards, and the cases that cover each.")
@click.option(
    "--cases",
    "folders",
    metavar="DIR",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="List the cases in this folder in place of the contract's own; may be repeated.",
)
def command(*, as_json: bool, cards: bool, folders: tuple[Path, ...]) -> None:
    """List every case; runs nothing.

    Id, requirement, group, the upstream test card that it covers, the worlds it can run in, the capabilities it needs.
    """
    import itertools

    from rich.table import Table
    from rich.text import Text

    from conformance.cli.screen import screen
    from conformance.running.catalogue import collect
    from conformance.worlds.names import WORLDS

    console = screen()
    with screen(stderr=True).status("collecting the cases"):
        cases = collect(folders)
    if as_json:
        click.echo(json.dumps(list(cases.values()), indent=2, ensure_ascii=False))
        return
    if cards:
        from conformance.running.cards import page

        click.echo(page(cases), nl=False)
        return
    table = Table(box=None, pad_edge=False)
    for column, fixed in (("case", True), ("requirement", False), ("card", True), ("worlds", True), ("needs", False)):
        table.add_column(column, no_wrap=fixed)
    for _, group in itertools.groupby(cases.items(), key=lambda item: item[1]["group"]):
        for case_id, case in group:
            worlds = "all" if set(case["worlds"]) == set(WORLDS) else " ".join(case["worlds"])
            cells = (case_id, case["requirement"], case["card"] or "", worlds, " ".join(case["needs"]))
            table.add_row(*map(Text, cells))
        table.add_section()
    console.print(table)
    console.print(f"{len(cases)} cases", highlight=False)
