"""User streams and market streams over sockets: sections 1, 8 and 9."""

import asyncio

import aiohttp
import pytest

from conformance.simulator import Options
from tests.simulator.venue_client import HttpClient, frame, is_silent, served


@pytest.mark.parametrize(
    ("form", "combined"),
    [
        ("/private/ws/{key}", False),
        ("/private/ws?listenKey={key}", False),
        ("/private/stream?listenKey={key}", True),
        ("/private/stream?streams={key}", True),
    ],
)
async def test_user_stream__has_many_addresses(http: HttpClient, form: str, combined: bool) -> None:
    """Every access form delivers user events; /stream wraps them as {"stream", "data"}, /ws does not."""
    await hears_an_order(http, form, combined=combined)


@pytest.mark.parametrize(("form", "combined"), [("/ws/{key}", False), ("/stream?streams={key}", True)])
async def test_user_stream__comes_unrouted_as_on_the_testnet(form: str, combined: bool) -> None:
    """By option the legacy addresses deliver user events too."""
    async with served(Options(lenient_routes=True)) as http:
        await hears_an_order(http, form, combined=combined)


async def hears_an_order(http: HttpClient, form: str, *, combined: bool) -> None:
    """Open a user stream at an address and hear of an order on it."""
    key = await http.listen_key()
    socket = await http.connect(form.format(key=key))
    await http.signed("POST", "/fapi/v1/order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.010")
    event = await frame(socket)

    if combined:
        assert event["stream"] == key
        event = event["data"]
    assert event["e"] == "TRADE_LITE"


