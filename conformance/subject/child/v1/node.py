"""The config of a 1.x node, made by the factory from the settings; whatever waits by default waits no longer."""

import os
from typing import Any

import msgspec
from nautilus_trader.adapters.binance import factories
from nautilus_trader.adapters.binance.config import BinanceDataClientConfig
from nautilus_trader.config import (
    CacheConfig,
    DatabaseConfig,
    InstrumentProviderConfig,
    LiveDataEngineConfig,
    LiveRiskEngineConfig,
    StrategyConfig,
)

import factory

from ..blame import Unsupported
from ..orders import instrument_id
from ..settings import Settings
from . import capabilities, native


def node_config(settings: Settings) -> Any:
    """Return the node's config."""
    if settings.transport != "http":
        raise Unsupported(f"transport {settings.transport!r}: 1.x sends every order over HTTP")
    if settings.key_type == "ed25519" and not capabilities.logs_on_over_the_ws_api():
        _take_armour_off_secrets()
    node = {
        "timeout_connection": settings.timeout_connection_s,
        "timeout_reconciliation": settings.timeout_connection_s,
        "timeout_portfolio": settings.timeout_connection_s,
        "timeout_disconnection": settings.timeout_stop_s,
        "timeout_post_stop": settings.post_stop_s,
        **native.values(settings, "node"),
    }
    if bus := node.get("message_bus"):
        node["message_bus"] = _message_bus(settings, bus)
    if settings.ends_on_error:
        node.setdefault("data_engine", LiveDataEngineConfig(graceful_shutdown_on_exception=True))
    data_clients = {"BINANCE": _data_client(settings)} if settings.with_data_client else {}
    ends = {"graceful_shutdown_on_exception": True} if settings.ends_on_error else {}
    engine = {"reconciliation_startup_delay_secs": 0.0, **ends, **native.values(settings, "exec_engine")}
    return factory.create_tradingnode_config(
        _exec_client(settings),
        data_clients=data_clients,
        trader_id=settings.trader_id,
        log_level=settings.log_level,
        **_cache(settings),
        exec_engine=engine,
        logging={"log_colors": False},
        risk_engine=LiveRiskEngineConfig(**{**ends, **native.values(settings, "risk_engine")}),
        **node,
    )


def strategy_config(settings: Settings, number: int) -> Any:
    """Return the config of a strategy that carries out commands, CASE-001 being the first."""
    given = native.values(settings, "strategy")
    if settings.hedge:
        given["oms_type"] = "HEDGING"
    claims = [instrument_id(symbol) for symbol in settings.external_order_claims if number == 1]
    return StrategyConfig(
        **{
            "strategy_id": "CASE",
            "order_id_tag": f"{number:03}",
            **({"external_order_claims": claims} if claims else {}),
            **given,
        }
    )


def _cache(settings: Settings) -> dict[str, Any]:
    """The cache as the factory takes it: an address, or the native config where more is to be said than that."""
    given = native.values(settings, "cache")
    if not given:
        return settings.redis
    if redis := settings.redis:
        given["database"] = DatabaseConfig(type="redis", host=redis["redis_host"], port=redis["redis_port"])
    return {"cache": CacheConfig(**given)}


def _message_bus(settings: Settings, given: Any) -> Any:
    """The message bus as a profile or a case has it; one that names no database is written where the cache is kept."""
    if given.database is not None or not (redis := settings.redis):
        return given
    database = DatabaseConfig(type="redis", host=redis["redis_host"], port=redis["redis_port"])
    return msgspec.structs.replace(given, database=database)


def _exec_client(settings: Settings) -> Any:
    given = native.values(settings, "client")
    if settings.hedge:
        # The venue refuses reduceOnly where each position has a side of its own.
        given = {"use_reduce_only": False, **given}
    ours = {name: given.pop(name) for name in native.CHECKED_BY_THE_FACTORY if name in given}
    return factory.create_binance_exec_client(
        testnet=settings.testnet,
        max_retries=ours.get("max_retries", 3),
        leverages=ours.get("futures_leverages"),
        margin_types=ours.get("futures_margin_types"),
        **_urls(settings),
        **_key_type(settings),
        **{"instrument_provider": InstrumentProviderConfig(load_all=True), **given},
    )


def _data_client(settings: Settings) -> Any:
    given = native.values(settings, "data_client")
    known = BinanceDataClientConfig.__struct_fields__
    if "environment" in known:
        from nautilus_trader.adapters.binance.common.enums import BinanceEnvironment

        environment = {"environment": BinanceEnvironment.TESTNET if settings.testnet else BinanceEnvironment.LIVE}
    else:
        environment = {"testnet": settings.testnet}
    if settings.instruments_ms is not None:
        # A part of a minute, which the field's type has no value for and the client's own sum has.
        given["update_instruments_interval_mins"] = settings.instruments_ms / 60_000
    return BinanceDataClientConfig(
        **{
            "account_type": factory.BinanceAccountType.USDT_FUTURES,
            "instrument_provider": InstrumentProviderConfig(load_all=True),
            "base_url_http": settings.http_url,
            "base_url_ws": settings.stream("/market"),
            **environment,
            **_key_type(settings),
            **given,
        }
    )


def _urls(settings: Settings) -> dict[str, Any]:
    """`base_url_ws` was the user stream's URL until it became the WS API's and the stream got a field of its own."""
    if capabilities.logs_on_over_the_ws_api():
        streams = {"base_url_ws": settings.ws_api, "base_url_ws_stream": settings.stream("/private")}
    else:
        streams = {"base_url_ws": settings.stream("")}
    return {"base_url_http": settings.http_url, **streams}


def _take_armour_off_secrets() -> None:
    """Up to 1.222 an Ed25519 secret is the bare base64 of the key; a PEM's lines around it become part of the key."""
    for name, value in os.environ.items():
        if name.startswith("BINANCE_") and name.endswith("_SECRET"):
            lines = (line.strip() for line in value.splitlines())
            os.environ[name] = "".join(line for line in lines if not line.startswith("-----"))


def _key_type(settings: Settings) -> dict[str, Any]:
    return {"key_type": factories.BinanceKeyType.ED25519} if settings.key_type == "ed25519" else {}
