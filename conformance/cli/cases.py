"""`conformance cases`: the contract as a list, and one case with everything that is known of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

#: A terminal that is narrower has no room for all columns; `show` has everything.
_WIDE = 120

_FOLDERS = click.option(
    "--cases",
    "folders",
    metavar="DIR",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="List the cases in this folder in place of the contract's own; may be repeated.",
)


@click.group("cases", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON: one object a case, with everything known of it.")
@click.option("--cards", is_flag=True, help="As a page: upstream's test cards, and the cases that cover each.")
@click.option(
    "--case", "only", metavar="ID", multiple=True, help="Only these: ids, families, or patterns such as 'STOP-*'."
)
@click.option("--about", metavar="TEXT", help="Only cases whose requirement, rule, card or upstream issues name it.")
@_FOLDERS
@click.pass_context
def command(
    context: click.Context,
    *,
    as_json: bool,
    cards: bool,
    only: tuple[str, ...],
    about: str | None,
    folders: tuple[Path, ...],
) -> None:
    """List every case; runs nothing.

    Id, requirement, group, the upstream test card that it covers, the worlds it can run in, the capabilities it needs.
    `conformance cases show ID` has everything about one.
    """
    if context.invoked_subcommand is not None:
        context.obj = folders
        return
    from conformance.cli.screen import screen
    from conformance.running.cards import page
    from conformance.running.catalogue import chosen, collect, in_order

    console = screen()
    with screen(stderr=True).status("collecting the cases"):
        collected = collect(folders)
    if cards:
        click.echo(page(collected), nl=False)
        return
    cases = in_order(collected)
    found = chosen(cases, only, about)
    if as_json:
        click.echo(json.dumps(list(found.values()), indent=2, ensure_ascii=False))
        return
    _print_list(console, found)
    console.print(f"{len(found)} cases" + (f" of {len(cases)}" if len(found) < len(cases) else ""), highlight=False)


@command.command("show")
@click.argument("case_id", metavar="ID")
@_FOLDERS
@click.pass_context
def show(context: click.Context, *, case_id: str, folders: tuple[Path, ...]) -> None:
    """Show one case: its requirement, what it rests on, what it needs, and the versions that are known to fail it."""
    from conformance.cli.screen import screen
    from conformance.locations import DEFECTS
    from conformance.report.case_sheet import case_sheet
    from conformance.running.catalogue import check_case_ids, collect
    from conformance.verdict.defects import load_defects

    with screen(stderr=True).status("collecting the cases"):
        cases = collect((*(context.obj or ()), *folders))
    check_case_ids((case_id,), cases, option="cases show")
    console = screen()
    for line in case_sheet(cases[case_id], load_defects(DEFECTS)):
        console.print(line, markup=False, highlight=False, soft_wrap=not line.startswith(" "))


def _print_list(console: "Console", cases: Mapping[str, Mapping[str, Any]]) -> None:
    import itertools

    from rich.table import Table
    from rich.text import Text

    from conformance.worlds.names import WORLDS

    wide = console.width >= _WIDE
    table = Table(box=None, pad_edge=False)
    columns = [("case", True), ("requirement", False), ("card", True), ("worlds", True), ("needs", False)]
    for column, fixed in columns if wide else columns[:2]:
        table.add_column(column, no_wrap=fixed)
    for _, group in itertools.groupby(cases.items(), key=lambda item: item[1]["group"]):
        for case_id, case in group:
            worlds = "all" if set(case["worlds"]) == set(WORLDS) else " ".join(case["worlds"])
            cells = (case_id, case["requirement"], case["card"] or "", worlds, " ".join(case["needs"]))
            table.add_row(*map(Text, cells if wide else cells[:2]))
        table.add_section()
    console.print(table)
