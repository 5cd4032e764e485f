"""An excerpt shows one failure: the orders it is about, and nothing that a reader would have to skip."""

from conformance.history.entries import FailedCheck
from conformance.history.excerpt import excerpt
from conformance.history.history import History
from tests.invariants.histories import Scripted


def failing(about: str) -> History:
    """Two orders are sent and accepted; the check is about one of them, and more happens after it."""
    scripted = Scripted()
    for order in ("T-1", "T-2"):
        scripted.event("OrderInitialized", order).request("POST /fapi/v1/order", newClientOrderId=order)
        scripted.answer(body={"clientOrderId": order, "orderId": f"9{order[-1]}"}).event("OrderAccepted", order)
    for order in ("91", "91", "92"):
        scripted.request("GET /fapi/v1/order", orderId=order).answer(body={"orderId": order, "status": "NEW"})
    scripted.history.append(FailedCheck(about=about, required="FILLED", seen="ACCEPTED"))
    scripted.event("OrderCanceled", "T-1")
    return scripted.history


def test_other_orders_and_what_follows_are_left_out() -> None:
    """An order is known by all its ids; the failed check is the last line."""
    shown = excerpt(list(failing("order T-1 (LIMIT)")), "not used")

    assert "OrderAccepted T-1" in shown
    assert "orderId=91" in shown
    assert not {"T-2", "orderId=92", "OrderCanceled", "OrderInitialized", "not used"} & set(shown.split())
    assert "T-2" not in shown
    assert "required FILLED" in shown.splitlines()[-1]


def test_a_check_that_names_no_order_shows_all() -> None:
    """Where nobody can say what is concerned, nothing is left out."""
    assert "OrderAccepted T-2" in excerpt(list(failing("the position")), "not used")


def test_the_same_question_is_shown_once() -> None:
    """Asked again and answered as before, it is one line that says so."""
    shown = excerpt(list(failing("order T-1 (LIMIT)")), "not used")

    assert shown.count("GET /fapi/v1/order") == 1
    assert "again" in shown


def test_what_was_judged_afterwards_stands_last() -> None:
    """A broken invariant has no entry of its own in the history."""
    shown = excerpt(list(Scripted().event("OrderDenied").history), "invariant 3: OrderRejected of T-1")

    assert shown.splitlines()[-1].endswith("invariant 3: OrderRejected of T-1")
