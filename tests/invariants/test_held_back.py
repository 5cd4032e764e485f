"""Orders that the trader holds back itself until a price: what it may do with them alone, and what it may not."""

from typing import Any

import pytest

from conformance.invariants import violations
from tests.invariants.histories import Scripted

PLACE = "POST /fapi/v1/order"
HELD = {"emulation_trigger": "LAST_PRICE"}
STOP = {"client_order_id": "T-1", "type": "STOP_MARKET", "side": "SELL", "quantity": "1", "trigger_price": "9"}
SENT = {"newClientOrderId": "T-1", "type": "MARKET", "side": "SELL", "symbol": "BTCUSDT", "quantity": "1"}
ORDER = {"orderId": 7, "clientOrderId": "T-1", "status": "NEW", "executedQty": "0"}
CACHE = {"cache_database": "127.0.0.1:1"}


def signatures(script: Scripted, number: int) -> list[str]:
    """Return the signatures of what breaks one invariant in a scripted history."""
    return [each.signature for each in violations(script.history) if each.number == number]


def held(terms: dict[str, Any] = HELD, **config: Any) -> Scripted:
    """Return the history of a stop that is held back, by a trader of this config."""
    script = Scripted().command("start", config=config).command("submit", order={**STOP, **terms})
    return script.event("OrderInitialized").event("OrderEmulated", status="EMULATED")


def released(script: Scripted) -> Scripted:
    """Let it be released."""
    return script.event("OrderInitialized").event("OrderReleased").event("OrderSubmitted")


WORDLESS = "without the venue's word for it"


def ended(script: Scripted, name: str = "OrderCanceled", **fields: Any) -> list[str]:
    """Return what of invariant 3 an end of the order breaks after all that."""
    return signatures(script.event(name, **fields), 3)


@pytest.mark.parametrize("op", ["cancel", "cancel_batch", "cancel_all", "market_exit"])
def test_the_venue_has_no_word_in_the_end_of_what_it_never_had(op: str) -> None:
    """An order that is held back ends by the trader alone once it is told to; no other order does."""
    given = {"cancel": {"client_order_id": "T-1"}, "cancel_batch": {"client_order_ids": ["T-1"]}}.get(op, {})
    assert ended(held().command(op, **given)) == []
    assert ended(held({}).command(op, **given)) == [f"invariant 3: OrderCanceled {WORDLESS}"]
    assert ended(released(held()).command(op, **given)) == [f"invariant 3: OrderCanceled {WORDLESS}"]
    placed = held().request(PLACE, **SENT).answer(200, ORDER)
    assert ended(placed.command(op, **given)) == [f"invariant 3: OrderCanceled {WORDLESS}"]


def test_what_is_held_back_does_not_end_by_itself() -> None:
    """A stop that the trader holds back and drops without being told to protects nobody."""
    assert ended(held()) == [f"invariant 3: OrderCanceled {WORDLESS}"]
    assert ended(held().command("cancel", client_order_id="T-2")) == [f"invariant 3: OrderCanceled {WORDLESS}"]
    before = Scripted().command("cancel_all")
    script = before.command("submit", order={**STOP, **HELD}).event("OrderInitialized").event("OrderEmulated")
    assert ended(script) == [f"invariant 3: OrderCanceled {WORDLESS}"]


@pytest.mark.parametrize(
    ("date_ms", "at_ms", "broken"), [(None, 5_000, True), (5_000, 1_000, True), (5_000, 4_990, False), (1, 0, False)]
)
def test_what_is_held_back_expires_at_its_date_alone(date_ms: int | None, at_ms: int, broken: bool) -> None:
    """An expiry needs a date that was asked for, and that has come."""
    script = held(HELD if date_ms is None else {**HELD, "expire_time_ms": date_ms})
    found = ended(script, "OrderExpired", ts_event=at_ms * 1_000_000)
    assert found == [f"invariant 3: OrderExpired {WORDLESS}"] * broken


HOLDS_DATES = {"strategy": {"manage_gtd_expiry": True}}


