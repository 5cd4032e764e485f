"""Faults on streams: frames lost, duplicated, reordered, delayed; streams closed; the listen key expired."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from conformance.gateway.server import Gateway
from conformance.history.entries import Connection, FaultApplied, Frame, Note, Request
from conformance.history.history import History
from conformance.kit.waiting import comes_true
from tests.gateway.client import hear, place
from tests.gateway.conftest import LISTEN_KEY, TinyVenue

RAW, COMBINED = f"/private/ws?listenKey={LISTEN_KEY}", f"/stream?streams={LISTEN_KEY}"


async def heard(trader: aiohttp.ClientSession, gateway: Gateway, venue: TinyVenue, kinds: list[str]) -> list[str]:
    """Push an event of each kind and a last one; return the kinds that arrived up to the last."""
    async with trader.ws_connect(gateway.stream_url + RAW) as stream:
        order = venue.place({"symbol": "BTCUSDT", "newClientOrderId": "x-aHRE4BCj-RA-1"})
        for kind in [*kinds, "LAST"]:
            await venue.push(venue.event(order, kind))
        arrived = [(await hear(stream))["o"]["x"]]
        while arrived[-1] != "LAST":
            arrived.append((await hear(stream))["o"]["x"])
    return arrived[:-1]


async def test_lost_frame_never_arrives(gateway: Gateway, venue: TinyVenue, history: History, trader) -> None:
    """The frame is gone for the trader, and the history has the fault in place of the frame."""
    gateway.faults.lose("ORDER_TRADE_UPDATE", x="TRADE", c="A-1")

    assert await heard(trader, gateway, venue, ["NEW", "TRADE", "TRADE"]) == ["NEW", "TRADE"]
    (fault,) = history.of(FaultApplied)
    assert (fault.what, fault.data["o"]["x"]) == ("lose", "TRADE")
    assert [record.data["o"]["x"] for record in history.of(Frame)] == ["NEW", "TRADE", "LAST"]


async def test_duplicated_frame_arrives_twice(gateway: Gateway, venue: TinyVenue, trader) -> None:
    """Exactly as often as told: the second TRADE is untouched."""
    gateway.faults.duplicate("ORDER_TRADE_UPDATE", x="TRADE", times=1, skip=1)

    assert await heard(trader, gateway, venue, ["TRADE", "TRADE", "NEW"]) == ["TRADE", "TRADE", "TRADE", "NEW"]


async def test_frame_may_come_again_after_a_later_one(gateway: Gateway, venue: TinyVenue, trader) -> None:
    """NEW is delivered in its place, and once more when TRADE has been."""
    gateway.faults.duplicate("ORDER_TRADE_UPDATE", x="NEW", after="ORDER_TRADE_UPDATE", after_fields={"x": "TRADE"})

    heard_of = ["NEW", "AMENDMENT", "TRADE", "CANCELED"]
    assert await heard(trader, gateway, venue, heard_of) == ["NEW", "AMENDMENT", "TRADE", "NEW", "CANCELED"]


@pytest.mark.parametrize("target", [RAW, COMBINED])
@pytest.mark.parametrize(
    ("first", "arrives"), [("{half", "{half"), ({"e": "OTHER"}, '{"e":"OTHER"}')], ids=["text", "event"]
)
async def test_something_else_arrives_before_a_frame(
    gateway: Gateway, venue: TinyVenue, trader, target: str, first: Any, arrives: str
) -> None:
    """A text comes as it is, an event in the framing of the stream that it comes on."""
    gateway.faults.precede("ORDER_TRADE_UPDATE", first, x="NEW")

    async with trader.ws_connect(gateway.stream_url + target) as stream:
        await place(trader, gateway, "A-1")
        text = (await stream.receive()).data
        wrapped = target == COMBINED and isinstance(first, dict)
        assert (json.dumps(json.loads(text)["data"], separators=(",", ":")) if wrapped else text) == arrives
        assert (await hear(stream))["data" if target == COMBINED else "o"]


async def test_reordered_frame_arrives_after_the_later_one(gateway: Gateway, venue: TinyVenue, trader) -> None:
    """NEW is held until TRADE has been delivered, and not longer."""
    gateway.faults.reorder("ORDER_TRADE_UPDATE", x="NEW", after="ORDER_TRADE_UPDATE", after_fields={"x": "TRADE"})

    assert await heard(trader, gateway, venue, ["NEW", "AMENDMENT", "TRADE"]) == ["AMENDMENT", "TRADE", "NEW"]


async def test_reordered_frame_that_was_never_released_is_noted(
    gateway: Gateway, venue: TinyVenue, history: History, trader
) -> None:
    """A frame still held when its connection ends does not vanish silently."""
    gateway.faults.reorder("ORDER_TRADE_UPDATE", x="NEW", after="ALGO_UPDATE")

    assert await heard(trader, gateway, venue, ["NEW"]) == []
    note = await history.wait(lambda record: isinstance(record, Note), what="the note")
    assert "reorder of ORDER_TRADE_UPDATE x=NEW" in note.text


async def test_reordered_frame_can_be_released(gateway: Gateway, venue: TinyVenue, history: History, trader) -> None:
    """What it waits for may never come: a frame that is kept back is then delivered when it is asked for, once."""
    gateway.faults.reorder("ORDER_TRADE_UPDATE", x="NEW", after="ALGO_UPDATE")

    async with trader.ws_connect(gateway.stream_url + RAW) as stream:
        order = venue.place({"symbol": "BTCUSDT", "newClientOrderId": "x-aHRE4BCj-RA-1"})
        await venue.push(venue.event(order, "NEW"))
        await venue.push(venue.event(order, "TRADE"))
        assert (await hear(stream))["o"]["x"] == "TRADE"
        await gateway.deliver_kept()
        assert (await hear(stream))["o"]["x"] == "NEW"
        await gateway.deliver_kept()
        await venue.push(venue.event(order, "LAST"))
        assert (await hear(stream))["o"]["x"] == "LAST"


async def test_delayed_frame_holds_everything_behind_it(
    gateway: Gateway, venue: TinyVenue, history: History, trader
) -> None:
    """A stream is TCP: what comes behind a delayed frame waits, too, and the order stays."""
    release = asyncio.Event()
    gateway.faults.delay_frame("ORDER_TRADE_UPDATE", until=release, x="NEW")

    arriving = asyncio.create_task(heard(trader, gateway, venue, ["NEW", "TRADE"]))
    await history.wait(lambda record: isinstance(record, FaultApplied), what="the delay")
    assert history.of(Frame) == []
    release.set()
    assert await arriving == ["NEW", "TRADE"]


@pytest.mark.parametrize("abort", [False, True])
async def test_closed_user_stream_ends_for_the_trader_alone(
    gateway: Gateway, venue: TinyVenue, history: History, trader, abort: bool
) -> None:
    """Closed with a code, or cut without one; the market stream goes on, and a new user stream works at once."""
    async with (
        trader.ws_connect(gateway.stream_url + RAW) as user,
        trader.ws_connect(gateway.stream_url + "/market/ws") as market,
    ):
        closing = asyncio.create_task(gateway.close_streams("user", abort=abort))
        message = await hear(user)
        assert await closing == 1
        assert message in ((aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR) if abort else (aiohttp.WSMsgType.CLOSE,))
        assert not market.closed
    async with trader.ws_connect(gateway.stream_url + RAW) as again:
        await place(trader, gateway, "A-1")
        assert (await hear(again))["o"]["c"] == "A-1"
    closed = [record for record in history.of(Connection) if record.state == "closed"]
    assert closed[0].code == (None if abort else 1000)


@pytest.mark.parametrize("target", [RAW, COMBINED])
async def test_expired_listen_key_is_announced_in_the_streams_framing(
    gateway: Gateway, history: History, trader, target: str
) -> None:
    """The event names the real listen key on the wire and its placeholder in the history."""
    async with trader.ws_connect(gateway.stream_url + target) as stream:
        assert await gateway.expire_listen_key() == 1
        message = await hear(stream)
    event = message["data"] if target == COMBINED else message
    assert (event["e"], event["listenKey"]) == ("listenKeyExpired", LISTEN_KEY)
    assert history.of(Frame)[0].data["listenKey"] == "LISTENKEY-1"


async def test_frames_of_concurrent_orders_follow_their_own_requests(
    gateway: Gateway, venue: TinyVenue, history: History, trader
) -> None:
    """A frame is put after the request that names its order, however many came later; a control outdoes them all."""
    async with trader.ws_connect(gateway.stream_url + RAW) as stream:
        await place(trader, gateway, "A-1")
        await place(trader, gateway, "A-2")
        await venue.push(venue.event(venue.open_orders[0], "AMENDMENT"))
        frames = [await hear(stream) for _ in range(3)]
        number = await gateway.control("price", last="51000")
        await venue.push(venue.event(venue.open_orders[0], "TRADE"))
        frames.append(await hear(stream))

    assert [frame["o"]["x"] for frame in frames] == ["NEW", "NEW", "AMENDMENT", "TRADE"]
    first, second = (record.id for record in history.of(Request))
    assert [record.after for record in history.of(Frame)] == [first, second, first, number]


async def test_ping_of_the_venue_reaches_the_trader(gateway: Gateway, history: History, trader) -> None:
    """The trader sees a ping frame on its user stream, in the middle of the session."""
    async with trader.ws_connect(gateway.stream_url + RAW, autoping=False) as stream:
        assert len(await gateway.ping_streams()) == 1
        assert await hear(stream) is aiohttp.WSMsgType.PING
    assert "pings 1 user connections" in history.of(Note)[0].text


async def test_pong_answers_the_ping_of_its_payload(gateway: Gateway, history: History, trader) -> None:
    """A ping is owed until the trader's pong with its payload has come, which the venue then hears nothing of."""
    async with trader.ws_connect(gateway.stream_url + RAW, autoping=False) as stream:
        (connection,) = await gateway.ping_streams()
        ping = await stream.receive()
        assert not connection.answers_pings
        await stream.pong(ping.data)

        async def answered() -> bool:
            return connection.answers_pings

        assert await comes_true(history, answered, within_s=5.0)


