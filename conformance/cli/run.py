"""`conformance run`: the cases on one version."""

import click

from conformance.cli.options import run_options
from conformance.running.options import RunOptions


@click.command("run")
@run_options(nautilus={"required": True})
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def command(*, options: RunOptions, pytest_args: tuple[str, ...]) -> None:
    """Run the cases on one NautilusTrader version.

    What follows `--` goes to pytest, whose own output is then shown: `conformance run --nautilus newest -- -k stop -v`.
    A run is judged only if it comes to its end, so leave out -x and --maxfail.

    Exits 0 if all is as expected, 1 if a case fails unexpectedly or a known failure does not, 2 if the suite or
    its environment broke, 3 if a replay drifted or nothing could be run, 4 on wrong usage.
    """
    from conformance.cli.single import run_and_exit

    run_and_exit(options, pytest_args=pytest_args)
