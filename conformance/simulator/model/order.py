"""An order of the account, and its changes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from conformance.simulator.model.symbol import Symbol
from conformance.simulator.model.words import (
    OPEN,
    OrderStatus,
    OrderType,
    PositionSide,
    PriceMatch,
    Side,
    StpMode,
    TimeInForce,
    WorkingType,
    only_closes,
)
from conformance.simulator.numbers import ZERO


class Parent(Protocol):
    """The algo order that placed a child order; it is notified of every change of its child."""

    def child_changed(self, order: "Order", now_ms: int) -> None:
        """Take note that the child was filled or ended."""


@dataclass(slots=True, eq=False)
class Order:
    """One order in the matching engine. Prices in quote currency, quantities in base, times in ms."""

    id: int
    client_id: str
    symbol: Symbol
    side: Side
    position_side: PositionSide
    type: OrderType
    tif: TimeInForce
    quantity: Decimal
    price: Decimal
    time_ms: int
    update_ms: int
    reduce_only: bool = False
    close_position: bool = False
    working_type: WorkingType = "CONTRACT_PRICE"
    price_protect: bool = False
    stp: StpMode = "EXPIRE_MAKER"
    price_match: PriceMatch = "NONE"
    good_till_ms: int = 0
    status: OrderStatus = "NEW"
    executed: Decimal = ZERO
    quote: Decimal = ZERO
    """Sum of price × quantity of the fills."""
    expiry_reason: int = 0
    amendments: int = 0
    reserved: Decimal = ZERO
    """The notional that this order adds to its side's open notional at present."""
    parent: Parent | None = None

    @property
    def is_open(self) -> bool:
        """Whether the order can still trade."""
        return self.status in OPEN

    @property
    def remaining(self) -> Decimal:
        """What is left to fill."""
        return self.quantity - self.executed

    @property
    def hidden(self) -> bool:
        """Whether the order shows in no public book."""
        return self.tif == "RPI"

    @property
    def average(self) -> Decimal:
        """The average price of the fills, 0 before the first."""
        return self.quote / self.executed if self.executed else ZERO

    @property
    def direction(self) -> int:
        """+1 for a buy, -1 for a sell."""
        return 1 if self.side == "BUY" else -1

    @property
    def closing(self) -> bool:
        """Whether it can only reduce: reduce-only, or the closing direction of a hedged side."""
        return only_closes(reduce_only=self.reduce_only, position_side=self.position_side, side=self.side)


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change of an order's price or quantity, as the modify history shows it."""

    id: int
    order: Order
    time_ms: int
    price_before: Decimal
    price_after: Decimal
    quantity_before: Decimal
    quantity_after: Decimal
    count: int
    modify_id: int | None
