"""What the cases about orders that the trader holds back itself have in common (NautilusTrader's emulation)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Wire,
    limit,
    stop_limit,
    stop_market,
    take_profit_market,
)
from conformance.kit.needs import Need

NEEDS: tuple[Need, ...] = ("emulation", "market_moves", "unrecordable")
UNASKED: Mapping[str, Any] = {"inflight_check": None}
"""For `trader`: it asks nothing about an order that the stream tells of in time."""
WRITING = ("place", "modify", "cancel", "cancel all", "batch cancel")
"""For `wire.asked`: each request that changes something at the venue."""


@dataclass(frozen=True, kw_only=True)
class Held(AxisValue):
    """An order that is held back until the last price has come 1 % far, and what its amendment names."""

    make: Callable[[Market], OrderRequest]
    falls: bool
    field: str = "trigger_price"

    def at(self, market: Market, percent: str) -> Decimal:
        """Return the price that lies so far away in the direction of its release."""
        return market.below_last(percent) if self.falls else market.above_last(percent)


HELD = (
    Held(
        name="stop",
        words="a STOP_MARKET order",
        make=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("1%")),
        falls=True,
    ),
    Held(
        name="stop-limit",
        words="a STOP_LIMIT order",
        make=lambda m: stop_limit("BUY", "0.010", trigger=m.above_last("1%"), price=m.above_last("6%")),
        falls=False,
    ),
    Held(
        name="limit",
        words="a LIMIT order",
        make=lambda m: limit("BUY", "0.010", m.below_last("1%")),
        falls=True,
        field="price",
    ),
    Held(
        name="take-profit",
        words="a MARKET_IF_TOUCHED order",
        make=lambda m: take_profit_market("SELL", "0.010", trigger=m.above_last("1%")),
        falls=False,
    ),
)


async def is_released_once(kept: Order, wire: Wire, market: Market, beyond: Decimal) -> None:
    """Require that an order is held back still, and sent once, when the market has come to `beyond`."""
    await kept.stands("EMULATED")
    wire.none("place order")
    await market.moves_to(beyond)

    await kept.reaches("FILLED")
    await wire.one("place order", newClientOrderId=kept.id)
