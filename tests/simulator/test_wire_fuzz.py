"""Whatever comes over the wire, the simulator answers as Binance does or ends that connection, and goes on serving.

One server bears everything that a run of Hypothesis thinks of; after each input it must answer a ping. Nothing may be
answered with a status of 500 or more, nor leave a traceback in the log. `CONFORMANCE_FUZZ=nightly` searches longer.
"""

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance.simulator import DEFAULT_KEY, Options
from conformance.simulator.rest.table import BY_PATH
from tests.simulator.venue_client import HttpClient, served, sign

NIGHTLY = os.environ.get("CONFORMANCE_FUZZ") == "nightly"
WITHIN_S = 20.0
FUZZ = settings(
    max_examples=5_000 if NIGHTLY else 120,
    derandomize=not NIGHTLY,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
UNLIMITED = Options(
    enforce_order_limits=False, enforce_weight_limit=False, stream_messages_per_s=0, liquidation_automatic=False
)
MILLION_DIGITS = "9" * 1_000_000
NUMBERS = st.sampled_from(
    ("NaN", "-NaN", "Infinity", "-inf", "1e400", "1E-400", "1e2", "-1", "-0", "0", "0.0", "+1", "1_000", "٣", "0x10",
     "1" * 41, "." , "1.", ".5", "1,5", " 1", "1e18", "9223372036854775808", "-9223372036854775809", "true", "null")
)  # fmt: skip
WORDS = st.sampled_from(
    ("BTCUSDT", "btcusdt", "NOSUCHUSDT", "BUY", "SELL", "LIMIT", "MARKET", "STOP_MARKET", "GTC", "GTD", "FOK", "LONG",
     "CONDITIONAL", "ISOLATED", "[]", "[1]", '[{"symbol":"BTCUSDT"}]', "{}", "[[[[", "\x00", "\ufeff", "💥", "a" * 5000)
)  # fmt: skip
VALUES = NUMBERS | WORDS | st.text(max_size=12)
NAMES = st.sampled_from(
    ("symbol", "side", "type", "quantity", "price", "timeInForce", "triggerPrice", "algoType", "orderId", "algoId",
     "limit", "startTime", "endTime", "leverage", "marginType", "amount", "batchOrders", "orderIdList", "recvWindow",
     "goodTillDate", "callbackRate", "countdownTime", "newClientOrderId", "positionSide", "timestamp", "signature",
     "listenKey", "fromId", "closePosition", "reduceOnly", "incomeType", "dualSidePosition", "multiAssetsMargin")
) | st.text(max_size=6)  # fmt: skip
PARAMS = st.lists(st.tuples(NAMES, VALUES), max_size=10)


@contextlib.contextmanager
def no_traceback() -> Iterator[None]:
    """Fail where anything below logged an exception or an error."""
    told: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(self.format(record))

    ear = Ear(logging.ERROR)
    logging.getLogger().addHandler(ear)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(ear)
    assert not told, told[0]


class Wire:
    """A served simulator on a loop that outlives single examples."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self._stack = contextlib.AsyncExitStack()
        self.http: HttpClient = self.runner.run(self._stack.enter_async_context(served(UNLIMITED)))

    def close(self) -> None:
        """End the server and its loop."""
        self.runner.run(self._stack.aclose())
        self.runner.close()

    def bears(self, act: Callable[[HttpClient], Awaitable[None]]) -> None:
        """Let something happen to the server; then it must still answer, and have logged no error."""

        async def within() -> None:
            await asyncio.wait_for(act(self.http), WITHIN_S)
            status, body, _ = await asyncio.wait_for(self.http.request("GET", "/fapi/v1/ping"), WITHIN_S)
            assert (status, body) == (200, {})

        with no_traceback():
            self.runner.run(within())

    async def raw(self, *chunks: bytes) -> bytes:
        """Send bytes on a connection of their own; return what came back until it was closed or fell silent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.http.simulator.port)
        with contextlib.suppress(ConnectionError):
            for chunk in chunks:
                writer.write(chunk)
                await writer.drain()
            writer.write_eof()
        with contextlib.suppress(ConnectionError, TimeoutError):
            return await asyncio.wait_for(reader.read(), 2.0)
        writer.close()
        return b""


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    """One server for all that this module throws at it."""
    wire = Wire()
    yield wire
    wire.close()


