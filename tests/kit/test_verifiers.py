"""Verifiers of values: what they hold equal, and what their failures say."""

from decimal import Decimal
from typing import Any

import pytest

from conformance.kit import CheckError, equal, require


@pytest.mark.parametrize(
    ("seen", "required"),
    [("GTC", "GTC"), ("49000.00", Decimal(49000)), ("7", 7), (-2019, -2019), (None, None), ([], []), (True, True)],
)
def test_equal_values_hold(seen: Any, required: Any) -> None:
    """Numbers are compared as numbers where a number is required, all else as it is."""
    equal("field", seen, required)


@pytest.mark.parametrize(
    ("seen", "required", "signature"),
    [
        ("GTX", "GTC", "timeInForce is GTX, required GTC"),
        (None, "GTC", "timeInForce is None, required GTC"),
        ("49000.10", Decimal("49000.20"), "timeInForce is #, required #"),
        ("abc", Decimal(1), "timeInForce is abc, required #"),
        (-2019, -2010, "timeInForce is -2019, required -2010"),
        ("", 0, "timeInForce is , required #"),
        ("true", True, "timeInForce is true, required True"),
        ("1.0", "1", "timeInForce is #, required #"),
        (0, None, "timeInForce is #, required None"),
    ],
)
def test_a_failure_says_field_required_and_seen(seen: Any, required: Any, signature: str) -> None:
    """The message has the values as they are; the signature only what is the same in every run."""
    with pytest.raises(CheckError) as failure:
        equal("timeInForce", seen, required)
    assert failure.value.signature == signature
    wanted = str(required) if isinstance(required, Decimal) else repr(required)
    assert str(failure.value) == f"timeInForce: required {wanted}, seen {seen!r}"


def test_what_is_required_is_the_signature() -> None:
    """What was seen may vary from run to run: it is in the message only."""
    require(holds=True, what="a trade id of its own")
    with pytest.raises(CheckError, match="required a trade id of its own, seen 17") as failure:
        require([], "a trade id of its own", seen=17)
    assert failure.value.signature == "a trade id of its own"
