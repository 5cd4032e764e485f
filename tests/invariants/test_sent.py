"""Invariant 13: an order goes over the wire as it was asked for, and is amended only to what was asked for."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.invariants import violations
from tests.invariants.histories import Scripted

PLACE = "POST /fapi/v1/order"
ALGO = "POST /fapi/v1/algoOrder"
AMEND = "PUT /fapi/v1/order"
LIMIT = {"type": "LIMIT", "side": "BUY", "quantity": "0.010", "price": "49000.00", "symbol": "BTCUSDT"}
TRAILING = {
    "type": "TRAILING_STOP_MARKET",
    "side": "SELL",
    "quantity": "0.010",
    "activation_price": "50500.00",
    "callback_rate": "1.0",
    "symbol": "BTCUSDT",
}
STOP_LIMIT = {**LIMIT, "type": "STOP_LIMIT", "trigger_price": "51000.00"}
#: How each of these is sent by a trader that is right.
SENT: Mapping[str, tuple[str, dict[str, str]]] = {
    "LIMIT": (PLACE, {"type": "LIMIT", "price": "49000", "timeInForce": "GTC"}),
    "MARKET": (PLACE, {"type": "MARKET"}),
    "STOP_LIMIT": (ALGO, {"type": "STOP", "price": "49000", "triggerPrice": "51000", "timeInForce": "GTC"}),
    "TRAILING_STOP_MARKET": (
        ALGO,
        {
            "type": "TRAILING_STOP_MARKET",
            "activatePrice": "50500",
            "callbackRate": "1",
            "workingType": "CONTRACT_PRICE",
        },
    ),
}
MARKET = {"type": "MARKET", "side": "SELL", "quantity": "0.010", "symbol": "BTCUSDT", "reduce_only": True}


def differences(script: Scripted) -> list[str]:
    """Return what a history breaks of invariant 13, without what all of its signatures have in common."""
    found = [violation.signature for violation in violations(script.history) if violation.number == 13]
    return [signature.removeprefix("invariant 13: ").replace(" as asked", "") for signature in found]


def asked(order: Mapping[str, Any], name: str = "T-1", script: Scripted | None = None) -> Scripted:
    """An order that the trader was told to submit."""
    return (script or Scripted()).command("submit", order={**order, "client_order_id": name})


def params_of(order: Mapping[str, Any], name: str = "T-1", **other: str | None) -> tuple[str, dict[str, str]]:
    """Return the route and parameters of an order that is sent as asked, but for `other` (None leaves one out)."""
    route, own = SENT[order["type"]]
    named = {"clientAlgoId" if route == ALGO else "newClientOrderId": name}
    params: dict[str, str | None] = {"symbol": "BTCUSDT", "side": order["side"], "quantity": "0.01", **named, **own}
    if order.get("reduce_only"):
        params["reduceOnly"] = "true"
    return route, {key: value for key, value in {**params, **other}.items() if value is not None}


def sent(order: Mapping[str, Any], **other: str | None) -> list[str]:
    """Return what is wrong with an order that is sent as asked but for `other`."""
    route, params = params_of(order, **other)
    return differences(asked(order).request(route, **params))


@pytest.mark.parametrize(
    ("order", "other"),
    [
        (LIMIT, {}),
        (LIMIT, {"quantity": "0.0100", "price": "49000.0"}),
        (LIMIT, {"reduceOnly": "False", "positionSide": "BOTH", "closePosition": "false"}),
        ({**LIMIT, "time_in_force": "FOK"}, {"timeInForce": "FOK"}),
        ({**LIMIT, "post_only": True}, {"timeInForce": "GTX"}),
        (
            {**LIMIT, "time_in_force": "GTD", "expire_time_ms": 1_800_000_000_500},
            {"timeInForce": "GTD", "goodTillDate": "1800000000000"},
        ),
        (MARKET, {}),
        (MARKET, {"timeInForce": "IOC"}),
        (STOP_LIMIT, {}),
        ({**STOP_LIMIT, "trigger_type": "MARK_PRICE"}, {"workingType": "MARK_PRICE"}),
        ({**STOP_LIMIT, "trigger_type": "LAST_PRICE"}, {"workingType": "CONTRACT_PRICE"}),
        (TRAILING, {}),
    ],
)
def test_order_is_sent_as_asked(order: dict[str, Any], other: dict[str, str]) -> None:
    """Figures are compared as numbers, and what goes without saying may be said."""
    assert sent(order, **other) == []


def test_orders_of_one_command_are_each_sent_and_amended_as_asked() -> None:
    """Of a list, and of amendments with one command, each order is held against what was asked of it."""
    sides = {"T-1": LIMIT, "T-2": {**LIMIT, "side": "SELL"}}
    script = Scripted().command("submit_list", orders=[{**each, "client_order_id": it} for it, each in sides.items()])
    for name, order in sides.items():
        route, params = params_of(order, name)
        script.request(route, **params)
    script.command("modify_batch", changes=[{"client_order_id": name, "quantity": "0.02"} for name in sides])
    for name, order in sides.items():
        script.request(
            AMEND, symbol="BTCUSDT", origClientOrderId=name, side=order["side"], quantity="0.02", price="49000"
        )
    assert differences(script) == []

    script.request(AMEND, symbol="BTCUSDT", origClientOrderId="T-2", side="SELL", quantity="0.03", price="49000")
    assert differences(script) == ["quantity of a LIMIT was not amended"]

    route, params = params_of(sides["T-1"], "T-2")
    assert "side of a LIMIT was not sent" in differences(script.request(route, **params))


@pytest.mark.parametrize("reduces", [None, "true", "False"])
def test_reduce_only_may_be_kept_to_the_trader(reduces: str | None) -> None:
    """With `use_reduce_only = false` the flag need not be true, and may be from a version without the field."""
    script = Scripted().command("start", config={"client": {"use_reduce_only": False}})
    route, params = params_of(MARKET, reduceOnly=reduces)
    assert differences(asked(MARKET, script=script).request(route, **params)) == []
    route, params = params_of(LIMIT, reduceOnly="true")
    assert differences(asked(LIMIT, script=Scripted().command("start", config={})).request(route, **params))


@pytest.mark.parametrize(("order", "kept", "differs"), [(True, False, False), (True, True, True), (False, False, True)])
def test_date_may_be_kept_to_the_trader(order: bool, kept: bool, differs: bool) -> None:
    """With `use_gtd = false` an order good till date, and no other, is sent as GTC without its date."""
    dated = {**LIMIT, "time_in_force": "GTD", "expire_time_ms": 1_900_000_000_000} if order else LIMIT
    script = Scripted().command("start", config={"client": {"use_gtd": kept}})
    route, params = params_of(dated, timeInForce="GTC" if order else "IOC", goodTillDate=None)
    assert bool(differences(asked(dated, script=script).request(route, **params))) is differs


@pytest.mark.parametrize(
    ("order", "other", "name"),
    [
        (LIMIT, {"symbol": "ETHUSDT"}, "symbol"),
        (LIMIT, {"symbol": None}, "symbol"),
        (LIMIT, {"side": "SELL"}, "side"),
        (LIMIT, {"side": None}, "side"),
        (LIMIT, {"type": "MARKET"}, "type"),
        (LIMIT, {"type": None}, "type"),
        (LIMIT, {"quantity": "0.011"}, "quantity"),
        (LIMIT, {"quantity": None}, "quantity"),
        (LIMIT, {"quantity": "abc"}, "quantity"),
        (LIMIT, {"quantity": ""}, "quantity"),
        (LIMIT, {"quantity": "1E-2"}, "quantity"),
        (LIMIT, {"quantity": "+0.010"}, "quantity"),
        (LIMIT, {"quantity": "0.010\n"}, "quantity"),
        (LIMIT, {"quantity": "٠.01"}, "quantity"),
        (LIMIT, {"quantity": "0.٠١"}, "quantity"),
        (LIMIT, {"price": "49000.10"}, "price"),
        (LIMIT, {"price": None}, "price"),
        (MARKET, {"price": "49000"}, "price"),
        (LIMIT, {"reduceOnly": "true"}, "reduce_only"),
        (MARKET, {"reduceOnly": None}, "reduce_only"),
        (LIMIT, {"positionSide": "SHORT"}, "position_side"),
        (MARKET, {"closePosition": "true"}, "close_position"),
        (LIMIT, {"timeInForce": "IOC"}, "time_in_force"),
        ({**LIMIT, "time_in_force": "IOC"}, {"timeInForce": None}, "time_in_force"),
        ({**LIMIT, "post_only": True}, {}, "time_in_force"),
        (
            {**LIMIT, "time_in_force": "GTD", "expire_time_ms": 1_800_000_000_500},
            {"timeInForce": "GTD", "goodTillDate": "1800000001000"},
            "expire_time_ms",
        ),
        ({**LIMIT, "expire_time_ms": 1_800_000_000_500}, {}, "expire_time_ms"),
        ({**LIMIT, "expire_time_ms": 1_800_000_000_500}, {"goodTillDate": "tomorrow"}, "expire_time_ms"),
        (LIMIT, {"goodTillDate": "1800000000000"}, "expire_time_ms"),
        (LIMIT, {"goodTillDate": "abc"}, "expire_time_ms"),
        (STOP_LIMIT, {"triggerPrice": "51000.10"}, "trigger_price"),
        (STOP_LIMIT, {"triggerPrice": None}, "trigger_price"),
        # The Algo service does not know the order endpoint's names, and passes over them.
        (STOP_LIMIT, {"triggerPrice": None, "stopPrice": "51000"}, "trigger_price"),
        (TRAILING, {"activatePrice": None, "activationPrice": "50500"}, "activation_price"),
        (TRAILING, {"activatePrice": "50500.1"}, "activation_price"),
        (TRAILING, {"callbackRate": "0.01"}, "callback_rate"),
        (STOP_LIMIT, {"workingType": "MARK_PRICE"}, "trigger_type"),
        ({**STOP_LIMIT, "trigger_type": "MARK_PRICE"}, {}, "trigger_type"),
    ],
)
def test_what_was_not_sent_as_asked_is_named(order: dict[str, Any], other: dict[str, str | None], name: str) -> None:
    """Each thing that an order says is named where it was sent otherwise, garbled, left out or added."""
    assert sent(order, **other) == [f"{name} of a {order['type']} was not sent"]


@pytest.mark.parametrize("order", [LIMIT, MARKET, STOP_LIMIT, TRAILING], ids=lambda order: str(order["type"]))
def test_what_nobody_asked_for_is_not_sent(order: dict[str, Any]) -> None:
    """Protection of the trigger, or a prevention of self-trades other than the usual one, is for a trader to ask."""
    usual = {"priceProtect": "FALSE", "selfTradePreventionMode": "EXPIRE_MAKER"}
    assert sent(order, **usual) == []
    for name, value in {"priceProtect": "TRUE", "selfTradePreventionMode": "EXPIRE_TAKER"}.items():
        assert sent(order, **{name: value}) == [f"{name} of a {order['type']} was sent though nobody asked for it"]


def test_order_endpoint_has_its_own_names() -> None:
    """Where an early version sends a stop to the order endpoint, it is held against that endpoint's names."""
    params = {"symbol": "BTCUSDT", "side": "SELL", "type": "TRAILING_STOP_MARKET", "quantity": "0.01"}
    params |= {"newClientOrderId": "T-1", "activationPrice": "50500", "callbackRate": "1"}
    assert differences(asked(TRAILING).request(PLACE, **params)) == []
    _, params = params_of(STOP_LIMIT, clientAlgoId=None, newClientOrderId="T-1", triggerPrice=None)
    assert differences(asked(STOP_LIMIT).request(PLACE, **params, stopPrice="51000")) == []
    assert differences(asked(STOP_LIMIT).request(PLACE, **params, triggerPrice="51000")) == [
        "trigger_price of a STOP_LIMIT was not sent"
    ]