async def test_failure_inside_the_gateway_never_goes_unnoticed(gateway: Gateway, venue: TinyVenue, trader) -> None:
    """An error of the suite's own while a frame passes is reported: it says nothing about the subject."""

    def broken(event: object) -> None:
        raise RuntimeError("a bug of the suite")

    gateway.faults.on_frame = broken  # type: ignore[method-assign]
    async with trader.ws_connect(gateway.stream_url + RAW) as stream:
        await place(trader, gateway, "A-1")
        await stream.close()
    await gateway.close()
    assert [str(trouble) for trouble in gateway.troubles] == ["a bug of the suite"]


@pytest.mark.parametrize("target", [RAW, COMBINED])
@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        ({"X": "WORD"}, ("o", "X"), "WORD"),
        ({"E": 5}, ("E",), 5),
        ({"o.new": 1}, ("o", "new"), 1),
        (lambda event: {**event, "o": {**event["o"], "x": "F"}}, ("o", "x"), "F"),
    ],
)
async def test_frame_is_rewritten(gateway: Gateway, history: History, trader, target: str, change, path, value) -> None:
    """In the stream's own framing; the fault has the frame as it was, the history the one that arrived."""
    fault = gateway.faults.rewrite("ORDER_TRADE_UPDATE", change, c="A-1")
    async with trader.ws_connect(gateway.stream_url + target) as stream:
        await place(trader, gateway, "A-1")
        heard = await hear(stream)
    event = heard["data"] if target == COMBINED else heard
    (applied,), (frame,) = history.of(FaultApplied), history.of(Frame)
    assert fault.applied == 1
    assert frame.data == event
    for step in path:
        event = event[step]
    assert event == value
    assert applied.data["o"]["X"] == "NEW"


