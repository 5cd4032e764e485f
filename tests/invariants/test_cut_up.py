"""Where an execution algorithm carries an order out, in orders of its own: what may become of the order itself."""

from typing import Any

import pytest

from conformance.invariants import violations
from tests.invariants.histories import Scripted

PLACE = "POST /fapi/v1/order"
ORDER = {"client_order_id": "T-1", "type": "MARKET", "side": "SELL", "quantity": "0.010", "symbol": "BTCUSDT"}
HALF = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "0.005", "newClientOrderId": "T-1"}
BY = {"exec_algorithm_id": "TWAP", "exec_algorithm_params": {"horizon_secs": 1}}


def broken(script: Scripted) -> set[int]:
    """Return the numbers of the invariants that a history breaks."""
    return {violation.number for violation in violations(script.history)}


def differs(order: dict[str, Any], sent: dict[str, str]) -> bool:
    """Say whether the order went out otherwise than it was asked for."""
    return 13 in broken(Scripted().command("submit", order=order).request(PLACE, **sent))


def test_algorithm_may_cut_an_order_up() -> None:
    """The quantity is for the algorithm to say, and nothing else."""
    assert differs(ORDER, HALF)
    assert not differs({**ORDER, **BY}, HALF)
    assert differs({**ORDER, **BY}, {**HALF, "side": "BUY"})


@pytest.mark.parametrize("op", ["cancel", "cancel_all"])
def test_order_that_was_never_sent_ends_by_the_trader_alone(op: str) -> None:
    """What is left of it may be cancelled without a word of the venue's; any other order may not."""
    given = {"client_order_id": "T-1"} if op == "cancel" else {}

    def ended(order: dict[str, Any], *, told: bool = True) -> Scripted:
        script = Scripted().command("submit", order=order).event("OrderInitialized")
        script = script.command(op, **given) if told else script
        return script.event("OrderCanceled", quantity="0.006")

    assert broken(ended({**ORDER, **BY})) == set()
    assert broken(ended({**ORDER, **BY}, told=False)) == {3}
    assert broken(ended(ORDER)) == {3, 14}


def test_what_a_slice_takes_is_taken_off_the_order_before_it_is_sent() -> None:
    """An algorithm's order is told with less before it goes out, and no other order is."""

    def less(order: dict[str, Any]) -> Scripted:
        script = Scripted().command("submit", order=order).event("OrderInitialized", quantity="0.010")
        script = script.event("OrderUpdated", quantity="0.006", status="INITIALIZED")
        return script.event("OrderSubmitted", quantity="0.006", status="SUBMITTED")

    assert {1, 14} <= broken(less(ORDER))
    assert not {1, 14} & broken(less({**ORDER, **BY}))


def test_order_that_is_cut_up_is_not_emulated_and_has_no_more_than_was_asked_for() -> None:
    """What may be told of an algorithm's order is less of it, and nothing that only an emulated order is told."""

    def begun() -> Scripted:
        return Scripted().command("submit", order={**ORDER, **BY}).event("OrderInitialized", quantity="0.010")

    assert 1 in broken(begun().event("OrderEmulated", quantity="0.010"))
    assert 14 in broken(begun().event("OrderUpdated", quantity="0.016", status="INITIALIZED"))
