"""Side by side: two histories of one case, aligned by what they have in common."""

from conformance.wire_changes.side_by_side import side_by_side
from tests.wire_changes.lives import READS, Life


def test_what_differs_stands_alone() -> None:
    """A question that only one side asks has nothing beside it, and all else is the same."""
    left, right = Life().start().submit(), Life(orders_from=9000).start((*READS, "GET /fapi/v1/time")).submit()

    rows = side_by_side(left.history, right.history)

    assert [(row.left, row.right) for row in rows if not row.same] == [(None, "trader → GET /fapi/v1/time")]


def test_concurrent_questions_stand_in_one_order() -> None:
    """Questions that were asked in another order are the same."""
    rows = side_by_side(Life().start(READS).history, Life().start(READS[::-1]).history)

    assert all(row.same for row in rows)
