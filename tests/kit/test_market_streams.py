"""The market streams' verifier: as many open again as were broken, and open still."""

import asyncio
from typing import cast

import pytest

from conformance.gateway.server import Gateway
from conformance.history.entries import Connection
from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.market_streams import MarketStreams

SOON_S = 0.05


class _Gateway:
    """Closes the two market streams that there are."""

    async def close_streams(self, channel: str, *, abort: bool) -> int:
        assert (channel, abort) == ("market", True)
        return 2


def connected(history: History, number: int, state: str = "open", channel: str = "market") -> None:
    """Write down a connection that comes or goes."""
    history.append(Connection(id=number, channel=channel, path="/ws", state=state))


@pytest.fixture
async def streams(monkeypatch: pytest.MonkeyPatch) -> MarketStreams:
    """Two market streams that have been cut."""
    monkeypatch.setattr("conformance.kit.market_streams._SETTLED_AFTER_S", 0.03)
    cut = MarketStreams(cast(Gateway, _Gateway()), History())
    await cut.drop()
    return cut


async def test_as_many_are_open_again_as_were_broken(streams: MarketStreams) -> None:
    """They are open again once the last one is, whenever that comes."""
    connected(streams._history, 3)
    asyncio.get_running_loop().call_soon(connected, streams._history, 4)

    await streams.are_open_again(within_s=60)


@pytest.mark.parametrize(("state", "channel"), [("closed", "market"), ("open", "user")])
async def test_what_was_closed_again_is_not_open(streams: MarketStreams, state: str, channel: str) -> None:
    """A stream that was opened and closed since is not open, nor is one of another kind a market stream."""
    connected(streams._history, 3)
    if state == "closed":
        connected(streams._history, 4)
    connected(streams._history, 4, state, channel)

    with pytest.raises(CheckError, match="2 to be open again") as failure:
        await streams.are_open_again(within_s=SOON_S)

    assert failure.value.signature == "the market streams were not opened again"
