"""The tour is made once; every test looks at what it brought home."""

import asyncio

import pytest

from tests.clients.payloads.tour import tour
from tests.clients.payloads.witness import Payloads


@pytest.fixture(scope="session")
def payloads() -> Payloads:
    """Everything that the simulator sent on the tour."""
    return asyncio.run(tour())
