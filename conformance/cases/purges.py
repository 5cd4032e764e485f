"""What a trader purges of what it remembers, and in which sequence."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.kit import AxisValue, Trader


@dataclass(frozen=True, kw_only=True)
class Purge(AxisValue):
    """What is purged, and what of it first."""

    does: Callable[[Trader], Awaitable[None]]


ORDERS_FIRST = Purge(
    name="orders-first",
    words="orders, then positions",
    does=lambda trader: trader.purges("orders", "positions"),
)
POSITIONS_FIRST = Purge(
    name="positions-first",
    words="positions, then orders",
    does=lambda trader: trader.purges("positions", "orders"),
)
ORDERS = Purge(name="orders", words="orders alone", does=lambda trader: trader.purges("orders"))
EVERYTHING = Purge(
    name="everything",
    words="positions, orders and account events",
    does=lambda trader: trader.purges("positions", "orders", "account_events"),
)
NEVER = Purge(name="never", words="nothing", does=lambda trader: trader.purges())
PURGES = (ORDERS_FIRST, POSITIONS_FIRST, ORDERS, EVERYTHING)
