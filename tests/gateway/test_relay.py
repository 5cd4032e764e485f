"""The relay: what either side sends reaches the other unchanged, and all of it is written down."""

import asyncio
import json
from itertools import pairwise

import aiohttp
import pytest

from conformance.binance.account import Account
from conformance.gateway.server import Gateway, GatewayError
from conformance.gateway.upstream import Upstream
from conformance.history.entries import Answer, Connection, Frame, Note, Request
from conformance.history.history import History
from tests.gateway.client import WITHIN_S, hear, order, place, send, signed
from tests.gateway.conftest import ACCOUNT, LISTEN_KEY, TinyVenue

STREAM_FORMS = [
    (f"/private/ws?listenKey={LISTEN_KEY}", False),
    (f"/private/ws/{LISTEN_KEY}", False),
    (f"/private/stream?listenKey={LISTEN_KEY}&events=ORDER_TRADE_UPDATE", True),
    (f"/stream?streams={LISTEN_KEY}", True),
    (f"/ws/{LISTEN_KEY}", False),
]


async def test_bytes_of_a_request_reach_the_venue_unchanged(gateway: Gateway, venue: TinyVenue, trader) -> None:
    """Query (odd escapes included), body and key header arrive byte for byte; hop-by-hop headers do not."""
    ids = "%5b%22B-0%22,%22B-1%22%5D"
    target = f'/fapi/v1/batchOrders?symbol=BTCUSDT&origClientOrderIdList={ids}&x=a+b%2Fc&empty=&z=[1]&w="<{{a|b}}>%zz'

    await send(trader, gateway, "DELETE", target, data=b"quantity=1&price=9000", headers={"TE": "trailers"})

    (seen,) = venue.received
    assert seen.raw_path == target
    assert seen.body == b"quantity=1&price=9000"
    assert seen.headers["X-MBX-APIKEY"] == ACCOUNT.api_key
    assert "TE" not in seen.headers
    assert seen.headers["Host"] == venue.url.removeprefix("http://")


async def test_answer_comes_back_with_status_body_and_the_venues_headers(gateway: Gateway, trader) -> None:
    """Status, body bytes and X-MBX headers are the venue's own, for success and for failure."""
    status, text, headers = await send(trader, gateway, "POST", f"/fapi/v1/order?{signed(order('A-1'))}")
    refused, refusal, _ = await send(trader, gateway, "GET", "/fapi/v1/missing")

    assert (status, json.loads(text)["clientOrderId"]) == (200, "A-1")
    assert headers["X-MBX-ORDER-COUNT-1M"] == "7"
    assert (refused, json.loads(refusal)["code"]) == (404, -5000)


async def test_history_holds_request_before_answer_with_the_signature_checked(
    gateway: Gateway, history: History, trader
) -> None:
    """A request is written before its answer; signature, skew and key are facts, never values."""
    await place(trader, gateway, "A-1")
    tampered = signed(order("A-2")).replace("quantity=0.010", "quantity=9.999")
    await send(trader, gateway, "POST", f"/fapi/v1/order?{tampered}")
    await send(trader, gateway, "GET", "/fapi/v1/time")
    await send(trader, gateway, "GET", "/fapi/v1/account?signature=abcdef012345", headers={"X-MBX-APIKEY": "stranger"})

    requests, answers = history.of(Request), history.of(Answer)
    assert [record.signature for record in requests] == ["valid", "invalid", "absent", "unverified"]
    assert [record.api_key for record in requests] == ["known", "known", "known", "unknown"]
    assert [record.to for record in answers] == [record.id for record in requests]
    assert all(request.seq < answer.seq for request, answer in zip(requests, answers, strict=True))
    assert requests[0].params["newClientOrderId"] == "A-1"
    assert requests[0].skew_ms < 0
    assert answers[0].headers == {"x-mbx-order-count-1m": "7"}
    assert answers[0].body["orderId"] == 1000
    assert answers[0].source == "venue"


async def test_mixed_query_and_body_are_signed_as_one(gateway: Gateway, history: History, trader) -> None:
    """The signature covers query and body concatenated without `&`, and may be in the body (fact sheet, section 3)."""
    query, form = "symbol=BTCUSDT&side=BUY&type=LIMIT&newClientOrderId=M-1&timeInForce=GTC", "quantity=1&timestamp=1"
    form += f"&signature={ACCOUNT.sign(query + form)}"

    await send(trader, gateway, "POST", f"/fapi/v1/order?{query}", data=form.encode())

    (request,) = history.of(Request)
    assert request.signature == "valid"
    assert request.params["quantity"] == "1"


