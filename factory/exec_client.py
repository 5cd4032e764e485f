"""The config of NautilusTrader's Binance execution client."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import environments, installed
from .credentials import DEMO, LIVE, TESTNET, check_credentials, variables_for
from .hedge_mode import drop_one_way
from .installed import GENERATION, BinanceAccountType, binance
from .symbols import raw_symbol

if TYPE_CHECKING:
    from nautilus_trader.adapters.binance import BinanceExecClientConfig

_log = logging.getLogger(__name__)

MAX_RETRIES = 10
"""Above this a lost venue is hammered for minutes while the order's fate stays open."""

MAX_LEVERAGE = 125
"""Binance: POST /fapi/v1/leverage takes 1 to 125."""

MARGIN_TYPES = ("CROSS", "ISOLATED")

DEFAULT_RETRY_DELAYS = {"retry_delay_initial_ms": 1_000, "retry_delay_max_ms": 10_000}
"""Milliseconds. NautilusTrader doubles the delay from the first to the second, with jitter."""

DEFAULT_ACCOUNT_ID = "BINANCE-001"
"""2.x wants the account's id in the config; 1.x makes it itself."""

DEFAULT_TRADER_ID = "TRADER-001"

_ARGUMENT_OF = {
    "product_type": "account_type",
    "futures_leverages": "leverages",
    "futures_margin_types": "margin_types",
}


def create_binance_exec_client(
    account_type: BinanceAccountType = BinanceAccountType.USDT_FUTURES,
    testnet: bool = False,
    max_retries: int = 3,
    leverages: dict[str, int] | None = None,
    margin_types: dict[str, str] | None = None,
    **native: Any,
) -> "dict[str, BinanceExecClientConfig]":
    """Return `{"BINANCE": config}`, the config being NautilusTrader's own, for one-way (netting) trading.

    account_type  a `BinanceAccountType`; on 2.x also a native `BinanceProductType`
    testnet       Binance's testnet; its credentials come from other variables than production's
    max_retries   0 to 10, a ceiling, with exponential backoff; 2.0.0rc3 and rc4 never retry, which no ceiling forbids
    leverages     symbol → 1 to 125, set when the client connects; futures only
    margin_types  symbol → "CROSS" or "ISOLATED", set when the client connects; futures only
    native        any other field of the installed version's config, unchanged; a 1.x client loads every instrument
                  unless `instrument_provider` says otherwise

    Credentials are read by NautilusTrader from its documented environment variables and are checked, not copied, here:
    BINANCE_API_KEY and BINANCE_API_SECRET; on the testnet BINANCE_FUTURES_TESTNET_API_… (futures) or
    BINANCE_TESTNET_API_…; in the demo environment BINANCE_DEMO_API_….

    Raises `ValueError` that says what was given and what is allowed; `CredentialsError`, a `ValueError`, that names
    the variable.
    """
    account = installed.account_type_name(account_type)
    native = drop_one_way(native)
    _refuse_managed(native)
    environment = environments.chosen(testnet, native, installed.EXEC_CLIENT_CONFIG)
    futures = account in installed.FUTURES
    if not futures and (leverages or margin_types):
        allowed = ", ".join(sorted(installed.FUTURES))
        raise ValueError(f"leverages and margin_types: {account} accounts have neither; they are for {allowed}")
    fields = {
        **_account_fields(account),
        **environments.field(environment, installed.EXEC_CLIENT_CONFIG),
        **_retry_fields(max_retries, native),
        **_leverage_fields(leverages),
        **_margin_type_fields(margin_types),
        **installed.every_instrument(),
        **native,
    }
    installed.check_fields(
        installed.EXEC_CLIENT_CONFIG.__name__, native, installed.fields_of(installed.EXEC_CLIENT_CONFIG)
    )
    environments.check_endpoints(account, environment, native)
    check_credentials(environment, futures=futures)
    _log.info("%s execution client for %s, at most %s retries", account, environment, max_retries)
    return {"BINANCE": installed.build(installed.EXEC_CLIENT_CONFIG, fields)}


