"""Invariants 14 and 15: what the trader tells is of its order, and adds up."""

from decimal import Decimal
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
    ("other", "found"),
    [
        ({}, []),
        ({"side": "SHORT"}, ["PositionOpened tells another side"]),
        ({"quantity": "0.020"}, ["PositionOpened tells another quantity"]),
        ({"symbol": "ETHUSDT"}, ["PositionOpened tells another symbol"]),
        ({"last_px": "1"}, ["PositionOpened tells another last_px"]),
        ({"last_qty": "0.020"}, ["PositionOpened tells another last_qty"]),
        ({"avg_px_open": "50000.0"}, []),
        ({"avg_px_open": "100000.0"}, ["PositionOpened tells another entry price"]),
        ({"last_qty": "0.005"}, []),
        # A binary float of NautilusTrader's.
        ({"signed_qty": "0.010000000000000002"}, []),
    ],
)
def test_a_position_is_told_as_its_fill_made_it(other: dict[str, str], found: list[str]) -> None:
    """Side, size and last fill of a position's event agree; a fill that turns a position round is told in parts."""
    position = {"symbol": "BTCUSDT", "side": "LONG", "signed_qty": "0.010", "quantity": "0.010", "position_id": "P"}
    script = Scripted().fill("7", "0.010", of="0.010", filled="0.010", last_px="50000", symbol="BTCUSDT")
    script.event("PositionOpened", **{**position, "last_qty": "0.010", "last_px": "50000.0", **other})

    assert broken(script, 15) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("T-1", ["PositionClosed tells another last_px"]),
        ("T-2", ["PositionClosed tells another last_px"]),
        ("8389766", []),
    ],
)
def test_a_position_that_others_close_is_not_by_the_last_fill_told(order: str, found: list[str]) -> None:
    """What another client's order closes, whose fill a version may not tell, is not held against a fill of its own."""
    position = {"position_id": "P", "last_qty": "0.010", "symbol": "BTCUSDT"}
    script = Scripted().command("submit", order={"client_order_id": "T-2"})
    script.fill("7", "0.010", of="0.010", filled="0.010", last_px="50000", symbol="BTCUSDT")
    script.event("PositionOpened", opening_order_id="T-1", signed_qty="0.010", last_px="50000", **position)
    script.event("PositionClosed", closing_order_id=order, signed_qty="0", last_px="49000", **position)

    assert broken(script, 15) == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        # Bought more: the average of 0.010 at 100 and 0.030 at 200.
        ([("PositionChanged", "0.040", "200", "175.0")], []),
        ([("PositionChanged", "0.040", "200", "100.0")], ["PositionChanged tells another entry price"]),
        # Sold a part, then the rest: what was paid does not change.
        ([("PositionChanged", "0.004", "200", "100.0"), ("PositionClosed", "0", "300", "100.0")], []),
        ([("PositionChanged", "0.004", "200", "200.0")], ["PositionChanged tells another entry price"]),
        ([("PositionClosed", "0", "300", "300.0")], ["PositionClosed tells another entry price"]),
    ],
)
def test_an_entry_price_follows_from_the_fills(changes: list[tuple[str, ...]], found: list[str]) -> None:
    """Fills that make a position larger have their share in its entry price, those that reduce it have none."""
    script = Scripted().event("PositionOpened", position_id="P", signed_qty="0.010", last_px="100", avg_px_open="100")
    for name, signed, price, entry in changes:
        script.event(name, position_id="P", signed_qty=signed, last_px=price, avg_px_open=entry)

    assert broken(script, 15) == found


@pytest.mark.parametrize(
    ("name", "signed", "told", "found"),
    [
        # 0.010 bought at 100 for 0.2, then sold at 130 for 0.1.
        ("PositionClosed", "0", "0.00000000 USDT", []),
        ("PositionClosed", "0", "0.30000000 USDT", ["PositionClosed tells another realised profit"]),
        ("PositionClosed", "0", "-0.20000000 USDT", ["PositionClosed tells another realised profit"]),
        # A half of it: half the profit, the whole commission of the fill.
        ("PositionChanged", "0.005", "-0.15000000 USDT", []),
        ("PositionChanged", "0.005", "0.00000000 USDT", ["PositionChanged tells another realised profit"]),
        # Bought more: nothing but the commission.
        ("PositionChanged", "0.020", "-0.30000000 USDT", []),
        ("PositionChanged", "0.020", "0.00000000 USDT", ["PositionChanged tells another realised profit"]),
    ],
)
def test_a_realised_profit_follows_from_the_fills(name: str, signed: str, told: str, found: list[str]) -> None:
    """What closes a part of a position realises its profit, and each fill takes off its commission."""
    opened = {"position_id": "P", "signed_qty": "0.010", "avg_px_open": "100", "last_qty": "0.010", "last_px": "100"}
    fill = {"position_id": "P", "last_px": "100", "commission_currency": "USDT"}
    script = Scripted().fill("7", "0.010", of="0.010", filled="0.010", commission="0.2", **fill)
    script.event("PositionOpened", realized_pnl="-0.20000000 USDT", **opened)
    moved = str(abs(Decimal(signed) - Decimal("0.010")))
    script.fill("8", moved, of="0.020", filled=moved, commission="0.1", **{**fill, "last_px": "130"})
    entry = {"avg_px_open": "115"} if signed == "0.020" else {}
    changed = {**opened, "signed_qty": signed, "last_qty": moved, "last_px": "130", **entry}

    assert broken(script.event(name, realized_pnl=told, **changed), 15) == found


