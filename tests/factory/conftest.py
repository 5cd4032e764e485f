"""Fixtures of the factory's tests: credentials that can be recognised, and native objects of either generation.

These tests need pytest and an installed nautilus_trader, nothing else. Without one, only what works without it runs.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

SECRETS = {
    "BINANCE_API_KEY": "live-key-8c1d7f",
    "BINANCE_API_SECRET": "live-secret-41ab90",
    "BINANCE_FUTURES_TESTNET_API_KEY": "futures-testnet-key-5530aa",
    "BINANCE_FUTURES_TESTNET_API_SECRET": "futures-testnet-secret-d21c07",
    "BINANCE_TESTNET_API_KEY": "spot-testnet-key-77e9b4",
    "BINANCE_TESTNET_API_SECRET": "spot-testnet-secret-19f3c8",
    "BINANCE_DEMO_API_KEY": "demo-key-b6602e",
    "BINANCE_DEMO_API_SECRET": "demo-secret-0fae35",
}

INSTALLED = find_spec("nautilus_trader") is not None
if not INSTALLED:
    collect_ignore_glob = [
        each.name for each in Path(__file__).parent.glob("test_*.py") if each.name != "test_rejections.py"
    ]


def pytest_report_header() -> str:
    """Name the NautilusTrader under these tests, or say how to get one."""
    if not INSTALLED:
        return "factory: nautilus_trader is not installed, most tests are left out: tox run -m tests runs them all"
    import nautilus_trader

    return f"factory: nautilus_trader {nautilus_trader.__version__}"


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment whose only Binance variables are `SECRETS`; returned for tests that change it."""
    for name in os.environ:
        if name.startswith("BINANCE_"):
            monkeypatch.delenv(name)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def secrets() -> dict[str, str]:
    """The credentials in the environment, by variable."""
    return dict(SECRETS)


@pytest.fixture
def no_secret() -> Callable[[str], None]:
    """A check that a text holds none of the credentials."""

    def check(text: str) -> None:
        assert [name for name, value in SECRETS.items() if value in text] == []

    return check


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a script in a fresh interpreter of this environment, with `path` in front of its module path."""

    def run(
        script: str, path: Path = REPOSITORY, environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
        return subprocess.run(
            [sys.executable, "-c", script],
            cwd=path,
            env={**inherited, **(environ or {}), "PYTHONPATH": str(path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def native() -> SimpleNamespace:
    """The native classes the tests need, found where this generation keeps them."""
    from nautilus_trader import model

    names: dict[str, Any] = {}
    if hasattr(model, "CryptoPerpetual"):
        from nautilus_trader.common import Clock, OrderFactory
        from nautilus_trader.trading import Strategy, StrategyConfig

        names |= vars(model)
        trader_id, strategy_id = model.TraderId.from_str, model.StrategyId.from_str
        clock = Clock.new_test()
        symbol = model.Symbol.from_str
    else:
        from nautilus_trader.common.component import TestClock
        from nautilus_trader.common.factories import OrderFactory
        from nautilus_trader.model import enums, identifiers, instruments, objects
        from nautilus_trader.trading import Strategy
        from nautilus_trader.trading.config import StrategyConfig

        names |= vars(enums) | vars(identifiers) | vars(instruments) | vars(objects)
        trader_id, strategy_id = identifiers.TraderId, identifiers.StrategyId
        clock = TestClock()
        symbol = identifiers.Symbol
    names |= {"Strategy": Strategy, "StrategyConfig": StrategyConfig, "symbol": symbol}

    def strategy(trader: str = "TRADER-001", name: str = "S-001") -> SimpleNamespace:
        """What the order helpers use of a registered strategy: NautilusTrader's own order factory."""
        return SimpleNamespace(order_factory=OrderFactory(trader_id(trader), strategy_id(name), clock))

    return SimpleNamespace(**{**names, "strategy": strategy})


@pytest.fixture
def strategy(native: SimpleNamespace) -> SimpleNamespace:
    """A strategy whose order factory works without a node."""
    made: SimpleNamespace = native.strategy()
    return made


@pytest.fixture
def make_instrument(native: SimpleNamespace) -> Callable[..., Any]:
    """Make BTCUSDT-PERP with the venue's limits as of 2026-07, or with others."""

    def make(**changes: Any) -> Any:
        price, quantity, money = native.Price.from_str, native.Quantity.from_str, native.Money.from_str
        fields = {
            "instrument_id": native.InstrumentId.from_str("BTCUSDT-PERP.BINANCE"),
            "raw_symbol": native.symbol("BTCUSDT"),
            "base_currency": native.Currency.from_str("BTC"),
            "quote_currency": native.Currency.from_str("USDT"),
            "settlement_currency": native.Currency.from_str("USDT"),
            "is_inverse": False,
            "price_precision": 1,
            "size_precision": 3,
            "price_increment": price("0.1"),
            "size_increment": quantity("0.001"),
            "min_price": price("556.8"),
            "max_price": price("4529764.0"),
            "min_quantity": quantity("0.001"),
            "max_quantity": quantity("1000.000"),
            "min_notional": money("50 USDT"),
            "ts_event": 0,
            "ts_init": 0,
            "info": {
                "filters": [
                    {"filterType": "LOT_SIZE", "maxQty": "1000"},
                    {"filterType": "MARKET_LOT_SIZE", "maxQty": "120"},
                ]
            },
        }
        return native.CryptoPerpetual(**{**fields, **changes})

    return make


@pytest.fixture
def instrument(make_instrument: Callable[..., Any]) -> Any:
    """BTCUSDT-PERP with the venue's limits."""
    return make_instrument()


@pytest.fixture
def make(strategy: SimpleNamespace, instrument: Any) -> Callable[..., Any]:
    """Call an order helper, with a valid order's arguments for whatever is not given."""
    from tests.factory.ordering import VALID  # imports the native classes

    def call(helper: Callable[..., Any], **arguments: Any) -> Any:
        given = {"strategy": strategy, "instrument": instrument, "side": "SELL", "quantity": "0.010"}
        return helper(**{**given, **VALID[helper], **arguments})

    return call
