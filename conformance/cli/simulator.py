"""`conformance simulator`: the venue alone."""

from pathlib import Path

import click


@click.command("simulator")
@click.option("--port", type=click.IntRange(0, 65535), default=9443, show_default=True, help="0 takes any free port.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Begin with this saved account.  [default: 10,000 USDT in one-way mode]",
)
@click.option(
    "--keys",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the private half of the Ed25519 pair into this folder.",
)
@click.option(
    "--lenient-routes",
    is_flag=True,
    help="Serve every stream on any route, as Binance's testnet does.  [default: as production, on its own only]",
)
def command(port: int, state: Path | None, keys: Path | None, lenient_routes: bool) -> None:
    """Serve the simulator alone, for any Binance client.

    Prints the addresses and credentials to give to the client, then logs requests until Ctrl-C. It listens on the
    loopback interface only. Its signatures are verified, its money is not real.
    """
    import asyncio
    from contextlib import suppress

    from conformance.cli.serving import serve

    with suppress(KeyboardInterrupt):
        asyncio.run(serve(port, state, keys, lenient_routes=lenient_routes))