def test_marked_and_prefixed_ids_are_the_orders() -> None:
    """A run's mark is part of the id, a broker's prefix is not: both are the order that was asked for."""
    name = "LMT-010-1.k3f9x1"
    _, params = params_of(LIMIT, f"x-aHRE4BCj-R{name}", quantity="0.02")
    assert differences(asked(LIMIT, name).request(PLACE, **params)) == ["quantity of a LIMIT was not sent"]


@pytest.mark.parametrize("channel", ["batch", "ws-api"])
def test_every_way_of_placing_is_held_to_it(channel: str) -> None:
    """Each order of a batch, and one placed over the WebSocket API, is held against what was asked of it."""
    script = asked(LIMIT, "T-2", asked(LIMIT))
    rows = [params_of(LIMIT)[1], params_of(LIMIT, "T-2", price="48000")[1]]
    if channel == "batch":
        script.request("POST /fapi/v1/batchOrders", batchOrders=json.dumps(rows))
    else:
        for row in rows:
            script.request("WS order.place", channel="ws-api", **row)
    assert differences(script) == ["price of a LIMIT was not sent"]


def test_order_that_is_asked_for_again_is_held_against_the_last_time() -> None:
    """A trader that is started anew may be given an order under the same id with other terms."""
    script = asked(LIMIT).request(PLACE, **params_of(LIMIT)[1])
    asked({**LIMIT, "price": "48000"}, script=script).request(PLACE, **params_of(LIMIT, price="48000")[1])
    assert differences(script) == []
    assert differences(script.request(PLACE, **params_of(LIMIT)[1])) == ["price of a LIMIT was not sent"]


