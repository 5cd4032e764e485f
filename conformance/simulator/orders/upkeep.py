"""What the venue does to resting orders by itself: reduce-only orders that no longer fit into the position (10.3)."""

from conformance.simulator.model.order import Order
from conformance.simulator.model.words import PositionSide
from conformance.simulator.numbers import ZERO
from conformance.simulator.orders.settlement import Settlement


class Upkeep:
    """Keeps resting reduce-only orders within what they could still reduce."""

    def __init__(self, settlement: Settlement) -> None:
        self._settlement = settlement

    def reduce_only(self, symbol: str, now_ms: int) -> None:
        """Expire (or decrease) reduce-only orders of a symbol beyond its position, the best priced staying longest."""
        register, account = self._settlement.register, self._settlement.account
        resting = list(register.reducing[symbol].values())
        groups: dict[tuple[PositionSide, str], list[Order]] = {}
        for order in resting:
            groups.setdefault((order.position_side, order.side), []).append(order)
        for (position_side, side), orders in groups.items():
            orders.sort(key=_priority)
            amount = account.position(symbol, position_side).amount
            room = max(ZERO, -amount if side == "BUY" else amount)
            for order in orders:
                if room <= 0:
                    self._drop(order, now_ms)
                elif order.remaining > room and self._settlement.options.reduce_only_excess == "decrease":
                    order.quantity = order.executed + room
                    order.update_ms = now_ms
                    register.weigh(order)
                    self._settlement.announce(order, "AMENDMENT", now_ms)
                room -= order.remaining if order.is_open else ZERO

    def _drop(self, order: Order, now_ms: int) -> None:
        status = self._settlement.options.reduce_only_excess_status
        self._settlement.end(order, status, now_ms, reason=4)


def _priority(order: Order) -> tuple[object, int]:
    return (order.price * -order.direction, order.id)
