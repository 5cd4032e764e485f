"""Fixtures of the simulator's tests."""

from collections.abc import AsyncIterator

import pytest

from tests.simulator.venue_client import HttpClient, VenueClient, served


@pytest.fixture
def client() -> VenueClient:
    """A fresh venue with its default account, asked in-process."""
    return VenueClient()


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    """A fresh venue, served on a free loopback port."""
    async with served() as client:
        yield client
