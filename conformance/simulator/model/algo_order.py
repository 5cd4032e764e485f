"""A conditional order of the Algo service."""

from dataclasses import dataclass
from decimal import Decimal

from conformance.simulator.model.symbol import Symbol
from conformance.simulator.model.words import (
    AlgoStatus,
    OrderType,
    PositionSide,
    PriceMatch,
    Side,
    StpMode,
    TimeInForce,
    WorkingType,
)
from conformance.simulator.numbers import ZERO

OPEN = ("NEW",)
FINAL = ("CANCELED", "EXPIRED", "REJECTED", "FINISHED")


@dataclass(slots=True, eq=False)
class AlgoOrder:
    """One conditional order. Prices in quote currency, quantities in base, `callback` in percent, times in ms.

    Status: NEW → CANCELED | EXPIRED | TRIGGERING → TRIGGERED → FINISHED | REJECTED.
    """

    id: int
    client_id: str
    symbol: Symbol
    side: Side
    position_side: PositionSide
    type: OrderType
    tif: TimeInForce
    quantity: Decimal
    price: Decimal
    trigger: Decimal
    create_ms: int
    update_ms: int
    working_type: WorkingType = "CONTRACT_PRICE"
    price_match: PriceMatch = "NONE"
    close_position: bool = False
    price_protect: bool = False
    reduce_only: bool = False
    stp: StpMode = "EXPIRE_MAKER"
    good_till_ms: int = 0
    callback: Decimal = ZERO
    activate: Decimal = ZERO
    status: AlgoStatus = "NEW"
    trigger_ms: int = 0
    reason: str = ""
    activated: bool = False
    extreme: Decimal = ZERO
    """Trailing only: the best price since activation."""
    child_id: int = 0
    child_type: str = ""
    child_executed: Decimal = ZERO
    child_average: Decimal = ZERO
    denial: str = ""
    """Why the matching engine will deny its child, where a control has decided that; empty otherwise."""

    @property
    def is_open(self) -> bool:
        """Whether it waits for its trigger."""
        return self.status == "NEW"

    @property
    def needs_position(self) -> bool:
        """Whether it lives only as long as the position that it would reduce (GTE: good till expiry)."""
        return self.close_position or self.tif == "GTE_GTC"

    @property
    def is_trailing(self) -> bool:
        """Whether its trigger follows the price."""
        return self.type == "TRAILING_STOP_MARKET"

    @property
    def fires_above(self) -> bool:
        """Whether it triggers at or above its trigger price (else at or below it): 10.6."""
        return (self.side == "BUY") == self.type.startswith("STOP")
