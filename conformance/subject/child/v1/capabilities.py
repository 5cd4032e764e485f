"""What this 1.x version can be asked for, found by looking at what is installed."""

from importlib.util import find_spec
from inspect import signature

from nautilus_trader.adapters.binance import execution
from nautilus_trader.adapters.binance.config import BinanceExecClientConfig
from nautilus_trader.live.config import LiveExecEngineConfig
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

from ..capabilities import declared

ALWAYS = {
    "account_events",
    "brackets",
    "bus_topics",
    "cache_database",
    "command_retries",
    "display_quantity",
    "emulation",
    "ends_on_error",
    "exec_algorithms",
    "execution_instruments",
    "external_orders",
    "graceful_stop",
    "gtd",
    "hedge",
    "instrument_fees",
    "managed_dates",
    "message_bus",
    "order_lists",
    "own_order_books",
    "retries",
    "risk_engine",
    "sequential_traders",
    "short_keep_alive",
    "take_profit_beyond_trigger",
    "trading_state",
    "written_configs",
}
_METHODS = {
    "batch_cancel": "cancel_orders",
    "cancels_of_others": "subscribe_order_cancels",
    "close_position": "close_all_positions",
    "fills_of_others": "subscribe_order_fills",
    "market_exit": "market_exit",
    "query_account": "query_account",
}
_ENGINE_FIELDS = {
    "inflight_check": "inflight_check_interval_ms",
    "open_check": "open_check_interval_secs",
    "position_check": "position_check_interval_secs",
}
_MODULES = {
    "shipped_urls": "nautilus_trader.adapters.binance.websocket",
    "twap": "nautilus_trader.examples.algorithms.twap",
}
_ORDER_PARAMS = {"close_position_stops": "_extract_close_position", "price_match": "_extract_price_match"}


def found() -> list[str]:
    """Return the capabilities of the installed version, sorted."""
    client = execution.BinanceCommonExecutionClient
    capabilities = set(ALWAYS)
    capabilities |= {each for each, method in _METHODS.items() if hasattr(Strategy, method)}
    capabilities |= {each for each, name in _ENGINE_FIELDS.items() if name in LiveExecEngineConfig.__struct_fields__}
    capabilities |= {each for each, method in _ORDER_PARAMS.items() if hasattr(client, method)}
    if "external_order_claims" in StrategyConfig.__struct_fields__:
        capabilities.add("external_order_claims")
    capabilities |= {each for each, module in _MODULES.items() if find_spec(module) is not None}
    if _proxies_streams():
        capabilities.add("proxied_streams")
    if logs_on_over_the_ws_api():
        capabilities.add("ws_api_logon")
    return declared(capabilities)


def _proxies_streams() -> bool:
    """Whether the client of the streams can be told of a proxy."""
    try:
        from nautilus_trader.adapters.binance.websocket.client import BinanceWebSocketClient
    except ImportError:
        return False
    return "proxy_url" in signature(BinanceWebSocketClient.__init__).parameters


def logs_on_over_the_ws_api() -> bool:
    """Whether an Ed25519 key starts the user stream over the WS API, which then has a URL beside the stream's."""
    return "base_url_ws_stream" in BinanceExecClientConfig.__struct_fields__
