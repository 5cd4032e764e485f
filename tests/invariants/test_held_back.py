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


def held(terms: dict[str, Any] = HELD) -> Scripted:
    """Return the history of a stop that is held back."""
    script = Scripted().command("submit", order={**STOP, **terms})
    return script.event("OrderInitialized").event("OrderEmulated", status="EMULATED")


def released(script: Scripted) -> Scripted:
    """Let it be released."""
    return script.event("OrderInitialized").event("OrderReleased").event("OrderSubmitted")


@pytest.mark.parametrize(
    ("terms", "sent", "broken"),
    [
        (HELD, False, []),
        (HELD, True, ["invariant 3: OrderCanceled without the venue's word for it"]),
        ({}, False, ["invariant 3: OrderCanceled without the venue's word for it"]),
    ],
)
def test_the_venue_has_no_word_in_the_end_of_what_it_never_had(
    terms: dict[str, Any], sent: bool, broken: list[str]
) -> None:
    """An order that is held back ends by the trader alone; one that is released, or was never to be held, does not."""
    script = released(held(terms)) if sent else held(terms)
    assert signatures(script.event("OrderCanceled"), 3) == broken


@pytest.mark.parametrize(
    ("how", "order", "broken"),
    [
        ({}, "B-1", []),
        ({}, "B-3", []),
        ({"hold_entry": False}, "B-1", ["invariant 1: OrderEmulated after INITIALIZED"]),
        ({"hold_entry": False}, "B-2", []),
        ({"emulation_trigger": None}, "B-2", ["invariant 1: OrderEmulated after INITIALIZED"]),
    ],
)
def test_legs_of_an_emulated_bracket_are_held_back(how: dict[str, Any], order: str, broken: list[str]) -> None:
    """An emulated bracket is held back whole, or all but its entry; another one is not."""
    terms = {name: value for name, value in {**HELD, **how}.items() if value is not None}
    legs = {leg: {"client_order_id": f"B-{n}"} for n, leg in enumerate(("entry", "take_profit", "stop_loss"), start=1)}
    script = Scripted().command("bracket", **legs, **terms)

    assert signatures(script.event("OrderInitialized", order).event("OrderEmulated", order), 1) == broken


@pytest.mark.parametrize(
    ("status", "broken"),
    [("EMULATED", []), ("ACCEPTED", ["OrderInitialized after UPDATED"])],
)
def test_an_amendment_leaves_an_order_held_back(status: str, broken: list[str]) -> None:
    """What is amended while it is held back is held back all the same, and released later."""
    script = released(held().command("modify", client_order_id="T-1").event("OrderUpdated", status=status))

    assert [each.removeprefix("invariant 1: ") for each in signatures(script, 1)] == broken


@pytest.mark.parametrize(
    ("quantity", "broken"),
    [("2", []), ("1", ["invariant 13: quantity of a STOP_MARKET was not sent as asked"])],
)
def test_it_is_sent_as_amended(quantity: str, broken: list[str]) -> None:
    """The trader has amended what it held back: so it is sent, and not as it was submitted."""
    script = released(held().command("modify", client_order_id="T-1", quantity="2", trigger_price="8"))

    assert signatures(script.request(PLACE, **{**SENT, "quantity": quantity}).answer(200, ORDER), 13) == broken


@pytest.mark.parametrize(
    ("terms", "times", "broken"),
    [(HELD, 1, 0), (HELD, 2, 1), ({}, 1, 1)],
)
def test_what_was_held_back_over_a_restart_is_sent_after_it(terms: dict[str, Any], times: int, broken: int) -> None:
    """An order that the session before held back is sent by the next one, once; no other order is."""
    script = Scripted().command("start", n=1, config=CACHE).command("submit", order={**STOP, **terms})
    script.command("stop").command("start", n=2, config=CACHE)
    for _ in range(times):
        script.request(PLACE, **SENT).answer(200, ORDER)

    assert signatures(script, 11) == ["invariant 11: an order was placed again after a restart"] * broken