@pytest.mark.parametrize(
    "script",
    [
        Scripted().request(PLACE, type="LIMIT", quantity="abc"),
        asked(LIMIT).request(PLACE, newClientOrderId="E-1", quantity="abc"),
        asked(LIMIT).request(PLACE, "suite", newClientOrderId="T-1", quantity="9"),
        asked(LIMIT).request("POST /fapi/v1/batchOrders", batchOrders="no list"),
        asked({"type": "ICEBERG"}).request(PLACE, newClientOrderId="T-1", quantity="9"),
    ],
)
def test_what_was_not_asked_of_the_trader_is_not_held_to_it(script: Scripted) -> None:
    """Orders without a name, of others, of the suite, and of a type that is not known here are no matter of it."""
    assert differences(script) == []


def resting(**changes: str) -> Scripted:
    """A limit order that rests at the venue as order 7, and that its trader is asked to change."""
    script = asked(LIMIT).request(PLACE, **params_of(LIMIT)[1])
    script.answer(200, {"orderId": 7, "clientOrderId": "T-1", "status": "NEW"})
    return script.command("modify", client_order_id="T-1", **changes) if changes else script


def amended(script: Scripted, **params: str) -> Scripted:
    """The order is amended by its orderId, as both generations do."""
    return script.request(AMEND, **{"orderId": "7", "symbol": "BTCUSDT", "side": "BUY", **params})


