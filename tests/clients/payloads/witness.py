"""A witness: asks a served simulator over plain HTTP and WebSockets, and keeps everything that came over the wire."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from conformance.simulator import DEFAULT_KEY, Controls, Options
from conformance.simulator.credentials import DEFAULT_ED25519_KEY
from tests.clients.sdk_models import WS_API
from tests.simulator.venue_client import HttpClient, frame, served, sign

DEADLINE_S = 5.0


class Payloads:
    """Everything that was sent, by row."""

    def __init__(self) -> None:
        self.by_row: dict[str, list[Any]] = defaultdict(list)

    def add(self, row: str, payload: Any) -> None:
        """Keep a payload as parsed from JSON."""
        self.by_row[row].append(payload)

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(len(payloads) for payloads in self.by_row.values())


class Stream:
    """A connection to the simulator's streams that reads all the time."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, payloads: Payloads, rows: dict[str, str]) -> None:
        self._socket = socket
        self._payloads = payloads
        self._rows = rows
        """Row by stream name; events without an entry are rows of their own name."""
        self._asked = 1000
        self.events: list[dict[str, Any]] = []

    async def drain(self) -> None:
        """Keep everything sent so far: the answer to a request of our own comes after it."""
        self._asked += 1
        await self._socket.send_json({"method": "LIST_SUBSCRIPTIONS", "params": [], "id": self._asked})
        while (message := await frame(self._socket, DEADLINE_S)).get("id") != self._asked:
            self._keep(message)

    async def until(self, count: int) -> None:
        """Read on until that many events have come since the connection was opened."""
        while len(self.events) < count:
            self._keep(await frame(self._socket, DEADLINE_S))

    def _keep(self, message: dict[str, Any]) -> None:
        event = message["data"]
        self.events.append(event)
        name = message["stream"]
        self._payloads.add(self._rows.get(name, event["e"] if isinstance(event, dict) else name), event)


class Witness:
    """One venue and what it says."""

    def __init__(self, http: HttpClient, payloads: Payloads) -> None:
        self.http = http
        self.payloads = payloads
        self.control: Controls = http.simulator.control
        self.user: Stream
        self._api: aiohttp.ClientWebSocketResponse
        self._asked = 0

    async def open(self) -> None:
        """Listen to the account and connect to the WebSocket API."""
        listen_key = (await self.rest("POST", "/fapi/v1/listenKey"))["listenKey"]
        socket = await self.http.connect(f"/private/stream?listenKey={listen_key}")
        self.user = Stream(socket, self.payloads, {})
        self._api = await self.http.connect("/ws-fapi/v1")

    async def rest(self, method: str, path: str, **params: Any) -> Any:
        """Send a signed request that must be taken; keeps and returns its answer."""
        status, body, _ = await self.http.signed(method, path, **params)
        assert status == 200, f"{method} {path} {params} answered {status} {body}"
        self.payloads.add(f"{method} {path}", body)
        return body

    async def order(self, side: str, quantity: str, price: str | None = None, **params: Any) -> Any:
        """Place an order on BTCUSDT: LIMIT with a price, MARKET without."""
        kind = {"type": "MARKET"} if price is None else {"type": "LIMIT", "timeInForce": "GTC", "price": price}
        values = {"symbol": "BTCUSDT", "side": side, "quantity": quantity, **kind, **params}
        return await self.rest("POST", "/fapi/v1/order", **values)

    async def algo(self, kind: str, side: str, **params: Any) -> Any:
        """Place a conditional order on BTCUSDT."""
        values = {"algoType": "CONDITIONAL", "symbol": "BTCUSDT", "type": kind, "side": side, **params}
        return await self.rest("POST", "/fapi/v1/algoOrder", **values)

    async def ws(self, method: str, *, signed: bool = True, **params: Any) -> Any:
        """Send a WS API request that must be taken; keeps the whole frame and returns its result."""
        if signed:
            params = {"apiKey": DEFAULT_KEY, "timestamp": str(self.control.now_ms()), **params}
            params["signature"] = sign("&".join(f"{name}={params[name]}" for name in sorted(params)))
        return await self.ws_frame(method, params)

    async def ws_frame(self, method: str, params: dict[str, Any]) -> Any:
        """Send a WS API request exactly as given."""
        self._asked += 1
        await self._api.send_json({"id": str(self._asked), "method": method, "params": params})
        answer = await frame(self._api, DEADLINE_S)
        assert answer["status"] == 200, f"{method} {params} answered {answer}"
        self.payloads.add(method if method in WS_API else f"WS {method}", answer)
        return answer["result"]

    async def log_on(self) -> None:
        """Log the WS API connection on with the Ed25519 key."""
        import base64

        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        private: Any = load_pem_private_key(self.http.simulator.credentials.ed25519_private_pem.encode(), None)
        params = {"apiKey": DEFAULT_ED25519_KEY, "timestamp": str(self.control.now_ms())}
        signature = private.sign("&".join(f"{name}={params[name]}" for name in sorted(params)).encode())
        await self.ws_frame("session.logon", params | {"signature": base64.b64encode(signature).decode()})

    async def listen(self, route: str, *names: str) -> Stream:
        """Subscribe to market streams; a row is `<symbol>@…` whatever the symbol."""
        socket = await self.http.connect(f"/{route}/stream?streams={'/'.join(names)}")
        rows = {name: "<symbol>@" + name.partition("@")[2] for name in names if name[0] != "!"}
        return Stream(socket, self.payloads, rows)


@asynccontextmanager
async def witness(payloads: Payloads, options: Options | None = None) -> AsyncIterator[Witness]:
    """Serve a fresh venue and observe it."""
    async with served(options) as http:
        one = Witness(http, payloads)
        await one.open()
        yield one
        await one.user.drain()
