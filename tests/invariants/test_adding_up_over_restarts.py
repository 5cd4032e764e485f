"""Invariants 14 and 15 over a gap: what a restart has learned, or a stopped strategy was not told, is not missing."""

import pytest

from tests.invariants.histories import Scripted
from tests.invariants.test_told import broken


@pytest.mark.parametrize(("n", "end"), [(1, "kill"), (1, "stop"), (2, "stop")])
def test_a_position_goes_on_with_what_a_start_has_learned(n: int, end: str) -> None:
    """What filled while no trader ran need not have been told, also where the next one's start has the same number."""
    start = {"config": {"cache_database": "127.0.0.1:1"}}
    told = {"position_id": "P", "avg_px_open": "100", "last_px": "100"}
    script = Scripted().command("start", n=1, **start)
    fill = {"position_id": "P", "commission": "0", "commission_currency": "USDT"}
    script.fill("7", "0.004", of="0.010", filled="0.004", last_px="100", trader=1, **fill)
    opened = {**told, "signed_qty": "0.004", "last_qty": "0.004", "realized_pnl": "0.00000000 USDT"}
    script.event("PositionOpened", trader=1, **opened).command(end).command("start", n=n, **start)
    script.fill("9", "0.010", of="0.010", filled="0.010", order="T-2", last_px="130", trader=n, **fill)
    closed = {**told, "signed_qty": "0", "last_qty": "0.010", "last_px": "130", "realized_pnl": "0.30000000 USDT"}
    script.event("PositionClosed", trader=n, **closed)

    assert broken(script, 15) == []


@pytest.mark.parametrize(("between", "holds"), [("pause", True), ("purge", False)])
def test_a_strategy_that_was_stopped_need_not_have_been_told(between: str, holds: bool) -> None:
    """2.x tells a stopped strategy nothing: what filled meanwhile is in its next events, and nowhere before them."""
    position = {"position_id": "P", "symbol": "BTCUSDT"}
    order = {"client_order_id": "T-1", "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.010"}
    script = Scripted().command("start", n=1).command("submit", n=2, order=order)
    script.event("OrderAccepted", client_order_id="T-1", filled_qty="0", trader=1).command(between, n=3)
    script.event("OrderCanceled", client_order_id="T-1", filled_qty="0.004", trader=1)
    script.event("PositionClosed", signed_qty="0", trader=1, **position)

    assert (broken(script, 14) == []) is holds
    assert (broken(script, 15) == []) is holds
