"""Open notional: what the account's open orders could still buy and sell."""

from collections.abc import Iterator
from decimal import Decimal

from conformance.simulator.model.order import Order
from conformance.simulator.model.words import PositionSide
from conformance.simulator.numbers import ZERO


class Exposure:
    """Open notional of one symbol and position side, by order side, in quote currency."""

    __slots__ = ("ask", "bid")

    def __init__(self) -> None:
        self.bid: Decimal = ZERO
        self.ask: Decimal = ZERO


class Exposures:
    """The open notional of every symbol and position side; follows each change of an order."""

    def __init__(self) -> None:
        self._by_side: dict[tuple[str, PositionSide], Exposure] = {}

    def of(self, symbol: str, position_side: PositionSide) -> Exposure:
        """Return the open notional of a symbol's position side."""
        found = self._by_side.get((symbol, position_side))
        if found is None:
            found = self._by_side[symbol, position_side] = Exposure()
        return found

    def __iter__(self) -> Iterator[tuple[str, PositionSide, Exposure]]:
        """Yield symbol, position side and open notional wherever there has been any."""
        for (symbol, side), exposure in self._by_side.items():
            yield symbol, side, exposure

    def weigh(self, order: Order) -> None:
        """Bring the open notional of an order's side up to date after any change of the order."""
        weight = order.remaining * order.price if order.is_open and not order.reduce_only else ZERO
        if weight == order.reserved:
            return
        exposure = self.of(order.symbol.name, order.position_side)
        if order.side == "BUY":
            exposure.bid += weight - order.reserved
        else:
            exposure.ask += weight - order.reserved
        order.reserved = weight
