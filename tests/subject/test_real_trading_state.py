"""The trading state of a version's risk engine, set by the oldest and the newest of each generation."""

import pytest

from conformance.simulator import Simulator
from conformance.subject.errors import NotSupported, SubjectMisused
from conformance.subject.subject import Subject
from tests.subject.real import AT_BOTH_ENDS, REAL, Events, below, config, order

pytestmark = [
    *REAL,
    pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True),
]


async def test_trading_state_is_set(subject: Subject, venue: Simulator, events: Events) -> None:
    """An order of a halted trader is denied, and one of a trader that is active again is not; 2.x cannot be told."""
    trader = await subject.start_trader(config(subject, venue), events)
    if "trading_state" not in subject.capabilities:
        with pytest.raises(NotSupported, match="trading_state"):
            await trader.command("set_trading_state", state="HALTED")
        return
    with pytest.raises(SubjectMisused, match="set_trading_state: unknown HALT; known: ACTIVE, "):
        await trader.command("set_trading_state", state="HALT")
    for number, (state, told) in enumerate((("HALTED", "OrderDenied"), ("ACTIVE", "OrderAccepted"))):
        await trader.command("set_trading_state", state=state)
        await trader.command("submit", order=order(f"L-{number}", type="LIMIT", side="BUY", price=below(venue)))
        await events.wait(told, f"L-{number}")
