"""Invariants 5, 6 and 7: the form of requests, as the real gateway writes them down."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from conformance.binance.account import Account
from conformance.gateway.wire import WireWriter
from conformance.history.entries import Event, Request
from conformance.history.history import History
from conformance.invariants import violations
from tests.invariants.histories import Scripted

ACCOUNT = Account("k" * 20, secret="s" * 20)
NOW_MS = 1_800_000_000_000
PLACE = "POST /fapi/v1/order"
ALGO = "POST /fapi/v1/algoOrder"
CANCEL = "DELETE /fapi/v1/order"


def sent(method: str, path: str, *, signed: bool = True, **params: str) -> History:
    """Return the history that the gateway's own wire writes of one request of the trader, at `NOW_MS`."""
    history = History()
    query = urlencode(params)
    if signed:
        query += f"&signature={ACCOUNT.sign(query)}"
    wire = WireWriter(history, [ACCOUNT], wall_ms=lambda: NOW_MS)
    wire.http_request("trader", method, f"{path}?{query}", b"", api_key=ACCOUNT.api_key)
    return history


def found(history: History) -> list[str]:
    """Return the signatures of what breaks an invariant."""
    return [violation.signature for violation in violations(history)]


def signatures(script: Scripted) -> list[str]:
    """Return the signatures of what breaks an invariant in a scripted history."""
    return found(script.history)


def stop_placed() -> Scripted:
    """A stop that the Algo service has taken."""
    script = Scripted().request("POST /fapi/v1/algoOrder", clientAlgoId="T-1", type="STOP_MARKET")
    return script.answer(200, {"algoId": 4001, "clientAlgoId": "T-1", "algoStatus": "NEW"})


@pytest.mark.parametrize(
    ("skew_ms", "more", "inside"),
    [
        (0, {}, True),
        (-3000, {}, True),
        (-5000, {}, True),
        (-5001, {}, False),
        (-9000, {"recvWindow": "10000"}, True),
        (-3000, {"recvWindow": "2000"}, False),
        (999, {}, True),
        (1000, {}, False),
        (4000, {"recvWindow": "10000"}, False),
    ],
)
def test_window_is_the_venues(skew_ms: int, more: Mapping[str, str], inside: bool) -> None:
    """What is older than recvWindow is outside of it, and what is a second ahead or more, and nothing else."""
    history = sent("GET", "/fapi/v1/openOrders", timestamp=str(NOW_MS + skew_ms), **more)
    outside = ["invariant 5: timestamp outside recvWindow on GET /fapi/v1/openOrders"]
    assert found(history) == ([] if inside else outside)


def test_signed_route_needs_a_signature() -> None:
    """An order or a question about the account that is sent unsigned is named; a listen key needs no signature."""
    stamp = {"timestamp": str(NOW_MS)}
    assert found(sent("GET", "/fapi/v3/account", signed=False, **stamp)) == [
        "invariant 5: no signature on GET /fapi/v3/account"
    ]
    assert found(sent("POST", "/fapi/v1/listenKey", signed=False)) == []
    assert found(sent("GET", "/fapi/v1/exchangeInfo", signed=False)) == []


@pytest.mark.parametrize(
    ("params", "what"),
    [
        ({}, "no timestamp"),
        ({"timestamp": "now"}, "a timestamp that is no number"),
        ({"timestamp": str(NOW_MS), "recvWindow": "5s"}, "a recvWindow that is no number"),
    ],
)
def test_time_that_cannot_be_read_is_a_violation(params: Mapping[str, str], what: str) -> None:
    """A missing or malformed time breaks the rule; it does not break the suite."""
    history = sent("POST", "/fapi/v1/order", newClientOrderId="T-1", type="LIMIT", **params)
    history.append(Event(name="OrderSubmitted", client_order_id="T-1", ts_event=1))
    assert found(history) == [f"invariant 5: {what} on POST /fapi/v1/order"]


def test_connection_that_logged_on_signs_its_requests() -> None:
    """A request of the WS API needs no signature of its own once `session.logon` was granted, and needs one before."""
    script = Scripted()
    params = {"newClientOrderId": "T-1", "type": "LIMIT"}
    script.request("WS order.place", signature="absent", channel="ws-api", **params).answer(200, {})
    assert signatures(script) == ["invariant 5: no signature on WS order.place"]
    script = Scripted().request("WS session.logon", channel="ws-api").answer(400, {"code": -1022})
    script.request("WS order.place", signature="absent", channel="ws-api", **params).answer(400, {"code": -1102})
    assert signatures(script) == ["invariant 5: no signature on WS order.place"]
    script = Scripted().request("WS session.logon", channel="ws-api").answer(200, {})
    script.request("WS order.place", signature="absent", channel="ws-api", **params).answer(200, {})
    assert signatures(script) == []


RESTING = {"algoId": 4001, "clientAlgoId": "T-1", "algoStatus": "NEW"}
PLACED = {"orderId": 7, "clientOrderId": "T-1", "status": "NEW"}
CHILD = {"e": "ORDER_TRADE_UPDATE", "o": {"c": "T-1", "i": 9, "X": "NEW", "x": "NEW"}}
ALGO_FRAME = {"e": "ALGO_UPDATE", "o": {"caid": "T-1", "aid": 4001, "X": "NEW"}}


def conditional() -> Scripted:
    """A stop order that rests on the Algo service."""
    return Scripted().request(ALGO, clientAlgoId="T-1", type="STOP_MARKET").answer(200, RESTING)


def plain() -> Scripted:
    """A limit order at the order endpoint."""
    return Scripted().request(PLACE, newClientOrderId="T-1", type="LIMIT").answer(200, PLACED)