@pytest.mark.parametrize(
    ("config", "at_ms", "broken"),
    [
        (HOLDS_DATES, 1_000, True),
        (HOLDS_DATES, 4_990, False),
        (HOLDS_DATES, 6_000, False),
        ({}, 6_000, True),
        ({"strategy": {"manage_gtd_expiry": False}}, 6_000, True),
    ],
)
def test_what_is_held_back_is_cancelled_at_its_date(config: dict[str, Any], at_ms: int, broken: bool) -> None:
    """A strategy that holds the dates of its orders cancels one at its date, and not before; no other one does."""
    found = ended(held({**HELD, "expire_time_ms": 5_000}, **config), ts_event=at_ms * 1_000_000)
    assert found == [f"invariant 3: OrderCanceled {WORDLESS}"] * broken


@pytest.mark.parametrize(
    ("event", "broken"),
    [
        ("OrderFilled", False),
        ("OrderRejected", False),
        ("OrderDenied", False),
        ("OrderAccepted", True),
        (None, True),
    ],
)
def test_legs_of_a_bracket_end_with_one_another(event: str | None, broken: bool) -> None:
    """A leg that is held back may end when another one has; else it needs a command as well."""
    legs = {leg: {"client_order_id": f"B-{n}"} for n, leg in enumerate(("entry", "take_profit", "stop_loss"), start=1)}
    script = Scripted().command("bracket", **legs, **HELD)
    for order in ("B-1", "B-3"):
        script.event("OrderInitialized", order).event("OrderEmulated", order)
    if event is not None:
        script.event(event, "B-1")
    found = [each for each in signatures(script.event("OrderCanceled", "B-3"), 3) if "OrderCanceled" in each]
    assert found == ([f"invariant 3: OrderCanceled {WORDLESS}"] if broken else [])


@pytest.mark.parametrize(("status", "broken"), [(400, False), (200, True), (None, True)])
def test_legs_of_a_bracket_end_with_an_entry_that_the_venue_refuses(status: int | None, broken: bool) -> None:
    """A leg that is held back may end once the venue has refused the entry, before the trader tells so; not else."""
    legs = {leg: {"client_order_id": f"B-{n}"} for n, leg in enumerate(("entry", "take_profit", "stop_loss"), start=1)}
    script = Scripted().command("bracket", **legs, **HELD).event("OrderInitialized", "B-3")
    script.event("OrderSubmitted", "B-1").request(PLACE, **{**SENT, "newClientOrderId": "B-1"})
    if status is not None:
        answer = (
            {"code": -2019, "msg": "Margin is insufficient."} if status == 400 else {**ORDER, "clientOrderId": "B-1"}
        )
        script.answer(status, answer)
    found = [each for each in signatures(script.event("OrderCanceled", "B-3"), 3) if "OrderCanceled" in each]
    assert found == [f"invariant 3: OrderCanceled {WORDLESS}"] * broken


LEGS: dict[str, dict[str, str]] = {
    "entry": {"client_order_id": "B-1", "type": "LIMIT"},
    "take_profit": {"client_order_id": "B-2"},
    "stop_loss": {"client_order_id": "B-3"},
}