@pytest.mark.parametrize(("target", "combined"), STREAM_FORMS)
async def test_user_stream_frames_pass_in_every_url_form(
    gateway: Gateway, history: History, trader, target: str, combined: bool
) -> None:
    """Every URL form is a user stream; its framing reaches the trader as sent, and the history shows the bare event."""
    async with trader.ws_connect(gateway.stream_url + target) as stream:
        answer = await place(trader, gateway, "A-1")
        heard = await hear(stream)

    assert heard == ({"stream": LISTEN_KEY, "data": heard["data"]} if combined else heard)
    (frame,) = history.of(Frame)
    assert frame.data["o"]["i"] == answer["orderId"]
    assert frame.channel == "user"
    assert frame.after == history.of(Request)[0].id
    assert frame.stream == ("LISTENKEY-1" if combined else None)


async def test_subscribing_to_a_listen_key_makes_a_user_stream(gateway: Gateway, history: History, trader) -> None:
    """SUBSCRIBE is relayed, its reply comes back, and events arrive wrapped."""
    async with trader.ws_connect(gateway.stream_url + "/stream") as stream:
        await stream.send_json({"method": "SUBSCRIBE", "params": [LISTEN_KEY], "id": 7})
        assert await hear(stream) == {"result": None, "id": 7}
        await place(trader, gateway, "A-1")
        assert (await hear(stream))["stream"] == LISTEN_KEY

    assert {frame.channel for frame in history.of(Frame)} == {"user"}


async def test_pings_pass_through_both_ways(gateway: Gateway, trader) -> None:
    """A ping of the trader is answered by the venue's pong with the same payload, not by the gateway."""
    async with trader.ws_connect(gateway.stream_url + "/market/ws", autoping=False) as stream:
        await stream.ping(b"12345678")
        async with asyncio.timeout(WITHIN_S):
            message = await stream.receive()
    assert (message.type, message.data) == (aiohttp.WSMsgType.PONG, b"12345678")


async def test_ws_api_requests_are_requests(gateway: Gateway, history: History, trader) -> None:
    """A WS API message becomes a request with its sorted-parameter signature checked, and its reply an answer."""
    params = {**order("W-1"), "apiKey": ACCOUNT.api_key, "timestamp": 1_700_000_000_000}
    payload = "&".join(f"{key}={params[key]}" for key in sorted(params))
    async with trader.ws_connect(gateway.ws_api_url) as socket:
        await socket.send_json(
            {"id": "req-1", "method": "order.place", "params": {**params, "signature": ACCOUNT.sign(payload)}}
        )
        reply = await hear(socket)

    assert reply["result"]["clientOrderId"] == "W-1"
    (request,), (answer,) = history.of(Request), history.of(Answer)
    assert (request.channel, request.method, request.path) == ("ws-api", "WS", "order.place")
    assert (request.signature, request.api_key) == ("valid", "known")
    assert (answer.to, answer.status, answer.body["orderId"]) == (request.id, 200, 1000)


async def test_no_secret_enters_the_history(gateway: Gateway, history: History, trader) -> None:
    """Key, secret, signatures and listen keys appear nowhere, in whatever place they passed."""
    await send(trader, gateway, "POST", "/fapi/v1/listenKey")
    async with (
        trader.ws_connect(gateway.stream_url + f"/private/stream?streams={LISTEN_KEY}") as stream,
        trader.ws_connect(gateway.ws_api_url, headers={"X-MBX-APIKEY": ACCOUNT.api_key}) as socket,
    ):
        await place(trader, gateway, "A-1")
        await hear(stream)
        logon = {"apiKey": ACCOUNT.api_key, "timestamp": 1, "signature": ACCOUNT.sign("x")}
        await socket.send_json({"id": 1, "method": "session.logon", "params": logon})
        await hear(socket)
        await socket.send_json({"id": 2, "method": "userDataStream.start", "params": {}})
        assert (await hear(socket))["result"]["listenKey"] == LISTEN_KEY
    await send(trader, gateway, "PUT", f"/fapi/v1/listenKey?listenKey={LISTEN_KEY}")
    await gateway.ask("GET", "/fapi/v2/account", {"note": ACCOUNT.secret}, ACCOUNT)

    written = "".join(map(repr, history))
    signature = signed(order("A-1")).rpartition("=")[2]
    for secret in (ACCOUNT.api_key, ACCOUNT.secret, LISTEN_KEY, signature, ACCOUNT.sign("x")):
        assert secret is not None
        assert secret not in written
    assert "'listenKey': 'LISTENKEY-1'" in written


async def test_ask_is_the_suites_own_signed_request(gateway: Gateway, venue: TinyVenue, history: History) -> None:
    """The suite's request goes the same way, signed, and is marked as the suite's."""
    answer = await gateway.ask("GET", "/fapi/v2/account", {"symbol": "BTCUSDT"}, ACCOUNT)

    assert (answer.status, answer.body["path"]) == (200, "/fapi/v2/account")
    assert venue.received[0].params["symbol"] == "BTCUSDT"
    (request,) = history.of(Request)
    assert (request.by, request.signature, request.api_key) == ("suite", "valid", "known")