@pytest.mark.parametrize(
    ("script", "mistaken"),
    [
        (conditional().request("DELETE /fapi/v1/order", origClientOrderId="T-1"), "an algo order"),
        (conditional().request("DELETE /fapi/v1/order", orderId="4001"), "an algo order"),
        (conditional().request("DELETE /fapi/v1/batchOrders", orderIdList="[4001]"), "an algo order"),
        (plain().request("DELETE /fapi/v1/algoOrder", algoId="7"), "a plain order"),
        (plain().request("DELETE /fapi/v1/algoOrder", clientAlgoId="T-1"), "a plain order"),
        (
            Scripted().request("GET /fapi/v1/openAlgoOrders").answer(200, [RESTING]).request(CANCEL, orderId="4001"),
            "an algo order",
        ),
        (Scripted().frame(ALGO_FRAME).request(CANCEL, orderId="4001"), "an algo order"),
        (conditional().request("DELETE /fapi/v1/algoOrder", clientAlgoId="T-1"), None),
        (conditional().request("DELETE /fapi/v1/algoOrder", algoId="4001"), None),
        (conditional().frame(CHILD).request(CANCEL, origClientOrderId="T-1"), None),
        (conditional().frame(CHILD).request(CANCEL, orderId="9"), None),
        (plain().request(CANCEL, orderId="7"), None),
        (plain().request("DELETE /fapi/v1/batchOrders", origClientOrderIdList='["T-1"]'), None),
    ],
)
def test_cancellation_follows_the_namespace_of_the_id(script: Scripted, mistaken: str | None) -> None:
    """Either id of an order, however it was learned, is cancelled where it belongs; a triggered one has both kinds."""
    named = [violation for violation in signatures(script) if violation.startswith("invariant 6")]
    route = script.history.of(Request)[-1].route
    assert named == ([f"invariant 6: {mistaken} was cancelled with {route}"] if mistaken else [])


@pytest.mark.parametrize(
    ("entry", "signature"),
    [
        ({"type": "STOP_MARKET"}, "invariant 6: STOP_MARKET sent to POST /fapi/v1/batchOrders"),
        ({"type": "LIMIT", "newClientOrderId": "T" * 37}, "invariant 5: newClientOrderId is not of the venue's form"),
        (
            {"type": "LIMIT", "positionSide": "LONG", "reduceOnly": "true"},
            "invariant 7: reduceOnly with a hedge-mode positionSide",
        ),
    ],
)
def test_order_in_a_batch_obeys_what_a_single_one_does(entry: Mapping[str, str], signature: str) -> None:
    """What is wrong with any order of a batch is found, whichever place it has."""
    sound = {"type": "LIMIT", "newClientOrderId": "T-1"}
    for entries in ([sound, entry], [entry, sound]):
        script = Scripted().request("POST /fapi/v1/batchOrders", batchOrders=json.dumps(entries))
        assert signatures(script) == [signature]


def test_batch_that_cannot_be_read_is_a_violation() -> None:
    """A batch without a JSON list of orders is the trader's mistake, and named as one."""
    script = Scripted().request("POST /fapi/v1/batchOrders", batchOrders="[{")
    assert signatures(script) == ["invariant 5: no list of orders in POST /fapi/v1/batchOrders"]


@pytest.mark.parametrize(
    ("params", "what"),
    [
        ({"type": "STOP"}, "STOP with closePosition"),
        ({"type": "STOP_MARKET", "reduceOnly": "true"}, "reduceOnly with closePosition"),
        (
            {"type": "STOP_MARKET", "side": "SELL", "positionSide": "SHORT"},
            "closePosition with SELL of the SHORT position",
        ),
        ({"type": "STOP_MARKET", "side": "SELL", "positionSide": "LONG"}, None),
        ({"type": "TAKE_PROFIT_MARKET", "side": "BUY"}, None),
    ],
)
def test_close_position_goes_with_few_things(params: Mapping[str, str], what: str | None) -> None:
    """`closePosition` belongs to stop and take-profit market orders that can close something (binance-usdm, 10.4)."""
    script = Scripted().request(ALGO, clientAlgoId="T-1", closePosition="true", **params)
    assert signatures(script) == ([f"invariant 7: {what}"] if what else [])


UNKNOWN_ORDER = {"code": -2011, "msg": "Unknown order sent."}


@pytest.mark.parametrize(
    ("script", "mistaken"),
    [
        # A stop may trigger while its cancellation is on its way: then its child is at the order endpoints.
        (stop_placed().request("DELETE /fapi/v1/algoOrder", clientAlgoId="T-1").answer(400, UNKNOWN_ORDER), False),
        (stop_placed().request("DELETE /fapi/v1/algoOrder", clientAlgoId="T-1").answer(400, {"code": -2013}), False),
        (stop_placed().request("DELETE /fapi/v1/algoOrder", clientAlgoId="T-1").answer(400, {"code": -1021}), True),
        (stop_placed().request("DELETE /fapi/v1/algoOrder", clientAlgoId="T-1"), True),
        (stop_placed().request("DELETE /fapi/v1/algoOrder", clientAlgoId="T-2").answer(400, UNKNOWN_ORDER), True),
        (stop_placed(), True),
    ],
)
def test_other_service_is_asked_only_after_the_own_one(script: Scripted, mistaken: bool) -> None:
    """Binance's documents decide: FINISHED is answered -2011, an unknown algo order -2013 (binance-usdm, 11)."""
    script.request("DELETE /fapi/v1/order", origClientOrderId="T-1")
    found = [violation.signature for violation in violations(script.history) if violation.number == 6]
    assert found == (["invariant 6: an algo order was cancelled with DELETE /fapi/v1/order"] if mistaken else [])
