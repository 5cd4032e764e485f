"""Invariants 3 and 4: what the trader concludes, it had been told by then; whoever else was told is no matter."""

from copy import deepcopy
from decimal import Decimal

import pytest

from tests.invariants.evidence import (
    CANCEL,
    CANCELED,
    DONE,
    NONE,
    ORDER,
    OTHER,
    PLACE,
    UNKNOWN,
    accepted,
    asked,
    batch,
    gone,
    gone_stop,
    judged,
    resting,
    signatures,
    submitted,
    traded,
)
from tests.invariants.histories import Scripted


@pytest.mark.parametrize("reconciliation", [True, False])
@pytest.mark.parametrize(
    ("script", "why"),
    [
        (submitted(), "without the venue's word for it"),
        (asked().answer(400, {"code": -2019}), None),
        (asked(), "though its fate was unknown (no answer yet)"),
        (asked().dropped(), "though its fate was unknown (connection dropped)"),
        (asked().dropped().order_frame("REJECTED"), None),
        (asked().dropped().request("GET /fapi/v1/order", origClientOrderId="T-1").answer(400, NONE), None),
        (
            # A resting algo order is none at the order endpoints, and the other way round.
            asked().dropped().request("GET /fapi/v1/algoOrder", clientAlgoId="T-1").answer(400, NONE),
            "though its fate was unknown (connection dropped)",
        ),
        (
            asked().dropped().request("GET /fapi/v1/order", "suite", origClientOrderId="T-1").answer(400, NONE),
            "though its fate was unknown (connection dropped)",
        ),
        (
            asked().dropped().request(CANCEL, origClientOrderId="T-1").answer(400, UNKNOWN),
            "though its fate was unknown (connection dropped)",
        ),
        (accepted(), "without the venue's word for it"),
        (accepted().request("GET /fapi/v1/openOrders").answer(200, []), "without the venue's word for it"),
        (
            accepted().request("GET /fapi/v1/order", origClientOrderId="T-1").answer(400, NONE),
            "without the venue's word for it",
        ),
    ],
)
def test_rejection_rests_on_a_refusal(script: Scripted, why: str | None, reconciliation: bool) -> None:
    """`OrderRejected` needs a request and its refusal, the order's state, or the right question answered with none."""
    found = judged(script, "OrderRejected", reason="…", reconciliation=reconciliation)
    assert found == ([f"invariant 3: OrderRejected {why}"] if why else [])


def test_denial_is_the_traders_own() -> None:
    """`OrderDenied` is the trader's own check: it needs no request and no word of the venue."""
    script = Scripted().command("submit", order={"client_order_id": "T-1"}).event("OrderDenied", reason="…")
    assert signatures(script) == []


@pytest.mark.parametrize(
    ("steps", "broken"),
    [
        (("submit", "OrderDenied", "sent"), True),
        (("submit", "sent", "OrderDenied"), True),
        (("submit", "OrderDenied", "submit", "sent"), False),
        (("submit", "OrderSubmitted", "sent", "submit", "OrderDenied"), False),
    ],
)
def test_an_order_that_is_denied_is_not_sent(steps: tuple[str, ...], broken: bool) -> None:
    """`OrderDenied` is kept to, before and after; another order by the same id may be sent, or may have been."""
    script = Scripted()
    for step in steps:
        if step == "submit":
            script.command("submit", order={"client_order_id": "T-1"})
        elif step == "sent":
            script.request(PLACE, newClientOrderId="T-1", type="LIMIT", symbol="BTCUSDT").answer(200, ORDER)
        else:
            script.event(step)
    denied = "invariant 3: OrderDenied of an order that was sent"
    assert [each for each in signatures(script) if each == denied] == [denied] * broken


def all_cancelled(
    script: Scripted, *, of: str = "allOpenOrders", by: str = "trader", symbol: str = "BTCUSDT"
) -> Scripted:
    """Append a granted cancellation of all orders."""
    return script.request(f"DELETE /fapi/v1/{of}", by, symbol=symbol).answer(200, DONE)


