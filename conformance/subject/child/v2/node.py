"""The builder of a 2.x node, made by the factory from the settings; whatever waits by default waits no longer."""

import math
from inspect import signature
from typing import Any

from nautilus_trader import common, live
from nautilus_trader.adapters import binance
from nautilus_trader.model import OmsType, StrategyId, TraderId

import factory

from ..blame import Misuse, Unsupported
from ..orders import instrument_id
from ..settings import Settings
from . import native


def node_builder(settings: Settings) -> Any:
    """Return the node's builder."""
    if settings.keep_alive_ms is not None:
        raise Unsupported("keep_alive_ms: the time between two keep-alives is compiled into 2.x")
    if settings.twap:
        raise Unsupported("twap: no execution algorithm comes with 2.x")
    if settings.hears_of_others:
        raise Unsupported("hears: a strategy of 2.x is told of no orders but its own")
    builder = _ending_on_error(settings) if settings.ends_on_error else _by_the_factory(settings)
    if risk := native.values(settings, "risk_engine"):
        builder = builder.with_risk_engine_config(native.built("risk_engine", risk))
    if cache := native.values(settings, "cache"):
        builder = builder.with_cache_config(native.built("cache", cache))
    timeout_s = math.ceil(settings.timeout_connection_s)
    node = {
        "timeout_connection": timeout_s,
        "timeout_reconciliation": timeout_s,
        "timeout_portfolio": timeout_s,
        "timeout_disconnection_secs": math.ceil(settings.timeout_stop_s),
        "delay_post_stop_secs": math.ceil(settings.post_stop_s),
        "delay_shutdown_secs": 0,
        **native.values(settings, "node"),
    }
    if portfolio := node.pop("portfolio", None):
        builder = builder.with_portfolio_config(portfolio)
    for name, value in node.items():
        builder = getattr(builder, f"with_{name}")(value)
    return builder


def _by_the_factory(settings: Settings) -> Any:
    return factory.create_livenode_builder(
        _exec_client(settings),
        data_clients=_data_clients(settings),
        trader_id=settings.trader_id,
        log_level=settings.log_level,
        **settings.redis,
        exec_engine=_exec_engine(settings),
        logging={"is_colored": False},
    )


def _ending_on_error(settings: Settings) -> Any:
    """Return what the factory would, made of a node's config: no method of the builder's sets `shutdown_on_error`."""
    if settings.cache_database is not None:
        raise Misuse("ends_on_error: such a node of 2.x is given no cache database: start it without cache_database")
    config = live.LiveNodeConfig(
        environment=common.Environment.LIVE,
        trader_id=TraderId.from_str(settings.trader_id),
        shutdown_on_error=True,
        exec_engine=native.built("exec_engine", _exec_engine(settings)),
        logging=common.LoggerConfig(stdout_level=getattr(common.LogLevel, settings.log_level), is_colored=False),
    )
    builder = live.LiveNodeBuilder.from_config(settings.trader_id, config)
    for name, client in _exec_client(settings).items():
        builder = builder.add_exec_client(name, binance.BinanceExecutionClientFactory(), client)
    for name, client in _data_clients(settings).items():
        builder = builder.add_data_client(name, binance.BinanceDataClientFactory(), client)
    return builder


def _exec_engine(settings: Settings) -> dict[str, Any]:
    return {"reconciliation_startup_delay_secs": 0.0, **native.values(settings, "exec_engine")}


def _data_clients(settings: Settings) -> dict[str, Any]:
    return {"BINANCE": _data_client(settings)} if settings.with_data_client else {}


def strategy_config(settings: Settings, number: int) -> Any:
    """Return the config of a strategy that carries out commands, CASE-001 being the first."""
    given = native.values(settings, "strategy")
    if settings.hedge:
        given["oms_type"] = OmsType.HEDGING
    if settings.external_order_claims and number == 1:
        # Renamed between rc3 and rc6.
        known = native.fields()["strategy"]
        name = next(each for each in ("external_order_instrument_ids", "external_order_claims") if each in known)
        given[name] = [instrument_id(symbol) for symbol in settings.external_order_claims]
    tag = f"{number:03}"
    own = {"strategy_id": StrategyId.from_str(f"CASE-{tag}"), "order_id_tag": tag}
    return native.built("strategy", {**own, **given})


def _exec_client(settings: Settings) -> Any:
    given = native.values(settings, "client")
    ours = {name: given.pop(name) for name in native.CHECKED_BY_THE_FACTORY if name in given}
    clients = factory.create_binance_exec_client(
        testnet=settings.testnet,
        max_retries=ours.get("max_retries", 3),
        leverages=ours.get("futures_leverages"),
        margin_types=ours.get("futures_margin_types"),
        base_url_http=settings.http_url,
        base_url_ws=settings.stream("/private/ws"),
        base_url_ws_trading=settings.ws_api,
        use_ws_trading=settings.transport == "ws-api",
        **_trader_id(settings),
        **{**_instruments_refreshed(settings), **given},
    )
    return {name: _hedging(config) for name, config in clients.items()} if settings.hedge else clients


def _hedging(config: Any) -> Any:
    """Return a client's config for hedge mode, which the factory refuses to make; secrets are the environment's."""
    shown = {name: getattr(config, name) for name in signature(type(config)).parameters if hasattr(config, name)}
    return type(config)(**{**shown, "oms_type": OmsType.HEDGING})


def _trader_id(settings: Settings) -> dict[str, Any]:
    """2.0.0rc3 repeats the trader's id in the client's config."""
    return {"trader_id": TraderId.from_str(settings.trader_id)} if "trader_id" in native.fields()["client"] else {}


def _instruments_refreshed(settings: Settings) -> dict[str, int]:
    if settings.instruments_ms is None:
        return {}
    return {"instrument_refresh_interval_secs": max(1, settings.instruments_ms // 1000)}


def _data_client(settings: Settings) -> Any:
    given = native.values(settings, "data_client")
    return native.built(
        "data_client",
        {
            "product_type": binance.BinanceProductType.USD_M,
            "environment": getattr(binance.BinanceEnvironment, "TESTNET" if settings.testnet else "LIVE"),
            "base_url_http": settings.http_url,
            "base_url_ws": settings.stream("/market/ws"),
            "instrument_status_poll_secs": 0,
            **_instruments_refreshed(settings),
            **given,
        },
    )
