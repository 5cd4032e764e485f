"""Invariant 1: an order's events follow a legal path, and what is told twice happens once."""

import pytest

from conformance.invariants import violations
from tests.invariants.histories import Scripted


def found(script: Scripted) -> list[str]:
    """Return what a history breaks of invariant 1."""
    broken = [violation.signature for violation in violations(script.history) if violation.number == 1]
    return [signature.removeprefix("invariant 1: ") for signature in broken]


def path(*events: str) -> Scripted:
    """Return a history of these events of one order."""
    script = Scripted()
    for event in events:
        script.event(event)
    return script


@pytest.mark.parametrize(
    "events",
    [
        ["OrderSubmitted", "OrderAccepted", "OrderCanceled"],
        ["OrderSubmitted", "OrderPendingCancel", "OrderAccepted", "OrderCanceled"],
        ["OrderSubmitted", "OrderAccepted", "OrderPendingCancel", "OrderAccepted", "OrderCanceled"],
        ["OrderSubmitted", "OrderAccepted", "OrderTriggered", "OrderUpdated", "OrderUpdated", "OrderCanceled"],
        ["OrderSubmitted", "OrderAccepted", "OrderPendingUpdate", "OrderModifyRejected", "OrderExpired"],
    ],
)
def test_legal_paths(events: list[str]) -> None:
    """An order may be accepted after the wish to cancel it, and again when that wish comes to nothing."""
    assert found(path(*events)) == []


@pytest.mark.parametrize(
    ("events", "broken"),
    [
        (["OrderSubmitted", "OrderAccepted", "OrderAccepted"], "OrderAccepted twice"),
        (["OrderSubmitted", "OrderAccepted", "OrderTriggered", "OrderAccepted"], "OrderAccepted twice"),
        (["OrderSubmitted", "OrderAccepted", "OrderTriggered", "OrderTriggered"], "OrderTriggered twice"),
        (["OrderAccepted", "OrderCanceled", "OrderCanceled"], "OrderCanceled after the terminal state CANCELED"),
        (["OrderAccepted", "OrderCanceled", "OrderExpired"], "OrderExpired after the terminal state CANCELED"),
        (["OrderSubmitted", "OrderRejected", "OrderAccepted"], "OrderAccepted after the terminal state REJECTED"),
    ],
)
def test_illegal_paths(events: list[str], broken: str) -> None:
    """Two ends, a way back from an end, and what is told twice."""
    assert found(path(*events)) == [broken]


@pytest.mark.parametrize(
    ("event", "status", "broken"),
    [
        ("OrderSubmitted", "ACCEPTED", ["OrderSubmitted shows its order ACCEPTED"]),
        ("OrderAccepted", "ACCEPTED", []),
        ("OrderAccepted", "CANCELED", ["OrderAccepted shows its order CANCELED"]),
        ("OrderUpdated", "SUBMITTED", []),
        ("OrderUpdated", "PENDING_CANCEL", ["OrderUpdated shows its order PENDING_CANCEL"]),
        ("OrderUpdated", "accepted", ["OrderUpdated shows its order accepted"]),
    ],
)
def test_an_event_shows_its_order_in_a_state_that_its_events_made(event: str, status: str, broken: list[str]) -> None:
    """The state in an event is the one that it brings about, or one that an event before it did."""
    before = {"OrderSubmitted": (), "OrderAccepted": ("OrderSubmitted",)}
    script = path(*before.get(event, ("OrderSubmitted", "OrderAccepted")))
    assert found(script.event(event, status=status)) == broken


def test_a_wish_of_which_no_event_tells_is_shown() -> None:
    """1.x tells of no wish about another client's order, and shows the order as one that waits for it."""
    script = path("OrderAccepted").command("cancel", client_order_id="T-1")
    assert found(script.event("OrderUpdated", status="PENDING_CANCEL")) == []


@pytest.mark.parametrize("status", ["CANCELED", "PARTIALLY_FILLED", "FILLED"])
def test_late_fill_may_leave_the_order_cancelled(status: str) -> None:
    """The venue matches before it cancels: whatever the trader makes of the order's state then is legal."""
    assert found(path("OrderAccepted", "OrderCanceled").event("OrderFilled", status=status, last_qty="1")) == []


def test_refusal_leaves_the_order_as_a_fill_before_it_did() -> None:
    """A fill leaves an order PENDING_CANCEL whose cancellation has no answer yet; refused, it is PARTIALLY_FILLED."""
    script = path("OrderAccepted", "OrderPendingCancel").event("OrderFilled", status="PENDING_CANCEL", last_qty="1")
    assert found(script.event("OrderCancelRejected", status="PARTIALLY_FILLED")) == []
    unfilled = path("OrderAccepted", "OrderPendingCancel").event("OrderCancelRejected", status="PARTIALLY_FILLED")
    assert found(unfilled) == ["OrderCancelRejected shows its order PARTIALLY_FILLED"]


