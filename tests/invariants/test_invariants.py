"""Each invariant lets a sound history pass and names what is wrong with a broken one."""

from typing import Any

import pytest

from conformance.history.entries import Declared, Frame
from conformance.invariants import INVARIANTS, violations
from tests.invariants.histories import Scripted

PLACE = "POST /fapi/v1/order"
ALGO = "POST /fapi/v1/algoOrder"


def placed(order: str = "T-1") -> Scripted:
    """A limit order that was placed and accepted, as it should be."""
    return (
        Scripted()
        .command("submit", order={"client_order_id": order})
        .event("OrderSubmitted", order)
        .request(PLACE, newClientOrderId=order, type="LIMIT")
        .answer(200, {"orderId": 7, "clientOrderId": order, "status": "NEW"})
        .order_frame("NEW", order)
        .event("OrderAccepted", order)
    )


def signatures(script: Scripted) -> list[str]:
    """Return the signatures of what breaks an invariant in a scripted history."""
    return [violation.signature for violation in violations(script.history)]


def test_sound_life_cycle_breaks_nothing() -> None:
    """An order that is placed, accepted, filled in two trades and booked alike on both sides breaks no invariant."""
    script = (
        placed()
        .order_frame("PARTIALLY_FILLED", trade=1)
        .fill("1", "0.004", of="0.010", filled="0.004")
        .order_frame("FILLED", trade=2)
        .fill("2", "0.006", of="0.010", filled="0.010")
    )
    position = [{"symbol": "BTCUSDT", "signed_qty": "0.010"}]
    balance = [{"currency": "USDT", "total": "9999.5"}]
    script.snapshot("trader", positions=position, balances=balance)
    script.snapshot("venue", positions=position, balances=[{"currency": "USDT", "total": "9999.50000000"}])
    assert signatures(script) == []


def test_every_invariant_of_the_design_is_registered() -> None:
    """All numbers of the design are there, but 10, which needs to know the secrets."""
    assert sorted(INVARIANTS) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16]