@pytest.mark.parametrize(
    ("opening", "times", "becomes"),
    # aiohttp tries once more by itself where a connection is reset.
    [("reset", 2, aiohttp.ClientError), (503, 1, aiohttp.WSServerHandshakeError)],
)
async def test_upgrade_is_withheld(
    gateway: Gateway, history: History, trader, opening: Any, times: int, becomes: type[Exception]
) -> None:
    """User streams do not come to be, as often as told, and the history says why; the market's and the next one do."""
    fault = gateway.faults.upgrade("user", opening, times=times)

    async with trader.ws_connect(gateway.stream_url + "/market/ws"):
        with pytest.raises(becomes):
            await trader.ws_connect(gateway.stream_url + RAW)
    async with trader.ws_connect(gateway.stream_url + RAW):
        pass
    assert fault.applied == times
    told = history.of(FaultApplied)
    assert [(each.what, each.event, each.channel) for each in told] == [("upgrade", str(opening), "user")] * times
    assert [record.channel for record in history.of(Connection) if record.state == "open"] == ["market", "user"]


async def test_upgrade_is_held_until_the_gateway_closes(gateway: Gateway, history: History, trader) -> None:
    """The trader has a connection and no word on it; it is cut when the gateway closes, which waits for nobody."""
    gateway.faults.upgrade("user", "held")

    opening = asyncio.create_task(trader.ws_connect(gateway.stream_url + RAW))
    await history.wait(lambda record: isinstance(record, FaultApplied), what="the fault")
    done, _ = await asyncio.wait([opening], timeout=0.2)
    assert not done
    async with asyncio.timeout(0.9):
        await gateway.close()
    with pytest.raises(aiohttp.ClientError):
        await opening


