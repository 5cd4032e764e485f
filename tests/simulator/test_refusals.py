"""Refusals: the codes of section 5, in the order of checking where it is known."""

from typing import Any

import pytest

from conformance.simulator.errors import RULES
from tests.simulator.venue_client import ALGO, ORDER, VenueClient

LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.010",
    "price": "49000",
}
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.010"}
STOP = {
    "algoType": "CONDITIONAL",
    "symbol": "BTCUSDT",
    "side": "SELL",
    "type": "STOP_MARKET",
    "quantity": "0.010",
    "triggerPrice": "49000",
}
TRAIL = {**STOP, "type": "TRAILING_STOP_MARKET", "triggerPrice": None, "callbackRate": "1"}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"symbol": None}, -1102),
        ({"symbol": "NOPE"}, -1121),
        ({"symbol": "NOPE", "type": "STOP_MARKET"}, -1121),
        ({"side": None}, -1102),
        ({"side": "HOLD"}, -1117),
        ({"type": "ICEBERG"}, -1116),
        ({"quantity": None}, -1102),
        ({"quantity": None, "type": "STOP_MARKET"}, -1102),
        ({"quantity": "abc"}, -1102),
        ({"quantity": "9" * 100_000}, -1102),
        ({"quantity": "NaN"}, -1102),
        ({"quantity": "Infinity"}, -1102),
        ({"quantity": "1e99"}, -1102),
        ({"type": "STOP_MARKET", "stopPrice": "48000"}, -4120),
        ({"type": "STOP", "stopPrice": "48000"}, -4120),
        ({"type": "TAKE_PROFIT", "stopPrice": "52000"}, -4120),
        ({"type": "TAKE_PROFIT_MARKET", "stopPrice": "52000"}, -4120),
        ({"type": "TRAILING_STOP_MARKET", "callbackRate": "1"}, -4120),
        ({"timeInForce": None}, -1102),
        ({"timeInForce": "DAY"}, -1115),
        ({"price": None}, -1102),
        ({"quantity": "0"}, -4003),
        ({"quantity": "-1"}, -4003),
        ({"quantity": "0.0001"}, -1111),
        ({"quantity": "0.0015", "symbol": "DOGEUSDT"}, -1111),
        ({"quantity": "1001"}, -4005),
        ({"price": "49000.123"}, -1111),
        ({"price": "49000.05"}, -4014),
        ({"price": "0"}, -4001),
        ({"price": "-5"}, -4001),
        ({"price": "500"}, -4013),
        ({"price": "9000000"}, -4002),
        ({"price": "52600", "quantity": "0.002"}, -4016),
        ({"price": "47000", "side": "SELL"}, -4024),
        ({"quantity": "0.001"}, -4164),
        ({"positionSide": "LONG"}, -4061),
        ({"positionSide": "UP"}, -4060),
        ({"reduceOnly": "true"}, -2022),
        ({"reduceOnly": "perhaps"}, -1130),
        ({"newOrderRespType": "FULL"}, -1136),
        ({"selfTradePreventionMode": "NEVER"}, -5039),
        ({"closePosition": "true", "quantity": None}, -4136),
        ({"quantity": "5"}, -2019),
    ],
)
def test_limit_order__is_refused(client: VenueClient, params: dict[str, Any], code: int) -> None:
    """A LIMIT order (or another type on this endpoint) that breaks a rule gets its code and leaves no trace."""
    assert client.refused("POST", ORDER, **{**LIMIT, **params}) == code
    assert client.events == []
    assert client.control.books()["orders"] == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"timeInForce": "GTC"}, -1106),
        ({"price": "50000"}, -1106),
        ({"quantity": "121"}, -4005),
        ({"quantity": "5"}, -2019),
        ({"priceMatch": "QUEUE"}, -5038),
        ({"quantity": "0.0001"}, -1111),
    ],
)
def test_market_order__is_refused(client: VenueClient, params: dict[str, Any], code: int) -> None:
    """A MARKET order that breaks a rule gets that rule's code."""
    assert client.refused("POST", ORDER, **{**MARKET, **params}) == code


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"algoType": None}, -1102),
        ({"algoType": "VP"}, -1130),
        ({"type": "LIMIT"}, -1116),
        ({"triggerPrice": None}, -1102),
        ({"triggerPrice": "50500"}, -2021),
        ({"type": "TAKE_PROFIT_MARKET", "triggerPrice": "49000"}, -2021),
        ({"side": "BUY", "triggerPrice": "49000"}, -2021),
        ({"type": "STOP"}, -1102),
        ({"price": "49000"}, -1106),
        ({"quantity": None}, -1102),
        ({"closePosition": "true"}, -4137),
        ({"closePosition": "true", "quantity": None}, -4509),
        ({"closePosition": "true", "quantity": None, "type": "STOP", "price": "1000"}, -4136),
        ({"workingType": "LAST"}, -4031),
        ({"positionSide": "SHORT"}, -4061),
        ({"clientAlgoId": "x" * 37}, -4015),
        ({"quantity": "0.0001"}, -1111),
        ({"triggerPrice": "0"}, -4006),
        ({"triggerPrice": "9000000", "side": "BUY"}, -4007),
    ],
)
def test_algo_order__is_refused(client: VenueClient, params: dict[str, Any], code: int) -> None:
    """An algo order that breaks a rule gets that rule's code."""
    assert client.refused("POST", ALGO, **{**STOP, **params}) == code


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"callbackRate": None}, -1102),
        ({"callbackRate": "0.05"}, -1130),
        ({"callbackRate": "20.1"}, -1130),
        ({"activatePrice": "49000"}, -2021),
        ({"side": "BUY", "activatePrice": "51000"}, -2021),
    ],
)
def test_trailing_order__is_refused(client: VenueClient, params: dict[str, Any], code: int) -> None:
    """A trailing stop needs a callback rate of 0.1 to 20 percent and an activation price ahead of the market."""
    assert client.refused("POST", ALGO, **{**TRAIL, **params}) == code