@pytest.mark.parametrize("reconciliation", [True, False])
@pytest.mark.parametrize(
    ("script", "sound"),
    [
        (accepted(), False),
        (accepted().order_frame("CANCELED"), True),
        (accepted().order_frame("EXPIRED_IN_MATCH"), True),
        (accepted().request(CANCEL, origClientOrderId="T-1").answer(200, CANCELED), True),
        (accepted().request(CANCEL, orderId="7").answer(200, CANCELED), True),
        (accepted().request(CANCEL, "suite", orderId="7").answer(200, CANCELED), False),
        (accepted().request(CANCEL, origClientOrderId="T-1").answer(400, UNKNOWN), False),
        (accepted().request(CANCEL, origClientOrderId="T-1").dropped(), False),
        (accepted().request("GET /fapi/v1/order", orderId="7").answer(200, CANCELED), True),
        (accepted().request("GET /fapi/v1/allOrders").answer(200, [OTHER, CANCELED]), True),
        (accepted().request("GET /fapi/v1/allOrders", "suite").answer(200, [OTHER, CANCELED]), False),
        # A read may lag behind: of an order that it has told about, the venue's -2013 says nothing.
        (accepted().request("GET /fapi/v1/order", orderId="7").answer(400, NONE), False),
        (asked().dropped().request("GET /fapi/v1/order", origClientOrderId="T-1").answer(400, NONE), True),
        (accepted().request("GET /fapi/v1/order", orderId="8").answer(400, NONE), False),
        (resting().request("GET /fapi/v1/order", origClientOrderId="T-1").answer(400, NONE), False),
        (resting().request("GET /fapi/v1/algoOrder", clientAlgoId="T-1").answer(400, NONE), False),
        (resting().request("DELETE /fapi/v1/algoOrder", algoId="4001").answer(200, {"code": "200"}), True),
        (batch(accepted(), OTHER, CANCELED), True),
        (batch(accepted(), OTHER, UNKNOWN), False),
        (batch(accepted(), UNKNOWN), False),
        (all_cancelled(accepted()), True),
        (all_cancelled(accepted(), of="algoOpenOrders"), False),
        (all_cancelled(accepted(), by="suite"), False),
        (all_cancelled(accepted(), symbol="ETHUSDT"), False),
        (all_cancelled(resting()), False),
        (all_cancelled(resting(), of="algoOpenOrders"), True),
        (all_cancelled(asked().order_frame("NEW")), True),
        (all_cancelled(asked().dropped()), False),
        # Not among the open ones, and found no more: it has ended without a fill.
        (gone(accepted()), True),
        (gone(accepted(), OTHER), True),
        (gone(accepted(), ORDER), False),
        (gone(accepted(), of="openAlgoOrders"), False),
        (gone(accepted(), by="suite"), False),
        (gone(accepted(), code=UNKNOWN), False),
        (accepted().request("GET /fapi/v1/openOrders").answer(200, []), False),
        (accepted().request("GET /fapi/v1/openOrders", symbol="ETHUSDT").answer(200, []), False),
        (gone(resting(), of="openAlgoOrders"), False),
        # What the venue says of it later, or has filled of it, is against that.
        (gone(accepted()).order_frame("NEW"), False),
        (gone(accepted()).request("GET /fapi/v1/openOrders").answer(200, [ORDER]), False),
        (gone(gone(accepted()).order_frame("NEW")), True),
        (gone(traded(accepted(), 9, "0.5", "0.5")), False),
        # A stop that has triggered: the service has it no more, and the order that it became is open.
        (gone_stop(resting()), True),
        (gone_stop(resting().order_frame("NEW")), False),
    ],
)
def test_cancellation_rests_on_the_venues_word(script: Scripted, sound: bool, reconciliation: bool) -> None:
    """`OrderCanceled` needs the order's state, its own granted cancellation, or one of all orders of its kind."""
    found = judged(script, "OrderCanceled", reconciliation=reconciliation)
    assert found == ([] if sound else ["invariant 3: OrderCanceled without the venue's word for it"])


@pytest.mark.parametrize(
    ("called", "told", "as_cancelled", "why"),
    [
        ("EXPIRED", "OrderExpired", False, None),
        ("EXPIRED", "OrderCanceled", False, "for what the venue calls EXPIRED"),
        ("EXPIRED", "OrderCanceled", True, None),
        ("CANCELED", "OrderExpired", False, "for what the venue calls CANCELED"),
        ("EXPIRED_IN_MATCH", "OrderExpired", False, None),
        ("EXPIRED_IN_MATCH", "OrderCanceled", False, None),
    ],
)
def test_end_is_told_in_the_venues_words(called: str, told: str, as_cancelled: bool, why: str | None) -> None:
    """An expiry is no cancellation and a cancellation no expiry, unless the trader is configured to call it one."""
    script = Scripted().command("start", n=1, config={"client": {"treat_expired_as_canceled": as_cancelled}})
    script.command("submit", order={"client_order_id": "T-1"}).event("OrderSubmitted", trader=1)
    script.request(PLACE, newClientOrderId="T-1", type="LIMIT", symbol="BTCUSDT").answer(200, ORDER)
    script.event("OrderAccepted", venue_order_id="7", trader=1).order_frame(called)
    found = judged(script, told, trader=1)
    assert found == ([f"invariant 3: {told} {why}"] if why else [])


