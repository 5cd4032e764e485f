"""The minimal factory for NautilusTrader's Binance USDⓈ-M futures execution client.

Copy this folder into a project, under any name, and call it: it needs the standard library and `nautilus_trader`
(1.221.0 … 1.231.0, or 2.0.0rc3 … rc7), nothing else. It builds NautilusTrader's own configs and orders and refuses,
with a `ValueError` that says what was given and what is allowed, whatever would fail later and more expensively.

>>> from factory import create_binance_exec_client, create_tradingnode_config
>>> config = create_tradingnode_config(exec_clients=create_binance_exec_client(testnet=True, leverages={"BTCUSDT": 5}))

On 2.x, where a node is assembled by a builder, `create_livenode_builder` takes the place of
`create_tradingnode_config`.

The order helpers check an order against its instrument; `Filters` and the `check_…` functions are those checks by
themselves. What the factory decides it tells the logger of its name, without any secret.

Names are loaded on first use: `explain_rejection` works without NautilusTrader, and importing this package loads none
of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .credentials import CredentialsError
    from .data_client import create_binance_data_client
    from .exec_client import create_binance_exec_client
    from .installed import BinanceAccountType
    from .live_node import create_livenode_builder
    from .order_rules import (
        Filters,
        OrderRefusedError,
        check_callback_rate,
        check_client_order_id,
        check_notional,
        check_price,
        check_quantity,
        check_trigger_side,
        exact,
    )
    from .orders import (
        limit_order,
        market_order,
        stop_limit_order,
        stop_market_order,
        take_profit_market_order,
        trailing_stop_market_order,
    )
    from .rejections import RejectionExplained, explain_rejection
    from .trading_node import create_tradingnode_config

__all__ = [
    "BinanceAccountType",
    "CredentialsError",
    "Filters",
    "OrderRefusedError",
    "RejectionExplained",
    "check_callback_rate",
    "check_client_order_id",
    "check_notional",
    "check_price",
    "check_quantity",
    "check_trigger_side",
    "create_binance_data_client",
    "create_binance_exec_client",
    "create_livenode_builder",
    "create_tradingnode_config",
    "exact",
    "explain_rejection",
    "limit_order",
    "market_order",
    "stop_limit_order",
    "stop_market_order",
    "take_profit_market_order",
    "trailing_stop_market_order",
]

_HOME_OF = {
    "BinanceAccountType": "installed",
    "CredentialsError": "credentials",
    "Filters": "order_rules",
    "OrderRefusedError": "order_rules",
    "RejectionExplained": "rejections",
    "check_callback_rate": "order_rules",
    "check_client_order_id": "order_rules",
    "check_notional": "order_rules",
    "check_price": "order_rules",
    "check_quantity": "order_rules",
    "check_trigger_side": "order_rules",
    "create_binance_data_client": "data_client",
    "create_binance_exec_client": "exec_client",
    "create_livenode_builder": "live_node",
    "create_tradingnode_config": "trading_node",
    "exact": "order_rules",
    "explain_rejection": "rejections",
    "limit_order": "orders",
    "market_order": "orders",
    "stop_limit_order": "orders",
    "stop_market_order": "orders",
    "take_profit_market_order": "orders",
    "trailing_stop_market_order": "orders",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
