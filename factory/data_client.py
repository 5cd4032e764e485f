"""The config of NautilusTrader's Binance data client, without which a node has no instruments and no prices."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import environments, installed
from .exec_client import refuse_credentials
from .installed import GENERATION, BinanceAccountType, binance

if TYPE_CHECKING:
    from nautilus_trader.adapters.binance import BinanceDataClientConfig

_log = logging.getLogger(__name__)

_SHARED = (
    "account_type",
    "product_type",
    "environment",
    "testnet",
    "us",
    "key_type",
    "proxy_url",
)


def create_binance_data_client(
    account_type: BinanceAccountType = BinanceAccountType.USDT_FUTURES, testnet: bool = False, **native: Any
) -> "dict[str, BinanceDataClientConfig]":
    """Return `{"BINANCE": config}`, the config being NautilusTrader's own, with every instrument loaded at start.

    account_type  a `BinanceAccountType`; on 2.x also a native `BinanceProductType`
    testnet       Binance's testnet
    native        any other field of the installed version's config, unchanged

    `create_tradingnode_config` and `create_livenode_builder` make one for each execution client by themselves; call
    this where the data client needs fields or endpoints of its own. Raises `ValueError` that says what was given and
    what is allowed.
    """
    account = installed.account_type_name(account_type)
    refuse_credentials(native)
    native = dict(native)
    environment = environments.chosen(testnet, native, binance.BinanceDataClientConfig)
    environments.check_endpoints(account, environment, native)
    fields = {
        **installed.account_type_field(account),
        **environments.field(environment, binance.BinanceDataClientConfig),
        **installed.every_instrument(),
        **native,
    }
    return {"BINANCE": installed.build(binance.BinanceDataClientConfig, fields)}


def data_clients_beside(exec_clients: Mapping[str, Any]) -> dict[str, Any]:
    """Return a data client's config for each execution client's, of the same account, environment and key.

    Raises `ValueError` for an execution client with an endpoint or a proxy of its own: its prices would come from
    somewhere else.
    """
    return {name: _beside(name, config) for name, config in exec_clients.items()}


def _beside(name: str, config: Any) -> Any:
    own = [
        field for field in installed.fields_of(type(config)) if field.startswith("base_url_") and _has(config, field)
    ]
    if GENERATION == 2 and getattr(config, "has_proxy_url", False):
        own.append("proxy_url")
    if own:
        raise ValueError(
            f"data_clients: the execution client {name} has {', '.join(own)} of its own, and its prices would come "
            "from another place; pass data_clients=create_binance_data_client(...) with the same, or {} for none"
        )
    known = installed.fields_of(binance.BinanceDataClientConfig)
    shared = [field for field in _SHARED if field in known and _has(config, field)]
    _log.info("%s: data client added, with every instrument, of the same %s", name, ", ".join(shared))
    same = {field: getattr(config, field) for field in shared}
    return installed.build(binance.BinanceDataClientConfig, {**installed.every_instrument(), **same})


def _has(config: Any, field: str) -> bool:
    return getattr(config, field, None) is not None
