"""`simulator`: served alone, and a client is told all that it needs."""

import asyncio
import socket
from pathlib import Path
from typing import Never

import httpx
import pytest
from click.exceptions import Exit

from conformance.cli.serving import ED25519_FILE, serve
from conformance.verdict.decision import Decision


async def test_a_client_is_told_addresses_and_credentials(tmp_path: Path) -> None:
    """The addresses that are printed answer, and the private key lies where it says, for its owner only."""
    said: asyncio.Queue[str] = asyncio.Queue()
    serving = asyncio.create_task(serve(0, None, tmp_path / "keys", said.put_nowait))
    try:
        lines: list[str] = []
        async with asyncio.timeout(10):
            while not lines or not lines[-1].startswith("Ctrl-C"):
                lines.append(await said.get())
        text = "\n".join(lines)
        url = next(line.split()[-1] for line in lines if line.startswith("  REST"))
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{url}/fapi/v1/time")
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    assert answer.json()["serverTime"] > 0
    assert "export BINANCE_FUTURES_TESTNET_API_KEY=simulator-key" in text
    assert str(tmp_path / "keys" / ED25519_FILE) in text
    assert (tmp_path / "keys" / ED25519_FILE).stat().st_mode & 0o077 == 0


async def test_a_port_in_use_names_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    """A port that another program has is wrong usage, with the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Exit) as ended:
            await serve(port, None, None)

    assert ended.value.exit_code == Decision.WRONG_USAGE
    assert f"port {port} is in use: give another with --port" in capsys.readouterr().err


async def test_an_unsound_state_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A state file that the simulator refuses is named, with the simulator's own reason."""

    def refuse(**_: object) -> Never:
        raise ValueError("line 1: not JSON")

    monkeypatch.setattr("conformance.cli.serving.Simulator", refuse)

    with pytest.raises(Exit) as ended:
        await serve(0, Path("state.json"), None)

    assert ended.value.exit_code == Decision.WRONG_USAGE
    assert "--state state.json: line 1: not JSON" in capsys.readouterr().err