@pytest.mark.parametrize(
    ("changes", "params", "wrong"),
    [
        ({"price": "49100.00"}, {"quantity": "0.01", "price": "49100"}, []),
        ({"quantity": "0.020"}, {"quantity": "0.02", "price": "49000"}, []),
        ({"quantity": "0.020", "price": "49100"}, {"quantity": "0.02", "price": "49100"}, []),
        ({"price": "49100.00"}, {"quantity": "0.01", "price": "49000"}, ["price"]),
        ({"price": "49100.00"}, {"quantity": "0.02", "price": "49100"}, ["quantity"]),
        ({"quantity": "0.020"}, {"quantity": "0.02", "price": "49100"}, ["price"]),
        ({"quantity": "0.020"}, {"quantity": "0.02"}, ["price"]),
        ({"quantity": "0.020"}, {"quantity": "abc", "price": "49000"}, ["quantity"]),
        ({"quantity": "0.020"}, {"quantity": "2E-2", "price": "49000"}, ["quantity"]),
        ({"quantity": "0.020"}, {"quantity": "0.02", "price": "49000", "side": "SELL"}, ["side"]),
        ({"quantity": "0.020"}, {"quantity": "0.02", "price": "49000", "symbol": "ETHUSDT"}, ["symbol"]),
        # Nobody asked for a change.
        ({}, {"quantity": "0.02", "price": "49000"}, ["quantity"]),
    ],
)
def test_amendment_is_what_was_asked_for(changes: dict[str, str], params: dict[str, str], wrong: list[str]) -> None:
    """What was to change is sent as asked, what was not stays as it was; the order is found by its orderId."""
    found = differences(amended(resting(**changes), **params))
    assert found == [f"{name} of a LIMIT was not amended" for name in wrong]


def test_amendments_may_overtake_each_other() -> None:
    """Of two amendments asked for at once each is held against its own wish, in whichever order they are sent."""
    script = resting(price="49100.00").command("modify", client_order_id="T-1", price="49200.00")
    amended(amended(script, quantity="0.01", price="49200"), quantity="0.01", price="49100")
    assert differences(script) == []
    assert differences(amended(script, quantity="0.01", price="49300")) == ["price of a LIMIT was not amended"]


def test_amendment_of_an_amended_order_keeps_what_it_became() -> None:
    """What a later amendment leaves open is what the order had become by an earlier one."""
    script = amended(resting(quantity="0.020"), quantity="0.02", price="49000")
    script.command("modify", client_order_id="T-1", price="49100.00")
    assert differences(amended(script, quantity="0.02", price="49100")) == []


def test_placement_is_held_against_the_submission_only() -> None:
    """An order that is placed once more after it was to be amended goes out as it was submitted."""
    script = resting(quantity="0.020")
    assert differences(script.request(PLACE, **params_of(LIMIT)[1])) == []
    wrong = script.request(PLACE, **params_of(LIMIT, quantity="0.02")[1])
    assert differences(wrong) == ["quantity of a LIMIT was not sent"]


CLOSING = {"type": "STOP_MARKET", "side": "SELL", "trigger_price": "49000", "close_position": True}
CLOSED = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_MARKET", "triggerPrice": "49000", "clientAlgoId": "T-1"}


