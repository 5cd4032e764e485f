"""Matching: two runs of one case make the same requests, whatever differs between them; nothing else matches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.gateway.cassette.matching import Identities, difference, endpoint, essence, reads_of_other_versions
from conformance.gateway.cassette.rebinding import Rebinding
from conformance.gateway.frame_origin import FrameOrigins

PLACE, CANCEL = ("POST", "/fapi/v1/order"), ("DELETE", "/fapi/v1/order")
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.010", "price": "50000.0"}


def same(route: tuple[str, str], one: dict[str, str], other: dict[str, str], *known: object) -> bool:
    """Say whether two requests of one route match, given the orders that recorded answers named."""
    identities = Identities()
    identities.learn(list(known))
    return essence(*route, one, identities) == essence(*route, other, identities)


@given(st.dictionaries(st.sampled_from(["timestamp", "signature", "recvWindow", "goodTillDate"]), st.text()))
def test_what_differs_in_every_run_is_never_compared(variables: dict[str, str]) -> None:
    """Times, signatures and windows may be there or not, with any value."""
    assert same(PLACE, ORDER, {**ORDER, **variables})


@pytest.mark.parametrize(
    "spelling",
    [
        {"reduceOnly": "False"},
        {"reduceOnly": "false", "positionSide": "BOTH"},
        {"timeInForce": "GTC", "newOrderRespType": "ACK"},
        {"quantity": "0.01", "price": "50000"},
        {"workingType": "CONTRACT_PRICE"},
    ],
)
def test_versions_spell_one_order_differently(spelling: dict[str, str]) -> None:
    """A default sent is a default left out, and a number is its value."""
    assert same(PLACE, ORDER, {**ORDER, **spelling})


@pytest.mark.parametrize(
    "change",
    [{"side": "SELL"}, {"price": "50000.1"}, {"reduceOnly": "true"}, {"timeInForce": "GTX"}, {"type": "MARKET"}],
)
def test_another_order_never_matches(change: dict[str, str]) -> None:
    """What makes the order another one makes the request another one."""
    assert not same(PLACE, ORDER, {**ORDER, **change})


@given(st.from_regex(r"[A-Z]{1,5}-[0-9]{1,4}", fullmatch=True))
def test_explicit_id_matches_itself_with_the_broker_prefix(name: str) -> None:
    """The case named the order: 2.x only puts its prefix before it. Another order's name never matches."""
    bare, prefixed = {**ORDER, "newClientOrderId": name}, {**ORDER, "newClientOrderId": f"x-aHRE4BCj-R{name}"}
    assert same(PLACE, bare, prefixed)
    assert not same(PLACE, bare, {**ORDER, "newClientOrderId": f"{name}0"})


def test_ids_that_a_trader_made_up_are_alike() -> None:
    """They hold the wall clock or chance, in every form of the versions."""
    ids = [
        "O-20261122-080347-001-000-1",
        "x-aHRE4BCj-Tabcdefghijklm",
        "b0f1c7a2-5a0e-4f5b-9c3b-0c7f7a8f1a11",
        "b0f1c7a25a0e4f5b9c3b0c7f7a8f1a11",
    ]
    requests = [{**ORDER, "newClientOrderId": each} for each in ids]
    assert all(same(PLACE, requests[0], request) for request in requests)
    assert not same(PLACE, requests[0], {**ORDER, "newClientOrderId": "A-1"})


def test_an_order_is_the_same_by_either_of_its_ids() -> None:
    """1.x cancels by both, 2.x by one, a batch by either kind: the recorded answers tell which belong together."""
    known = {"orderId": 77, "clientOrderId": "A-1"}, {"algoId": 88, "clientAlgoId": "A-2"}
    forms = [
        {"symbol": "BTCUSDT", "orderId": "77", "origClientOrderId": "A-1"},
        {"symbol": "BTCUSDT", "orderId": "77"},
        {"symbol": "BTCUSDT", "origClientOrderId": "x-aHRE4BCj-RA-1"},
    ]
    assert all(same(CANCEL, forms[0], form, *known) for form in forms)
    assert not same(CANCEL, forms[0], {"symbol": "BTCUSDT", "orderId": "78"}, *known)
    batch = ("DELETE", "/fapi/v1/batchOrders")
    assert same(batch, {"orderIdList": "[77,88]"}, {"origClientOrderIdList": '["A-2","A-1"]'}, *known)
    event = {"e": "ALGO_UPDATE", "o": {"aid": 99, "caid": "A-3"}}
    algo = ("DELETE", "/fapi/v1/algoOrder")
    assert same(algo, {"algoId": "99", "clientAlgoId": "A-3"}, {"clientAlgoId": "A-3"}, event)


def test_session_upkeep_is_no_part_of_a_case() -> None:
    """Creating and extending a listen key answer alike; reads may page differently."""
    assert endpoint("PUT", "/fapi/v1/listenKey") == endpoint("POST", "/fapi/v1/listenKey")
    assert same(("PUT", "/fapi/v1/listenKey"), {"listenKey": "a"}, {})
    assert same(("GET", "/fapi/v1/userTrades"), {"symbol": "B", "limit": "1000"}, {"symbol": "B", "fromId": "0"})


