"""Which algo orders a price sets off, found without looking at the others (10.6)."""

from collections.abc import Iterator
from decimal import Decimal

from sortedcontainers import SortedDict

from conformance.simulator.model.algo_order import AlgoOrder


class Triggers:
    """The waiting algo orders of one symbol, sorted by trigger price; trailing ones apart."""

    def __init__(self) -> None:
        self._fixed: dict[tuple[str, bool], SortedDict[tuple[Decimal, int], AlgoOrder]] = {
            (working, above): SortedDict() for working in ("CONTRACT_PRICE", "MARK_PRICE") for above in (True, False)
        }
        self.trailing: dict[int, AlgoOrder] = {}

    def add(self, algo: AlgoOrder) -> None:
        """Let an algo order wait."""
        if algo.is_trailing:
            self.trailing[algo.id] = algo
        else:
            self._fixed[algo.working_type, algo.fires_above][algo.trigger, algo.id] = algo

    def remove(self, algo: AlgoOrder) -> None:
        """Let it wait no longer."""
        if algo.is_trailing:
            self.trailing.pop(algo.id, None)
        else:
            self._fixed[algo.working_type, algo.fires_above].pop((algo.trigger, algo.id), None)

    def fired(self, working: str, price: Decimal) -> Iterator[AlgoOrder]:
        """Yield those whose condition `price` meets, not counting trailing ones."""
        for algo_key in list(self._fixed[working, True].irange(maximum=(price, 2**63))):
            yield self._fixed[working, True][algo_key]
        for algo_key in list(self._fixed[working, False].irange(minimum=(price, -1))):
            yield self._fixed[working, False][algo_key]


def would_trigger(algo: AlgoOrder, price: Decimal) -> bool:
    """Return whether the condition of a fixed trigger is met at `price`."""
    return price >= algo.trigger if algo.fires_above else price <= algo.trigger


def trail(algo: AlgoOrder, price: Decimal) -> tuple[bool, bool]:
    """Move a trailing order along with the price; return whether it became active now, and whether it triggers."""
    became_active = False
    if not algo.activated:
        reached = not algo.activate or (price <= algo.activate if algo.side == "BUY" else price >= algo.activate)
        if not reached:
            return False, False
        algo.activated = became_active = True
        algo.extreme = price
    if algo.side == "BUY":
        algo.extreme = min(algo.extreme, price)
        return became_active, price >= algo.extreme * (100 + algo.callback) / 100 and price != algo.extreme
    algo.extreme = max(algo.extreme, price)
    return became_active, price <= algo.extreme * (100 - algo.callback) / 100 and price != algo.extreme
