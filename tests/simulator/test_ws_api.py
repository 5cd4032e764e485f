"""The WebSocket API: section 7."""

import base64
import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from conformance.simulator import DEFAULT_KEY
from conformance.simulator.authentication import encoded_payload, sorted_payload
from conformance.simulator.wsapi import WsApi
from tests.simulator.venue_client import HttpClient, VenueClient, frame, sign

LIMIT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}


class Api:
    """A WS API session without a socket."""

    def __init__(self, client: VenueClient, query: dict[str, str] | None = None) -> None:
        self.client = client
        self.api = WsApi(client.simulator.exchange)
        self.payload_of: Callable[[dict[str, str]], bytes] = sorted_payload
        self.session = self.api.open("127.0.0.1", query or {})

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request as it is."""
        return self.api.answer(self.session, json.dumps({"id": 7, "method": method, "params": params})).body

    def signed(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a signed request."""
        values = {"apiKey": DEFAULT_KEY, "timestamp": self.client.control.now_ms(), **params}
        payload = self.payload_of(
            {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
        )
        return self.send(method, **values, signature=sign(payload.decode()))


def test_orders__are_placed_amended_queried_and_cancelled(client: VenueClient) -> None:
    """order.place, modify, status and cancel do what REST does; numbers may be strings or numbers."""
    api = Api(client)
    placed = api.signed("order.place", **LIMIT, quantity=0.01, price="49000.0")
    assert (placed["id"], placed["status"]) == (7, 200)
    order_id = placed["result"]["orderId"]
    amended = api.signed(
        "order.modify", symbol="BTCUSDT", orderId=str(order_id), side="BUY", quantity="0.02", price=48900
    )
    assert amended["result"]["price"] == "48900.00"
    assert "pair" not in amended["result"]
    assert api.signed("order.status", symbol="BTCUSDT", orderId=order_id)["result"]["origQty"] == "0.020"
    assert api.signed("order.cancel", symbol="BTCUSDT", orderId=order_id)["result"]["status"] == "CANCELED"

    refused = api.signed("order.cancel", symbol="BTCUSDT", orderId=order_id)
    assert (refused["status"], refused["error"]["code"]) == (400, -2011)
    assert "result" not in refused


def test_signature__is_of_the_values_as_they_are_or_percent_encoded(client: VenueClient) -> None:
    """An id with `:` and `/` is signed as it is, or percent-encoded as Binance's own SDK does it; in no other way."""
    api = Api(client)
    named = {**LIMIT, "quantity": "0.010", "price": "49000.0"}

    for name, payload_of in (("A.b:c/1", sorted_payload), ("A.b:c/2", encoded_payload)):
        api.payload_of = payload_of
        assert api.signed("order.place", **named, newClientOrderId=name)["status"] == 200
    api.payload_of = lambda values: sorted_payload(values).replace(b":", b"%3a")
    refused = api.signed("order.place", **named, newClientOrderId="A.b:c/3")
    assert refused["error"]["code"] == -1022


def test_algo_orders__are_placed_and_cancelled(client: VenueClient) -> None:
    """algoOrder.place and cancel reach the Algo service; a conditional order.place is -4120."""
    api = Api(client)
    stop = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "0.01"}
    placed = api.signed("algoOrder.place", algoType="CONDITIONAL", triggerPrice=49000, **stop)
    assert placed["result"]["algoStatus"] == "NEW"
    assert api.signed("algoOrder.cancel", algoId=placed["result"]["algoId"])["result"]["code"] == "200"

    assert api.signed("order.place", **stop, stopPrice="49000")["error"]["code"] == -4120


def test_queries__answer_like_rest(client: VenueClient) -> None:
    """Account, balance and position methods and their v2 give what REST's versions give."""
    api = Api(client)
    client.order()
    for method, path in (
        ("account.balance", "/fapi/v2/balance"),
        ("v2/account.balance", "/fapi/v3/balance"),
        ("account.position", "/fapi/v2/positionRisk"),
        ("v2/account.position", "/fapi/v3/positionRisk"),
    ):
        assert api.signed(method)["result"] == client.ask("GET", path), method
    v2, v3 = client.ask("GET", "/fapi/v2/account"), client.ask("GET", "/fapi/v3/account")
    assert api.signed("account.status")["result"].keys() == v2.keys() - {"feeBurn"}
    assert api.signed("v2/account.status")["result"] == v3 | {"assets": v2["assets"]}
    assert api.send("ticker.price", symbol="BTCUSDT")["result"]["price"] == "50000.10"
    assert api.send("depth", symbol="BTCUSDT", limit=5)["result"]["bids"]


