"""What a strategy claims of others: its trader may first hear of it when it changes, and goes on from its books."""

from typing import Any

import pytest

from conformance.invariants import configured, violations
from tests.invariants.histories import Scripted

ORDER = {"client_order_id": "T-1", "status": "PARTIALLY_FILLED", "filled_qty": "0.4", "trade_ids": ["1"], "open": True}
POSITION = {"symbol": "BTCUSDT", "signed_qty": "0.4", "position_id": "P-1"}


def claimed(*, claims: bool = True, **books: Any) -> Scripted:
    """A trader that has started, and shows its books before it hears anything."""
    config = {"external_order_claims": ["BTCUSDT"]} if claims else {}
    return Scripted().command("start", n=1, config=config).snapshot("trader", **books)


def signatures(script: Scripted, *numbers: int) -> list[str]:
    """Return the signatures of what breaks these invariants."""
    return [each.signature for each in violations(script.history) if each.number in numbers]


@pytest.mark.parametrize(
    ("claims", "books", "legal"), [(True, [ORDER], True), (True, [], False), (False, [ORDER], False)]
)
def test_order_goes_on_from_what_was_taken_over(claims: bool, books: list[Any], legal: bool) -> None:
    """A claimed order may first be heard of by a wish; one that was not claimed, or is in no books, may not."""
    script = claimed(claims=claims, orders=books).event("OrderPendingCancel", trader=1, status="PENDING_CANCEL")
    assert (signatures(script, 1) == []) is legal


def test_fills_add_up_with_what_was_filled_before() -> None:
    """What a claimed order had filled counts once: its trade is not applied again, and the next one is added."""
    rest = claimed(orders=[ORDER]).fill("2", "0.6", of="1.0", filled="1.0", trader=1)
    assert signatures(rest, 2) == []
    again = claimed(orders=[ORDER]).fill("1", "0.4", of="1.0", filled="0.8", trader=1)
    assert signatures(again, 2) == ["invariant 2: one trade was applied twice"]
    unknown = claimed().fill("2", "0.6", of="1.0", filled="1.0", trader=1)
    assert signatures(unknown, 2) == ["invariant 2: filled quantity is not the sum of the trades"]


@pytest.mark.parametrize(("positions", "legal"), [([POSITION], True), ([], False)])
def test_position_goes_on_from_what_was_taken_over(positions: list[Any], legal: bool) -> None:
    """A claimed position may first be heard of when it closes; one that was not there may not."""
    closed: dict[str, Any] = {"trader": 1, "symbol": "BTCUSDT", "position_id": "P-1", "signed_qty": "0"}
    assert (signatures(claimed(positions=positions).event("PositionClosed", **closed), 15) == []) is legal


def test_configuration_says_in_what_books_may_differ() -> None:
    """Only what a firm has turned off is passed over: with the fields on, or not set, nothing is."""
    off = {"client": {"use_position_ids": False, "use_gtd": True}}
    assert [each.difference for each in configured.differences(off)] == [
        "the trader holds several positions where the venue has one"
    ]
    assert list(configured.differences({})) == []
