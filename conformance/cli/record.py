"""`conformance record`: cassettes of the cases."""

from dataclasses import replace
from pathlib import Path

import click

from conformance.cli.options import run_options
from conformance.locations import RECORDED
from conformance.running.options import RunOptions


@click.command("record")
@run_options(
    "results",
    "cassettes",
    "kept_by",
    nautilus={"default": "newest", "show_default": True},
    world={"type": click.Choice(["simulator", "testnet"])},
)
@click.option(
    "--cassettes",
    type=click.Path(file_okay=False, path_type=Path),
    default=RECORDED,
    show_default=True,
    help="The folder that they are written to, one file a case.",
)
def command(*, options: RunOptions, cassettes: Path) -> None:
    """Record the cases' conversations as cassettes.

    Only a case whose checks held writes one, over an older one of the same case. A cassette says where it was
    recorded: one from the simulator never passes for one from Binance. `--world testnet` needs testnet credentials;
    `conformance doctor` says whether they are there.
    """
    from conformance.cli.single import run_and_exit

    run_and_exit(replace(options, record=cassettes, results=Path("results") / f"recording-{options.world}.jsonl"))
