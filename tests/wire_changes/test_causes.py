"""Why the trader asked the venue something."""

import pytest

from conformance.history.silent import SILENT
from conformance.wire_changes.causes import RUNNING, Causes
from conformance.wire_changes.names import Names
from tests.wire_changes.lives import Life


@pytest.mark.parametrize("op", [*sorted(SILENT), "fail"])
def test_a_look_at_the_trader_is_no_cause(op: str) -> None:
    """What is asked after a command that asks nothing of the venue was asked by the trader's own timer."""
    life = Life().start().submit()
    life.commanded(op)
    life.request("GET /fapi/v1/openOrders").answer(200, [])

    *_, last = Causes(life.history, Names(life.history)).asked()

    assert last.cause.op == RUNNING