def check_refusal(status: int, body: Any) -> None:
    """Hold an answer to Binance's form: JSON with a code below zero and a message, under a 4xx."""
    assert 200 <= status < 500, (status, body)
    if status >= 400 and status != 413:
        assert isinstance(body, dict), body
        assert body["code"] < 0, body
        assert isinstance(body["msg"], str), body


@FUZZ
@given(
    route=st.sampled_from([route.endpoint for route in BY_PATH.values()]),
    params=PARAMS,
    in_body=st.booleans(),
    valid=st.booleans(),
    key=st.booleans(),
)
def test_rest__any_parameters__signed_or_not(
    wire: Wire, route: Any, params: list[tuple[str, str]], *, in_body: bool, valid: bool, key: bool
) -> None:
    """Any parameters of any endpoint, repeated and misspelt, get an answer of Binance's form."""

    async def act(http: HttpClient) -> None:
        pairs = [*params, ("timestamp", str(http.simulator.control.now_ms()))]
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
        query += f"&signature={sign(query) if valid else 'zz'}"
        headers = {} if key else {"X-MBX-APIKEY": "not a key"}
        if in_body and route.method != "GET":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            status, body, _ = await http.request(route.method, route.path, data=query, headers=headers)
        else:
            status, body, _ = await http.request(route.method, route.path, query, headers=headers)
        check_refusal(status, body)

    wire.bears(act)


@FUZZ
@given(
    method=st.sampled_from(("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW")),
    path=st.sampled_from([path for _, path in BY_PATH]) | st.text(max_size=30).map(lambda t: "/" + quote(t)),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=126, blacklist_characters="#"), max_size=60),
)
def test_rest__any_method_and_path(wire: Wire, method: str, path: str, query: str) -> None:
    """Any method on any path with any query, percent signs astray included, gets an answer of Binance's form."""

    async def act(http: HttpClient) -> None:
        if path.startswith("/_control"):
            return
        url = aiohttp.client.URL(f"{http.simulator.url}{path}?{query}", encoded=True)
        async with http.session.request(method, url, headers={"X-MBX-APIKEY": DEFAULT_KEY}) as response:
            text = await response.text()
            if response.content_type == "application/json" and method != "HEAD":
                check_refusal(response.status, json.loads(text))
            else:
                # HEAD has no body; a method that HTTP does not know ends at the server, before the venue.
                assert 200 <= response.status < 500
                assert method in ("HEAD", "BREW")

    wire.bears(act)


@FUZZ
@given(
    body=st.binary(max_size=300), kind=st.sampled_from(("application/x-www-form-urlencoded", "application/json", "x"))
)
@example(body=b"quantity=" + MILLION_DIGITS.encode(), kind="application/x-www-form-urlencoded")
@example(body=b"&".join(b"p%d=1" % n for n in range(10_000)), kind="application/x-www-form-urlencoded")
def test_rest__any_body(wire: Wire, body: bytes, kind: str) -> None:
    """Any bytes as a body, of any declared type and length, are refused as Binance refuses."""

    async def act(http: HttpClient) -> None:
        status, answer, _ = await http.request("POST", "/fapi/v1/order", data=body, headers={"Content-Type": kind})
        assert status >= 400
        check_refusal(status, answer)

    wire.bears(act)


HEADS = (
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /fapi/v1/ping HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST /fapi/v1/order HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
    b"POST /fapi/v1/order HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n",
    b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /fapi/v1/ping HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(20_000)) + b"\r\n",
    b"GET /fapi/v1/ping HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"GET /ws-fapi/v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ?\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\r\n" * 1000,
)


@FUZZ
@given(chunks=st.lists(st.binary(max_size=200), max_size=4))
def test_wire__any_bytes(wire: Wire, chunks: list[bytes]) -> None:
    """Bytes that are no HTTP end their connection with a 4xx or without a word, and disturb nobody else."""

    async def act(_: HttpClient) -> None:
        answer = await wire.raw(*chunks)
        assert not answer.startswith(b"HTTP/1.1 5"), answer[:300]

    wire.bears(act)


