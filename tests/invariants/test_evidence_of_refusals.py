"""Invariant 3: a wish that is told as refused rests on a refusal of the venue's, and each on one of its own."""

import pytest

from conformance.history.entries import Answer
from tests.invariants.evidence import (
    CANCEL,
    CANCELED,
    ORDER,
    OTHER,
    UNKNOWN,
    accepted,
    batch,
    judged,
)
from tests.invariants.histories import Scripted


def wished(what: str) -> Scripted:
    """An accepted order that the case asks to cancel or amend."""
    return accepted().command(what, client_order_id="T-1")


AMEND = "PUT /fapi/v1/order"


@pytest.mark.parametrize(
    ("script", "event", "why"),
    [
        # What never went out is the trader's own to refuse.
        (wished("cancel"), "OrderCancelRejected", None),
        (wished("cancel").request(CANCEL, orderId="7").answer(400, UNKNOWN), "OrderCancelRejected", None),
        (wished("cancel").request(CANCEL, orderId="7").answer(503, {"code": -1008}), "OrderCancelRejected", None),
        (wished("modify").request(AMEND, orderId="7").answer(400, {"code": -5027}), "OrderModifyRejected", None),
        # Of two attempts the one that was refused is evidence.
        (
            wished("cancel").request(CANCEL, orderId="7").dropped().request(CANCEL, orderId="7").answer(400, UNKNOWN),
            "OrderCancelRejected",
            None,
        ),
        (batch(wished("cancel_batch"), OTHER, UNKNOWN), "OrderCancelRejected", None),
        (wished("cancel").request(CANCEL, orderId="7"), "OrderCancelRejected", "its fate was unknown (no answer yet)"),
        (
            wished("cancel").request(CANCEL, orderId="7").dropped(),
            "OrderCancelRejected",
            "its fate was unknown (connection dropped)",
        ),
        (
            wished("cancel").request(CANCEL, origClientOrderId="T-1").answer(408, {"code": -1007}),
            "OrderCancelRejected",
            "its fate was unknown (408, -1007)",
        ),
        (
            wished("modify").request(AMEND, orderId="7").answer(503, {"code": -1000}),
            "OrderModifyRejected",
            "its fate was unknown (503, -1000)",
        ),
        (
            wished("modify").request(AMEND, orderId="7").answer(200, "<html>"),
            "OrderModifyRejected",
            "its fate was unknown (200, no JSON)",
        ),
        (
            wished("cancel").request(CANCEL, orderId="7").answer(200, CANCELED),
            "OrderCancelRejected",
            "the venue had granted it",
        ),
        # What was refused before the case asked again says nothing of the new wish.
        (
            wished("cancel")
            .request(CANCEL, orderId="7")
            .answer(400, UNKNOWN)
            .command("cancel", client_order_id="T-1")
            .request(CANCEL, orderId="7")
            .dropped(),
            "OrderCancelRejected",
            "its fate was unknown (connection dropped)",
        ),
    ],
)
def test_refused_wish_rests_on_a_refusal(script: Scripted, event: str, why: str | None) -> None:
    """`OrderCancelRejected` and `OrderModifyRejected` of what went out need the venue's refusal."""
    assert judged(script, event, reason="…") == ([f"invariant 3: {event} though {why}"] if why else [])


def test_refusal_may_come_behind_the_answer_to_a_later_wish() -> None:
    """Of two amendments at once the first may be refused when the second is made: that one is told as refused."""
    script = wished("modify").request(AMEND, orderId="7").command("modify", client_order_id="T-1")
    script.request(AMEND, orderId="7").answer(200, ORDER)
    assert judged(script, "OrderModifyRejected") == ["invariant 3: OrderModifyRejected though the venue had granted it"]
    script.history.append(Answer(to=2, by="trader", status=400, body={"code": -4014}))
    assert judged(script, "OrderModifyRejected") == []


OFTEN = "invariant 3: OrderModifyRejected more often than the venue refused"


@pytest.mark.parametrize("fate", [200, 0])
def test_one_refusal_is_evidence_of_one(fate: int) -> None:
    """Of two amendments at once, of which the venue refuses the first, both are not told as refused."""
    script = wished("modify").request(AMEND, orderId="7").command("modify", client_order_id="T-1")
    script.request(AMEND, orderId="7")
    script.history.append(Answer(to=2, by="trader", status=400, body={"code": -4014}))
    if fate:
        script.answer(fate, ORDER)
    script.event("OrderModifyRejected")
    assert judged(script, "OrderModifyRejected") == [OFTEN]


def test_each_refusal_is_evidence_of_its_own() -> None:
    """Two amendments that were both refused are told as refused twice, one after the other or at once."""
    script = wished("modify").request(AMEND, orderId="7").command("modify", client_order_id="T-1")
    script.request(AMEND, orderId="7").answer(400, {"code": -4014})
    script.history.append(Answer(to=2, by="trader", status=400, body={"code": -4014}))
    assert judged(script.event("OrderModifyRejected"), "OrderModifyRejected") == []
    apart = wished("modify").request(AMEND, orderId="7").answer(400, {"code": -4014}).event("OrderModifyRejected")
    apart.command("modify", client_order_id="T-1").request(AMEND, orderId="7").answer(400, {"code": -4014})
    assert judged(apart, "OrderModifyRejected") == []
    assert judged(apart.event("OrderModifyRejected"), "OrderModifyRejected") == [OFTEN]


def test_what_the_trader_refused_itself_uses_up_no_refusal() -> None:
    """Of two amendments the trader may send one alone, and refuse the other by itself."""
    script = wished("modify").command("modify", client_order_id="T-1").request(AMEND, orderId="7")
    script.answer(400, {"code": -4014}).event("OrderModifyRejected")
    assert judged(script, "OrderModifyRejected") == []
    assert judged(script.event("OrderModifyRejected"), "OrderModifyRejected") == [OFTEN]
