"""`conformance check`: the invariants over stored histories."""

from pathlib import Path

import click


@click.command("check")
@click.argument("histories", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="HISTORY…")
@click.option(
    "--timeline/--no-timeline", default=None, help="Show what happened; by default where something is broken."
)
def command(*, histories: tuple[Path, ...], timeline: bool | None) -> None:
    """Judge stored histories by the invariants.

    A HISTORY is a file that a run has kept (results/*-histories/*.jsonl), or a folder of them. Exits 0 if every history
    obeys every invariant, 1 if one does not, 4 if one cannot be read.
    """
    from conformance.history.history import History
    from conformance.history.stored import HistoryError
    from conformance.invariants import violations

    files = [file for given in histories for file in _files(given)]
    if not files:
        raise click.UsageError(f"no *.jsonl in {', '.join(map(str, histories))}: give a stored history or its folder")
    broken = 0
    for file in files:
        try:
            history = History.read(file)
        except HistoryError as error:
            raise click.UsageError(str(error)) from error
        found = violations(history)
        broken += bool(found)
        click.echo(f"{file}: {f'{len(found)} broken' if found else 'all invariants hold'}")
        for violation in found:
            click.echo(f"  {violation.signature}: {violation.detail}")
        if timeline or (timeline is None and found):
            click.echo(history.timeline(last=None))
    click.echo(f"{len(files)} histories, {broken} break an invariant")
    click.get_current_context().exit(1 if broken else 0)


def _files(given: Path) -> list[Path]:
    return sorted(given.glob("**/*.jsonl")) if given.is_dir() else [given]
