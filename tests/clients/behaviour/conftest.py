"""A served venue for real clients, and the record of what they asked it."""

from collections.abc import AsyncIterator

import pytest

from conformance.simulator import Options, Simulator


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A fresh venue on a free port. What is due at once happens at once, so that no test has to wait for it."""
    venue = Simulator(options=Options(algo_lag_ms=0, stream_messages_per_s=0))
    await venue.start()
    yield venue
    await venue.close()
