"""The user stream's verifier: open again, and for good."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest

from conformance.gateway.server import Gateway
from conformance.history.entries import Connection, Frame
from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.user_stream import UserStream


class _Gateway:
    """Closes streams by writing so into the history."""

    def __init__(self, history: History) -> None:
        self.history = history

    async def close_streams(self, channel: str, *, abort: bool = False, code: int | None = None) -> None:
        assert abort is (code is None)
        self.history.append(Connection(id=1, channel=channel, path="/ws", state="closed"))


def connected(history: History, number: int, state: str = "open", channel: str = "user") -> None:
    """Write down a connection that comes or goes."""
    history.append(Connection(id=number, channel=channel, path="/ws", state=state))


@pytest.fixture
def history() -> History:
    """A history with one user stream open."""
    opened = History()
    connected(opened, 1)
    return opened


@pytest.fixture
def stream(history: History, monkeypatch: pytest.MonkeyPatch) -> UserStream:
    """The verifier, which takes a stream for settled after a moment."""
    monkeypatch.setattr("conformance.kit.user_stream._SETTLED_AFTER_S", 0.03)
    monkeypatch.setattr("conformance.kit.user_stream._TELLS_WITHIN_S", 0.03)
    return UserStream(cast(Gateway, _Gateway(history)), history)


def later(*calls: Any) -> None:
    """Run the calls once whoever waits has begun to."""
    for call in calls:
        asyncio.get_running_loop().call_soon(*call)


async def test_new_connection_is_open_again(history: History, stream: UserStream) -> None:
    """A stream that comes back and stays is open again."""
    await stream.drops()
    later((connected, history, 2))
    await stream.is_open_again(within_s=60)


async def test_what_was_open_before_does_not_count(history: History, stream: UserStream) -> None:
    """The connection before the drop, and other channels, are no user stream that is open again."""
    await stream.drops()
    connected(history, 2, channel="market")
    with pytest.raises(CheckError, match=r"user stream: required to be open again within 0.05 s, seen") as failure:
        await stream.is_open_again(within_s=0.05)
    assert failure.value.signature == "the user stream was not opened again"


@pytest.mark.parametrize("end", [UserStream.logon_drops, UserStream.logon_closes])
async def test_stream_opens_again_after_the_logon_is_lost(
    history: History, stream: UserStream, end: Callable[[UserStream], Awaitable[None]]
) -> None:
    """Where the connection of the WS API goes, only a user stream opened after that is open again."""
    await end(stream)
    with pytest.raises(CheckError):
        await stream.is_open_again(within_s=0.05)
    assert history.of(Connection)[-1].channel == "ws-api"

    connected(history, 2)
    await stream.is_open_again(within_s=60)


async def test_stream_that_goes_again_is_not_open(history: History, stream: UserStream) -> None:
    """A trader that opens a stream and closes it without another has none."""
    await stream.drops()
    connected(history, 2)
    connected(history, 2, "closed")
    with pytest.raises(CheckError):
        await stream.is_open_again(within_s=0.05)


async def test_last_of_several_streams_counts(history: History, stream: UserStream) -> None:
    """A trader that rotates its stream once more (1.223 and later) has one in the end."""
    await stream.drops()
    connected(history, 2)
    later((connected, history, 2, "closed"), (connected, history, 3))
    await stream.is_open_again(within_s=60)
    assert history.of(Connection)[-1].id == 3


@pytest.mark.parametrize("elsewhere", ["/ws/LK", "/market/ws/LK", "/stream?streams=LK", "/privately/ws/LK"])
async def test_stream_on_another_route_is_none(elsewhere: str) -> None:
    """Every user stream has to be on /private, whichever came first; other channels have routes of their own."""
    history = History()
    stream = UserStream(cast(Gateway, _Gateway(history)), history)
    with pytest.raises(CheckError):
        stream.is_private()
    history.append(Connection(id=1, channel="user", path="/private/ws?listenKey=LK", state="open"))
    history.append(Connection(id=2, channel="market", path="/market/ws", state="open"))
    stream.is_private()

    history.append(Connection(id=3, channel="user", path=elsewhere, state="open"))
    with pytest.raises(CheckError, match=r"seen .*/LK|seen .*=LK"):
        stream.is_private()


async def test_it_can_be_asked_again(history: History, stream: UserStream) -> None:
    """What is open stays open however often it is asked for."""
    await stream.drops()
    connected(history, 2)
    await stream.is_open_again(within_s=60)
    await stream.is_open_again(within_s=60)


async def test_stream_may_be_ended_by_the_venues_own_act(history: History, stream: UserStream) -> None:
    """A stream that ends by something else than a drop, such as its listen key's expiry, is to be opened again too."""

    async def expire() -> None:
        connected(history, 1, "closed")

    await stream.ends(expire)
    with pytest.raises(CheckError):
        await stream.is_open_again(within_s=0.05)
    connected(history, 2)
    await stream.is_open_again(within_s=60)


async def test_stream_that_was_opened_before_the_act_is_not_open_again(history: History, stream: UserStream) -> None:
    """Only what is opened after the act began counts."""

    async def nothing() -> None:
        """End nothing."""

    connected(history, 2)
    await stream.ends(nothing)
    with pytest.raises(CheckError):
        await stream.is_open_again(within_s=0.05)


async def test_stream_tells_again_what_the_venue_goes_on_to_do(history: History, stream: UserStream) -> None:
    """The venue acts until a frame of the user stream is delivered: neither another channel's nor the trader's own."""
    acts = 0

    async def act() -> None:
        nonlocal acts
        acts += 1
        if acts == 3:
            history.append(Frame(connection=1, channel="user", data={}))
        else:
            history.append(Frame(connection=1, channel="user" if acts == 1 else "market", data={}, direction="up"))

    await stream.tells_again(act, within_s=60)

    assert acts == 3


async def test_mute_stream_is_told(stream: UserStream) -> None:
    """A stream on which no word comes, however often there is one, is a failure of its own."""

    async def act() -> None:
        pass

    with pytest.raises(CheckError, match=r"required to tell what happens within 0.05 s, seen no word") as failure:
        await stream.tells_again(act, within_s=0.05)
    assert failure.value.signature == "the user stream stayed mute"


@dataclass
class Pinged:
    """A connection that was pinged."""

    answers_pings: bool
    is_open: bool = True


@pytest.mark.parametrize(
    ("pinged", "answered"),
    [
        ([Pinged(True), Pinged(True)], True),
        ([Pinged(True), Pinged(False)], False),
        ([Pinged(True), Pinged(False, is_open=False)], True),
        ([Pinged(False, is_open=False)], False),
        ([], False),
    ],
)
async def test_pong_is_owed_by_each_connection_that_stays(
    history: History, stream: UserStream, monkeypatch: pytest.MonkeyPatch, pinged: list[Pinged], answered: bool
) -> None:
    """One that the trader has closed for another owes none, but one of them has to have answered."""

    async def pings(_: str) -> list[Pinged]:
        return pinged

    monkeypatch.setattr(_Gateway, "ping_streams", staticmethod(pings), raising=False)
    if answered:
        await stream.is_pinged(within_s=0.05)
    else:
        with pytest.raises(CheckError):
            await stream.is_pinged(within_s=0.05)
