"""Production, testnet or demo: which one a client is for, and the endpoints that its key may be sent to."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from . import installed
from .credentials import DEMO, LIVE, TESTNET
from .installed import GENERATION, BinanceAccountType, binance


def chosen(testnet: bool, native: dict[str, Any], config: Any) -> str:
    """Return LIVE, TESTNET or DEMO, from `testnet` and `environment`, which leaves `native` if `config` has it."""
    if not isinstance(testnet, bool):
        # Every refusal of this folder is a ValueError.
        raise ValueError(f"testnet: {testnet!r} is not a bool; allowed: True, False")  # noqa: TRY004
    if "environment" not in installed.fields_of(config):
        return TESTNET if testnet else LIVE
    given = native.pop("environment", None)
    if given is None:
        return TESTNET if testnet else LIVE
    for name in (LIVE, TESTNET, DEMO):
        if given == getattr(members(), name):
            if testnet and name != TESTNET:
                raise ValueError(f"environment: {name} contradicts testnet=True; leave one of them out")
            return name
    raise ValueError(f"environment: {given!r} is not a BinanceEnvironment; allowed: LIVE, TESTNET, DEMO")


def members() -> Any:
    """Return the installed version's enum of environments."""
    if GENERATION == 2:
        return binance.BinanceEnvironment
    from nautilus_trader.adapters.binance.common.enums import BinanceEnvironment

    return BinanceEnvironment


def field(environment: str, config: Any) -> dict[str, Any]:
    """Return the field by which `config` says the environment in the installed version."""
    if "environment" in installed.fields_of(config):
        return {"environment": getattr(members(), environment)}
    return {"testnet": environment == TESTNET}


def check_endpoints(account: str, environment: str, native: Mapping[str, Any]) -> None:
    """Refuse an environment without an endpoint, and an endpoint of another environment than the credentials'."""
    if account == "COIN_FUTURES" and environment != LIVE:
        _check_coin_futures_practice(environment, native)
    for name, url in native.items():
        if not name.startswith("base_url_") or not url:
            continue
        host = (urlsplit(str(url)).hostname or "").lower()
        if environment == LIVE and _is_practice(host):
            raise ValueError(f"{name}: {host} is a practice host and would get production's key; set testnet=True")
        if environment != LIVE and _is_binance(host) and not _is_practice(host):
            raise ValueError(f"{name}: {host} is a production host and would get {environment}'s key; leave {name} out")


def _check_coin_futures_practice(environment: str, native: Mapping[str, Any]) -> None:
    if GENERATION == 2:
        return  # Its endpoint table has a testnet and a demo host for COIN-M.
    from nautilus_trader.adapters.binance.common import urls

    which = getattr(members(), environment) if hasattr(urls, "get_ws_api_base_url") else True
    needed = [urls.get_ws_base_url]
    if not native.get("base_url_ws") and hasattr(urls, "get_ws_api_base_url"):
        needed.append(urls.get_ws_api_base_url)
    for endpoint in needed:
        try:
            endpoint(BinanceAccountType.COIN_FUTURES, which, False)
        except ValueError as absent:
            raise ValueError(
                f"account_type: COIN_FUTURES has no {environment} endpoint in nautilus_trader {installed.VERSION} "
                f"({absent}); use USDT_FUTURES there, or COIN_FUTURES on LIVE"
            ) from None


def _is_binance(host: str) -> bool:
    return host.endswith((".binance.com", ".binance.us", ".binance.vision", ".binancefuture.com"))


def _is_practice(host: str) -> bool:
    """Whether a host belongs to Binance's testnets or to demo trading."""
    return host.endswith(("testnet.binance.vision", ".binancefuture.com")) or (
        host.endswith(".binance.com") and host.startswith(("demo-", "testnet."))
    )