@pytest.mark.parametrize(
    ("net", "found"),
    [
        ("0.020", []),
        ("0.02000000000000001", []),
        ("0", ["the portfolio's net position is not its positions'"]),
        ("-0.020", ["the portfolio's net position is not its positions'"]),
    ],
)
def test_a_net_position_is_the_sum_of_the_positions(net: str, found: list[str]) -> None:
    """What the portfolio has in a symbol is what its positions there come to, short ones counted off."""
    rows = [{"symbol": "BTCUSDT", "signed_qty": each} for each in ("0.030", "-0.010")]
    rows.append({"symbol": "ETHUSDT", "signed_qty": "1"})

    assert broken(Scripted().snapshot("trader", positions=rows, net_positions={"BTCUSDT": net}), 15) == found


def test_a_commission_in_another_currency_is_no_part_of_a_realised_profit() -> None:
    """A commission that is paid in BNB takes nothing off a profit in USDT."""
    fill = {"position_id": "P", "last_px": "100", "commission": "0.001", "commission_currency": "BNB"}
    script = Scripted().fill("7", "0.010", of="0.010", filled="0.010", **fill)
    opened = {"position_id": "P", "signed_qty": "0.010", "avg_px_open": "100", "last_qty": "0.010", "last_px": "100"}

    assert broken(script.event("PositionOpened", realized_pnl="0.00000000 USDT", **opened), 15) == []


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


def test_a_name_that_is_used_again_is_not_released_for_that() -> None:
    """Of an order that has the name of one before it, the beginning of that one counts for nothing."""
    held = {**STOP, "emulation_trigger": "LAST_PRICE"}
    script = Scripted().command("submit", order=held).event("OrderInitialized", type="STOP_MARKET")
    script.event("OrderDenied").command("submit", order=held).event("OrderInitialized", type="STOP_MARKET")

    assert broken(script.event("OrderEmulated", type="STOP_MARKET"), 14) == []


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


def test_a_fill_changes_its_position() -> None:
    """A position that is told changed is not what it was: the event before it was told twice."""
    script = Scripted().event("PositionOpened", position_id="P", signed_qty="0.010")
    script.event("PositionChanged", position_id="P", signed_qty="0.004")

    assert broken(script, 15) == []
    script.event("PositionChanged", position_id="P", signed_qty="0.004")
    assert broken(script, 15) == ["PositionChanged changes nothing"]


def test_no_change_of_a_position_is_left_out() -> None:
    """A position changes by the fill that its event names; and the books have it as its last event told."""
    script = Scripted().event("PositionOpened", position_id="P", signed_qty="0.010", last_qty="0.010")
    script.event("PositionChanged", position_id="P", signed_qty="0.030", last_qty="0.010")

    assert broken(script, 15) == ["PositionChanged leaves out a change"]


@pytest.mark.parametrize(
    ("held", "found"),
    [
        (["0.010"], []),
        (["0.004"], ["a position is not as its last event told"]),
        ([], ["a position is not as its last event told"]),
    ],
)
def test_a_position_is_held_as_its_last_event_told(held: list[str], found: list[str]) -> None:
    """What the trader holds in the end is what it told last of each position."""
    script = Scripted().event("PositionOpened", position_id="P", signed_qty="0.010")
    rows = [{"symbol": "BTCUSDT", "position_id": "P", "signed_qty": signed} for signed in held]
    script.snapshot("trader", positions=rows)

    assert broken(script, 15) == found


def test_a_refusal_is_told_once() -> None:
    """A refused wish is told once: what says the same as the event before it was told twice."""
    script = accepted().event("OrderCancelRejected", ts_event=1).event("OrderCancelRejected", ts_event=2)
    assert broken(script, 14) == []

    assert broken(script.event("OrderCancelRejected", ts_event=2), 14) == ["OrderCancelRejected is told twice"]


def test_a_closed_position_is_flat() -> None:
    """A position that is told closed holds nothing."""
    script = Scripted().event("PositionOpened").event("PositionClosed", signed_qty="0.010", side="LONG")

    assert broken(script, 15) == ["PositionClosed is not flat"]


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


def test_a_position_is_opened_once_and_closed_once() -> None:
    """A position that is opened again, changed or closed must be in the state for it."""
    script = Scripted()
    for name in ("PositionOpened", "PositionChanged", "PositionClosed", "PositionOpened"):
        script.event(name, position_id="P")
    assert broken(script, 15) == []

    script.event("PositionOpened", position_id="P").event("PositionClosed", position_id="P")
    assert broken(script.event("PositionClosed", position_id="P"), 15) == [
        "PositionOpened after PositionOpened",
        "PositionClosed after PositionClosed",
    ]


@pytest.mark.parametrize(("cache", "found"), [("127.0.0.1:1", []), (None, ["PositionClosed after PositionClosed"])])
def test_a_position_may_have_been_opened_by_the_trader_before(cache: str | None, found: list[str]) -> None:
    """A trader that goes on with another's books closes what that one opened; one with empty books does not."""
    script = Scripted().command("start", n=1, config={"cache_database": cache})
    script.event("PositionOpened", position_id="P", trader=1).command("stop")
    script.command("start", n=2, config={"cache_database": cache}).event("PositionClosed", position_id="P", trader=2)

    assert broken(script, 15) == found


def test_the_traders_own_doing_is_no_reconciliation() -> None:
    """That an order is submitted or denied, or is to be cancelled or amended, no report of the venue tells."""
    script = Scripted().command("submit", order=LIMIT).event("OrderInitialized", status="INITIALIZED")

    script.event("OrderSubmitted", status="SUBMITTED", reconciliation=True)

    assert broken(script, 14) == ["OrderSubmitted tells another reconciliation"]


def test_the_same_event_is_told_once() -> None:
    """An event that says all that the one before it said was told twice."""
    script = accepted().event("OrderPendingCancel", ts_event=1).event("OrderPendingCancel", ts_event=1)

    assert broken(script, 14) == ["OrderPendingCancel is told twice"]
