"""Invariant 15 over a restart: a trader that goes on with another's books need not tell what its start has learned."""

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
