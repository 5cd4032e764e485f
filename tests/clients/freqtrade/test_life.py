"""A whole life of freqtrade in live mode: it loads the market and its candles, enters, keeps a stop, and exits."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from conformance.simulator import DEFAULT_KEY, DEFAULT_SECRET, Simulator
from tests.support.absent import absent

STRATEGIES = Path(__file__).parent / "strategies"
VERSIONS = {
    "fapiPublic": "v1",
    "fapiPublicV2": "v2",
    "fapiPublicV3": "v3",
    "fapiPrivate": "v1",
    "fapiPrivateV2": "v2",
    "fapiPrivateV3": "v3",
}
DEADLINE_S = 90.0


def executable() -> str:
    """Return where freqtrade is; it stands beside the Python that runs this."""
    beside = Path(sys.executable).with_name("freqtrade")
    found = str(beside) if beside.exists() else shutil.which("freqtrade")
    if found is None:
        absent("freqtrade is not installed: tox run -e clients does that")
    return found


def configuration(simulator: Simulator, folder: Path) -> Path:
    """Write a live configuration that trades BTC/USDT:USDT on the simulator."""
    addresses = {name: f"{simulator.url}/fapi/{version}" for name, version in VERSIONS.items()}
    pricing = {"price_side": "other", "use_order_book": True, "order_book_top": 1}
    content = {
        "dry_run": False,
        "trading_mode": "futures",
        "margin_mode": "isolated",
        "stake_currency": "USDT",
        "stake_amount": 500,
        "max_open_trades": 1,
        "timeframe": "1m",
        "initial_state": "running",
        "db_url": f"sqlite:///{folder / 'trades.sqlite'}",
        "entry_pricing": pricing,
        "exit_pricing": pricing,
        "exchange": {
            "name": "binance",
            "key": DEFAULT_KEY,
            "secret": DEFAULT_SECRET,
            "enable_ws": False,
            "pair_whitelist": ["BTC/USDT:USDT"],
            "ccxt_config": {
                "urls": {"api": addresses},
                "options": {"fetchMarkets": {"types": ["linear"]}, "fetchCurrencies": False, "fetchMargins": False},
            },
        },
        "pairlists": [{"method": "StaticPairList"}],
        "internals": {"process_throttle_secs": 1},
    }
    path = folder / "config.json"
    path.write_text(json.dumps(content))
    return path


@asynccontextmanager
async def freqtrade(simulator: Simulator, folder: Path) -> AsyncIterator[Callable[[], str]]:
    """Run freqtrade until the end of the block; gives what it has written so far."""
    command = [executable(), "trade", "--config", str(configuration(simulator, folder)), "--strategy", "Once"]
    command += ["--strategy-path", str(STRATEGIES), "--userdir", str(folder)]
    log = folder / "freqtrade.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(*command, stdout=out, stderr=asyncio.subprocess.STDOUT)
        try:
            yield log.read_text
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def reaches(what: str, holds: Callable[[], bool], log: Callable[[], str]) -> None:
    """Wait until it holds; fails with the end of freqtrade's log."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            while not holds():  # noqa: ASYNC110  (the bot is another process: only its acts can be looked at)
                await asyncio.sleep(0.1)
    except TimeoutError:
        pytest.fail(f"freqtrade never {what}:\n{log()[-3000:]}")


@pytest.mark.timeout(3 * DEADLINE_S)
async def test_freqtrade__enters_keeps_its_stop_on_the_exchange_and_exits(tmp_path: Path) -> None:
    """It enters at the market, places its stop at the Algo service, exits with a profit, and takes the stop back."""
    simulator = Simulator()
    asked: list[tuple[str, int]] = []
    simulator.server.on_answer = lambda request, answer: asked.append(
        (f"{request.method} {request.path}", answer.status)
    )
    await simulator.start()
    try:
        async with freqtrade(simulator, tmp_path) as log:
            books = simulator.control.books
            await reaches("entered with a stop", lambda: bool(books()["positions"] and books()["algo_orders"]), log)
            (stop,) = books()["algo_orders"]
            assert (stop["orderType"], stop["side"], stop["reduceOnly"]) == ("STOP_MARKET", "SELL", True)
            simulator.control.move_price("BTCUSDT", "50600")
            await reaches("exited", lambda: not books()["positions"] and not books()["algo_orders"], log)
    finally:
        await simulator.close()

    missing = [route for route, status in asked if status == 404]
    assert not missing, f"the simulator lacks {missing}"
    assert ("GET /fapi/v1/klines", 200) in asked
