"""The native configs of a 1.x node: their fields, and values of a profile turned into what they take."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from nautilus_trader.adapters.binance import config as binance_config
from nautilus_trader.adapters.binance.config import BinanceDataClientConfig, BinanceExecClientConfig
from nautilus_trader.cache.config import CacheConfig
from nautilus_trader.common.config import InstrumentProviderConfig, msgspec_decoding_hook
from nautilus_trader.config import TradingNodeConfig
from nautilus_trader.live.config import LiveExecEngineConfig, LiveRiskEngineConfig
from nautilus_trader.trading.config import StrategyConfig

from ..blame import Misuse, Unsupported
from ..fields import nearest
from ..settings import Settings

CONFIGS: Mapping[str, Any] = {
    "client": BinanceExecClientConfig,
    "data_client": BinanceDataClientConfig,
    "exec_engine": LiveExecEngineConfig,
    "risk_engine": LiveRiskEngineConfig,
    "cache": CacheConfig,
    "node": TradingNodeConfig,
    "strategy": StrategyConfig,
}

_PROVIDER = getattr(binance_config, "BinanceInstrumentProviderConfig", InstrumentProviderConfig)
_NARROWER = {"client.instrument_provider": _PROVIDER, "data_client.instrument_provider": _PROVIDER}
"""Fields whose type is wider than what the adapter takes for them; 1.221.0 takes the wide one."""

CHECKED_BY_THE_FACTORY = ("max_retries", "futures_leverages", "futures_margin_types")
"""Fields of the client that the factory has arguments for, and converts."""


def fields() -> dict[str, list[str]]:
    """Return the names of the fields of each section's config."""
    return {section: sorted(config.__struct_fields__) for section, config in CONFIGS.items()}


def values(settings: Settings, section: str) -> dict[str, Any]:
    """Return the section's fields as the native config takes them.

    Raises `Unsupported` for a field that the version lacks, `Misuse` for a value that is not of the field's type.
    """
    types = _types(section)
    return {
        name: value if name in CHECKED_BY_THE_FACTORY else _converted(f"{section}.{name}", value, types[name])
        for name, value in settings.native(section, types).items()
    }


@cache
def _types(section: str) -> Mapping[str, Any]:
    """Return the type of each field of the section's config; msgspec takes a millisecond to find them out."""
    return {each.name: each.type for each in msgspec.structs.fields(CONFIGS[section])}


def _converted(name: str, value: Any, wanted: Any) -> Any:
    narrower = _NARROWER.get(name)
    if narrower is not None:
        # msgspec passes over what it does not know.
        for unknown in sorted(value.keys() - set(narrower.__struct_fields__)):
            raise Unsupported(f"{name}.{unknown}", nearest(unknown, narrower.__struct_fields__))
    try:
        return msgspec.convert(value, narrower or wanted, dec_hook=msgspec_decoding_hook)
    except (msgspec.ValidationError, KeyError, TypeError, ValueError) as error:
        raise Misuse(f"{name}: {value!r} is not a value of this field: {error}") from error