@pytest.mark.parametrize(("filled", "right"), [("0.4", "PARTIALLY_FILLED"), ("1.0", "FILLED")])
@pytest.mark.parametrize("status", ["PARTIALLY_FILLED", "FILLED"])
def test_refusal_leaves_the_order_as_much_filled_as_it_is(filled: str, right: str, status: str) -> None:
    """An order of which a fill has left nothing is shown FILLED once its cancellation is refused, any other is not."""
    script = path("OrderAccepted", "OrderPendingCancel")
    script.event("OrderFilled", status="PENDING_CANCEL", last_qty=filled, filled_qty=filled, quantity="1")
    broken = [] if status == right else [f"OrderCancelRejected shows its order {status}"]
    assert found(script.event("OrderCancelRejected", status=status)) == broken


def test_fill_after_the_fill_is_illegal() -> None:
    """A filled order fills no more."""
    script = path("OrderAccepted").event("OrderFilled", status="FILLED", last_qty="1")
    assert found(script.event("OrderFilled", status="FILLED", last_qty="1")) == [
        "OrderFilled after the terminal state FILLED"
    ]


@pytest.mark.parametrize(("reconciliation", "broken"), [(True, []), (False, ["OrderAccepted twice"])])
def test_batch_that_came_to_nothing_needs_no_event(reconciliation: bool, broken: list[str]) -> None:
    """1.x tells no OrderPendingCancel of a batch: what it learns by a query takes the order back all the same."""
    script = path("OrderSubmitted", "OrderAccepted").command("cancel_batch", client_order_ids=["T-1"])
    assert found(script.event("OrderAccepted", reconciliation=reconciliation)) == broken


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize(("end", "broken"), [("kill", []), ("stop", ["OrderAccepted twice"])])
def test_what_a_crash_took_along_is_told_anew(end: str, broken: list[str], n: int) -> None:
    """A trader that goes on after a crash may not have kept the acceptance; one that goes on after a stop has.

    Where its process is a new one, its start has the number of the other's.
    """
    cache = {"cache_database": "127.0.0.1:1"}
    script = Scripted().command("start", n=1, config=cache)
    script.event("OrderSubmitted", trader=1).event("OrderAccepted", trader=1).command(end)
    script.command("start", n=n, config=cache).event("OrderAccepted", trader=n, reconciliation=True)
    assert found(script) == broken


@pytest.mark.parametrize(
    ("events", "broken"),
    [
        ([("OrderFilled", 1), ("kill", 0), ("OrderAccepted", 2)], "OrderAccepted after the terminal state FILLED"),
        ([("kill", 0), ("OrderAccepted", 2), ("OrderAccepted", 2)], "OrderAccepted twice"),
        ([("kill", 0), ("OrderUpdated", 2), ("OrderAccepted", 2)], "OrderAccepted twice"),
        ([("stop", 0), ("kill", 2), ("OrderAccepted", 3)], "OrderAccepted twice"),
        ([("kill", 0), ("live OrderAccepted", 2)], "OrderAccepted twice"),
    ],
)
def test_a_crash_takes_along_no_more_than_one_acceptance_of_an_open_order(
    events: list[tuple[str, int]], broken: str
) -> None:
    """After a crash the next trader's reconciliation may tell an open order accepted, once.

    Not one that had ended, nor one of which a trader told that was stopped in order. What comes live is no
    reconciliation.
    """
    cache = {"cache_database": "127.0.0.1:1"}
    script = Scripted().command("start", n=1, config=cache)
    script.event("OrderSubmitted", trader=1).event("OrderAccepted", trader=1)
    number = 1
    for event, trader in events:
        if event in ("kill", "stop"):
            number += 1
            script.command(event).command("start", n=number, config=cache)
        else:
            live, _, name = event.rpartition(" ")
            script.event(name, trader=trader, reconciliation=number > 1 and not live)
    assert found(script) == [broken]