def test_unknown_path__is_named(client: VenueClient) -> None:
    """An unknown path is 404 with -5000 and names path and method."""
    answer = client.raw("GET", "/fapi/v1/foo")

    assert answer.status == 404
    assert answer.body == {"code": -5000, "msg": "Path /fapi/v1/foo, Method GET is invalid"}


def test_too_many_orders__per_symbol(client: VenueClient) -> None:
    """A symbol takes MAX_NUM_ORDERS open orders, and 200 algo orders are open at most."""
    client.venue.market.find("BTCUSDT").symbol.max_orders = 2
    client.order(price="49000")
    client.order(price="48900")
    assert client.refused("POST", ORDER, **LIMIT) == -2025
    for _ in range(200):
        client.venue.algo.place(*_algo(client))
    assert client.refused("POST", ALGO, **STOP) == -4045


def _algo(client: VenueClient) -> Any:
    from conformance.simulator.algo.request import read_new_algo
    from conformance.simulator.params import Params

    values = Params({name: str(value) for name, value in STOP.items()})
    return read_new_algo(
        values, client.venue.market, client.venue.account, client.venue.options, client.control.now_ms()
    )


def test_leverage_brackets__cap_positions() -> None:
    """Beyond the notional that the leverage allows an order is -2027, though margin is there."""
    from decimal import Decimal

    from conformance.simulator import Options

    client = VenueClient(Options(deposit=Decimal(10**9)))
    client.ask("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=125)

    assert client.refused("POST", ORDER, **{**MARKET, "quantity": "7"}) == -2027
    assert client.refused("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=126) == -4028


def test_symbol_status__limits_what_may_be_done(client: VenueClient) -> None:
    """A halted symbol takes no order, a closed one says so."""
    client.control.set_status("BTCUSDT", "TRADING_HALT")
    assert client.refused("POST", ORDER, **LIMIT) == -4140
    client.control.set_status("BTCUSDT", "CLOSE")
    assert client.refused("POST", ORDER, **LIMIT) == -4141
    assert client.refused("POST", ALGO, **STOP) == -4140


def test_market_order__needs_a_counterparty_in_reach(client: VenueClient) -> None:
    """A market order whose best counterparty is beyond the take bound is -4131."""
    client.control.set_book("BTCUSDT", bids=[("40000", "1")], asks=[("60000", "1")])

    assert client.refused("POST", ORDER, **MARKET) == -4131


def test_every_rule__has_code_status_message_and_source() -> None:
    """The table of refusals is complete: negative code, HTTP error status, message, and where it is written."""
    for name, rule in RULES.items():
        assert rule.code < 0, name
        assert 400 <= rule.status < 600, name
        assert rule.message, name
        assert rule.source, name
