"""What this 2.x version can be asked for, found by looking at what is installed."""

from nautilus_trader.common import OrderFactory
from nautilus_trader.live import LiveNodeBuilder
from nautilus_trader.model import CryptoPerpetual
from nautilus_trader.trading import Strategy

from ..capabilities import declared
from . import native

ALWAYS = {
    "batch_cancel",
    "batch_lists",
    "cache_database",
    "close_position_stops",
    "display_quantity",
    "emulation",
    "exec_algorithms",
    "graceful_stop",
    "gtd",
    "hedge",
    "own_order_books",
    "price_match",
    "proxied_streams",
    "query_account",
    "risk_engine",
    "ws_trading",
}
_METHODS = {
    "batch_amend": "modify_orders",
    "close_position": "close_all_positions",
    "market_exit": "market_exit",
    "order_lists": "submit_order_list",
}
_FIELDS = {
    "inflight_check": ("exec_engine", "inflight_check_interval_ms"),
    "open_check": ("exec_engine", "open_check_interval_secs"),
    "position_check": ("exec_engine", "position_check_interval_secs"),
    "retries": ("client", "max_retries"),
    "managed_dates": ("strategy", "manage_gtd_expiry"),
}


def found() -> list[str]:
    """Return the capabilities of the installed version, sorted."""
    fields = native.fields()
    capabilities = set(ALWAYS)
    capabilities |= {each for each, method in _METHODS.items() if hasattr(Strategy, method)}
    capabilities |= {each for each, (section, name) in _FIELDS.items() if name in fields[section]}
    if hasattr(CryptoPerpetual, "maker_fee"):
        capabilities.add("instrument_fees")
    if hasattr(LiveNodeBuilder, "from_config"):
        # `shutdown_on_error` is a field of the node's config alone, which a node with clients is made of from rc5 on.
        capabilities.add("ends_on_error")
    if closes_by_reducing():
        capabilities.add("rpi_orders")
    if hasattr(OrderFactory, "bracket"):
        capabilities.add("brackets")
    if {"external_order_claims", "external_order_instrument_ids"} & set(fields["strategy"]):
        capabilities.add("external_order_claims")
    if "strategy_only" in str(getattr(Strategy.cancel_all_orders, "__text_signature__", "")):
        capabilities.add("cancel_all_of_others")
    return declared(capabilities)


def closes_by_reducing() -> bool:
    """Whether the order of a close-position stop has to be reduce-only too: so from 2.0.0rc5 on, forbidden before.

    No config shows it; retries came with the same version, as did RPI orders.
    """
    return "max_retries" in native.fields()["client"]
