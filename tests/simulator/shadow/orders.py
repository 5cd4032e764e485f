"""Orders as the events tell them: who may follow whom, and that every event changes something."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)
OPEN = ("NEW", "PARTIALLY_FILLED")
FORCED = ("autoclose-", "adl_autoclose", "settlement_autoclose-", "delivery_autoclose-")
"""How the client order ids of the venue's own orders begin."""
FIXED = {"c": "client_id", "S": "side", "ps": "position_side", "o": "type", "f": "tif", "R": "reduce_only"}
"""What no event of an order may change, by its key on the wire."""


def cut(number: Decimal, places: int) -> Decimal:
    """Return a number cut to `places` decimals."""
    unit = Decimal(1).scaleb(-places)
    return number.quantize(unit, rounding="ROUND_DOWN")


@dataclass
class ShadowOrder:
    """One order, rebuilt."""

    id: int
    symbol: str
    client_id: str
    side: str
    position_side: str
    type: str
    tif: str
    reduce_only: bool
    quantity: Decimal
    price: Decimal
    status: str = "NEW"
    executed: Decimal = ZERO
    quote: Decimal = ZERO
    trades: list[int] = field(default_factory=list)
    amendments: int = 0

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_forced(self) -> bool:
        return self.client_id.startswith(FORCED)

    @property
    def direction(self) -> int:
        return 1 if self.side == "BUY" else -1

    @property
    def open_notional(self) -> Decimal:
        """What it adds to the open notional of its side; reduce-only orders add nothing."""
        return (self.quantity - self.executed) * self.price if self.is_open and not self.reduce_only else ZERO


class ShadowOrders:
    """All orders, open and finished. Every method fails with an AssertionError where an event cannot be right."""

    def __init__(self) -> None:
        self.all: dict[tuple[str, int], ShadowOrder] = {}
        self.touched: set[tuple[str, int]] = set()
        self._newest: dict[str, int] = {}
        self._trade_ids: dict[str, int] = {}

    def open(self) -> Iterator[ShadowOrder]:
        """Yield the open ones, oldest first."""
        return (order for order in self.all.values() if order.is_open)

    def hear(self, o: dict[str, Any]) -> ShadowOrder:
        """Apply the body of one ORDER_TRADE_UPDATE."""
        order = self._accepted(o) if o["x"] == "NEW" else self._changed(o)
        self.touched.add((order.symbol, order.id))
        assert (Decimal(o["q"]), Decimal(o["p"]), Decimal(o["z"]), o["X"]) == (
            order.quantity,
            order.price,
            order.executed,
            order.status,
        ), f"{o['x']} tells another order than its history: {o} against {order}"
        average = order.quote / order.executed if order.executed else ZERO
        assert abs(Decimal(o["ap"]) - average) <= Decimal("0.00001"), f"average of {order}: {o}"
        assert order.executed <= order.quantity, f"filled beyond its quantity: {order}"
        self._check_open_notional(order, o)
        return order

    def _accepted(self, o: dict[str, Any]) -> ShadowOrder:
        key = o["s"], o["i"]
        assert key not in self.all, f"accepted twice: {o}"
        assert o["i"] > self._newest.get(o["s"], 0), f"order ids must increase: {o}"
        twins = [other for other in self.open() if (other.symbol, other.client_id) == (o["s"], o["c"])]
        assert not twins or o["c"].startswith(FORCED), f"two open orders of one client order id: {o} and {twins}"
        assert (o["l"], o["L"], o["n"], o["t"], o["rp"], o["er"]) == ("0", "0", "0", 0, "0", "0"), o
        self._newest[o["s"]] = o["i"]
        fixed = {name: o[key] for key, name in FIXED.items()}
        order = ShadowOrder(o["i"], o["s"], **fixed, quantity=Decimal(o["q"]), price=Decimal(o["p"]))
        self.all[key] = order
        return order

    def _changed(self, o: dict[str, Any]) -> ShadowOrder:
        order = self.all.get((o["s"], o["i"]))
        assert order is not None, f"{o['x']} of an order never accepted: {o}"
        assert order.is_open, f"{o['x']} of an order that is {order.status}: {o}"
        for key, name in FIXED.items():
            assert o[key] == getattr(order, name), f"{name} of {order} changed: {o}"
        if o["x"] in ("TRADE", "CALCULATED"):
            self._traded(order, o)
        elif o["x"] == "AMENDMENT":
            after = Decimal(o["q"]), Decimal(o["p"])
            assert after != (order.quantity, order.price), f"an amendment of nothing: {o}"
            assert after[0] > order.executed, f"amended to what is filled already: {o}"
            order.quantity, order.price = after
            order.amendments += 1
        else:
            ends = {"CANCELED": ("CANCELED",), "EXPIRED": ("EXPIRED", "EXPIRED_IN_MATCH")}
            assert o["X"] in ends[o["x"]], f"{o['x']} must not end as {o['X']}"
            # 10.3 leaves open whether a reduce-only order in excess is expired or cancelled; its reason is told (er 4).
            assert o["x"] == "EXPIRED" or o["er"] in ("0", "4"), f"a cancel has no reason of expiry: {o}"
            order.status = o["X"]
        return order

    def _traded(self, order: ShadowOrder, o: dict[str, Any]) -> None:
        quantity, price = Decimal(o["l"]), Decimal(o["L"])
        assert quantity > 0, f"an empty trade: {o}"
        assert price > 0, f"a trade for nothing: {o}"
        assert o["t"] > self._trade_ids.get(o["s"], 0), f"trade ids must increase: {o}"
        self._trade_ids[o["s"]] = o["t"]
        if order.type == "LIMIT" and not order.is_forced:
            assert (price - order.price) * order.direction <= 0, f"filled worse than its limit: {o}"
        if order.tif in ("GTX", "RPI"):
            assert o["m"], f"a post-only order took: {o}"
        if order.type == "MARKET" or order.tif in ("IOC", "FOK"):
            assert not o["m"], f"an order that never rests was a maker: {o}"
        order.trades.append(o["t"])
        order.executed += quantity
        order.quote += quantity * price
        order.status = "FILLED" if order.executed == order.quantity else "PARTIALLY_FILLED"

    def _check_open_notional(self, order: ShadowOrder, o: dict[str, Any]) -> None:
        sums = {"BUY": ZERO, "SELL": ZERO}
        for other in self.open():
            if (other.symbol, other.position_side) == (order.symbol, order.position_side):
                sums[other.side] += other.open_notional
        told = Decimal(o["b"]), Decimal(o["a"])
        assert told == (cut(sums["BUY"], 8), cut(sums["SELL"], 8)), f"open notional {sums}, told {told}: {o}"

    def check_rest(self) -> None:
        """Hold at the end of an act: nothing that never rests is still open."""
        for order in self.open():
            assert order.type == "LIMIT", f"{order.type} must not rest: {order}"
            assert order.tif not in ("IOC", "FOK"), f"{order.tif} must not rest: {order}"
        for key in self.touched:
            order = self.all[key]
            assert order.tif != "FOK" or order.status == "FILLED", f"FOK is all or nothing: {order}"