@pytest.mark.parametrize("head", HEADS, ids=lambda head: repr(head[:40]))
def test_wire__malformed_requests(wire: Wire, head: bytes) -> None:
    """Requests that break HTTP's own rules are answered with a 4xx or not at all."""

    async def act(_: HttpClient) -> None:
        answer = await wire.raw(head)
        assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5")), answer[:300]
        assert b"Traceback" not in answer

    wire.bears(act)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
METHODS = st.sampled_from(
    ("order.place", "order.cancel", "order.modify", "order.status", "algoOrder.place", "account.status", "depth",
     "session.logon", "session.status", "ticker.price", "userDataStream.start", "ping", "nothing", "SUBSCRIBE",
     "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
)  # fmt: skip
FRAMES = (
    st.text(max_size=80)
    | st.fixed_dictionaries({"id": JSON, "method": METHODS | JSON, "params": JSON}).map(json.dumps)
    | st.lists(st.sampled_from('[{":1,}]'), max_size=40).map("".join)
)


@FUZZ
@given(frames=st.lists(st.tuples(FRAMES, st.booleans()), min_size=1, max_size=4))
@example(frames=[("[" * 100_000, False)])
@example(frames=[('{"id":1,"method":"order.place","params":{"quantity":' + MILLION_DIGITS + "}}", False)])
@example(frames=[(json.dumps({"id": 1, "method": "depth", "params": {f"p{n}": 1 for n in range(10_000)}}), True)])
def test_ws_api__any_frames(wire: Wire, frames: list[tuple[str, bool]]) -> None:
    """Any frame on the WS API, text or binary, gets one answer with a status below 500."""

    async def act(http: HttpClient) -> None:
        socket = await http.connect("/ws-fapi/v1")
        async with socket:
            for text, binary in frames:
                raw = text.encode("utf-8", "replace")
                await (socket.send_bytes(raw) if binary else socket.send_str(raw.decode()))
                answer = json.loads((await socket.receive(WITHIN_S)).data)
                assert 200 <= answer["status"] < 500, answer
                assert (answer["status"] == 200) == ("result" in answer), answer

    wire.bears(act)


STREAMS = ("/private/ws", "/private/stream", "/public/stream", "/market/ws", "/ws", "/stream?streams=btcusdt@depth")


@FUZZ
@given(frames=st.lists(st.tuples(FRAMES, st.booleans()), min_size=1, max_size=4), path=st.sampled_from(STREAMS))
def test_streams__any_frames(wire: Wire, frames: list[tuple[str, bool]], path: str) -> None:
    """Any frame on a stream gets a result or an error, and the stream still answers a request that makes sense."""

    async def act(http: HttpClient) -> None:
        socket = await http.connect(path)
        async with socket:
            for text, binary in frames:
                raw = text.encode("utf-8", "replace")
                await (socket.send_bytes(raw) if binary else socket.send_str(raw.decode()))
            await socket.send_json({"method": "LIST_SUBSCRIPTIONS", "id": 424_242})
            async for answer in answers(socket):
                if answer.get("id") == 424_242:
                    return
            raise AssertionError("the stream was closed")

    wire.bears(act)


async def answers(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[dict[str, Any]]:
    """Yield what a stream sends, until it is closed."""
    while (message := await socket.receive(WITHIN_S)).type == aiohttp.WSMsgType.TEXT:
        body = json.loads(message.data)
        if isinstance(body, dict):
            yield body


BROKEN_FRAMES = (
    b"\x83\x00", b"\xff\xff\xff\xff", b"\x81\xff" + b"\xff" * 8, b"\x81\x05hello", b"\x09\xfe\xff\xff",
    b"\x88\x82\x00\x00\x00\x00\x00\x00", b"\xc1\x80\x00\x00\x00\x00",
)  # fmt: skip
"""Reserved opcodes and bits, lengths beyond the world, unmasked text, a fragmented ping, a close with a bad code."""


@pytest.mark.parametrize("path", ["/ws-fapi/v1", "/ws", "/private/stream"])
@pytest.mark.parametrize("frame", BROKEN_FRAMES, ids=repr)
def test_websocket__broken_frames(wire: Wire, path: str, frame: bytes) -> None:
    """Frames that break the WebSocket protocol end their connection, and no other."""

    async def act(_: HttpClient) -> None:
        upgrade = (
            f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        answer = await wire.raw(upgrade.encode(), frame)
        assert answer.startswith(b"HTTP/1.1 101"), answer[:200]

    wire.bears(act)