def test_difference_names_each_parameter() -> None:
    """What was recorded, what came, and what is missing on either side."""
    told = difference({"price": "2", "side": "BUY"}, {"price": "1", "type": "LIMIT"})
    assert told.split(", ") == [
        "price was recorded as 1",
        "now 2",
        "side was recorded as (absent)",
        "now BUY",
        "type was recorded as LIMIT",
        "now (absent)",
    ]


@given(st.integers(-10_000_000, 10_000_000))
def test_times_shift_and_everything_else_stays(shift: int) -> None:
    """Only time fields near the session move: not ids of as many digits, not the delivery date of a perpetual."""
    start = 1_700_000_000_000
    rebinding = Rebinding(start, start + shift)
    value = {"E": start, "o": {"T": start + 5, "i": start, "t": start}, "deliveryDate": 4_133_404_800_000, "time": 0}
    assert rebinding.value(value) == {
        "E": start + shift,
        "o": {"T": start + 5 + shift, "i": start, "t": start},
        "deliveryDate": 4_133_404_800_000,
        "time": 0,
    }


def test_bound_ids_are_told_wherever_they_stand_alone() -> None:
    """In answers, events and lists; text that merely contains one stays."""
    rebinding = Rebinding(0, 0)
    rebinding.bind({"newClientOrderId": "A-1"}, {"newClientOrderId": "x-A-1"})
    assert rebinding.value({"c": "A-1", "list": ["A-1", "A-10"], "msg": "A-1 unknown"}) == {
        "c": "x-A-1",
        "list": ["x-A-1", "A-10"],
        "msg": "A-1 unknown",
    }
    assert rebinding.content(b"<html>A-1</html>") == b"<html>A-1</html>"


def event(kind: str, client_order_id: str, status: str = "NEW") -> dict[str, object]:
    """Return an event that names one order."""
    return {"e": kind, "o": {"c": client_order_id, "X": status}}


def test_an_event_follows_the_latest_act_that_can_be_its_cause() -> None:
    """Own request, cancel of everything, the suite's own acts; reads and session upkeep never are."""
    causes = FrameOrigins()
    causes.request(1, "trader", "POST", "/fapi/v1/order", {"newClientOrderId": "x-aHRE4BCj-RA-1"})
    causes.request(2, "trader", "POST", "/fapi/v1/order", {"newClientOrderId": "A-2"})
    causes.request(3, "trader", "GET", "/fapi/v1/order", {"origClientOrderId": "A-1"})
    causes.request(4, "trader", "POST", "/fapi/v1/listenKey", {})
    assert [causes.of(event("ORDER_TRADE_UPDATE", each)) for each in ("A-1", "A-2", "OTHER")] == [1, 2, 2]
    assert causes.of(event("ORDER_TRADE_UPDATE", "A-1", "EXPIRED_IN_MATCH")) == 2
    causes.request(5, "trader", "DELETE", "/fapi/v1/batchOrders", {"origClientOrderIdList": '["A-1","A-9"]'})
    assert [causes.of(event("ORDER_TRADE_UPDATE", each)) for each in ("A-1", "A-2")] == [5, 2]
    causes.request(6, "trader", "DELETE", "/fapi/v1/allOpenOrders", {"symbol": "BTCUSDT"})
    assert causes.of(event("ORDER_TRADE_UPDATE", "A-2")) == 6
    causes.control(7)
    causes.request(8, "trader", "POST", "/fapi/v1/order", {"newClientOrderId": "A-3"})
    assert causes.of(event("ORDER_TRADE_UPDATE", "A-2", "FILLED")) == 7
    causes.request(9, "suite", "POST", "/fapi/v1/order", {"newClientOrderId": "S-1"})
    assert causes.of(event("ORDER_TRADE_UPDATE", "A-3", "FILLED")) == 9
    causes.request(10, "trader", "WS", "order.cancel", {"origClientOrderId": "A-3"})
    assert causes.of(event("ORDER_TRADE_UPDATE", "A-3", "CANCELED")) == 10
    causes.request(11, "trader", "WS", "session.logon", {})
    assert causes.of({"e": "ACCOUNT_UPDATE", "a": {}}) == 10


def test_a_recording_asks_what_every_version_would() -> None:
    """Positions in both shapes; the trades of a symbol where orders are open, and only there."""
    assert reads_of_other_versions("/fapi/v3/positionRisk", {"timestamp": "1"}, []) == [("/fapi/v2/positionRisk", {})]
    assert reads_of_other_versions("/fapi/v2/positionRisk", {"symbol": "B"}, []) == [
        ("/fapi/v3/positionRisk", {"symbol": "B"})
    ]
    assert reads_of_other_versions("/fapi/v1/openOrders", {}, []) == []
    assert reads_of_other_versions("/fapi/v1/openAlgoOrders", {}, [{"symbol": "B"}, {"symbol": "B"}]) == [
        ("/fapi/v1/userTrades", {"symbol": "B", "limit": "1000"})
    ]
