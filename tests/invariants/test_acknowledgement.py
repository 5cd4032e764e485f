"""Invariant 4 over a crash: what a trader was to tell when it was killed, nobody may have heard."""

import pytest

from tests.invariants.histories import Scripted
from tests.invariants.test_told import broken


@pytest.mark.parametrize(("end", "found"), [("kill", []), ("stop", ["OrderAccepted without OrderSubmitted"])])
def test_a_trader_that_was_killed_may_have_submitted_untold(end: str, found: list[str]) -> None:
    """Killed as its request goes out, a trader may not have told of it; its successor goes on from there."""
    start = {"config": {"cache_database": "127.0.0.1:1"}}
    script = Scripted().command("start", n=1, **start).command("submit", n=2, order={"client_order_id": "T-1"})
    script.event("OrderInitialized", trader=1)
    script.request("POST /fapi/v1/order", newClientOrderId="T-1", type="LIMIT")
    script.answer(200, {"orderId": 7, "clientOrderId": "T-1", "status": "NEW"})
    script.command(end).command("start", n=1, **start)

    assert broken(script.event("OrderAccepted", venue_order_id="7", trader=1), 4) == found


def test_a_trader_that_was_killed_later_has_submitted_and_told() -> None:
    """A crash of the trader that followed takes along nothing of what the one before it was to tell."""
    start = {"config": {"cache_database": "127.0.0.1:1"}}
    script = Scripted().command("start", n=1, **start).command("submit", n=2, order={"client_order_id": "T-1"})
    script.request("POST /fapi/v1/order", newClientOrderId="T-1", type="LIMIT")
    script.answer(200, {"orderId": 7, "clientOrderId": "T-1", "status": "NEW"}).command("stop")
    script.command("start", n=2, **start).command("kill").command("start", n=3, **start)

    found = broken(script.event("OrderAccepted", venue_order_id="7", trader=3), 4)
    assert found == ["OrderAccepted without OrderSubmitted"]