@pytest.mark.parametrize(
    ("script", "signature"),
    [
        (
            placed().order_frame("CANCELED").event("OrderCanceled").event("OrderAccepted"),
            "invariant 1: OrderAccepted twice",
        ),
        (
            placed().order_frame("FILLED", trade=1).fill("1", "1", of="1", filled="1").event("OrderCanceled"),
            "invariant 1: OrderCanceled after the terminal state FILLED",
        ),
        (
            placed()
            .order_frame("FILLED", trade=1)
            .fill("1", "0.5", of="1", filled="0.5")
            .fill("1", "0.5", of="1", filled="1"),
            "invariant 2: one trade was applied twice",
        ),
        (
            placed()
            .order_frame("FILLED", trade=1)
            .fill("1", "0.6", of="1", filled="0.6")
            .fill("2", "0.6", of="1", filled="1.2", status_of="x"),
            "invariant 2: filled more than was ordered",
        ),
        (
            placed().order_frame("PARTIALLY_FILLED", trade=1).fill("1", "0.6", of="1", filled="0.9"),
            "invariant 2: filled quantity is not the sum of the trades",
        ),
        (placed().event("OrderCanceled"), "invariant 3: OrderCanceled without the venue's word for it"),
        (placed().fill("1", "1", of="1", filled="1"), "invariant 3: OrderFilled without the venue's word for it"),
        (
            placed()
            .request(PLACE, newClientOrderId="T-1", type="LIMIT")
            .answer(200, {"orderId": 8, "clientOrderId": "T-1", "status": "NEW"}),
            "invariant 3: one order was placed twice",
        ),
        (
            Scripted()
            .event("OrderSubmitted")
            .event("OrderAccepted")
            .request(PLACE, newClientOrderId="T-1", type="LIMIT")
            .answer(200, {"orderId": 7, "clientOrderId": "T-1", "status": "NEW"}),
            "invariant 4: OrderAccepted before the venue's acknowledgement",
        ),
        (
            Scripted()
            .command("submit", order={"client_order_id": "T-1"})
            .event("OrderInitialized")
            .request(PLACE, newClientOrderId="T-1", type="LIMIT")
            .answer(200, {"orderId": 7, "clientOrderId": "T-1", "status": "NEW"})
            .event("OrderAccepted"),
            "invariant 4: OrderAccepted without OrderSubmitted",
        ),
        (
            Scripted()
            .request(PLACE, newClientOrderId="T-1", type="LIMIT", timestamp="1000")
            .event("OrderSubmitted", ts_event=1001000000),
            "invariant 4: OrderSubmitted after its request",
        ),
        (
            Scripted().request("GET /fapi/v1/openOrders", signature="invalid"),
            "invariant 5: invalid signature on GET /fapi/v1/openOrders",
        ),
        (
            Scripted().request("GET /fapi/v1/openOrders", skew_ms=-5001),
            "invariant 5: timestamp outside recvWindow on GET /fapi/v1/openOrders",
        ),
        (
            Scripted().request(PLACE, newClientOrderId="T" * 37, type="LIMIT"),
            "invariant 5: newClientOrderId is not of the venue's form",
        ),
        (
            Scripted().request(PLACE, newClientOrderId="T-1", type="STOP_MARKET"),
            "invariant 6: STOP_MARKET sent to POST /fapi/v1/order",
        ),
        (
            Scripted().request(ALGO, clientAlgoId="T-1", type="LIMIT"),
            "invariant 6: LIMIT sent to POST /fapi/v1/algoOrder",
        ),
        (
            Scripted()
            .request(ALGO, clientAlgoId="T-1", type="STOP_MARKET")
            .answer(200, {"algoId": 4001, "clientAlgoId": "T-1", "algoStatus": "NEW"})
            .request("DELETE /fapi/v1/order", orderId="4001"),
            "invariant 6: an algo order was cancelled with DELETE /fapi/v1/order",
        ),
        (
            Scripted().request(PLACE, newClientOrderId="T-1", positionSide="LONG", reduceOnly="true"),
            "invariant 7: reduceOnly with a hedge-mode positionSide",
        ),
        (
            Scripted().request(ALGO, type="STOP_MARKET", closePosition="true", quantity="1"),
            "invariant 7: quantity with closePosition",
        ),
        (
            Scripted()
            .request(PLACE, newClientOrderId="T-1", type="LIMIT")
            .answer(429, {"code": -1003}, retry_after="1")
            .request(PLACE, newClientOrderId="T-1", type="LIMIT"),
            "invariant 9: Retry-After was not honoured on POST /fapi/v1/order",
        ),
    ],
)
def test_broken_history_is_named(script: Scripted, signature: str) -> None:
    """A history that breaks one rule is reported with the rule's number and what broke it, in stable words."""
    assert signature in signatures(script)


@pytest.mark.parametrize(
    ("status", "body", "manner"),
    [
        (503, {"code": -1000, "msg": "Unknown error"}, "503, -1000"),
        (408, {"code": -1007, "msg": "Timeout"}, "408, -1007"),
        (400, {"code": -1006, "msg": "Unexpected response"}, "400, -1006"),
        (502, "<html>", "502, no JSON"),
        (200, "<html>", "200, no JSON"),
    ],
)
def test_unknown_fate_is_no_rejection(status: int, body: Any, manner: str) -> None:
    """Whatever leaves an order's fate unknown is no evidence for `OrderRejected` (fact sheet, section 5)."""
    script = Scripted().event("OrderSubmitted").request(PLACE, newClientOrderId="T-1", type="LIMIT")
    script.answer(status, body).event("OrderRejected", reason="…")
    assert signatures(script) == [f"invariant 3: OrderRejected though its fate was unknown ({manner})"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"code": -2019, "msg": "Margin is insufficient."}),
        (503, {"code": -1008, "msg": "Request throttled by system-level protection."}),
        (503, {"msg": "Service Unavailable."}),
        (429, {"code": -1003, "msg": "Too many requests"}),
    ],
)
def test_definitive_refusal_is_a_rejection(status: int, body: Any) -> None:
    """What the venue defines as refused is evidence enough for `OrderRejected`."""
    script = Scripted().event("OrderSubmitted").request(PLACE, newClientOrderId="T-1", type="LIMIT")
    assert signatures(script.answer(status, body).event("OrderRejected", reason="…")) == []


def test_rejection_after_unknown_fate_needs_a_query() -> None:
    """An order whose fate was unknown may be rejected once the venue has said that it does not exist."""
    script = Scripted().event("OrderSubmitted").request(PLACE, newClientOrderId="T-1", type="LIMIT").dropped()
    script.request("GET /fapi/v1/order", origClientOrderId="T-1").answer(400, {"code": -2013, "msg": "…"})
    assert signatures(script.event("OrderRejected", reason="…")) == []


