"""Configurations of 1.x as a file has them: JSON that its node reads, in the way in which it makes its parts of it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from nautilus_trader.common.config import ImportableConfig, resolve_config_path
from nautilus_trader.config import TradingNodeConfig

_BINANCE = "nautilus_trader.adapters.binance"
_CLIENTS = {"client": ("exec_clients", "Exec"), "data_client": ("data_clients", "Data")}
_STRATEGY = "nautilus_trader.trading.strategy:Strategy"
_OF_STRATEGIES = "nautilus_trader.trading.config:StrategyConfig"


def read(section: str, options: Mapping[str, Any]) -> Any:
    """Return the section's native config, read from a node's JSON in which the options are all that it says of it."""
    if section in _CLIENTS:
        return _client(*_CLIENTS[section], options)
    if section == "strategy":
        return _strategy(options)
    if section == "node":
        return _node(options)
    return getattr(_node({section: options}), section)


def _node(said: Mapping[str, Any]) -> Any:
    return TradingNodeConfig.parse(msgspec.json.encode(said))


def _client(section: str, kind: str, options: Mapping[str, Any]) -> Any:
    """As the node's builder makes a client's config of one that says where it is imported from."""
    path, factory = (
        f"{_BINANCE}.config:Binance{kind}ClientConfig",
        f"{_BINANCE}.factories:BinanceLive{kind}ClientFactory",
    )
    said = {"path": path, "factory": {"path": factory}, "config": options}
    config = getattr(_node({section: {"BINANCE": said}}), section)["BINANCE"]
    return config.create() if isinstance(config, ImportableConfig) else config


def _strategy(options: Mapping[str, Any]) -> Any:
    """As the node's kernel makes a strategy of one that says where it is imported from."""
    said = {"strategy_path": _STRATEGY, "config_path": _OF_STRATEGIES, "config": options}
    (config,) = _node({"strategies": [said]}).strategies
    return resolve_config_path(config.config_path).parse(msgspec.json.encode(config.config))