async def test_upgrade_is_late_until_its_time(gateway: Gateway, history: History, trader) -> None:
    """A stream that is late comes to be as the event is set; meanwhile the trader has its connection and no word."""
    opens = asyncio.Event()
    gateway.faults.upgrade("user", "late", until=opens)

    opening = asyncio.create_task(trader.ws_connect(gateway.stream_url + RAW))
    await history.wait(lambda record: isinstance(record, FaultApplied), what="the fault")
    done, _ = await asyncio.wait([opening], timeout=0.2)
    assert not done
    assert not history.of(Connection)
    opens.set()
    async with await opening as stream:
        assert not stream.closed
        assert [record.state for record in history.of(Connection)] == ["open"]


async def test_late_upgrade_is_cut_when_the_gateway_closes(gateway: Gateway, history: History, trader) -> None:
    """A gateway that closes waits for no stream that is late."""
    gateway.faults.upgrade("user", "late", until=asyncio.Event())
    opening = asyncio.create_task(trader.ws_connect(gateway.stream_url + RAW))
    await history.wait(lambda record: isinstance(record, FaultApplied), what="the fault")
    async with asyncio.timeout(0.9):
        await gateway.close()
    with pytest.raises(aiohttp.ClientError):
        await opening


def test_late_upgrade_needs_its_time(gateway: Gateway) -> None:
    """One that would never open is refused: that is another fault."""
    with pytest.raises(ValueError, match="until=Event"):
        gateway.faults.upgrade("user", "late")


def test_armed_upgrade_that_never_came_is_told(gateway: Gateway) -> None:
    """A fault that no connection met is one of those that are unused, unless it may be."""
    gateway.faults.upgrade("user", "held", optional=True)
    assert gateway.faults.unused == []

    gateway.faults.upgrade("ws-api", 503)
    assert gateway.faults.unused == ["upgrade of a ws-api connection 503"]


async def test_stream_is_closed_as_soon_as_it_is_open(gateway: Gateway, history: History, trader) -> None:
    """After the connections that are passed over, one is upgraded and closed before a word, until that is over."""
    over = asyncio.Event()
    gateway.faults.upgrade("user", "closed", skip=1, until=over)

    async with (
        trader.ws_connect(gateway.stream_url + RAW) as first,
        trader.ws_connect(gateway.stream_url + RAW) as next_,
    ):
        assert (await next_.receive()).type is aiohttp.WSMsgType.CLOSE
        assert not first.closed
    over.set()
    async with trader.ws_connect(gateway.stream_url + RAW) as last:
        assert not last.closed
    states = [(each.id, each.state) for each in history.of(Connection)]
    (second,) = {number for number, _ in states[:3]} - {states[0][0]}
    assert states[1:3] == [(second, "open"), (second, "closed")]


async def test_withdrawn_fault_applies_no_more(gateway: Gateway, trader) -> None:
    """A fault that is taken back, met or not, leaves what comes next alone."""
    for met in (0, 1):
        fault = gateway.faults.upgrade("user", 503, times=None, optional=True)
        if met:
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await trader.ws_connect(gateway.stream_url + RAW)
        fault.withdraw()
        async with trader.ws_connect(gateway.stream_url + RAW):
            pass
        assert fault.applied == met
