"""The builder of a 2.x node, filled around the execution client's config."""

from typing import TYPE_CHECKING, Any

from . import installed
from .data_client import data_clients_beside
from .node_settings import NodeSettings, takes_settings

if TYPE_CHECKING:
    from nautilus_trader.live import LiveNodeBuilder


@takes_settings(NodeSettings)
def create_livenode_builder(settings: NodeSettings) -> "LiveNodeBuilder":
    """Return NautilusTrader's `LiveNodeBuilder` (2.x) with the execution clients and settings in it.

    The arguments are those of `create_tradingnode_config`. The builder is native: give it a risk engine and timeouts
    with its own methods, then call `.build()`. Without a data client a 2.x execution client has no instruments and
    refuses every order.

    Raises `ValueError` that says what was given and what is allowed; on 1.x, which has no `LiveNode`, one that names
    `create_tradingnode_config`.
    """
    if installed.GENERATION == 1:
        raise ValueError(
            f"nautilus_trader {installed.VERSION} has no LiveNode: "
            "call create_tradingnode_config with the same arguments"
        )
    from nautilus_trader import common, live
    from nautilus_trader.model import TraderId

    # 2.0.0rc4 renamed it.
    engine_config = getattr(live, "LiveExecutionEngineConfig", None) or live.LiveExecEngineConfig
    builder = (
        live.LiveNode.builder(settings.trader_id, TraderId.from_str(settings.trader_id), common.Environment.LIVE)
        .with_exec_engine_config(installed.build(engine_config, settings.exec_engine_fields))
        .with_logging(installed.build(common.LoggerConfig, _logger_fields(settings)))
    )
    if settings.redis_host is not None:
        from nautilus_trader.infrastructure import RedisCacheConfig

        builder = builder.with_cache_database_factory(
            RedisCacheConfig(host=settings.redis_host, port=settings.redis_port)
        )
    for name, config in settings.exec_clients.items():
        _check_trader_id(config, settings.trader_id)
        builder = builder.add_exec_client(name, installed.binance.BinanceExecutionClientFactory(), config)
    for name, config in settings.with_data_clients(data_clients_beside).items():
        builder = builder.add_data_client(name, installed.binance.BinanceDataClientFactory(), config)
    return builder


def _logger_fields(settings: NodeSettings) -> dict[str, Any]:
    from nautilus_trader.common import FileWriterConfig, LogLevel

    level = getattr(LogLevel, settings.log_level)
    fields: dict[str, Any] = {"stdout_level": level}
    if settings.log_directory is not None:
        fields |= {"fileout_level": level, "file_config": FileWriterConfig(directory=str(settings.log_directory))}
    return {**fields, **(settings.logging or {})}


def _check_trader_id(config: Any, trader_id: str) -> None:
    """2.0.0rc3 repeats the trader's id in the client's config, and a mismatch loses that client's events."""
    theirs = getattr(config, "trader_id", None)
    if theirs is not None and str(theirs) != trader_id:
        raise ValueError(
            f"trader_id: the node's is {trader_id!r}, its execution client's {str(theirs)!r}; "
            f"pass trader_id=TraderId.from_str({trader_id!r}) to create_binance_exec_client"
        )
