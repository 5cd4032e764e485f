"""Invariant 9: what is too much, and who must pause for how long."""

import pytest

from conformance.invariants import violations
from tests.invariants.histories import Scripted

PLACE = "POST /fapi/v1/order"
ACCOUNT = "GET /fapi/v3/account"
WEIGHT = "invariant 9: more than 2400 of request weight within a minute"


def signatures(script: Scripted) -> list[str]:
    """Return the signatures of what breaks an invariant in a scripted history."""
    return [violation.signature for violation in violations(script.history)]


@pytest.mark.parametrize(("used", "found"), [("2400", []), ("2401", [WEIGHT]), ("-1", [])])
def test_weight_is_what_the_venue_says_it_is(used: str, found: list[str]) -> None:
    """The venue's own count of the weight used is held against its limit; the testnet's -1 says nothing."""
    assert signatures(Scripted().request(ACCOUNT).answer(200, {}, x_mbx_used_weight_1m=used)) == found


def test_weight_is_held_against_the_limit_that_the_venue_told() -> None:
    """The limit of exchangeInfo counts where the history has it."""
    limits = [{"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 100}]
    script = Scripted().request("GET /fapi/v1/exchangeInfo", by="suite").answer(200, {"rateLimits": limits})
    script.request(ACCOUNT).answer(200, {}, x_mbx_used_weight_1m="101")
    assert signatures(script) == ["invariant 9: more than 100 of request weight within a minute"]


def test_weight_that_the_suite_spent_is_not_the_traders() -> None:
    """Suite and trader ask from one address: what the suite's own questions cost is taken off, until a new minute."""
    script = Scripted().request(ACCOUNT).answer(200, {}, x_mbx_used_weight_1m="1000")
    script.request(ACCOUNT, by="suite").answer(200, {}, x_mbx_used_weight_1m="2000")
    script.request(ACCOUNT).answer(200, {}, x_mbx_used_weight_1m="3000")
    assert signatures(script) == []
    script.request(ACCOUNT).answer(200, {}, x_mbx_used_weight_1m="5")
    script.request(ACCOUNT).answer(200, {}, x_mbx_used_weight_1m="2500")
    assert signatures(script) == [WEIGHT]


def test_batches_count_as_five_orders() -> None:
    """Sixty batches and one order within ten seconds are one order too many (binance-usdm, section 4)."""
    script = Scripted()
    for _ in range(60):
        script.request("POST /fapi/v1/batchOrders", batchOrders='[{"type":"LIMIT"}]')
    assert signatures(script) == []
    script.request(PLACE, newClientOrderId="T-1", type="LIMIT")
    assert signatures(script) == ["invariant 9: more than 300 orders within 10 s"]


@pytest.mark.parametrize(
    ("status", "code", "later", "bound"),
    [
        (429, -1003, ACCOUNT, True),
        (418, -1003, ACCOUNT, True),
        (418, -1003, "WS order.place", True),
        (429, -1015, "WS order.place", True),
        (429, -1015, "PUT /fapi/v1/order", True),
        (429, -1015, "POST /fapi/v1/batchOrders", True),
        (429, -1015, ACCOUNT, False),
        (429, -1015, "DELETE /fapi/v1/order", False),
        (503, -1008, PLACE, True),
        (503, -1008, ACCOUNT, False),
    ],
)
def test_pause_binds_what_the_venue_closed(status: int, code: int, later: str, bound: bool) -> None:
    """A limit of the address closes every route, too many orders those that place or amend, all else the same route."""
    script = Scripted().request(PLACE, newClientOrderId="T-1", type="LIMIT")
    script.answer(status, {"code": code}, retry_after="60").request(
        later, type="LIMIT", batchOrders='[{"type":"LIMIT"}]'
    )
    signature = f"invariant 9: Retry-After was not honoured on {PLACE}"
    assert (signature in signatures(script)) is bound


@pytest.mark.parametrize(("waited_s", "kept"), [(59, False), (61, True)])
@pytest.mark.parametrize("form", ["60", "60.0", "Fri, 15 Jan 2027 08:01:00 GMT"])
def test_pause_ends_when_the_venue_says(form: str, waited_s: int, kept: bool) -> None:
    """A pause is told in seconds or as an HTTP date, which is read by the clock that the requests were held against."""
    at_08_00 = "1800000000000"
    script = Scripted().request(ACCOUNT, timestamp=at_08_00, skew_ms=0)
    script.answer(429, {"code": -1003}, retry_after=form).wait(waited_s).request(ACCOUNT)
    assert signatures(script) == ([] if kept else [f"invariant 9: Retry-After was not honoured on {ACCOUNT}"])


@pytest.mark.parametrize("form", ["soon", "", "Fri, 15 Jan 2027 08:01:00 GMT"])
def test_pause_that_cannot_be_read_binds_nobody(form: str) -> None:
    """What is no pause, or a date where nothing shows the clock, is neither a violation nor the suite's fault."""
    script = Scripted().request("GET /fapi/v1/time", skew_ms=None, signature="absent")
    script.answer(429, {"code": -1003}, retry_after=form).request("GET /fapi/v1/time", signature="absent")
    assert signatures(script) == []


def refused() -> Scripted:
    """A commanded order that the venue did not place."""
    script = Scripted().command("submit", order={"client_order_id": "T-1"})
    return script.request(PLACE, newClientOrderId="T-1", type="LIMIT", side="BUY").answer(429, {"code": -1003})


RENAMED = "invariant 9: a submit was retried under a new client order id"


def test_retry_under_a_new_id_is_named() -> None:
    """The same order under another id, after one that was not placed, is a retry that may trade twice."""
    assert RENAMED in signatures(refused().request(PLACE, newClientOrderId="T-2", type="LIMIT", side="BUY"))


def test_what_is_no_retry_is_not_taken_for_one() -> None:
    """An order that came before the one that failed, and one that is another order, are no retries of it."""
    assert RENAMED not in signatures(refused().request(PLACE, newClientOrderId="T-2", type="LIMIT", side="SELL"))
    script = Scripted().request(PLACE, newClientOrderId="T-2", type="LIMIT", side="BUY").answer(200, {})
    script.command("submit", order={"client_order_id": "T-1"})
    script.request(PLACE, newClientOrderId="T-1", type="LIMIT", side="BUY").answer(429, {"code": -1003})
    assert RENAMED not in signatures(script)


FULL_S = 1_700_000_010  # a full 10 s of the venue's clock


def burst(script: Scripted, count: int, at_s: float) -> Scripted:
    """Append orders whose timestamps say that they came at this second of the venue's clock."""
    for number in range(count):
        stamp = str(int(at_s * 1000))
        script.request(PLACE, newClientOrderId=f"B-{at_s}-{number}", type="LIMIT", skew_ms=0, timestamp=stamp)
    return script


def test_orders_are_counted_in_the_venues_own_windows() -> None:
    """The windows are fixed: what falls on both sides of a border is counted apart, however close it is."""
    across = burst(burst(Scripted(), 200, FULL_S - 0.5), 200, FULL_S + 0.5)
    assert signatures(across) == []
    within = burst(burst(Scripted(), 200, FULL_S + 0.5), 200, FULL_S + 9.0)
    assert signatures(within) == ["invariant 9: more than 300 orders within 10 s"]


def test_stops_count_as_orders() -> None:
    """An order of the Algo service counts like any other (New Algo Order)."""
    script = Scripted()
    for number in range(301):
        script.request("POST /fapi/v1/algoOrder", clientAlgoId=f"S-{number}", type="STOP_MARKET")
    assert signatures(script) == ["invariant 9: more than 300 orders within 10 s"]