def test_duplicate_answer_is_no_evidence_of_absence() -> None:
    """A retry refused as a duplicate shows that the first attempt lives: rejecting the order then is a violation."""
    script = Scripted().event("OrderSubmitted").request(PLACE, newClientOrderId="T-1", type="LIMIT")
    script.answer(408, {"code": -1007}).request(PLACE, newClientOrderId="T-1", type="LIMIT")
    script.answer(400, {"code": -4116, "msg": "ClientOrderId is duplicated."}).event("OrderRejected", reason="-4116")
    assert signatures(script) == ["invariant 3: OrderRejected though its fate was unknown (408, -1007)"]


@pytest.mark.parametrize(
    ("trader", "venue", "what"),
    [
        (
            {},
            {"orders": [{"client_order_id": "x-aHRE4BCj-RT-1", "type": "LIMIT", "quantity": "1"}]},
            "live at the venue",
        ),
        (
            {"orders": [{"client_order_id": "T-1", "status": "ACCEPTED", "open": True}]},
            {},
            "the trader holds an order open (ACCEPTED) that the venue does not",
        ),
        ({"positions": [{"symbol": "BTCUSDT", "signed_qty": "1"}]}, {}, "the trader's position is not the venue's"),
        ({"balances": [{"currency": "USDT", "total": "1"}]}, {}, "the trader's balance is not the venue's"),
    ],
)
def test_books_that_differ_are_named(trader: dict[str, Any], venue: dict[str, Any], what: str) -> None:
    """Invariant 8 names which part of the books differs, and not the figures, in its signature."""
    script = Scripted().snapshot("trader", **trader).snapshot("venue", **venue)
    (signature,) = signatures(script)
    assert signature.startswith("invariant 8: ")
    assert what in signature


OPEN = {
    "client_order_id": "T-1",
    "type": "STOP_LIMIT",
    "side": "SELL",
    "quantity": "0.010",
    "filled_qty": "0.004",
    "price": "49000.00",
    "trigger_price": "49500.00",
    "reduce_only": False,
}


def books_unlike(trader: dict[str, Any], venue: dict[str, Any]) -> list[str]:
    """Return what of invariant 8 an order breaks that the trader has open, and the venue as well but for `venue`."""
    mine = {**OPEN, "status": "ACCEPTED", "open": True, **trader}
    script = Scripted().snapshot("trader", orders=[mine]).snapshot("venue", orders=[{**OPEN, **venue}])
    return [signature.removeprefix("invariant 8: ") for signature in signatures(script)]


@pytest.mark.parametrize(
    ("trader", "venue"),
    [
        ({}, {}),
        ({"quantity": "0.01", "price": "49000"}, {"client_order_id": "x-aHRE4BCj-RT-1"}),
        # A triggered stop is a plain order at the venue, without a trigger price; a market order has no price.
        ({}, {"type": "LIMIT", "trigger_price": None}),
        ({"price": None}, {"price": "0"}),
        # The venue moves a trailing stop's trigger on.
        ({"type": "TRAILING_STOP_MARKET"}, {"type": "TRAILING_STOP_MARKET", "trigger_price": "49600"}),
    ],
)
def test_open_orders_may_be_told_in_other_words(trader: dict[str, Any], venue: dict[str, Any]) -> None:
    """Figures are numbers, a broker's prefix is no part of the id, and what one side does not carry is not compared."""
    assert books_unlike(trader, venue) == []


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("quantity", "0.011"),
        ("filled_qty", "0"),
        ("price", "49000.10"),
        ("price", None),
        ("trigger_price", "49500.10"),
        ("side", "BUY"),
        ("reduce_only", True),
    ],
)
def test_terms_of_an_open_order_are_the_venues(field: str, other: Any) -> None:
    """An order that is open on both sides is the same order: each of its terms that differs is named."""
    assert books_unlike({field: other}, {}) == [f"{field} of an open order is not the venue's"]


def test_order_that_the_trader_does_not_say_reduces_only_is_named() -> None:
    """Side and `reduce_only` are compared wherever the venue tells them."""
    assert books_unlike({"reduce_only": None}, {"reduce_only": True}) == [
        "reduce_only of an open order is not the venue's"
    ]


