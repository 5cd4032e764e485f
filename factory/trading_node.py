"""The config of a 1.x node, built around the execution client's config."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import installed
from .data_client import data_clients_beside
from .hedge_mode import REASON, asks_for_hedge_mode
from .node_settings import NodeSettings, takes_settings_and_native

if TYPE_CHECKING:
    from nautilus_trader.config import TradingNodeConfig


@takes_settings_and_native
def create_tradingnode_config(settings: NodeSettings, **native: Any) -> "TradingNodeConfig":
    """Return NautilusTrader's `TradingNodeConfig` (1.x) around the execution clients.

    exec_clients    what `create_binance_exec_client` returned
    data_clients    what `create_binance_data_client` returned; by default one beside each execution client, of the same
                    account and environment, which puts every instrument into the cache. {} for none: then add the
                    instruments to the cache yourself, or every order is denied
    trader_id       a name and a tag, such as "TRADER-001"
    log_level       OFF, DEBUG, INFO, WARNING or ERROR; to files in `log_directory` too when that is given
    reconciliation  ask the venue for its orders, fills and positions before strategies start; `…_lookback_mins` None
                    is as far back as the venue tells
    inflight_check_…  every `interval` ms (0 never) orders without an answer for `threshold` ms are queried, at most
                    `retries` times each. Without it an order whose answer was lost stays SUBMITTED for good
    redis_host      keep the cache in this Redis, without a password; for more, pass NautilusTrader's own
                    `cache=CacheConfig(database=DatabaseConfig(...))`
    exec_engine, logging  further native fields of `LiveExecEngineConfig` and `LoggingConfig`
    native          further native fields of `TradingNodeConfig`: risk_engine, strategies, timeouts …

    Raises `ValueError` that says what was given and what is allowed; on 2.x, which has no `TradingNode`, one that
    names `create_livenode_builder`.
    """
    if installed.GENERATION == 2:
        raise ValueError(
            f"nautilus_trader {installed.VERSION} has no TradingNode: "
            "call create_livenode_builder with the same arguments"
        )
    from nautilus_trader.config import LiveExecEngineConfig, LoggingConfig, TradingNodeConfig

    _refuse_hedging_strategies(native.get("strategies") or ())
    fields: dict[str, Any] = {
        "trader_id": settings.trader_id,
        "data_clients": settings.with_data_clients(data_clients_beside),
        "exec_clients": dict(settings.exec_clients),
        "exec_engine": installed.build(LiveExecEngineConfig, settings.exec_engine_fields),
        "logging": installed.build(LoggingConfig, _logging_fields(settings)),
    }
    if settings.redis_host is not None:
        fields["cache"] = _redis_cache(settings.redis_host, settings.redis_port)
    for name in native:
        if name in fields:
            raise ValueError(
                f"{name}: the factory builds it; pass its fields through the factory's own arguments instead"
            )
    return installed.build(TradingNodeConfig, {**fields, **native})


def _logging_fields(settings: NodeSettings) -> dict[str, Any]:
    fields: dict[str, Any] = {"log_level": settings.log_level}
    if settings.log_directory is not None:
        fields |= {"log_directory": str(settings.log_directory), "log_level_file": settings.log_level}
    return {**fields, **(settings.logging or {})}


def _redis_cache(host: str, port: int) -> Any:
    from nautilus_trader.config import CacheConfig, DatabaseConfig

    return CacheConfig(database=DatabaseConfig(type="redis", host=host, port=port))


def _refuse_hedging_strategies(strategies: Any) -> None:
    for strategy in strategies:
        config = getattr(strategy, "config", None)
        oms_type = config.get("oms_type") if isinstance(config, Mapping) else getattr(config, "oms_type", None)
        if asks_for_hedge_mode(oms_type):
            raise ValueError(f"strategies: {strategy.strategy_path} has oms_type={oms_type!r}: {REASON}")