def test_cancellation_of_all_before_the_order_is_none_of_it() -> None:
    """What was cancelled before the trader knew of an order does not end it."""
    script = all_cancelled(submitted()).request(PLACE, newClientOrderId="T-1", symbol="BTCUSDT").answer(200, ORDER)
    assert judged(script, "OrderCanceled") == ["invariant 3: OrderCanceled without the venue's word for it"]


def test_triggered_stop_is_cancelled_with_the_plain_orders() -> None:
    """The child of a triggered algo order is a plain order: from then on the cancellation of those ends it."""
    script = resting().order_frame("NEW", i=9)
    assert judged(all_cancelled(script), "OrderCanceled") == []


@pytest.mark.parametrize("state", ["CANCELED", "EXPIRED"])
def test_end_does_not_come_before_the_word_for_it(state: str) -> None:
    """An end that the venue told only afterwards was guessed."""
    event = {"CANCELED": "OrderCanceled", "EXPIRED": "OrderExpired"}[state]
    found = signatures(accepted().event(event).order_frame(state))
    assert found == [f"invariant 3: {event} before the venue's word for it"]


def test_fill_does_not_come_before_the_word_for_it() -> None:
    """A fill that the venue told only afterwards was guessed, also the second one of an order."""
    before = "invariant 3: OrderFilled before the venue's word for it"
    assert signatures(traded(accepted().fill("1", "1", of="1", filled="1"), 1, "1", "1")) == [before]
    script = traded(accepted(), 1, "0.4", "0.4").fill("1", "0.4", of="1", filled="0.4")
    assert signatures(script) == []
    assert signatures(traded(script.fill("2", "0.6", of="1", filled="1"), 2, "0.6", "1")) == [before]


def test_fill_is_no_more_than_the_venue_told() -> None:
    """A fill by another trade id than the venue's is sound for as much as the venue said was filled, and no more."""
    script = accepted().request("GET /fapi/v1/order", orderId="7")
    script.answer(200, {**ORDER, "status": "PARTIALLY_FILLED", "executedQty": "0.4"})
    assert signatures(deepcopy(script).fill("inferred", "0.4", of="1", filled="0.4", reconciliation=True)) == []
    assert signatures(script.fill("inferred", "0.5", of="1", filled="0.5", reconciliation=True)) == [
        "invariant 3: OrderFilled without the venue's word for it"
    ]


def test_trade_of_the_venues_list_is_its_word() -> None:
    """A row of `userTrades` has no client order id: the orderId says whose trade it is."""
    rows = [{"id": 1, "orderId": 7, "qty": "0.4"}, {"id": 2, "orderId": 7, "qty": "0.6"}]
    script = accepted().request("GET /fapi/v1/userTrades").answer(200, rows)
    script.fill("1", "0.4", of="1", filled="0.4", reconciliation=True)
    assert signatures(script.fill("2", "0.6", of="1", filled="1", reconciliation=True)) == []


@pytest.mark.parametrize(("told", "sound"), [("0.4", True), ("-0.4", False), ("0", False), (None, False)])
def test_order_that_the_venue_does_not_know_rests_on_its_position(told: str | None, sound: bool) -> None:
    """A trader books a position whose orders it cannot learn by an order of its own, towards what the venue reports."""
    script = Scripted()
    if told is not None:
        rows = [{"symbol": "BTCUSDT", "positionAmt": told}] if Decimal(told) else []
        script.request("GET /fapi/v3/positionRisk").answer(200, rows)
    fill = {"symbol": "BTCUSDT", "side": "BUY", "reconciliation": True}
    found = signatures(script.fill("S-1", "0.4", of="0.4", filled="0.4", order="S-abc", **fill))
    assert found == ([] if sound else ["invariant 3: OrderFilled without the venue's word for it"])


