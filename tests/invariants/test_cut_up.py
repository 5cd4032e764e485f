"""Invariant 13 where an execution algorithm carries an order out, in orders of its own."""

from typing import Any

from conformance.invariants import violations
from tests.invariants.histories import Scripted

PLACE = "POST /fapi/v1/order"
ORDER = {"client_order_id": "T-1", "type": "MARKET", "side": "SELL", "quantity": "0.010", "symbol": "BTCUSDT"}
HALF = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "0.005", "newClientOrderId": "T-1"}
BY = {"exec_algorithm_id": "TWAP", "exec_algorithm_params": {"horizon_secs": 1}}


def differs(order: dict[str, Any], sent: dict[str, str]) -> bool:
    """Say whether the order went out otherwise than it was asked for."""
    script = Scripted().command("submit", order=order).request(PLACE, **sent)
    return any(violation.number == 13 for violation in violations(script.history))


def test_algorithm_may_cut_an_order_up() -> None:
    """The quantity is for the algorithm to say, and nothing else."""
    assert differs(ORDER, HALF)
    assert not differs({**ORDER, **BY}, HALF)
    assert differs({**ORDER, **BY}, {**HALF, "side": "BUY"})
