"""Serving the simulator until Ctrl-C, and telling a client how to reach it."""

import asyncio
import errno
from collections.abc import Callable
from pathlib import Path

import click

from conformance.cli.ending import BROKEN, WRONG_USAGE, stop
from conformance.simulator import Credentials, Options, Simulator

ED25519_FILE = "simulator-ed25519.pem"


async def serve(
    port: int,
    state: Path | None,
    keys: Path | None,
    say: Callable[[str], None] = click.echo,
    *,
    lenient_routes: bool = False,
) -> None:
    """Serve on the loopback interface until cancelled. A port in use or an unsound state ends the command with 4."""
    credentials = Credentials()
    if keys is not None:
        _write_keys(credentials, keys)
    try:
        options = Options(lenient_routes=lenient_routes)
        simulator = Simulator(options=options, state=state, credentials=credentials, control_page=True)
        await simulator.start(port=port)
    except ValueError as error:
        stop(WRONG_USAGE, f"--state {state}: {error}")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            stop(WRONG_USAGE, f"port {port} is in use: give another with --port, or --port 0 for any free one")
        stop(BROKEN, f"cannot serve on port {port}: {error}")
    try:
        for line in greeting(simulator.port, keys):
            say(line)
        simulator.log_to(say)
        await asyncio.Event().wait()
    finally:
        await simulator.close()


def _write_keys(credentials: Credentials, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    credentials.write_ed25519(folder / ED25519_FILE)


def greeting(port: int, keys: Path | None) -> list[str]:
    """Return the lines that a client needs: addresses, credentials, and the variables that NautilusTrader reads."""
    from conformance.simulator.credentials import DEFAULT_ED25519_KEY, DEFAULT_KEY, DEFAULT_SECRET

    lines = [
        "Binance USDⓈ-M futures, simulated. Give these to your client:",
        f"  REST             http://127.0.0.1:{port}",
        f"  streams          ws://127.0.0.1:{port}",
        f"  WebSocket API    ws://127.0.0.1:{port}/ws-fapi/v1",
        f"  control          http://127.0.0.1:{port}/_control (POST)",
        "",
        "NautilusTrader's clients take them as",
        *_urls_by_line(port),
        "",
        f"  export BINANCE_FUTURES_TESTNET_API_KEY={DEFAULT_KEY}",
        f"  export BINANCE_FUTURES_TESTNET_API_SECRET={DEFAULT_SECRET}",
    ]
    if keys is not None:
        lines += ["", f"  Ed25519 key {DEFAULT_ED25519_KEY}, private half in {keys / ED25519_FILE}"]
    return [*lines, "", "Ctrl-C ends it."]


def _urls_by_line(port: int) -> list[str]:
    """Return the URLs that the execution and data clients of each line of NautilusTrader take, with their paths."""
    http, ws = f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}"
    execution = {
        "1.221, 1.222": {"base_url_ws": ws},
        "1.223 … 1.231": {"base_url_ws": f"{ws}/ws-fapi/v1", "base_url_ws_stream": f"{ws}/private"},
        "2.x": {"base_url_ws": f"{ws}/private/ws", "base_url_ws_trading": f"{ws}/ws-fapi/v1"},
    }
    lines = [f"  all              base_url_http={http}"]
    for line, fields in execution.items():
        data = f"{ws}/market/ws" if line == "2.x" else f"{ws}/market"
        lines.append(f"  {line:16} execution: {' '.join(f'{name}={url}' for name, url in fields.items())}")
        lines.append(f"  {'':16} data:      base_url_ws={data}")
    return lines