@pytest.mark.parametrize(
    ("last", "events", "broken"),
    [
        ("OrderCanceled", [("kill", ""), ("OrderCanceled", "")], []),
        ("OrderExpired", [("kill", ""), ("OrderExpired", "")], []),
        ("OrderCanceled", [("stop", ""), ("OrderCanceled", "")], ["OrderCanceled after the terminal state CANCELED"]),
        (
            "OrderCanceled",
            [("kill", ""), ("OrderCanceled", "live")],
            ["OrderCanceled after the terminal state CANCELED"],
        ),
        ("OrderCanceled", [("kill", ""), ("OrderExpired", "")], ["OrderExpired after the terminal state CANCELED"]),
        (
            "OrderCanceled",
            [("kill", ""), ("OrderCanceled", ""), ("OrderCanceled", "")],
            ["OrderCanceled after the terminal state CANCELED"],
        ),
        ("OrderFilled", [("kill", ""), ("OrderFilled", "")], ["OrderFilled after the terminal state FILLED"]),
    ],
)
def test_a_crash_may_take_along_an_end_that_traded_nothing(
    last: str, events: list[tuple[str, str]], broken: list[str]
) -> None:
    """The next trader's reconciliation may tell once more that an order has ended so, where the one before was killed.

    Not what was filled, which would be booked twice; not an end of another kind, and not where the first was stopped
    in order and has kept all that it told.
    """
    cache = {"cache_database": "127.0.0.1:1"}
    script = Scripted().command("start", n=1, config=cache)
    script.event("OrderSubmitted", trader=1).event("OrderAccepted", trader=1).event(last, trader=1)
    for name, live in events:
        if name in ("kill", "stop"):
            script.command(name).command("start", n=2, config=cache)
        else:
            script.event(name, trader=2, reconciliation=not live)
    assert found(script) == broken


@pytest.mark.parametrize(
    ("end", "times", "broken"),
    [
        ("kill", 1, []),
        ("kill", 2, ["OrderEmulated after EMULATED"]),
        ("stop", 1, ["OrderEmulated after EMULATED"]),
    ],
)
def test_a_crash_may_take_along_that_an_order_is_held_back(end: str, times: int, broken: list[str]) -> None:
    """The next trader emulates it anew, once; one that goes on after a stop has kept that it is emulated."""
    cache = {"cache_database": "127.0.0.1:1"}
    terms = {"client_order_id": "T-1", "emulation_trigger": "LAST_PRICE"}
    script = Scripted().command("start", n=1, config=cache).command("submit", order=terms)
    script.event("OrderInitialized", trader=1).event("OrderEmulated", trader=1).command(end)
    script.command("start", n=2, config=cache)
    for _ in range(times):
        script.event("OrderEmulated", trader=2)
    assert found(script) == broken


EMULATED = ("OrderInitialized", "OrderEmulated", "OrderInitialized", "OrderReleased", "OrderSubmitted")


@pytest.mark.parametrize(
    ("terms", "events", "broken"),
    [
        ({"emulation_trigger": "LAST_PRICE"}, EMULATED, []),
        ({"emulation_trigger": "LAST_PRICE"}, ("OrderEmulated",), ["OrderEmulated after (none)"]),
        ({"emulation_trigger": "LAST_PRICE"}, EMULATED[:2] + EMULATED[4:], ["OrderSubmitted after EMULATED"]),
        ({}, EMULATED[:1] * 2, ["OrderInitialized after INITIALIZED"]),
        ({}, EMULATED, ["OrderEmulated after INITIALIZED"]),
    ],
)
def test_order_that_is_held_back_begins_anew(terms: dict[str, str], events: tuple[str, ...], broken: list[str]) -> None:
    """A stop that the trader itself holds back becomes another order at its trigger; no other begins twice."""
    order = {"client_order_id": "T-1", "type": "STOP_MARKET", "side": "SELL", "quantity": "1", "trigger_price": "9"}
    script = Scripted().command("submit", order={**order, **terms})
    for event in events:
        script.event(event)
    assert found(script) == broken


@pytest.mark.parametrize(
    ("submitted", "events", "broken"),
    [
        (2, ("OrderInitialized", "OrderDenied"), []),
        (2, ("OrderDenied", "OrderCanceled"), []),
        (2, ("OrderSubmitted",), ["OrderSubmitted after ACCEPTED"]),
        (2, ("OrderDenied", "OrderDenied"), ["OrderDenied after ACCEPTED"]),
        (2, ("OrderDenied", "OrderInitialized"), ["OrderInitialized after ACCEPTED"]),
        (3, ("OrderInitialized", "OrderDenied", "OrderInitialized", "OrderDenied"), []),
        (1, ("OrderDenied",), ["OrderDenied after ACCEPTED"]),
    ],
)
def test_denial_of_a_second_order_is_not_the_first_ones(
    submitted: int, events: tuple[str, ...], broken: list[str]
) -> None:
    """What is submitted under an id that there is may be denied under it, once: the order that has it may not."""
    order = {"client_order_id": "T-1", "type": "LIMIT", "side": "BUY", "quantity": "1", "price": "9"}
    script = Scripted().command("submit", order=order)
    for event in ("OrderInitialized", "OrderSubmitted", "OrderAccepted"):
        script.event(event)
    for _ in range(1, submitted):
        script.command("submit", order=order)
    for event in events:
        script.event(event)
    assert found(script) == broken