async def test_user_stream__by_subscription(http: HttpClient) -> None:
    """The official SDK connects to /private/stream and subscribes to the listen key."""
    key = await http.listen_key()
    socket = await http.connect("/private/stream")
    await socket.send_json({"method": "SUBSCRIBE", "params": [key], "id": "a-string"})
    assert await frame(socket) == {"result": None, "id": "a-string"}
    await socket.send_json({"method": "LIST_SUBSCRIPTIONS", "id": 2})
    assert (await frame(socket))["result"] == [key]
    http.simulator.control.place_as_other(symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.010")
    assert (await frame(socket))["stream"] == key

    await socket.send_json({"method": "UNSUBSCRIBE", "params": [key], "id": 3})
    for _ in range(3):
        await frame(socket)
    assert (await frame(socket))["id"] == 3
    http.simulator.control.place_as_other(symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.010")
    assert await is_silent(socket)


@pytest.mark.parametrize(
    "path",
    [
        "/public/ws/{key}",
        "/market/ws/{key}",
        "/market/stream?streams={key}",
        "/private/ws/other",
        "/ws/{key}",
        "/stream?streams={key}",
    ],
)
async def test_user_stream__on_the_wrong_route_is_silent(http: HttpClient, path: str) -> None:
    """A user stream on another route, unrouted, or with another key, connects and stays silent: no error."""
    socket = await http.connect(path.format(key=await http.listen_key()))
    http.simulator.control.open_position("BTCUSDT", "LONG", "0.010")

    assert await is_silent(socket)


STREAMS = {
    "btcusdt@bookTicker": "public",
    "!bookTicker": "public",
    "btcusdt@depth5@100ms": "public",
    "btcusdt@markPrice": "market",
    "btcusdt@kline_1m": "market",
    "btcusdt@ticker": "market",
    "!miniTicker@arr": "market",
}


@pytest.mark.parametrize("route", ["public", "market", "private", ""])
@pytest.mark.parametrize("stream", STREAMS)
async def test_market_streams__come_on_their_own_route(http: HttpClient, stream: str, route: str) -> None:
    """A market stream greets on its own route; on another it is subscribed to and silent. Unrouted is public."""
    socket = await http.connect(f"/{route}/ws/{stream}" if route else f"/ws/{stream}")

    assert await is_silent(socket) == ((route or "public") != STREAMS[stream])


async def test_market_streams__come_on_every_route_by_option() -> None:
    """The testnet's leniency is an option."""
    async with served(Options(lenient_routes=True)) as http:
        for route in ("/public", "/market", "/private", ""):
            assert not await is_silent(await http.connect(f"{route}/ws/btcusdt@bookTicker"))


async def test_user_stream__can_be_narrowed_to_events(http: HttpClient) -> None:
    """`events` keeps all other event types away."""
    socket = await http.connect(f"/private/ws?listenKey={await http.listen_key()}&events=ACCOUNT_UPDATE")
    http.simulator.control.open_position("BTCUSDT", "LONG", "0.010")

    assert (await frame(socket))["e"] == "ACCOUNT_UPDATE"
    assert await is_silent(socket)


async def test_several_connections__get_the_same(http: HttpClient) -> None:
    """Every connection with the key gets every event."""
    key = await http.listen_key()
    sockets = [await http.connect(f"/private/ws/{key}") for _ in range(3)]
    http.simulator.control.open_position("BTCUSDT", "LONG", "0.010")

    first = [[await frame(socket) for _ in range(4)] for socket in sockets]
    assert first[0] == first[1] == first[2]


async def test_listen_key__is_one_and_can_end(http: HttpClient) -> None:
    """POST returns the active key, PUT extends it, DELETE ends it; afterwards PUT and DELETE are -1125."""
    key = await http.listen_key()
    assert await http.listen_key() == key
    assert (await http.request("PUT", "/fapi/v1/listenKey"))[1] == {"listenKey": key}
    assert (await http.request("DELETE", "/fapi/v1/listenKey"))[:2] == (200, {})
    for method in ("PUT", "DELETE"):
        status, body, _ = await http.request(method, "/fapi/v1/listenKey")
        assert (status, body["code"]) == (400, -1125)
    assert await http.listen_key() != key


async def test_listen_key__expires_after_an_hour(http: HttpClient) -> None:
    """After 60 minutes without an extension listenKeyExpired is sent, and nothing more."""
    key = await http.listen_key()
    socket = await http.connect(f"/private/ws/{key}")
    http.simulator.control.advance(3_599_000)
    await http.request("PUT", "/fapi/v1/listenKey")
    http.simulator.control.advance(3_599_000)
    assert await is_silent(socket)
    http.simulator.control.advance(1_001)

    event = await frame(socket)
    assert (event["e"], event["listenKey"]) == ("listenKeyExpired", key)
    http.simulator.control.open_position("BTCUSDT", "LONG", "0.010")
    assert await is_silent(socket)


async def test_connection__can_be_cut_by_the_venue(http: HttpClient) -> None:
    """A control drops the user streams; a new connection with the same key works, what happened between is lost."""
    key = await http.listen_key()
    socket = await http.connect(f"/private/ws/{key}")
    http.simulator.control.close_user_streams()
    message = await socket.receive(timeout=10)
    assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSE)

    http.simulator.control.open_position("BTCUSDT", "LONG", "0.010")
    again = await http.connect(f"/private/ws/{key}")
    assert await is_silent(again)


async def test_stream_requests__that_make_no_sense_are_answered(http: HttpClient) -> None:
    """Garbage, binary frames and unknown methods get an error; the connection lives on."""
    socket = await http.connect("/private/stream")
    await socket.send_str("no json")
    assert "error" in await frame(socket)
    await socket.send_bytes(b"\xff\x00\x01")
    assert "error" in await frame(socket)
    await socket.send_str("[1,2]")
    assert "error" in await frame(socket)
    await socket.send_json({"method": "DANCE", "id": 1})
    assert (await frame(socket))["error"]["code"] == 2
    await socket.send_json({"method": "SUBSCRIBE", "params": "x", "id": 1})
    assert "error" in await frame(socket)
    await socket.send_str('{"method":"SUBSCRIBE","params":[],"id":' + "9" * 100_000 + "}")
    assert "result" in await frame(socket)


async def test_too_many_messages__end_a_connection() -> None:
    """More than ten messages a second end a stream connection."""
    async with served(Options(stream_messages_per_s=10)) as http:
        socket = await http.connect("/private/stream")
        for number in range(30):
            await socket.send_json({"method": "LIST_SUBSCRIPTIONS", "id": number})
        async with asyncio.timeout(10):
            async for _ in socket:
                pass
        assert socket.closed


async def test_book_ticker__follows_the_book(http: HttpClient) -> None:
    """bookTicker sends the present best prices at once and every change of them."""
    socket = await http.connect("/public/ws/btcusdt@bookTicker")
    assert (await frame(socket))["b"] == "49999.90"
    http.simulator.control.move_price("BTCUSDT", "50100")
    event = await frame(socket)

    assert (event["e"], event["b"], event["a"]) == ("bookTicker", "50099.90", "50100.10")


async def test_depth__diffs_lead_from_snapshot_to_snapshot(http: HttpClient) -> None:
    """Depth updates applied to a REST snapshot give the next snapshot; their ids form a chain."""
    control = http.simulator.control
    control.set_book("BTCUSDT", bids=[("49990", "1"), ("49980", "2")], asks=[("50010", "3")])
    socket = await http.connect("/public/stream?streams=btcusdt@depth@100ms")
    _, before, _ = await http.request("GET", "/fapi/v1/depth", "symbol=BTCUSDT&limit=1000")
    control.set_book("BTCUSDT", bids=[("49990", "1"), ("49970", "5")], asks=[("50020", "3")])
    event = (await frame(socket))["data"]
    _, after, _ = await http.request("GET", "/fapi/v1/depth", "symbol=BTCUSDT&limit=1000")

    assert event["U"] <= before["lastUpdateId"] + 1 <= event["u"] == after["lastUpdateId"]
    for side, key in (("bids", "b"), ("asks", "a")):
        book = {**dict(before[side]), **dict(event[key])}
        assert {p: q for p, q in book.items() if float(q)} == dict(after[side])


async def test_trades_and_klines__follow_trades(http: HttpClient) -> None:
    """aggTrade, trade and kline show what was traded."""
    socket = await http.connect("/market/stream?streams=btcusdt@aggTrade/btcusdt@kline_1m/btcusdt@markPrice@1s")
    greetings = {(await frame(socket))["stream"] for _ in range(2)}
    assert greetings == {"btcusdt@kline_1m", "btcusdt@markPrice@1s"}
    http.simulator.control.move_price("BTCUSDT", "50100")
    events = [(await frame(socket))["data"] for _ in range(2)]

    assert {event["e"] for event in events} == {"aggTrade", "kline"}
    kline = next(event for event in events if event["e"] == "kline")["k"]
    assert (kline["h"], kline["c"], kline["x"]) == ("50100.00", "50100.00", False)
    http.simulator.control.advance(1_000)
    assert (await frame(socket))["data"]["p"] == "50100.00000000"


async def test_unknown_upgrade__is_refused(http: HttpClient) -> None:
    """An upgrade of a path that is no stream is 404."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as error:
        await http.connect("/nowhere")
    assert error.value.status == 404


async def test_connection__is_pinged_and_ends_after_its_life() -> None:
    """The venue pings in its interval and closes a connection at the end of its life."""
    async with served(Options(ping_interval_ms=20, stream_life_ms=500)) as http:
        socket = await http.connect("/private/ws/key", autoping=False)
        kinds = [(await socket.receive(timeout=10)).type for _ in range(3)]
        assert kinds[:2] == [aiohttp.WSMsgType.PING] * 2
        async with asyncio.timeout(10):
            while (await socket.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                pass
        assert socket.close_code == 1000


async def test_connection__without_pongs_is_given_up() -> None:
    """A client that answers no ping is disconnected."""
    async with served(Options(ping_interval_ms=20, pong_timeout_ms=50)) as http:
        socket = await http.connect("/private/ws/key", autoping=False)
        async with asyncio.timeout(10):
            while (await socket.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                pass
        assert socket.close_code == 1008


async def test_connection__ends_after_a_day_of_the_venues_clock(http: HttpClient) -> None:
    """Advancing the clock by 24 hours ends every connection, whatever the wall clock says."""
    socket = await http.connect("/private/ws/key")
    http.simulator.control.advance(86_399_000)
    assert await is_silent(socket)
    http.simulator.control.advance(1_000)

    await socket.receive(timeout=10)
    assert (socket.closed, socket.close_code) == (True, 1000)


async def test_connection__is_pinged_by_the_venues_clock(http: HttpClient) -> None:
    """Three minutes of the venue's clock bring a ping; a client that answers it outlives any number of them."""
    socket = await http.connect("/private/ws/key", autoping=False)
    http.simulator.control.advance(180_000)
    message = await socket.receive(timeout=10)

    assert message.type == aiohttp.WSMsgType.PING
    assert abs(int(message.data) - http.simulator.control.now_ms()) < 60_000
    await socket.pong(message.data)
    assert await is_silent(socket)


async def test_connection__half_open_is_given_up_by_the_venues_clock(http: HttpClient) -> None:
    """Ten minutes of the venue's clock without a pong end a connection, once a ping has had time to be answered."""
    socket = await http.connect("/private/ws/key", autoping=False)
    http.simulator.control.advance(780_000)

    assert (await socket.receive(timeout=10)).type == aiohttp.WSMsgType.PING
    await socket.receive(timeout=10)
    assert (socket.closed, socket.close_code) == (True, 1008)


async def test_pings_of_a_client__are_answered_in_kind(http: HttpClient) -> None:
    """A client's ping comes back as a pong with the same payload."""
    socket = await http.connect("/private/ws/key", autoping=False)
    await socket.ping(b"counter")
    message = await socket.receive(timeout=10)

    assert (message.type, message.data) == (aiohttp.WSMsgType.PONG, b"counter")


async def test_events__may_leave_before_the_answer() -> None:
    """By option the events of a request have left before its answer does."""
    async with served(Options(events_before_answer=True)) as http:
        socket = await http.connect(f"/private/ws/{await http.listen_key()}")
        await http.signed("POST", "/fapi/v1/order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01")
        assert (await frame(socket))["e"] == "TRADE_LITE"
