"""The data client beside the execution client: without one a node has no instruments, and its orders are denied."""

import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from factory import (
    OrderRefusedError,
    create_binance_data_client,
    create_binance_exec_client,
    create_livenode_builder,
    create_tradingnode_config,
    environments,
    explain_rejection,
    installed,
    market_order,
    trailing_stop_market_order,
)
from factory.data_client import data_clients_beside
from tests.factory.building import FIELDS, ONE

only_1x = pytest.mark.skipif(not ONE, reason="2.x has no TradingNodeConfig: run a 1.x version")


@pytest.mark.parametrize("testnet", [False, True])
def test_it_is_of_the_execution_clients_environment_and_account(testnet: bool) -> None:
    """Prices and orders are of one place."""
    execution = create_binance_exec_client(testnet=testnet)

    data = data_clients_beside(execution)["BINANCE"]

    shared = ("environment",) if "environment" in FIELDS else ("testnet",)
    shared += ("account_type",) if ONE else ("product_type",)
    for field in shared:
        assert getattr(data, field) == getattr(execution["BINANCE"], field), field


@only_1x
def test_a_node_has_one_with_every_instrument_unless_told_otherwise() -> None:
    """The config trades as it is: its data client and its execution client load every instrument."""
    config = create_tradingnode_config(create_binance_exec_client(testnet=True))

    assert set(config.data_clients) == {"BINANCE"}
    assert config.data_clients["BINANCE"].instrument_provider.load_all
    assert config.exec_clients["BINANCE"].instrument_provider.load_all
    assert create_tradingnode_config(create_binance_exec_client(), data_clients={}).data_clients == {}


@only_1x
def test_an_own_instrument_provider_stays() -> None:
    """A firm with a few symbols loads those."""
    from nautilus_trader.config import InstrumentProviderConfig

    few = InstrumentProviderConfig(load_ids=frozenset({"BTCUSDT-PERP.BINANCE"}))

    assert create_binance_exec_client(instrument_provider=few)["BINANCE"].instrument_provider is few


def test_an_endpoint_of_ones_own_wants_the_data_clients_said() -> None:
    """Orders at a simulator and prices from Binance would be two markets: the refusal names what to pass."""
    execution = create_binance_exec_client(testnet=True, base_url_http="http://127.0.0.1:9443")
    build = create_tradingnode_config if ONE else create_livenode_builder

    with pytest.raises(ValueError, match=r"base_url_http of its own.*data_clients=create_binance_data_client"):
        build(execution)
    assert build(execution, data_clients=create_binance_data_client(testnet=True)) is not None


@pytest.mark.parametrize("field", ["api_key", "api_secret"])
def test_credentials_are_no_arguments(field: str) -> None:
    """As with the execution client, a repr or a log would show them."""
    with pytest.raises(ValueError, match="set the environment variable"):
        create_binance_data_client(**{field: "typed-in-c0ffee"})


def test_a_production_host_is_refused_on_the_testnet() -> None:
    """As with the execution client."""
    with pytest.raises(ValueError, match="is a production host"):
        create_binance_data_client(testnet=True, base_url_http="https://fapi.binance.com")


def test_the_environment_may_be_given_natively() -> None:
    """A version that has the native enum takes it here too."""
    if "environment" not in installed.fields_of(installed.binance.BinanceDataClientConfig):
        pytest.skip("this version has no environments: run 1.222.0 or newer")
    native = environments.members().TESTNET
    assert create_binance_data_client(environment=native)["BINANCE"].environment == native


def test_what_is_decided_is_logged_without_secrets(caplog: pytest.LogCaptureFixture, secrets: dict[str, str]) -> None:
    """The standard logger of the folder's name tells what was decided."""
    with caplog.at_level(logging.INFO, logger="factory"):
        data_clients_beside(create_binance_exec_client(testnet=True))

    assert "TESTNET" in caplog.text
    assert "data client added" in caplog.text
    assert not [value for value in secrets.values() if value in caplog.text]


def test_an_instrument_that_is_not_there_is_named(make: Callable[..., Any]) -> None:
    """`cache.instrument` returns None for an unknown id: the refusal says so, and where to look."""
    with pytest.raises(OrderRefusedError, match="the cache has no instrument of that id"):
        make(market_order, instrument=None)


def test_the_callback_ceiling_is_the_installed_versions(make: Callable[..., Any]) -> None:
    """NautilusTrader denies more than its own ceiling, so more is refused before."""
    with pytest.raises(OrderRefusedError, match="callback rate") as refusal:
        make(trailing_stop_market_order, callback_rate="25")
    assert make(trailing_stop_market_order, callback_rate=refusal.value.nearest) is not None
    if not ONE:
        assert refusal.value.nearest == "10"


def test_a_denial_for_want_of_a_price_is_explained(native: SimpleNamespace) -> None:
    """2.x denies orders of a symbol without a price; once one has come, the order can be sent."""
    explained = explain_rejection("MARKET_PRICE_UNAVAILABLE: no price for BTCUSDT-PERP.BINANCE")

    assert (explained.category, explained.retryable) == ("no_price_yet", True)
