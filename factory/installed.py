"""What the installed NautilusTrader is: its generation, its Binance classes, and the fields they take.

1.x and 2.x are two packages under one name. Everything version dependent that this folder needs is asked of the
package here, by looking at it; no version string is compared.
"""

import inspect
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

try:
    import nautilus_trader
    from nautilus_trader.adapters import binance as _binance
except ImportError as absent:
    raise ImportError(
        f"The factory needs nautilus_trader 1.221.0 or newer with its Binance adapter ({absent}). "
        "Install it with: python3 -m pip install nautilus_trader"
    ) from absent

binance: Any = _binance
"""NautilusTrader's Binance adapter."""

VERSION: str = nautilus_trader.__version__
"""The installed version, for messages only."""

GENERATION: Literal[1, 2] = 2 if hasattr(binance, "BinanceProductType") else 1
"""1 for the Cython generation (`TradingNode`), 2 for the Rust one (`LiveNode`)."""

EXEC_CLIENT_CONFIG: Any = getattr(binance, "BinanceExecutionClientConfig", None) or binance.BinanceExecClientConfig
"""The native config of the execution client (2.0.0rc4 renamed it)."""


if TYPE_CHECKING or not hasattr(binance, "BinanceAccountType"):

    class BinanceAccountType(Enum):
        """The account types under the names of 1.x, for 2.x, whose own enum is `BinanceProductType`."""

        SPOT = "SPOT"
        MARGIN = "MARGIN"
        ISOLATED_MARGIN = "ISOLATED_MARGIN"
        USDT_FUTURES = "USDT_FUTURES"
        COIN_FUTURES = "COIN_FUTURES"

else:
    BinanceAccountType = binance.BinanceAccountType

FUTURES = frozenset({"USDT_FUTURES", "COIN_FUTURES"})
"""Names of the account types that have leverage and margin types."""

PRODUCT_TYPES = {"SPOT": "SPOT", "MARGIN": "MARGIN", "USDT_FUTURES": "USD_M", "COIN_FUTURES": "COIN_M"}
"""Account type's name → name of 2.x's `BinanceProductType`."""


def account_type_name(account_type: object) -> str:
    """Return the 1.x name of an account type given as `BinanceAccountType` or, on 2.x, as `BinanceProductType`."""
    if isinstance(account_type, BinanceAccountType):
        return account_type.name
    if GENERATION == 2:
        for name, product in PRODUCT_TYPES.items():
            if account_type == getattr(binance.BinanceProductType, product):
                return name
    allowed = ", ".join(f"BinanceAccountType.{each.name}" for each in BinanceAccountType)
    raise ValueError(f"account_type: {account_type!r} is not an account type; allowed: {allowed}")


def account_type_field(account: str) -> dict[str, Any]:
    """Return the field by which a native client config says the account type; `account` is its 1.x name."""
    if GENERATION == 1:
        return {"account_type": BinanceAccountType[account]}
    if account not in PRODUCT_TYPES:
        raise ValueError(f"account_type: nautilus_trader {VERSION} has no {account}; it has {', '.join(PRODUCT_TYPES)}")
    return {"product_type": getattr(binance.BinanceProductType, PRODUCT_TYPES[account])}


def every_instrument() -> dict[str, Any]:
    """Return the field that has a 1.x client load every instrument; a 2.x data client does so by default."""
    if GENERATION == 2:
        return {}
    from nautilus_trader.config import InstrumentProviderConfig

    return {"instrument_provider": InstrumentProviderConfig(load_all=True)}


def fields_of(native_class: Any) -> tuple[str, ...]:
    """Return the names of the arguments that a native config class of either generation takes."""
    struct_fields = getattr(native_class, "__struct_fields__", None)
    if struct_fields is not None:
        return tuple(struct_fields)
    return tuple(inspect.signature(native_class).parameters)


def build(native_class: Any, fields: Mapping[str, Any]) -> Any:
    """Return `native_class(**fields)`; a field which this version does not have is a `ValueError` with the nearest."""
    check_fields(native_class.__name__, fields, fields_of(native_class))
    return native_class(**fields)


def check_fields(owner: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise `ValueError` for the first name in `given` that is not in `known`, naming the nearest that is."""
    known = sorted(known)
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"the nearest is {near[0]!r}" if near else f"its fields are {', '.join(known)}"
            raise ValueError(f"{owner} of nautilus_trader {VERSION} has no field {name!r}: {hint}")