def _refuse_managed(native: Mapping[str, Any]) -> None:
    for name, argument in _ARGUMENT_OF.items():
        if name in native:
            raise ValueError(f"{name}: pass {argument}= instead, which is checked")
    refuse_credentials(native)


def refuse_credentials(native: Mapping[str, Any]) -> None:
    """Raise `ValueError` for credentials given as arguments, which name the variables that they are read from."""
    for name in ("api_key", "api_secret"):
        if native.get(name) is not None:
            names = {variables_for(each, futures=True)[name == "api_secret"] for each in (LIVE, TESTNET, DEMO)}
            raise ValueError(
                f"{name}: credentials are not taken as arguments, where a repr or a log would show them; "
                f"set the environment variable ({', '.join(sorted(names))})"
            )


def _account_fields(account: str) -> dict[str, Any]:
    fields = installed.account_type_field(account)
    if GENERATION == 1:
        return fields
    from nautilus_trader.model import AccountId, TraderId

    fields["account_id"] = AccountId.from_str(DEFAULT_ACCOUNT_ID)
    if "trader_id" in installed.fields_of(installed.EXEC_CLIENT_CONFIG):
        fields["trader_id"] = TraderId.from_str(DEFAULT_TRADER_ID)
    return fields


def _retry_fields(max_retries: int, native: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(max_retries, bool) or not isinstance(max_retries, int) or not 0 <= max_retries <= MAX_RETRIES:
        raise ValueError(f"max_retries: {max_retries!r} is not a whole number from 0 to {MAX_RETRIES}")
    if "max_retries" not in installed.fields_of(installed.EXEC_CLIENT_CONFIG):
        return {}
    delays = {
        name: default if native.get(name) is None else native[name] for name, default in DEFAULT_RETRY_DELAYS.items()
    }
    for name, delay in delays.items():
        if isinstance(delay, bool) or not isinstance(delay, int) or delay < 1:
            raise ValueError(f"{name}: {delay!r} is not a positive whole number of milliseconds")
    if delays["retry_delay_initial_ms"] > delays["retry_delay_max_ms"]:
        raise ValueError(
            f"retry_delay_initial_ms: {delays['retry_delay_initial_ms']} is more than "
            f"retry_delay_max_ms, {delays['retry_delay_max_ms']}; backoff grows from the first to the second"
        )
    return {"max_retries": max_retries, **delays}


def _leverage_fields(leverages: Mapping[str, int] | None) -> dict[str, Any]:
    if not leverages:
        return {}
    checked: dict[str, int] = {}
    for symbol, leverage in leverages.items():
        name = raw_symbol(symbol, "leverages")
        if isinstance(leverage, bool) or not isinstance(leverage, int) or not 1 <= leverage <= MAX_LEVERAGE:
            raise ValueError(f"leverages: {name} {leverage!r} is not a whole number from 1 to {MAX_LEVERAGE}")
        checked[name] = leverage
    return {"futures_leverages": _by_native_symbol(checked)}


def _margin_type_fields(margin_types: Mapping[str, str] | None) -> dict[str, Any]:
    if not margin_types:
        return {}
    checked: dict[str, Any] = {}
    for symbol, margin_type in margin_types.items():
        name = raw_symbol(symbol, "margin_types")
        if margin_type not in MARGIN_TYPES:
            raise ValueError(
                f"margin_types: {name} {margin_type!r} is not a margin type; allowed: {', '.join(MARGIN_TYPES)}"
            )
        checked[name] = getattr(_margin_type_enum(), margin_type)
    return {"futures_margin_types": _by_native_symbol(checked)}


def _margin_type_enum() -> Any:
    if GENERATION == 2:
        return binance.BinanceMarginType
    from nautilus_trader.adapters.binance.futures.enums import BinanceFuturesMarginType

    return BinanceFuturesMarginType


def _by_native_symbol(by_symbol: dict[str, Any]) -> dict[str, Any]:
    if GENERATION == 2:
        return by_symbol
    from nautilus_trader.adapters.binance.common.symbol import BinanceSymbol

    return {BinanceSymbol(symbol): value for symbol, value in by_symbol.items()}
