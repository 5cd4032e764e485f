"""Whole lives of orders with ccxt, over REST and with ccxt.pro over the WebSocket API."""

from collections.abc import AsyncIterator

import pytest

from conformance.simulator import Simulator
from tests.clients.behaviour.ccxt_trader import CcxtTrader
from tests.clients.behaviour.lives import LIVES, Life, looking


@pytest.fixture(params=["rest", "ws-api"])
async def trader(request: pytest.FixtureRequest, simulator: Simulator) -> AsyncIterator[CcxtTrader]:
    """ccxt, connected to a fresh venue."""
    client = CcxtTrader(simulator, socket=request.param == "ws-api")
    yield client
    await client.close()


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
async def test_life(trader: CcxtTrader, simulator: Simulator, life: Life) -> None:
    """After every step of an order's life, ccxt's orders, positions and balances equal the venue's books."""
    await life(trader, simulator.control, looking(trader, simulator.control))
