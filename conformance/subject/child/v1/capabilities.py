"""What this 1.x version can be asked for, found by looking at what is installed."""

from nautilus_trader.adapters.binance.config import BinanceExecClientConfig
from nautilus_trader.live.config import LiveExecEngineConfig
from nautilus_trader.trading.strategy import Strategy

ALWAYS = (
    "sequential_traders",  # one process starts trader after trader
    "cache_database",  # a trader can keep its cache in a Redis, and be started on it again
    "external_orders",  # orders of other clients show up as events, not only in snapshots
    "account_events",
    "graceful_stop",
    "retries",  # a refused request is repeated as often as its config allows
)


def found() -> list[str]:
    """Return the capabilities of the installed version, sorted."""
    capabilities = set(ALWAYS)
    if logs_on_over_the_ws_api():
        capabilities.add("ws_api_logon")
    if "inflight_check_interval_ms" in LiveExecEngineConfig.__struct_fields__:
        capabilities.add("inflight_check")
    if hasattr(Strategy, "query_account"):
        capabilities.add("query_account")
    if hasattr(Strategy, "cancel_orders"):
        capabilities.add("batch_cancel")
    return sorted(capabilities)


def logs_on_over_the_ws_api() -> bool:
    """Whether an Ed25519 key starts the user stream over the WS API, which then has a URL beside the stream's."""
    return "base_url_ws_stream" in BinanceExecClientConfig.__struct_fields__