@pytest.mark.parametrize(
    ("order", "params", "wrong"),
    [
        (CLOSING, {"closePosition": "true"}, []),
        ({**CLOSING, "quantity": "0.010", "reduce_only": True}, {"closePosition": "true"}, []),
        (CLOSING, {}, ["close_position of a STOP_MARKET was not sent"]),
        (CLOSING, {"closePosition": "true", "quantity": "1"}, ["quantity of a STOP_MARKET was not sent"]),
        (
            {**CLOSING, "close_position": False, "quantity": "1"},
            {"closePosition": "true", "quantity": "1"},
            ["close_position of a STOP_MARKET was not sent"],
        ),
        (
            {**CLOSING, "position_side": "LONG"},
            {"closePosition": "true"},
            ["position_side of a STOP_MARKET was not sent"],
        ),
        ({**CLOSING, "position_side": "LONG"}, {"closePosition": "true", "positionSide": "LONG"}, []),
        ({**CLOSING, "position_id": "X.BINANCE-LONG"}, {"closePosition": "true", "positionSide": "LONG"}, []),
        ({**CLOSING, "position_id": "X.BINANCE-BOTH"}, {"closePosition": "true"}, []),
        (
            {**CLOSING, "close_position": False, "quantity": "1", "reduce_only": True, "position_id": "X.BINANCE-LONG"},
            {"quantity": "1", "positionSide": "LONG"},
            [],
        ),
        (
            {**CLOSING, "position_id": "X.BINANCE-SHORT"},
            {"closePosition": "true"},
            ["position_side of a STOP_MARKET was not sent"],
        ),
    ],
)
def test_close_position_and_position_side_are_sent_as_asked(
    order: dict[str, Any], params: dict[str, str], wrong: list[str]
) -> None:
    """closePosition says it all: neither quantity nor reduceOnly goes beside it."""
    assert differences(asked(order).request(ALGO, **CLOSED, **params)) == wrong


@pytest.mark.parametrize(
    ("route", "named", "unnamed"),
    [
        (AMEND, {"orderId": "7"}, ["a request to modify an order named none"]),
        ("DELETE /fapi/v1/order", {"origClientOrderId": "T-1"}, ["a request to cancel an order named none"]),
        ("DELETE /fapi/v1/algoOrder", {"algoId": "7"}, ["a request to cancel an order named none"]),
        ("GET /fapi/v1/order", {"orderId": "7"}, ["a request to query an order named none"]),
    ],
)
def test_what_is_asked_of_an_order_names_it(route: str, named: dict[str, str], unnamed: list[str]) -> None:
    """An amendment, a cancellation and a query carry one of the order's ids: else the venue says -1102."""
    params = {"symbol": "BTCUSDT"}
    assert differences(Scripted().request(route, **params, **named)) == []
    assert differences(Scripted().request(route, **params)) == unnamed


@pytest.mark.parametrize(
    ("order", "become", "other", "broken"),
    [
        ({**STOP_LIMIT, "type": "STOP_MARKET"}, MARKET, {}, []),
        (STOP_LIMIT, LIMIT, {}, []),
        (STOP_LIMIT, LIMIT, {"price": "49000.1"}, ["price of a STOP_LIMIT was not sent"]),
        (STOP_LIMIT, MARKET, {}, ["price of a STOP_LIMIT was not sent", "type of a STOP_LIMIT was not sent"]),
        (TRAILING, MARKET, {"quantity": "1"}, ["quantity of a TRAILING_STOP_MARKET was not sent"]),
    ],
)
def test_order_that_is_held_back_is_sent_as_what_it_becomes(
    order: dict[str, Any], become: dict[str, Any], other: dict[str, str], broken: list[str]
) -> None:
    """A stop that the trader itself holds back is a market order at its trigger, a stop limit a limit order."""
    held = {**order, "emulation_trigger": "LAST_PRICE"}
    route, params = params_of({**become, "side": order["side"], "reduce_only": False}, **other)
    assert sorted(differences(asked(held).request(route, **params))) == broken


@pytest.mark.parametrize(
    ("other", "broken"),
    [
        ({"price": None, "priceMatch": "QUEUE"}, []),
        ({"priceMatch": "QUEUE"}, ["price of a LIMIT was not sent"]),
        ({"price": None, "priceMatch": "QUEUE_5"}, ["price_match of a LIMIT was not sent"]),
        ({}, ["price of a LIMIT was not sent", "price_match of a LIMIT was not sent"]),
    ],
)
def test_order_that_the_venue_prices_has_no_price(other: dict[str, str | None], broken: list[str]) -> None:
    """`priceMatch` is sent in the place of a price, which the venue refuses beside it (New Order)."""
    assert sorted(sent({**LIMIT, "price_match": "QUEUE"}, **other)) == broken
