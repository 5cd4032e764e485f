"""Invariants 14 and 15: what the trader tells is of its order, and adds up."""

from typing import Any

import pytest

from conformance.invariants import violations
from tests.invariants.histories import Scripted

LIMIT = {
    "client_order_id": "T-1",
    "type": "LIMIT",
    "side": "BUY",
    "quantity": "0.010",
    "price": "49000.00",
    "symbol": "BTCUSDT",
}
TOLD = {
    "type": "LIMIT",
    "side": "BUY",
    "symbol": "BTCUSDT",
    "quantity": "0.010",
    "price": "49000.00",
    "time_in_force": "GTC",
    "reduce_only": False,
    "status": "ACCEPTED",
    "venue_order_id": "8389766079988521101",
}
STOP = {**LIMIT, "type": "STOP_MARKET", "price": None, "trigger_price": "48000.00"}


def broken(script: Scripted, number: int) -> list[str]:
    """Return what a history breaks of one invariant."""
    found = [each for each in violations(script.history) if each.number == number]
    return [each.signature.removeprefix(f"invariant {number}: ") for each in found]


def accepted(**other: Any) -> Scripted:
    """An order that the venue has, and of which the trader tells with something else than it is."""
    script = (
        Scripted().command("submit", order=LIMIT).order_frame("NEW", i=8389766079988521101, q="0.010", p="49000.00")
    )
    return script.event("OrderAccepted", **{**TOLD, **other})


def test_an_order_told_as_it_is_obeys() -> None:
    """An event with all that was asked for and the venue's id is right."""
    assert broken(accepted(), 14) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("symbol", "ETHUSDT"),
        ("side", "SELL"),
        ("type", "MARKET"),
        ("quantity", "0.020"),
        ("price", "49000.10"),
        ("time_in_force", "IOC"),
        ("reduce_only", True),
        ("venue_order_id", "8389766079988521102"),
    ],
)
def test_an_order_told_as_another_breaks(name: str, value: object) -> None:
    """Each term of the order that an event tells otherwise is named."""
    assert broken(accepted(**{name: value}), 14) == [f"OrderAccepted tells another {name}"]


@pytest.mark.parametrize(
    ("leg", "by_report", "breaks"),
    [("LONG", True, False), ("LONG", False, True), ("BOTH", True, True)],
)
def test_a_report_of_an_order_in_hedge_mode_tells_no_flag(leg: str, by_report: bool, breaks: bool) -> None:
    """reduceOnly is not sent in hedge mode: a trader that has forgotten the order learns of it without the flag."""
    script = Scripted().command("submit", order={**LIMIT, "side": "SELL", "reduce_only": True})
    script = script.order_frame("NEW", i=8389766079988521101, S="SELL", q="0.010", p="49000.00", ps=leg)
    told = {**TOLD, "side": "SELL", "reconciliation": by_report}

    found = broken(script.event("OrderAccepted", **told), 14)

    assert found == (["OrderAccepted tells another reduce_only"] if breaks else [])


@pytest.mark.parametrize("by", ["the trader", "the venue"])
def test_an_amended_order_is_what_it_was_amended_to(by: str) -> None:
    """A quantity that was asked for later, or that the venue has reduced, is the order's."""
    script = accepted()
    if by == "the trader":
        script.command("modify", client_order_id="T-1", quantity="0.004")
    else:
        script.order_frame("NEW", i=8389766079988521101, q="0.004")

    assert broken(script.event("OrderUpdated", **{**TOLD, "quantity": "0.004"}), 14) == []


@pytest.mark.parametrize(("trigger", "breaks"), [("0", False), ("48000.00", False), ("47000.00", True)])
def test_what_a_trigger_has_placed_has_no_trigger(trigger: str, breaks: bool) -> None:
    """A stop's child says that its trigger is 0, which is no other trigger."""
    script = Scripted().command("submit", order=STOP).event("OrderInitialized", status="INITIALIZED")
    script.order_frame("NEW", i=1, sp="0", o="MARKET")
    script.event("OrderUpdated", type="MARKET", trigger_price=trigger, venue_order_id="1")

    assert bool(broken(script, 14)) is breaks


def test_what_nobody_asked_for_is_not_judged() -> None:
    """An order of another client has no terms that the case has asked for."""
    assert broken(Scripted().event("OrderAccepted", **TOLD), 14) == []


@pytest.mark.parametrize(
    ("event", "other", "found"),
    [
        ("OrderEmulated", {"type": "LIMIT"}, ["OrderEmulated tells another type"]),
        ("OrderEmulated", {"time_in_force": "IOC"}, ["OrderEmulated tells another time_in_force"]),
        ("OrderReleased", {"type": "MARKET", "trigger_price": None}, []),
        ("OrderReleased", {"type": "MARKET", "quantity": "0.020"}, ["OrderReleased tells another quantity"]),
        ("OrderReleased", {"type": "MARKET", "side": "SELL"}, ["OrderReleased tells another side"]),
        ("OrderReleased", {"type": "LIMIT"}, ["OrderReleased tells another type"]),
        ("OrderReleased", {"type": "STOP_MARKET"}, ["OrderReleased tells another type"]),
        ("OrderReleased", {"type": "MARKET", "reconciliation": True}, ["OrderReleased tells another reconciliation"]),
        ("OrderEmulated", {"reconciliation": True}, ["OrderEmulated tells another reconciliation"]),
    ],
)
def test_an_emulated_order_is_told_as_it_is(event: str, other: dict[str, Any], found: list[str]) -> None:
    """Until its release it is what was asked for; then it is a MARKET order of the same side and quantity."""
    told = {name: STOP[name] for name in ("type", "side", "symbol", "quantity", "trigger_price")}
    script = Scripted().command("submit", order={**STOP, "emulation_trigger": "LAST_PRICE"})
    script.event("OrderInitialized", **told)
    if event == "OrderReleased":
        script.event("OrderInitialized", **{**told, "type": "MARKET"})

    assert broken(script.event(event, **{**told, **other}), 14) == found


