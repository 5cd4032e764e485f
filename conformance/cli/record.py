"""`conformance record`: cassettes of the cases."""

from pathlib import Path

import click

from conformance.cli import options
from conformance.locations import CASSETTES


@click.command("record")
@click.option(
    "--nautilus", "version", metavar="VERSION", default="newest", show_default=True, help="Whose conversation."
)
@options.world("simulator", "testnet")
@options.case_ids()
@options.cache_database()
@click.option(
    "--cassettes",
    type=click.Path(file_okay=False, path_type=Path),
    default=CASSETTES,
    show_default="the suite's own",
    help="The folder that they are written to, one file a case.",
)
def command(
    *, version: str, world: str, case_ids: tuple[str, ...], cache_database: str | None, cassettes: Path
) -> None:
    """Record the cases' conversations as cassettes.

    Only a case whose checks held writes one, over an older one of the same case. A cassette says where it was
    recorded: one from the simulator never passes for one from Binance. `--world testnet` needs testnet credentials;
    `conformance doctor` says whether they are there.
    """
    from conformance.running.single import Single, run_single

    results = Path("results") / f"recording-{world}.jsonl"
    run_single(Single(version, world, case_ids, results, record=cassettes, cache_database=cache_database))
