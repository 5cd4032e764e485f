"""What this 2.x version can be asked for, found by looking at what is installed."""

import inspect

from nautilus_trader.adapters import binance

ALWAYS = (
    "batch_cancel",
    "graceful_stop",
    "inflight_check",
    "query_account",
    "ws_trading",  # orders can go over the WS API
)


def found() -> list[str]:
    """Return the capabilities of the installed version, sorted."""
    return sorted({*ALWAYS, "retries"} if retries() else ALWAYS)


def retries() -> bool:
    """Whether the execution client can be told to repeat a refused request."""
    config = getattr(binance, "BinanceExecutionClientConfig", None) or binance.BinanceExecClientConfig
    return "max_retries" in inspect.signature(config).parameters