@pytest.mark.parametrize(
    ("how", "order", "broken"),
    [
        ({}, "B-1", False),
        ({}, "B-3", False),
        ({"hold_entry": False}, "B-1", True),
        ({"hold_entry": False}, "B-2", False),
        ({"hold_take_profit": False}, "B-2", True),
        ({"hold_take_profit": False}, "B-3", False),
        ({"emulation_trigger": None}, "B-2", True),
        # What is no LIMIT order is held whatever is said; an entry is a MARKET order unless its type is given.
        ({"hold_entry": False, "entry": {"client_order_id": "B-1"}}, "B-1", False),
        (
            {"hold_take_profit": False, "take_profit": {"client_order_id": "B-2", "type": "LIMIT_IF_TOUCHED"}},
            "B-2",
            False,
        ),
        ({"hold_take_profit": False, "take_profit": {"client_order_id": "B-2", "type": "LIMIT"}}, "B-2", True),
        # No leg stands in another one's place, and a stop-loss is held always.
        ({"hold_take_profit": False, "entry": None}, "B-2", True),
        ({"hold_take_profit": False, "take_profit": None}, "B-3", False),
        ({"hold_stop_loss": False}, "B-3", False),
    ],
)
def test_legs_of_an_emulated_bracket_are_held_back(how: dict[str, Any], order: str, broken: bool) -> None:
    """An emulated bracket is held back whole, or all but a LIMIT entry or take-profit; another one is not."""
    terms = {name: value for name, value in {**LEGS, **HELD, **how}.items() if value is not None}
    script = Scripted().command("bracket", **terms)

    found = signatures(script.event("OrderInitialized", order).event("OrderEmulated", order), 1)
    assert found == ["invariant 1: OrderEmulated after INITIALIZED"] * broken


@pytest.mark.parametrize(
    ("status", "broken"),
    [("EMULATED", []), ("ACCEPTED", ["OrderInitialized after UPDATED"])],
)
def test_an_amendment_leaves_an_order_held_back(status: str, broken: list[str]) -> None:
    """What is amended while it is held back is held back all the same, and released later."""
    script = released(held().command("modify", client_order_id="T-1").event("OrderUpdated", status=status))

    assert [each.removeprefix("invariant 1: ") for each in signatures(script, 1)] == broken


@pytest.mark.parametrize(
    ("told", "quantity", "broken"),
    [
        ("OrderUpdated", "2", False),
        ("OrderUpdated", "1", True),
        ("OrderModifyRejected", "1", False),
        ("OrderModifyRejected", "2", True),
    ],
)
def test_it_is_sent_as_amended(told: str, quantity: str, broken: bool) -> None:
    """What the trader held back is sent as it has amended it; of an amendment that it refused, as it was before."""
    script = held().command("modify", client_order_id="T-1", quantity="2", trigger_price="8")
    script = released(script.event(told, status="EMULATED"))

    found = signatures(script.request(PLACE, **{**SENT, "quantity": quantity}).answer(200, ORDER), 13)
    assert found == ["invariant 13: quantity of a STOP_MARKET was not sent as asked"] * broken


@pytest.mark.parametrize(
    ("terms", "times", "broken"),
    [
        (HELD, 1, 0),
        (HELD, 2, 1),
        ({"exec_algorithm_id": "TWAP"}, 1, 0),
        ({"exec_algorithm_id": "TWAP"}, 2, 1),
        ({}, 1, 1),
    ],
)
def test_what_was_held_back_over_a_restart_is_sent_after_it(terms: dict[str, Any], times: int, broken: int) -> None:
    """An order that the session before held back is sent by the next one, once; no other order is."""
    script = Scripted().command("start", n=1, config=CACHE).command("submit", order={**STOP, **terms})
    script.command("stop").command("start", n=2, config=CACHE)
    for _ in range(times):
        script.request(PLACE, **SENT).answer(200, ORDER)

    assert signatures(script, 11) == ["invariant 11: an order was placed again after a restart"] * broken


@pytest.mark.parametrize(("slice_", "broken"), [("T-1-E2", 0), ("T-2-E2", 1)])
def test_slice_of_what_was_held_back_over_a_restart_may_be_sent_after_it(slice_: str, broken: int) -> None:
    """An execution algorithm may go on where the session before ended; a slice of no order of its own is invented."""
    script = Scripted().command("start", n=1, config=CACHE)
    script.command("submit", order={**STOP, "exec_algorithm_id": "TWAP"}).command("stop")
    script.command("start", n=2, config=CACHE)
    script.request(PLACE, **{**SENT, "newClientOrderId": slice_}).answer(200, ORDER)

    invented = "invariant 11: an order was placed that nobody asked for, after a restart or reconnect"
    assert signatures(script, 11) == [invented] * broken
