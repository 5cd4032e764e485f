"""A real node of each generation that is stopped by a signal, and one that is stopped while it starts."""

import pytest

from conformance.simulator import Simulator
from conformance.subject.errors import SubjectMisused
from conformance.subject.subject import StopSignal, Subject
from tests.subject.real import REAL, Events, config

pytestmark = [*REAL]


@pytest.mark.parametrize("by", ["SIGTERM", "SIGINT"])
async def test_node_is_stopped_by_a_signal(subject: Subject, venue: Simulator, by: StopSignal) -> None:
    """It ends as after a stop by a call, whatever its process is of use for then, and another trader can be started."""
    trader = await subject.start_trader(config(subject, venue, own_run=True), Events())
    pid = trader.pid

    await trader.stop(by=by)

    assert trader.died is None
    assert (subject.pid == pid) == (subject.generation == 1)
    await (await subject.start_trader(config(subject, venue), Events())).stop()


async def test_node_is_stopped_before_it_runs(subject: Subject, venue: Simulator) -> None:
    """Its start is answered at once, and its stop once it has ended: its strategy has not been started by then."""
    events = Events()
    trader = await subject.start_trader(config(subject, venue, unawaited=True, timeout_connection_s=2.0), events)

    await trader.stop(graceful=True)

    assert [event for event in events.all if event["event"].startswith("Order")] == []


async def test_signal_is_sent_to_a_node_that_hears_it(subject: Subject, venue: Simulator) -> None:
    """A 2.x node that shares its thread with a loop hears none: who stops it by one is told what to start it with."""
    trader = await subject.start_trader(config(subject, venue), Events())

    if subject.generation == 1:
        await trader.stop(by="SIGTERM")
    else:
        with pytest.raises(SubjectMisused, match="own_run = true"):
            await trader.stop(by="SIGTERM")

    assert trader.died is None
    await trader.stop()
