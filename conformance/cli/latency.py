"""`conformance latency`: how fast a version is, alone or beside another."""

import click


@click.command("latency")
@click.option("--nautilus", "version", metavar="VERSION", required=True, help="The version to measure.")
@click.option("--against", metavar="VERSION", help="Another version, measured in turns with the first.")
def command(version: str, against: str | None) -> None:
    """Measure the latency of a version, or of two side by side.

    From the strategy's submit to the request on the wire, and from the frame on the wire to the event in the strategy,
    against the budgets in fixtures/.
    """
    import importlib

    from click.exceptions import Exit

    from conformance.cli.ending import BROKEN, stop

    try:
        measurement = importlib.import_module("conformance.latency.command")
    except ModuleNotFoundError as error:
        if error.name != "conformance.latency.command":
            raise
        stop(BROKEN, "this revision of the suite cannot measure latency yet")
    raise Exit(measurement.measure(version, against))
