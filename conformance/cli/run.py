"""`conformance run`: the cases on one version."""

import click

from conformance.cli.options import run_options
from conformance.running.options import RunOptions


@click.command("run")
@run_options(nautilus={"required": True})
@click.option(
    "--repeat", type=click.IntRange(min=2), metavar="N", help="Run everything N times, and say which cases differ."
)
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def command(*, options: RunOptions, repeat: int | None, pytest_args: tuple[str, ...]) -> None:
    """Run the cases on one NautilusTrader version.

    What follows `--` goes to pytest, whose own output is then shown: `conformance run --nautilus newest -- -k stop -v`.
    A run is judged only if it comes to its end, so leave out -x and --maxfail.

    With --repeat the outcomes of N runs are compared: each case that differs is named, and each pass that took over
    80 % of a deadline.

    Exits 0 if all is as expected, 1 if a case fails unexpectedly, a known failure does not, or a case differs between
    runs, 2 if the suite or its environment broke, 3 if a replay drifted or nothing could be run, 4 on wrong usage.
    """
    from conformance.cli.single import repeat_and_exit, run_and_exit
    from conformance.running.own_redis import with_own_redis

    if repeat is not None and pytest_args:
        raise click.UsageError("--repeat compares whole runs: leave out pytest's own options")
    with with_own_redis(options) as equipped:
        if repeat is not None:
            repeat_and_exit(equipped, repeat)
        run_and_exit(equipped, pytest_args=pytest_args)
