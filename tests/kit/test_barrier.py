"""The barrier: what the suite has the venue say last, without changing anything at the venue."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, cast

import pytest

from conformance.binance.account import Account
from conformance.gateway.answer import Answer
from conformance.gateway.server import Gateway
from conformance.history.entries import Connection, Frame
from conformance.history.history import History
from conformance.kit.barrier import Barrier
from conformance.kit.venue import VenueError
from conformance.kit.waiting import silence
from tests.kit.scripted_trader import order_event


class LeverageVenue:
    """A venue that knows the leverage of one symbol, and tells the trader when it is set."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.leverage = 20
        self.status = 200

    async def ask(self, method: str, path: str, params: Mapping[str, Any], signer: Account) -> Answer:
        """Answer the question for the leverage, or the setting of it."""
        if method == "POST" and self.status == 200:
            self.sets(int(params["leverage"]))
        rows = [{"leverage": self.leverage}] if self.status == 200 else {"code": -1003}
        return Answer(self.status, [], json.dumps(rows).encode(), "venue")

    def sets(self, leverage: int, *, heard: bool = True) -> None:
        """Set the leverage; the trader hears of it where its stream is up."""
        self.leverage = leverage
        if heard:
            data = {"e": "ACCOUNT_CONFIG_UPDATE", "T": 1, "ac": {"s": "BTCUSDT", "l": leverage}}
            self.history.append(Frame(connection=1, channel="user", data=data))


def standing() -> tuple[Barrier, LeverageVenue, History]:
    """Return a barrier for a trader whose stream is open, and its venue."""
    history = History()
    history.append(Connection(id=1, channel="user", state="open"))
    venue = LeverageVenue(history)
    return Barrier(cast(Gateway, venue), history, Account("key", secret="secret"), "BTCUSDT"), venue, history


async def test_a_barrier_leaves_the_leverage_as_it_is() -> None:
    """Also where another client changes it between two barriers, heard or while the stream was away."""
    barrier, venue, history = standing()
    await barrier()
    assert venue.leverage == 20

    venue.sets(5)
    await barrier()
    assert venue.leverage == 5

    history.append(Connection(id=1, channel="user", state="closed"))
    venue.sets(7, heard=False)
    history.append(Connection(id=2, channel="user", state="open"))
    await barrier()
    assert venue.leverage == 7


async def test_a_venue_that_refuses_the_barrier_is_the_suites_trouble() -> None:
    """A weight limit that the trader has used up is said as what it is."""
    barrier, venue, _ = standing()
    venue.status = 429
    with pytest.raises(VenueError, match="answered 429"):
        await barrier()


async def test_a_trader_that_tells_the_same_for_ever_is_judged_as_things_stand() -> None:
    """Silence is waited for as long as it may take, and no longer."""
    history = History()
    loop = asyncio.get_running_loop()
    timers: list[asyncio.Handle] = []

    def tells_again() -> None:
        history.append(order_event("OrderAccepted"))
        timers.append(loop.call_later(0.005, tells_again))

    tells_again()
    async with asyncio.timeout(5):
        await silence(history, lambda _: True, 1.0, within_s=0.05)
    timers[-1].cancel()
    assert len(history) > 1