def test_rate_limits__come_with_every_answer_unless_switched_off(client: VenueClient) -> None:
    """`rateLimits` holds order counts for orders and the weight; a request or the connection can do without."""
    api = Api(client)
    kinds = [
        row["rateLimitType"] for row in api.signed("order.place", **LIMIT, quantity="0.01", price="49000")["rateLimits"]
    ]
    assert kinds == ["ORDERS", "ORDERS", "REQUEST_WEIGHT"]
    assert [row["rateLimitType"] for row in api.signed("account.balance")["rateLimits"]] == ["REQUEST_WEIGHT"]
    assert "rateLimits" not in api.signed("account.balance", returnRateLimits=False)
    assert "rateLimits" not in Api(client, {"returnRateLimits": "false"}).signed("account.balance")


def test_session__is_opened_by_ed25519_only(client: VenueClient) -> None:
    """After session.logon requests need neither key nor signature; HMAC keys cannot log on."""
    pem = client.simulator.credentials.ed25519_private_pem.encode()
    pair = serialization.load_pem_private_key(pem, None)
    assert isinstance(pair, ed25519.Ed25519PrivateKey)
    api = Api(client)
    assert api.send("userDataStream.start")["error"]["code"] == -2014
    values = {"apiKey": "simulator-ed25519-key", "timestamp": str(client.control.now_ms())}
    signature = base64.b64encode(pair.sign(sorted_payload(values))).decode()
    logon = api.send("session.logon", **values, signature=signature)["result"]
    assert logon.keys() == {"apiKey", "authorizedSince", "connectedSince", "returnRateLimits", "serverTime"}

    assert api.send("userDataStream.start")["result"]["listenKey"]
    assert api.send("userDataStream.ping")["status"] == 200
    assert (
        api.send("order.status", symbol="BTCUSDT", orderId=1, timestamp=client.control.now_ms())["error"]["code"]
        == -2013
    )
    assert api.send("account.balance")["error"]["code"] == -1102
    assert api.send("session.status")["result"]["apiKey"] == "simulator-ed25519-key"
    assert api.send("session.logout")["result"]["apiKey"] is None
    assert api.send("account.balance", timestamp=client.control.now_ms())["error"]["code"] == -2014
    assert api.signed("session.logon")["error"]["code"] == -4056


def test_bad_requests__get_their_errors(client: VenueClient) -> None:
    """Wrong signatures, unknown methods and malformed frames are answered, never dropped."""
    api = Api(client)
    now_ms = client.control.now_ms()
    assert api.send("account.balance", apiKey=DEFAULT_KEY, timestamp=now_ms, signature="0")["error"]["code"] == -1022
    assert api.send("account.balance", apiKey="nobody", timestamp=now_ms, signature="0")["error"]["code"] == -2015
    assert api.send("order.dance")["status"] == 404
    for text in (
        "",
        "{",
        "[]",
        "7",
        '{"id":{},"method":"ping"}',
        '{"id":1,"method":"ping","params":[1]}',
        '{"id":' + "[" * 9000,
    ):
        assert api.api.answer(api.session, text).body["status"] == 400, text[:30]
    assert api.api.answer(api.session, '{"id":' + "1" * 90_000 + ',"method":"ping"}').body["status"] == 200
    many = {f"p{n}": "1" for n in range(10_000)}
    assert api.send("ping", **many)["error"]["code"] == -1101


async def test_ws_api__over_a_socket(http: HttpClient) -> None:
    """The WS API is served at /ws-fapi/v1; ids come back as they were sent, binary frames too are answered.

    The key is a parameter of each request: one in the handshake's header stands for none.
    """
    socket = await http.connect("/ws-fapi/v1", headers={"X-MBX-APIKEY": DEFAULT_KEY})
    await socket.send_json({"id": "req-1", "method": "userDataStream.start", "params": {"apiKey": DEFAULT_KEY}})
    reply = await frame(socket)
    assert (reply["id"], reply["status"]) == ("req-1", 200)
    await socket.send_json({"id": "req-2", "method": "userDataStream.start", "params": {}})
    reply = await frame(socket)
    assert (reply["status"], reply["error"]["code"]) == (401, -2014)
    await socket.send_bytes(b"\xfe")
    assert (await frame(socket))["status"] == 400