async def test_connections_are_written_down_with_their_ends(
    gateway: Gateway, venue: TinyVenue, history: History, trader
) -> None:
    """A close by the trader shows its code; one cut by the venue shows none, and cuts the trader's too."""
    async with trader.ws_connect(gateway.stream_url + f"/private/ws/{LISTEN_KEY}") as stream:
        await stream.close(code=1000)
    closed = await history.wait_for(Connection, lambda record: record.state == "closed", what="closed")
    async with trader.ws_connect(gateway.stream_url + f"/private/ws/{LISTEN_KEY}") as stream:
        transport = venue.sockets[-1][1]._req.transport
        transport.abort()
        assert await hear(stream) in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    cut = await history.wait_for(Connection, lambda record: record.state == "closed", what="cut", since=closed.seq + 1)

    assert (closed.code, cut.code) == (1000, None)
    assert history.of(Connection)[0].path == "/private/ws/LISTENKEY-1"


async def test_venue_that_cannot_be_reached_is_the_suites_trouble(history: History, trader) -> None:
    """No invented answer: the trader's connection is cut, and the gateway reports what was wrong."""
    async with Gateway(history, Upstream.at("http://127.0.0.1:9"), [ACCOUNT]) as gateway:
        with pytest.raises(aiohttp.ClientError):
            await send(trader, gateway, "POST", "/fapi/v1/order")
        assert len(gateway.troubles) == 1
    (answer,) = history.of(Answer)
    assert answer.ended == "dropped"
    assert "ConnectError" in answer.error


async def test_connection_that_the_venue_refuses_is_refused(gateway: Gateway, history: History, trader) -> None:
    """The trader gets the venue's status, and no connection is written down that never was."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await trader.ws_connect(gateway.stream_url + "/refused/ws")
    assert refused.value.status == 404
    assert history.of(Connection) == []
    assert "refused the connection /refused/ws: 404" in history.of(Note)[0].text


async def test_stream_that_cannot_be_reached_is_the_suites_trouble(history: History, trader) -> None:
    """The trader's connection is cut, and the gateway reports it."""
    async with Gateway(history, Upstream.at("http://127.0.0.1:9")) as gateway:
        with pytest.raises(aiohttp.ClientError):
            await trader.ws_connect(gateway.stream_url + f"/private/ws/{LISTEN_KEY}")
        assert gateway.troubles
    assert "could not be reached for /private/ws/LISTENKEY-1" in history.of(Note)[0].text


async def test_port_in_use_is_a_clear_error(gateway: Gateway, venue: TinyVenue) -> None:
    """The error names the port and what to do."""
    second = Gateway(History(), Upstream.at(venue.url))
    with pytest.raises(GatewayError, match=rf"port {gateway.port} .* is in use: choose another"):
        await second.start(gateway.port)


async def test_gateway_needs_exactly_one_source() -> None:
    """Neither upstream nor cassette, or both, is refused at once."""
    with pytest.raises(GatewayError, match="either an upstream"):
        Gateway(History())


async def test_answers_are_stamped_as_they_pass(gateway: Gateway, history: History, trader) -> None:
    """One after the other, each request's answer follows it, and the monotonic times never go back."""
    for number in range(20):
        await place(trader, gateway, f"L-{number}")

    wire = history.of(Request, Answer)
    assert [type(record) for record in wire] == [Request, Answer] * 20
    assert all(earlier.ns <= later.ns for earlier, later in pairwise(wire))


async def test_accounts_with_other_keys_are_verified(venue: TinyVenue, history: History, trader) -> None:
    """Ed25519 and RSA signatures are verified with the public key alone."""
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    keys = [ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(public_exponent=65537, key_size=2048)]
    signers = [
        Account(
            f"key-number-{number}",
            private_key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        )
        for number, key in enumerate(keys)
    ]
    verifiers = [
        Account(
            f"key-number-{number}",
            public_key=key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        )
        for number, key in enumerate(keys)
    ]
    async with Gateway(history, Upstream.at(venue.url), verifiers) as gateway:
        for signer in signers:
            headers = {"X-MBX-APIKEY": signer.api_key}
            good = signed({"a": "1"}, signer)
            await send(trader, gateway, "GET", f"/fapi/v2/account?{good}", headers=headers)
            await send(trader, gateway, "GET", f"/fapi/v2/account?{good.replace('a=1', 'a=2')}", headers=headers)

    assert [record.signature for record in history.of(Request)] == ["valid", "invalid"] * 2
