"""`conformance run`: the cases on one version."""

from pathlib import Path

import click

from conformance.cli import options


@click.command("run")
@click.option(
    "--nautilus",
    "version",
    metavar="VERSION",
    required=True,
    help="newest, previous, nightly, or an exact version such as 1.231.0.",
)
@options.world()
@options.case_ids()
@click.option(
    "--results",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The results file; histories and pytest's log lie beside it.  [default: results/VERSION-WORLD.jsonl]",
)
@options.cache_database()
@options.overlays("the subject's")
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def command(
    *,
    version: str,
    world: str,
    case_ids: tuple[str, ...],
    results: Path | None,
    cache_database: str | None,
    overlays: tuple[str, ...],
    pytest_args: tuple[str, ...],
) -> None:
    """Run the cases on one NautilusTrader version.

    What follows `--` goes to pytest, whose own output is then shown: `conformance run --nautilus newest -- -k stop -v`.
    A run is judged only if it comes to its end, so leave out -x and --maxfail.

    Exits 0 if all is as expected, 1 if a case fails unexpectedly or an expectation no longer holds, 2 if the suite or
    its environment broke, 3 if a replay drifted or nothing could be run, 4 on wrong usage.
    """
    from conformance.running.single import Single, run_single

    run_single(Single(version, world, case_ids, results, overlays, pytest_args, cache_database=cache_database))