@pytest.mark.parametrize(("held", "released"), [("STOP_LIMIT", "LIMIT"), ("LIMIT", "MARKET")])
def test_what_is_held_back_with_a_limit_of_its_own_is_released_as_one(held: str, released: str) -> None:
    """A stop limit order is released as a LIMIT order; a LIMIT order that is held back itself as a MARKET order."""
    script = Scripted().command("submit", order={**STOP, "type": held, "emulation_trigger": "LAST_PRICE"})
    script.event("OrderInitialized", type=held).event("OrderInitialized", type=released)

    assert broken(script.event("OrderReleased", type=released), 14) == []
    assert broken(script.event("OrderSubmitted", type=held), 14) == ["OrderSubmitted tells another type"]


def test_a_market_order_is_told_with_its_time_in_force() -> None:
    """It has one as every order has: GTC where none was asked for."""
    script = Scripted().command("submit", order={**LIMIT, "type": "MARKET", "price": None})

    assert broken(script.event("OrderSubmitted", type="MARKET", time_in_force="GTC"), 14) == []
    found = broken(script.event("OrderSubmitted", type="MARKET", time_in_force="IOC"), 14)
    assert found == ["OrderSubmitted tells another time_in_force"]


def test_a_trader_tells_of_one_account() -> None:
    """Orders and positions of a trader are of one account; another may have another, also where its number is that."""
    script = Scripted().command("start", n=1, config={}).event("OrderSubmitted", account_id="BINANCE-001", trader=1)
    script.command("start", n=1, config={}).event("PositionOpened", account_id="BINANCE-002", trader=1)

    assert broken(script, 15) == []
    script.event("PositionChanged", account_id="BINANCE-001", trader=1)
    assert broken(script, 15) == ["PositionChanged tells another account"]


def test_a_refusal_is_told_once() -> None:
    """A refused wish is told once: what says the same as the event before it was told twice."""
    script = accepted().event("OrderCancelRejected", ts_event=1).event("OrderCancelRejected", ts_event=2)
    assert broken(script, 14) == []

    assert broken(script.event("OrderCancelRejected", ts_event=2), 14) == ["OrderCancelRejected is told twice"]


@pytest.mark.parametrize(("filled", "found"), [("0.004", []), ("0.008", ["OrderCanceled tells another filled_qty"])])
def test_what_an_order_has_filled_is_its_fills(filled: str, found: list[str]) -> None:
    """An event that fills nothing tells the sum of the fills before it."""
    script = Scripted().command("submit", order=LIMIT).event("OrderInitialized", status="INITIALIZED")
    script.fill("7", "0.004", of="0.010", filled="0.004")

    assert broken(script.event("OrderCanceled", filled_qty=filled), 14) == found


@pytest.mark.parametrize(("name", "found"), [("T-1", []), ("T-2", ["DELETE /fapi/v1/order names two orders"])])
def test_a_cancel_names_one_order(name: str, found: list[str]) -> None:
    """Where a cancel names an order by both its ids, they are ids of one order (invariant 6)."""
    script = Scripted().order_frame("NEW", i=8389766079988521101)
    script.request("DELETE /fapi/v1/order", orderId="8389766079988521101", origClientOrderId=name)

    assert broken(script, 6) == found


def test_the_traders_own_doing_is_no_reconciliation() -> None:
    """That an order is submitted or denied, or is to be cancelled or amended, no report of the venue tells."""
    script = Scripted().command("submit", order=LIMIT).event("OrderInitialized", status="INITIALIZED")

    script.event("OrderSubmitted", status="SUBMITTED", reconciliation=True)

    assert broken(script, 14) == ["OrderSubmitted tells another reconciliation"]


def test_the_same_event_is_told_once() -> None:
    """An event that says all that the one before it said was told twice."""
    script = accepted().event("OrderPendingCancel", ts_event=1).event("OrderPendingCancel", ts_event=1)

    assert broken(script, 14) == ["OrderPendingCancel is told twice"]


@pytest.mark.parametrize(("denied", "side"), [(True, "BUY"), (False, "SELL")])
def test_a_second_order_that_was_denied_is_not_the_order_of_its_id(denied: bool, side: str) -> None:
    """What is told after a second submission under the id is of the first order where the second was denied."""
    script = accepted().command("submit", order={**LIMIT, "side": "SELL"})
    if denied:
        script.event("OrderDenied", **{**TOLD, "side": "SELL", "status": "DENIED"})
    assert broken(script.event("OrderCanceled", **{**TOLD, "status": "CANCELED", "side": side}), 14) == []