def test_second_order_is_found_in_a_frame() -> None:
    """An order whose first fate was unknown and whose second attempt was placed, too, lives twice at the venue."""
    script = asked().dropped().order_frame("NEW", i=7)
    script.request(PLACE, newClientOrderId="T-1", type="LIMIT").answer(200, {**ORDER, "orderId": 8})
    assert signatures(script) == ["invariant 3: one order was placed twice"]


def test_order_of_another_client_by_the_same_name_is_no_second_order() -> None:
    """A client order id is unique among open orders only: what the suite placed under it is another client's."""
    script = Scripted().request(PLACE, "suite", newClientOrderId="T-1").answer(200, {**ORDER, "orderId": 6})
    script.order_frame("CANCELED", i=6).command("submit", order={"client_order_id": "T-1"}).event("OrderSubmitted")
    script.request(PLACE, newClientOrderId="T-1", type="LIMIT").answer(200, ORDER)
    assert signatures(script) == []


@pytest.mark.parametrize(("symbol", "broken"), [("BTCUSDT", False), ("ETHUSDT", True)])
def test_order_id_of_another_client_counts_for_its_symbol(symbol: str, broken: bool) -> None:
    """What the suite placed in another symbol is not this order, though the venue gave both one orderId."""
    script = Scripted().request(PLACE, "suite", newClientOrderId="T-1", symbol=symbol)
    script.answer(200, {**ORDER, "symbol": symbol}).command("submit", order={"client_order_id": "T-1"})
    script.event("OrderSubmitted").request(PLACE, newClientOrderId="T-1", type="LIMIT", symbol="BTCUSDT").dropped()
    script.order_frame("NEW", i=7, s="BTCUSDT").request(PLACE, newClientOrderId="T-1", type="LIMIT", symbol="BTCUSDT")
    script.answer(200, {**ORDER, "orderId": 8, "symbol": "BTCUSDT"})
    assert signatures(script) == ["invariant 3: one order was placed twice"] * broken


@pytest.mark.parametrize(("symbol", "sound"), [("BTCUSDT", True), ("ETHUSDT", False)])
def test_order_id_that_the_venue_speaks_of_counts_for_its_symbol(symbol: str, sound: bool) -> None:
    """That an order of another symbol ended is no evidence about this one, though both have one orderId."""
    script = accepted().order_frame("CANCELED", "OTHER-1", i=7, s=symbol)
    found = judged(script, "OrderCanceled", venue_order_id="7", symbol="BTCUSDT")
    assert found == ([] if sound else ["invariant 3: OrderCanceled without the venue's word for it"])


def test_triggered_child_is_no_second_order() -> None:
    """The child of a triggered stop has its parent's name and an orderId of its own."""
    assert signatures(resting().order_frame("NEW", i=9)) == []


def test_answer_to_the_suite_acknowledges_nothing() -> None:
    """What the suite was told, the trader cannot know: an acceptance that rests on it was guessed."""
    script = asked().request("GET /fapi/v1/openOrders", "suite").answer(200, [ORDER]).event("OrderAccepted")
    assert signatures(script) == ["invariant 4: OrderAccepted before the venue's acknowledgement"]


@pytest.mark.parametrize(("config", "twice"), [({}, False), ({"cache_database": "127.0.0.1:1"}, True)])
def test_two_traders_tell_of_an_order_each_for_itself(config: dict[str, str], twice: bool) -> None:
    """A cold second trader hears of fills anew; one that goes on with the cache of the first must not apply them."""
    script = Scripted()
    for number in (1, 2):
        script.command("start", n=number, config=config)
        if number == 1:
            script.request(PLACE, newClientOrderId="T-1", type="MARKET").answer(200, ORDER)
            traded(script, 1, "1", "1")
        script.event("OrderAccepted", trader=number).fill("1", "1", of="1", filled="1", trader=number)
    assert bool(signatures(script)) is twice
    assert ("invariant 2: one trade was applied twice" in signatures(script)) is twice


def test_events_that_name_no_trader_are_one_traders() -> None:
    """In an older history, whose events do not say whose they are, a trade applied after another start is a second."""
    script = traded(accepted(), 1, "1", "1").fill("1", "1", of="1", filled="1")
    script.command("start", n=2, config={}).fill("1", "1", of="1", filled="1")
    assert "invariant 2: one trade was applied twice" in signatures(script)
