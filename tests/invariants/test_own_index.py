"""Invariant 16, on histories that obey it and that break it."""

import pytest

from conformance.invariants import violations
from tests.invariants.histories import Scripted

NOT_LISTED = {"of": "orders open", "about": "A-1", "says": "False", "is": "True"}
STILL_LISTED = {"of": "orders open", "about": "A-2", "says": "True", "is": "False"}
NOT_FLAT = {"of": "flat, long, short", "about": "BTCUSDT", "says": "(True, False, False)", "is": "1"}


@pytest.mark.parametrize(
    ("snapshots", "broken"),
    [
        ([{}], []),
        ([{"at_odds": []}], []),
        ([{"at_odds": [NOT_LISTED]}], ["orders open at odds"]),
        ([{"at_odds": [NOT_LISTED, STILL_LISTED]}], ["orders open at odds"]),
        ([{"at_odds": [NOT_LISTED]}, {}], []),
        ([{}, {"at_odds": [NOT_FLAT]}], ["flat, long, short at odds"]),
        (
            [{"at_odds": [NOT_FLAT]}, None, {"at_odds": [NOT_LISTED]}],
            ["flat, long, short at odds", "orders open at odds"],
        ),
        ([{"at_odds": [NOT_FLAT]}, {}, None, {}], []),
    ],
)
def test_books_agree_at_the_last_look_at_each_trader(
    snapshots: list[dict[str, object] | None], broken: list[str]
) -> None:
    """What is put right before the trader ends was so for a moment. The venue's books are not meant."""
    script = Scripted().command("start", config={})
    for more in snapshots:
        if more is None:
            script.command("start", config={})
        else:
            script.snapshot("trader", orders=[], positions=[], balances=[], **more)
    script.snapshot("venue", orders=[], positions=[], balances=[], at_odds=[NOT_LISTED])
    assert [each.what for each in violations(script.history) if each.number == 16] == broken
