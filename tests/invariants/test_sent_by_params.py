"""Orders of which the params beside them say how they are sent."""

import pytest

from tests.invariants.test_sent import LIMIT, sent


@pytest.mark.parametrize(
    ("params", "sent_as", "broken"),
    [
        ({"rpi": True}, "RPI", []),
        ({"rpi": True}, "GTX", ["time_in_force of a LIMIT was not sent"]),
        ({"rpi": False}, "RPI", ["time_in_force of a LIMIT was not sent"]),
        (None, "GTX", []),
    ],
)
def test_order_for_the_app_alone_is_sent_as_such(
    params: dict[str, bool] | None, sent_as: str, broken: list[str]
) -> None:
    """A post-only order whose params say `rpi` has timeInForce RPI, any other GTX (New Order)."""
    assert sorted(sent({**LIMIT, "post_only": True, "params": params}, timeInForce=sent_as)) == broken
