"""Whole lives of orders with Binance's own SDK."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from conformance.simulator import Simulator
from conformance.simulator.credentials import DEFAULT_ED25519_KEY
from tests.clients.behaviour.lives import LIVES, Life, batch, hedged, looking
from tests.clients.behaviour.sdk_traders import SdkRest, SdkWsApi
from tests.clients.behaviour.trader import Trader


@pytest.fixture(params=["rest-hmac", "rest-ed25519"])
async def over_rest(request: pytest.FixtureRequest, simulator: Simulator, tmp_path: Path) -> Trader:
    """The SDK over REST, with either kind of signature."""
    if request.param == "rest-hmac":
        return SdkRest(simulator)
    file = tmp_path / "ed25519.pem"
    simulator.credentials.write_ed25519(file)
    return SdkRest(simulator, key=DEFAULT_ED25519_KEY, pem=str(file))


@pytest.fixture(params=["ws-api", "ws-api-session"])
async def over_ws_api(request: pytest.FixtureRequest, simulator: Simulator, tmp_path: Path) -> AsyncIterator[Trader]:
    """The SDK over the WebSocket API, signing each request or logged on."""
    trader = await SdkWsApi(simulator, session=request.param == "ws-api-session").open(tmp_path)
    yield trader
    await trader.close()


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
async def test_life__over_rest(over_rest: Trader, simulator: Simulator, life: Life) -> None:
    """After every step of an order's life, what the SDK reads over REST equals the venue's books."""
    await life(over_rest, simulator.control, looking(over_rest, simulator.control))


@pytest.mark.parametrize(
    "life", [life for life in LIVES if life not in (batch, hedged)], ids=lambda life: life.__name__
)
async def test_life__over_the_ws_api(over_ws_api: Trader, simulator: Simulator, life: Life) -> None:
    """After every step of an order's life, what the SDK reads over the WebSocket API equals the venue's books."""
    await life(over_ws_api, simulator.control, looking(over_ws_api, simulator.control))
