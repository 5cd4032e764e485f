"""`conformance cache`: the installed versions, how large they are, and which may go."""

import re

import click

_MB = 10**6


@click.group("cache", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List the installed versions, and remove unused ones."""
    if context.invoked_subcommand is None:
        context.invoke(listing)


@command.command("list")
def listing() -> None:
    """List what is installed: size, and days since its last use.

    Sizes are those of the files. Where they are links into uv's cache, removing them frees less (`uv cache prune`).
    """
    from rich.table import Table

    from conformance.cli.screen import screen
    from conformance.subject.cache import kept
    from conformance.subject.installations import cache_folder

    entries = kept()
    table = Table(box=None, pad_edge=False)
    for column in ("folder", "what", "MB", "days unused"):
        table.add_column(column, justify="right" if column in ("MB", "days unused") else "left", overflow="fold")
    for each in entries:
        table.add_row(each.folder.name, each.what, f"{each.size_bytes / _MB:,.0f}", f"{each.unused_days():.0f}")
    console = screen()
    if entries:
        console.print(table)
    total = sum(each.size_bytes for each in entries)
    console.print(f"{len(entries)} in {cache_folder().parent}, {total / _MB:,.0f} MB", markup=False, highlight=False)


class _Age(click.ParamType[float]):
    name = "age"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return days."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([dw]?)", str(value))
        if found is None:
            self.fail(f"{value!r} is not an age: give days, such as 30 or 30d, or weeks, such as 4w", param, ctx)
        return float(found[1]) * (7 if found[2] == "w" else 1)


@command.command("prune")
@click.option("--older-than", "older_than_days", type=_Age(), help="Remove what was not used for so long, such as 30d.")
@click.option("--keep", type=click.IntRange(min=0), help="Remove all but so many, those used last.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def prune(older_than_days: float | None, keep: int | None, dry_run: bool) -> None:
    """Remove installed versions; without options only leftovers of interrupted installations.

    What a run uses or installs at the moment stays. A removed version is installed again when it is asked for.
    """
    from conformance.cli.screen import screen
    from conformance.subject import cache

    pruned = cache.prune(older_than_days=older_than_days, keep=keep, dry_run=dry_run)
    console = screen()
    verb = "would remove" if dry_run else "removed"
    for each in pruned.removed:
        console.print(f"{verb} {each.folder.name}: {each.what}", markup=False, highlight=False)
    for each, why in pruned.stayed:
        console.print(f"kept {each.folder.name}: {why}", markup=False, highlight=False)
    size = f"{pruned.freed_bytes / _MB:,.0f} MB"
    console.print(f"{verb} {len(pruned.removed)}, {size}", markup=False, highlight=False)
