"""Bad input: Binance's error where it has one, never a traceback, never a dead server."""

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.simulator.rest.table import BY_PATH
from conformance.simulator.wsapi import WsApi
from tests.simulator.venue_client import ORDER, HttpClient, VenueClient


async def alive(http: HttpClient) -> bool:
    """Return whether the server still answers."""
    return (await http.request("GET", "/fapi/v1/ping"))[:2] == (200, {})


async def test_oversized_bodies__are_413(http: HttpClient) -> None:
    """A body beyond the limit is 413, announced or streamed, and the server goes on."""
    status, _, _ = await http.request("POST", ORDER, data=b"a=" + b"x" * 1_000_000)
    assert status == 413

    async def stream():  # type: ignore[no-untyped-def]
        for _ in range(20):
            yield b"x" * 50_000

    status, _, _ = await http.request("POST", ORDER, data=stream())
    assert status == 413
    assert await alive(http)


async def test_ten_thousand_parameters__are_too_many(http: HttpClient) -> None:
    """10,000 parameters are -1101, in the query as in the body."""
    many = "&".join(f"p{n}=1" for n in range(10_000))
    assert (await http.request("GET", "/fapi/v2/account", many))[1]["code"] == -1101
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await http.request("POST", ORDER, data=many, headers=form))[1]["code"] == -1101
    assert (await http.request("POST", ORDER, data="a=1&a=2", headers=form))[1]["code"] == -1101
    assert await alive(http)


async def test_a_million_digits__are_malformed(http: HttpClient) -> None:
    """A number of a million digits is refused at once, like any malformed number."""
    from tests.simulator.venue_client import sign

    number = "9" * 200_000
    body = f"symbol=BTCUSDT&side=BUY&type=MARKET&quantity={number}&timestamp={http.simulator.control.now_ms()}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, answer, _ = await http.request("POST", ORDER, data=f"{body}&signature={sign(body)}", headers=form)

    assert (status, answer["code"]) == (400, -1102)
    assert await alive(http)


async def test_garbage__over_the_wire(http: HttpClient) -> None:
    """Odd paths, methods, encodings and bodies get an answer with a code."""
    for method, path, query in (
        ("GET", "/", ""),
        ("PATCH", ORDER, ""),
        ("GET", "/fapi/v1/%00%ff", ""),
        ("GET", "/fapi/v1/order/../order", "symbol=%zz&%%%"),
        ("GET", ORDER, "symbol=%FF%FE&timestamp=1&signature=%00"),
        ("GET", "/fapi/v1/depth", "symbol=BTCUSDT&limit=1e3"),
        ("GET", "/fapi/v1/klines", ""),
    ):
        status, body, _ = await http.request(method, path, query)
        assert 400 <= status < 500, (method, path, status)
        assert body["code"] < 0
    status, body, _ = await http.request("POST", ORDER, data=bytes(range(256)))
    assert body["code"] < 0
    assert await alive(http)


TEXT = st.text(st.sampled_from(string.ascii_letters + string.digits + '.-_eE+, []{}"%\x00é'), max_size=30)
VALUE = st.one_of(
    TEXT,
    st.integers().map(str),
    st.floats(allow_nan=True).map(str),
    st.sampled_from(
        ["BUY", "SELL", "LIMIT", "MARKET", "STOP_MARKET", "STOP", "GTC", "GTD", "true", "false", "0", "-0", "1e30"]
    ),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
)
NAMES = st.sampled_from(
    [
        "symbol",
        "side",
        "type",
        "quantity",
        "price",
        "timeInForce",
        "reduceOnly",
        "closePosition",
        "positionSide",
        "triggerPrice",
        "algoType",
        "workingType",
        "callbackRate",
        "activatePrice",
        "goodTillDate",
        "orderId",
        "origClientOrderId",
        "newClientOrderId",
        "clientAlgoId",
        "algoId",
        "limit",
        "startTime",
        "endTime",
        "fromId",
        "leverage",
        "marginType",
        "amount",
        "batchOrders",
        "orderIdList",
        "priceMatch",
        "selfTradePreventionMode",
        "countdownTime",
        "dualSidePosition",
        "recvWindow",
        "incomeType",
        "modifyId",
        "newOrderRespType",
        "autoCloseType",
        "asset",
    ]
)
FUZZED = VenueClient()


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    route=st.sampled_from([route.endpoint for route in BY_PATH.values()]),
    params=st.dictionaries(NAMES, VALUE, max_size=12),
)
def test_rest__never_breaks(route: object, params: dict[str, str]) -> None:
    """Whatever the parameters of whatever route, the answer is a JSON body, never -1001."""
    values = {"symbol": "BTCUSDT", "algoType": "CONDITIONAL", **params}
    answer = FUZZED.answer(route.method, route.path, **values)  # type: ignore[attr-defined]
    FUZZED.simulator.exchange.limits._addresses.clear()

    assert answer.text()
    assert not (isinstance(answer.body, dict) and answer.body.get("code") == -1001), values


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(
    frame=st.one_of(
        st.text(max_size=200),
        st.fixed_dictionaries(
            {
                "id": JSON,
                "method": st.sampled_from(["order.place", "depth", "session.logon", "ping", "x"]),
                "params": JSON,
            }
        ).map(json.dumps),
    )
)
def test_ws_api__never_breaks(frame: str) -> None:
    """Whatever the frame, the WS API answers with a status, never with -1001."""
    api = WsApi(FUZZED.simulator.exchange)
    FUZZED.simulator.exchange.limits._addresses.clear()
    reply = api.answer(api.open("127.0.0.1", {}), frame).body

    assert reply["status"] in range(200, 600)
    assert reply.get("error", {}).get("code") != -1001


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT", "DOGEUSDT", "BTCUSDT_261225"])
def test_every_symbol__can_be_traded(symbol: str) -> None:
    """Every symbol of the fixtures takes orders in its own steps, and refuses fractions of them."""
    client = VenueClient()
    step = client.venue.market.find(symbol).symbol
    quantity = step.min_quantity * 1000
    client.order(symbol=symbol, quantity=str(quantity))

    assert client.position(symbol) == f"{quantity.normalize():f}"
    odd = {"symbol": symbol, "side": "BUY", "type": "MARKET", "quantity": str(quantity + step.min_quantity / 2)}
    assert client.refused("POST", ORDER, **odd) == -1111