def test_what_the_venue_does_not_tell_of_an_order_is_not_compared() -> None:
    """Neither side nor `reduce_only` is held against a venue that does not tell them."""
    told = {key: value for key, value in OPEN.items() if key not in ("side", "reduce_only")}
    mine = {**OPEN, "status": "ACCEPTED", "open": True}
    assert signatures(Scripted().snapshot("trader", orders=[mine]).snapshot("venue", orders=[told])) == []


@pytest.mark.parametrize(
    ("entries", "theirs", "alike"),
    [
        (["50000.0"], "50000", True),
        (["50000.0000001"], "50000", True),
        (["50001"], "50000", False),
        (["49999.9"], "50000", False),
        ([None], "50000", False),
        (["0"], "50000", False),
        (["50000"], "0", False),
        (["50000"], None, True),
    ],
)
def test_entry_price_is_the_venues(entries: list[str | None], theirs: str | None, alike: bool) -> None:
    """The price that a position was opened at is the venue's, but for the rounding of averages."""
    mine = [{"symbol": "BTCUSDT", "signed_qty": "-0.010", "avg_px_open": entry} for entry in entries]
    venue = [{"symbol": "BTCUSDT", "signed_qty": f"-0.0{len(entries)}", "avg_px_open": theirs}]
    script = Scripted().snapshot("trader", positions=mine).snapshot("venue", positions=venue)
    assert signatures(script) == ([] if alike else ["invariant 8: the trader's entry price is not the venue's"])


def test_only_the_last_snapshots_count() -> None:
    """Books that differed for a while, but agree at the end, are no violation."""
    script = Scripted().snapshot("trader", positions=[{"symbol": "BTCUSDT", "signed_qty": "1"}]).snapshot("venue")
    assert signatures(script.snapshot("trader").snapshot("venue")) == []


def test_order_counts_are_held_against_the_limits() -> None:
    """301 orders within ten seconds are one too many."""
    script = Scripted()
    for number in range(301):
        script.request(PLACE, newClientOrderId=f"T-{number}", type="LIMIT").answer(200, {"orderId": number + 1})
    assert "invariant 9: more than 300 orders within 10 s" in signatures(script)


def test_spread_out_orders_keep_the_limits() -> None:
    """As many orders, spread over more than the window, break no limit."""
    script = Scripted()
    for number in range(301):
        script.wait(0.06).request(PLACE, newClientOrderId=f"T-{number}", type="LIMIT")
        script.answer(200, {"orderId": number + 1, "clientOrderId": f"T-{number}"})
    assert signatures(script) == []


@pytest.mark.parametrize("trade", ["f3b1", "0", "None"])
def test_invented_fill_after_reconnect_is_named(trade: str) -> None:
    """A fill after a reconnect with a trade id that the venue never issued is an invention; 0 and none are no ids."""
    script = placed().stream(1).stream(1, "closed").stream(2).order_frame("CANCELED")
    script.history.append(Frame(channel="user", data={"e": "ACCOUNT_UPDATE", "a": {}}, connection=2))
    script.fill(trade, "1", of="1", filled="1", reconciliation=True)
    assert "invariant 11: a fill was invented by reconciliation after a restart or reconnect" in signatures(script)


def test_fill_issued_during_the_gap_is_no_invention() -> None:
    """A fill that reconciliation learns from the venue's own trade list is what it should learn."""
    script = placed().stream(1).stream(1, "closed").stream(2)
    script.request("GET /fapi/v1/userTrades").answer(200, [{"id": 99, "orderId": 7, "qty": "1"}])
    assert signatures(script.fill("99", "1", of="1", filled="1", reconciliation=True)) == []


@pytest.mark.parametrize(
    ("difference", "about", "passes"),
    [
        ("the trader's position is not the venue's", "", True),
        ("the trader's position is not the venue's", "BTCUSDT", True),
        ("the trader's position is not the venue's", "ETHUSDT", False),
        ("the trader's balance is not the venue's", "", False),
    ],
)
def test_a_difference_that_the_case_declares_is_no_violation(difference: str, about: str, passes: bool) -> None:
    """What a configuration is meant to hide is passed over: that difference alone, and only where it was declared."""
    script = Scripted().snapshot("trader", positions=[{"symbol": "BTCUSDT", "signed_qty": "1"}]).snapshot("venue")
    script.history.append(Declared(difference=difference, about=about, why="it was asked for"))
    assert (signatures(script) == []) == passes
