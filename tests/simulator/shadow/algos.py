"""Algo orders as ALGO_UPDATE tells them, and their children."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.simulator.shadow.orders import ShadowOrders

NEXT = {
    "NEW": ("NEW", "CANCELED", "EXPIRED", "TRIGGERING"),
    "TRIGGERING": ("TRIGGERED", "REJECTED"),
    "TRIGGERED": ("FINISHED",),
}
"""Section 11 of the reference: the statuses that may follow each status."""
FIXED = ("caid", "at", "o", "s", "S", "ps", "f", "q", "tp", "p", "V", "wt", "pm", "cp", "pP", "R", "gtd")
"""What no event of an algo order may change."""


@dataclass
class ShadowAlgo:
    """One algo order, rebuilt: the body of its latest event."""

    body: dict[str, Any]

    @property
    def status(self) -> str:
        return str(self.body["X"])

    @property
    def child(self) -> tuple[str, int]:
        """Symbol and order id of its child."""
        return self.body["s"], int(self.body["ai"])


class ShadowAlgos:
    """All algo orders. Fails with an AssertionError where an event cannot be right."""

    def __init__(self, orders: ShadowOrders) -> None:
        self.all: dict[int, ShadowAlgo] = {}
        self._orders = orders

    def open(self) -> list[ShadowAlgo]:
        """Return those that wait for their trigger."""
        return [algo for algo in self.all.values() if algo.status == "NEW"]

    def hear(self, o: dict[str, Any]) -> None:
        """Apply the body of one ALGO_UPDATE."""
        algo = self.all.get(o["aid"])
        if algo is None:
            assert o["X"] == "NEW", f"an algo order begins as NEW: {o}"
            assert not self.all or o["aid"] > max(self.all), f"algo ids must increase: {o}"
            assert all(other.body["caid"] != o["caid"] for other in self.open()), f"two of one client id wait: {o}"
            self.all[o["aid"]] = ShadowAlgo(o)
        else:
            before = algo.body
            assert o["X"] in NEXT.get(algo.status, ()), f"{algo.status} → {o['X']} is no step: {o}"
            changed = [name for name in FIXED if before[name] != o[name]]
            assert not changed, f"{changed} of algo order {o['aid']} changed: {before} → {o}"
            if o["X"] == "NEW":
                trailing = o["o"] == "TRAILING_STOP_MARKET"
                assert trailing, f"NEW twice: {o}"
                assert (before["ia"], o["ia"]) == (False, True), f"NEW twice without activation: {o}"
            algo.body = o
        self._check(o)

    def _check(self, o: dict[str, Any]) -> None:
        waits = o["X"] in ("NEW", "CANCELED", "EXPIRED")
        assert (o["tt"] == 0) == waits, f"tt tells whether it has triggered: {o}"
        assert (o["ai"] != "") == (o["X"] in ("TRIGGERED", "FINISHED")), f"ai names a child that there is: {o}"
        assert ("rm" in o) == (o["X"] == "REJECTED"), f"only a rejection has a reason: {o}"
        if o["X"] == "FINISHED":
            child = self._orders.all[o["s"], int(o["ai"])]
            assert not child.is_open, f"finished before its child: {o}"
            assert Decimal(o["aq"]) == child.executed, f"aq is not what the child filled ({child.executed}): {o}"

    def check_rest(self, *, lagging: bool) -> None:
        """Hold at the end of an act: nothing is in mid-air, every child is there, and finished ones are told.

        `lagging`: FINISHED comes a little later, when the clock is moved.
        """
        for algo in self.all.values():
            assert algo.status != "TRIGGERING", f"left in mid-air: {algo}"
            if algo.status not in ("TRIGGERED", "FINISHED"):
                continue
            child = self._orders.all.get(algo.child)
            assert child is not None, f"its child was never told of: {algo}"
            assert child.client_id == algo.body["caid"], f"a child has its parent's client id: {child}, {algo}"
            assert (child.type, child.side) == (algo.body["act"], algo.body["S"]), f"another child: {child}, {algo}"
            if not lagging:
                assert child.is_open == (algo.status == "TRIGGERED"), f"its end was not told: {algo}, {child}"
