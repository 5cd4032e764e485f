"""The native configs of a 2.x node: their fields, and values of a profile turned into what they take."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from nautilus_trader import common, core, live, model, network
from nautilus_trader.adapters import binance
from nautilus_trader.trading import StrategyConfig

from ..blame import Misuse, Unsupported
from ..fields import nearest
from ..settings import Settings

# 2.0.0rc4 renamed both.
_EXEC_CLIENT = getattr(binance, "BinanceExecutionClientConfig", None) or binance.BinanceExecClientConfig
_EXEC_ENGINE = getattr(live, "LiveExecutionEngineConfig", None) or live.LiveExecEngineConfig

CONFIGS: Mapping[str, Any] = {
    "client": _EXEC_CLIENT,
    "data_client": binance.BinanceDataClientConfig,
    "exec_engine": _EXEC_ENGINE,
    "risk_engine": live.LiveRiskEngineConfig,
    "cache": common.CacheConfig,
    "strategy": StrategyConfig,
}

CHECKED_BY_THE_FACTORY = ("max_retries", "futures_leverages", "futures_margin_types")
"""Fields of the client that the factory has arguments for, and converts."""

_REQUIRED = {
    "account_id": model.AccountId.from_str("BINANCE-001"),
    "trader_id": model.TraderId.from_str("TRADER-001"),
}
"""What the execution client's config cannot be made without, for a look at whether the other values fit."""

_ENCODINGS = {"json": "JSON", "msgpack": "MSG_PACK"}
"""In 1.x's words, so that one profile can say it to both."""


def _portfolio(given: Mapping[str, Any]) -> Any:
    """Return the portfolio's config, which 1.x has as a field of the node's."""
    known = _parameters(live.PortfolioConfig)
    for unknown in sorted(given.keys() - set(known)):
        raise Unsupported(f"node.portfolio.{unknown}", nearest(unknown, known))
    return live.PortfolioConfig(**given)


_FROM_TEXT: Mapping[str, Callable[[Any], Any]] = {
    "account_id": model.AccountId.from_str,
    "encoding": lambda name: getattr(common.SerializationEncoding, _ENCODINGS.get(name, name.upper())),
    "external_clients": lambda names: [model.ClientId.from_str(name) for name in names],
    "external_order_claims": lambda ids: [model.InstrumentId.from_str(each) for each in ids],
    "external_order_instrument_ids": lambda ids: [model.InstrumentId.from_str(each) for each in ids],
    "full_position_exit_venues": lambda names: [model.Venue(name) for name in names],
    "filtered_client_order_ids": lambda ids: [model.ClientOrderId.from_str(each) for each in ids],
    "instrument_provider": lambda given: binance.BinanceInstrumentProviderConfig(**given),
    "instance_id": core.UUID4.from_str,
    "market_exit_time_in_force": lambda name: getattr(model.TimeInForce, name),
    "oms_type": lambda name: getattr(model.OmsType, name),
    "portfolio": _portfolio,
    "reconciliation_instrument_ids": lambda ids: [model.InstrumentId.from_str(each) for each in ids],
    "transport_backend": lambda name: getattr(network.TransportBackend, name),
    # 2.0.0rc6 brought it.
    "submission_recovery_policy": lambda name: getattr(live.SubmissionRecoveryPolicy, name),
}


def fields() -> dict[str, list[str]]:
    """Return the names of the fields of each section's config; the node's are what its builder can be given."""
    named = {section: sorted(_parameters(config)) for section, config in CONFIGS.items()}
    return {**named, "node": _of_the_builder()}


def values(settings: Settings, section: str) -> dict[str, Any]:
    """Return the section's fields as the native config takes them.

    Raises `Unsupported` for a field that the version lacks, `Misuse` for a value that is not of the field's type.
    """
    if section == "node":
        given = settings.native(section, _of_the_builder())
        return {name: _FROM_TEXT[name](value) if name in _FROM_TEXT else value for name, value in given.items()}
    known = _parameters(CONFIGS[section])
    given = {name: _fitting(section, name, value) for name, value in settings.native(section, known).items()}
    built(section, {**_required(section), **_ours(given)})
    return given


def built(section: str, given: Mapping[str, Any]) -> Any:
    """Return the section's native config."""
    try:
        return CONFIGS[section](**given)
    except (TypeError, ValueError) as error:
        where = " ".join(getattr(error, "__notes__", ()))
        raise Misuse(f"{section}: a value does not fit its field: {error} {where}".rstrip()) from error


def made(section: str, options: Mapping[str, Any]) -> Any:
    """Return the section's native config, of these options alone."""
    return CONFIGS[section](**{**_required(section), **options})


def _ours(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in CHECKED_BY_THE_FACTORY}


def _required(section: str) -> dict[str, Any]:
    known = _parameters(CONFIGS[section])
    return {name: value for name, value in _REQUIRED.items() if name in known}


def _parameters(config: Any) -> list[str]:
    parameters = inspect.signature(config).parameters.values()
    return [each.name for each in parameters if each.kind is not inspect.Parameter.VAR_KEYWORD]


def _of_the_builder() -> list[str]:
    """Return what the node's builder takes a plain value for; other configs are sections of their own, or none."""
    named = (name.removeprefix("with_") for name in dir(live.LiveNodeBuilder) if name.startswith("with_"))
    plain = (name for name in named if not name.endswith(("_config", "_factory", "logging", "controller")))
    return sorted([*plain, "portfolio"])


def _fitting(section: str, name: str, value: Any) -> Any:
    """Return the value as the field takes it: some take ids and words as text, some as objects of their own."""
    if name not in _FROM_TEXT:
        return value
    try:
        built(section, {**_required(section), name: value})
    except Misuse:
        try:
            return _FROM_TEXT[name](value)
        except (AttributeError, TypeError, ValueError) as error:
            raise Misuse(f"{section}.{name}: {value!r} is not a value of this field: {error}") from error
    return value
