"""What a case is written in: `from conformance.kit import case, Trader, Wire, Market, limit`.

Names are imported when they are first asked for, so that the contract can be listed without loading what runs it.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.gateway.faults.armed import Faults as Faults
    from conformance.kit.axes import AxisValue as AxisValue
    from conformance.kit.declaration import case as case
    from conformance.kit.failure import CheckError as CheckError
    from conformance.kit.market import Market as Market
    from conformance.kit.market_streams import MarketStreams as MarketStreams
    from conformance.kit.order import Order as Order
    from conformance.kit.trader import Trader as Trader
    from conformance.kit.traders import Traders as Traders
    from conformance.kit.user_stream import UserStream as UserStream
    from conformance.kit.venue import Venue as Venue
    from conformance.kit.verifiers import equal as equal
    from conformance.kit.verifiers import require as require
    from conformance.kit.wire import Wire as Wire
    from conformance.kit.wire import event_of as event_of
    from conformance.subject.orders import OrderRequest as OrderRequest
    from conformance.subject.orders import Side as Side
    from conformance.subject.orders import limit as limit
    from conformance.subject.orders import market
    from conformance.subject.orders import stop_limit as stop_limit
    from conformance.subject.orders import stop_market as stop_market
    from conformance.subject.orders import take_profit_limit as take_profit_limit
    from conformance.subject.orders import take_profit_market as take_profit_market
    from conformance.subject.orders import trailing_stop_market as trailing_stop_market

    market_order = market

_ORDERS = "conformance.subject.orders"
#: Each name and the module that has it, `module:name` where it is called otherwise there. No module of this package may
#: have the name of one.
_HOMES = {
    "AxisValue": "conformance.kit.axes",
    "CheckError": "conformance.kit.failure",
    "Faults": "conformance.gateway.faults.armed",
    "Market": "conformance.kit.market",
    "MarketStreams": "conformance.kit.market_streams",
    "Order": "conformance.kit.order",
    "OrderRequest": _ORDERS,
    "Side": _ORDERS,
    "Trader": "conformance.kit.trader",
    "Traders": "conformance.kit.traders",
    "UserStream": "conformance.kit.user_stream",
    "Venue": "conformance.kit.venue",
    "Wire": "conformance.kit.wire",
    "case": "conformance.kit.declaration",
    "equal": "conformance.kit.verifiers",
    "event_of": "conformance.kit.wire",
    "limit": _ORDERS,
    "market_order": f"{_ORDERS}:market",
    "require": "conformance.kit.verifiers",
    "stop_limit": _ORDERS,
    "stop_market": _ORDERS,
    "take_profit_limit": _ORDERS,
    "take_profit_market": _ORDERS,
    "trailing_stop_market": _ORDERS,
}

__all__ = [*_HOMES]  # noqa: PLE0604 - the names of `_HOMES`


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(_HOMES)}")
    module, _, there = _HOMES[name].partition(":")
    found = getattr(importlib.import_module(module), there or name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
