"""The orders that the factory's tests build: each kind's valid arguments, and what a refusal must say."""

from collections.abc import Callable
from typing import Any

import pytest

from factory import (
    OrderRefusedError,
    limit_order,
    market_order,
    stop_limit_order,
    stop_market_order,
    take_profit_market_order,
    trailing_stop_market_order,
)

LAST = "50000"

VALID: dict[Callable[..., Any], dict[str, Any]] = {
    market_order: {"last_price": LAST},
    limit_order: {"price": "49000.0"},
    stop_market_order: {"last_price": LAST, "trigger_price": "49000.0"},
    stop_limit_order: {"last_price": LAST, "trigger_price": "49000.0", "price": "48900.0"},
    take_profit_market_order: {"last_price": LAST, "trigger_price": "51000.0"},
    trailing_stop_market_order: {"last_price": LAST, "callback_rate": "1"},
}

ALL = [
    market_order,
    limit_order,
    stop_market_order,
    stop_limit_order,
    take_profit_market_order,
    trailing_stop_market_order,
]
MARKET_LIKE = [each for each in ALL if each not in (limit_order, stop_limit_order)]
TRIGGERED = [stop_market_order, stop_limit_order, take_profit_market_order]


def refused(helper: Callable[..., Any], make: Callable[..., Any], **arguments: Any) -> OrderRefusedError:
    """The refusal of an order; it is a ValueError, and its text holds the rule, and the nearest where there is one."""
    with pytest.raises(OrderRefusedError) as refusal:
        make(helper, **arguments)
    error = refusal.value
    assert isinstance(error, ValueError)
    assert str(error).startswith(error.rule)
    assert (f"the nearest valid one is {error.nearest}" in str(error)) is (error.nearest is not None)
    return error
