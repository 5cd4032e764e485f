"""A signing client for the simulator's tests: in-process without sockets, or over HTTP and WebSockets."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from conformance.simulator import DEFAULT_KEY, DEFAULT_SECRET, Options, Simulator
from conformance.simulator.rest.answering import Answer, Answering, RestRequest

ORDER = "/fapi/v1/order"
ALGO = "/fapi/v1/algoOrder"


def sign(payload: str, secret: str = DEFAULT_SECRET) -> str:
    """Return the HMAC-SHA256 signature of a payload in hex."""
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


class VenueClient:
    """Asks a venue directly, past the transport, with valid signatures; keeps every event it emitted."""

    def __init__(self, options: Options | None = None, **simulator: Any) -> None:
        self.simulator = Simulator(options=options or Options(algo_lag_ms=0), **simulator)
        self.control = self.simulator.control
        self.venue = self.simulator.venue
        self.answering = Answering(self.simulator.exchange)
        self.events: list[dict[str, Any]] = []
        self.control.observe(self.events.append)

    def signed_query(self, **params: Any) -> str:
        """Return a signed query string with the venue's present time."""
        values = {name: value for name, value in params.items() if value is not None}
        query = urlencode({"timestamp": self.control.now_ms(), **values})
        return f"{query}&signature={sign(query)}"

    def raw(self, method: str, path: str, query: str = "", body: str = "", key: str | None = DEFAULT_KEY) -> Answer:
        """Send a request exactly as given."""
        return self.answering.answer(RestRequest(method, path, query, body, key, "127.0.0.1"))

    def answer(self, method: str, path: str, **params: Any) -> Answer:
        """Send a signed request and return the whole answer."""
        return self.raw(method, path, self.signed_query(**params))

    def ask(self, method: str, path: str, **params: Any) -> Any:
        """Send a signed request and return its body, which must be no refusal."""
        answer = self.answer(method, path, **params)
        assert answer.status == 200, f"{method} {path} {params}: {answer.status} {answer.body}"
        return json.loads(answer.text())

    def refused(self, method: str, path: str, **params: Any) -> int:
        """Send a signed request that must be refused, and return the code."""
        answer = self.answer(method, path, **params)
        assert answer.status >= 400, f"{method} {path} {params} was taken: {answer.body}"
        return int(answer.body["code"])

    def order(self, side: str = "BUY", quantity: str = "0.010", price: str | None = None, **params: Any) -> Any:
        """Place a LIMIT order, or a MARKET order where no price is given."""
        kind = {"type": "MARKET"} if price is None else {"type": "LIMIT", "timeInForce": "GTC", "price": price}
        values = {"symbol": "BTCUSDT", "side": side, "quantity": quantity, **kind, **params}
        return self.ask("POST", ORDER, **values)

    def algo(self, side: str = "SELL", trigger: str = "49000", type_: str = "STOP_MARKET", **params: Any) -> Any:
        """Place an algo order on BTCUSDT."""
        values = {
            "symbol": "BTCUSDT",
            "side": side,
            "type": type_,
            "quantity": "0.010",
            "triggerPrice": trigger,
            **params,
        }
        return self.ask("POST", ALGO, algoType="CONDITIONAL", **values)

    def drain(self) -> list[dict[str, Any]]:
        """Return the events since the last drain."""
        events, self.events[:] = list(self.events), []
        return events

    def position(self, symbol: str = "BTCUSDT", side: str = "BOTH") -> str:
        """Return a position's signed amount."""
        rows = self.control.books()["positions"]
        return next((r["positionAmt"] for r in rows if (r["symbol"], r["positionSide"]) == (symbol, side)), "0")

    def balance(self, asset: str = "USDT") -> str:
        """Return a wallet balance."""
        return next(r["walletBalance"] for r in self.control.books()["balances"] if r["asset"] == asset)


def names(events: list[dict[str, Any]]) -> list[str]:
    """Return events in short: type, and execution or algo status."""
    return [
        event["e"] + (f":{event['o'].get('x') or event['o']['X']}" if isinstance(event.get("o"), dict) else "")
        for event in events
    ]


class HttpClient:
    """Talks to a served simulator over sockets."""

    def __init__(self, simulator: Simulator, session: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self.session = session

    async def request(self, method: str, path: str, query: str = "", **kwargs: Any) -> tuple[int, Any, Any]:
        """Send a request with the query exactly as given; returns status, body and headers."""
        url = URL(f"{self.simulator.url}{path}" + (f"?{query}" if query else ""), encoded=True)
        headers = {"X-MBX-APIKEY": DEFAULT_KEY, **kwargs.pop("headers", {})}
        async with self.session.request(method, url, headers=headers, **kwargs) as response:
            text = await response.text()
            body = json.loads(text) if response.content_type == "application/json" else text
            return response.status, body, response.headers

    async def signed(self, method: str, path: str, **params: Any) -> tuple[int, Any, Any]:
        """Send a signed request."""
        query = urlencode({**params, "timestamp": self.simulator.control.now_ms()})
        return await self.request(method, path, f"{query}&signature={sign(query)}")

    async def listen_key(self) -> str:
        """Return the account's listen key."""
        _, body, _ = await self.request("POST", "/fapi/v1/listenKey")
        return str(body["listenKey"])

    async def connect(self, path: str, **kwargs: Any) -> aiohttp.ClientWebSocketResponse:
        """Open a WebSocket."""
        return await self.session.ws_connect(self.simulator.url + path, **kwargs)


@asynccontextmanager
async def served(options: Options | None = None, **simulator: Any) -> AsyncIterator[HttpClient]:
    """Serve a simulator on a free port for the length of a test."""
    venue = Simulator(options=options, **simulator)
    await venue.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield HttpClient(venue, session)
    finally:
        await venue.close()


async def frame(socket: aiohttp.ClientWebSocketResponse, within_s: float = 10.0) -> Any:
    """Return the next frame as JSON."""
    message = await socket.receive(timeout=within_s)
    assert message.type == aiohttp.WSMsgType.TEXT, f"expected a text frame, got {message!r}"
    return json.loads(message.data)


async def is_silent(socket: aiohttp.ClientWebSocketResponse) -> bool:
    """Return whether nothing was sent before the answer to a request of our own, which comes after everything sent."""
    await socket.send_json({"method": "LIST_SUBSCRIPTIONS", "params": [], "id": 987})
    first = await frame(socket)
    return isinstance(first, dict) and first.get("id") == 987
