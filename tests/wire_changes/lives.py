"""Short lives of a trader, as histories, for the tests of wire changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.history.entries import Command, Connection, Control, FaultApplied, Reply
from conformance.history.history import History
from conformance.wire_changes.comparison import WireChanges, WireComparison
from tests.invariants.histories import Scripted

READS: Sequence[str] = ("GET /fapi/v1/exchangeInfo", "GET /fapi/v2/account", "GET /fapi/v1/openOrders")
ENOUGH = 5
"""Runs of cases that show a difference, so that it is believed."""
LIMIT = {"type": "LIMIT", "side": "BUY", "quantity": "0.010", "price": "49000.00"}


class Life(Scripted):
    """A trader's life as a case leads it: started, given orders, stopped."""

    def __init__(self, *, orders_from: int = 1000) -> None:
        super().__init__()
        self._next_id = orders_from
        self._commands = 0
        self.ids: dict[str, int] = {}

    def start(self, reads: Sequence[str] = READS, *, ok: bool = True, last: Sequence[str] = ()) -> "Life":
        """Start a trader that asks `reads`; `last` are asked only once it is said to be running."""
        number = self.commanded("start")
        for route in reads:
            self.request(route)
            self.answer(200, [])
        self.history.append(Reply(n=number, ok=ok))
        for route in last:
            self.request(route)
            self.answer(200, {})
        return self

    def commanded(self, op: str, **arguments: Any) -> int:
        """Give the trader a command and return its number."""
        self._commands += 1
        self.history.append(Command.of({"n": self._commands, "op": op, **arguments}))
        return self._commands

    def submit(
        self,
        order: str = "T-1",
        route: str = "POST /fapi/v1/order",
        *,
        sent: bool = True,
        also: Sequence[str] = (),
        params: Mapping[str, str] | None = None,
        **terms: str,
    ) -> "Life":
        """Have an order submitted, sent, acknowledged and accepted; `also` is asked about it besides."""
        asked = {**LIMIT, **terms}
        self.commanded("submit", order={"client_order_id": order, **asked})
        self.event("OrderSubmitted", order)
        if not sent:
            self.event("OrderDenied", order)
            return self
        self._next_id += 1
        self.ids[order] = self._next_id
        name = "clientAlgoId" if "algo" in route else "newClientOrderId"
        self.request(route, **{name: order, "quantity": asked["quantity"], **(params or {})})
        self.answer(200, {"orderId": self._next_id, "clientOrderId": order})
        for more in also:
            self.request(more, orderId=str(self._next_id))
            self.answer(200, {})
        self.order_frame("NEW", order, i=self._next_id)
        self.event("OrderAccepted", order, venue_order_id=str(self._next_id))
        return self

    def moves(self, what: str = "price moves") -> "Life":
        """Have the case do something at the venue."""
        self.history.append(Control(number=99, what=what))
        return self

    def trouble(self) -> "Life":
        """Have something go wrong."""
        self.history.append(FaultApplied(what="answer"))
        return self

    def connects(self, path: str) -> "Life":
        """Open the user stream."""
        self.history.append(Connection(id=1, channel="user", state="open", path=path))
        return self

    def stop(self, *reads: str) -> "Life":
        """Stop the trader the native way."""
        self.commanded("stop", graceful=True)
        for route in reads:
            self.request(route)
            self.answer(200, {})
        return self


def compared(
    *pairs: tuple[History | Life, History | Life],
    again: Mapping[int, Sequence[tuple[Life, Life]]] | None = None,
    **how: Any,
) -> WireChanges:
    """Compare pairs of lives, a case each; `again` are further runs of a case, by its place."""
    comparison = WireComparison(**how)
    for nth, pair in enumerate(pairs):
        left, right = ([getattr(each, "history", each)] for each in pair)
        for one, other in (again or {}).get(nth, ()):
            left.append(one.history)
            right.append(other.history)
        comparison.add(f"CASE-{nth:03}", left, right)
    return comparison.result()


def alike(left: Life, right: Life) -> list[tuple[Life, Life]]:
    """Return the same pair in several cases: enough to be believed without a further run."""
    return [(left, right)] * ENOUGH


def texts(changes: WireChanges) -> list[str]:
    """Return the lines' sentences."""
    return [line.text for line in changes.lines]
