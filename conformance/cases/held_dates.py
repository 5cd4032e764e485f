"""What the cases about dates that the trader holds itself have in common (`use_gtd` off, `manage_gtd_expiry` on)."""

import time
from typing import Any

from conformance.kit import Market, OrderRequest, Wire, limit, require, stop_limit

RULE = "New Order: an order that is sent as GTC, without goodTillDate, rests until it is cancelled"
#: Nothing is sent again, so that a refusal comes to the strategy.
HOLDS_DATES: dict[str, Any] = {
    "client": {"use_gtd": False},
    "strategy": {"manage_gtd_expiry": True},
    "max_retries": 0,
}
CANCELLATIONS = ("cancel order", "cancel stop")
#: A timer of the trader's may ring so much early by the clock that its requests are stamped with.
_EARLY_MS = 50


def resting_limit(market: Market) -> OrderRequest:
    """Return a LIMIT order that rests, without its date."""
    return limit("BUY", "0.010", market.below_last("2%"))


def waiting_stop(market: Market) -> OrderRequest:
    """Return a stop limit order that waits at the Algo service, without its date."""
    return stop_limit("SELL", "0.010", trigger=market.below_last("4%"), price=market.below_last("5%"))


def until(asked: OrderRequest, seconds: int) -> OrderRequest:
    """Return the order good till a date: a whole second, as Binance and 2.x have it."""
    return asked.but(time_in_force="GTD", expire_time_ms=(int(time.time()) + seconds) * 1000)


def seconds_until(asked: OrderRequest) -> float:
    """Return how long it is until the order's date, in seconds: a wait for what happens at it begins there."""
    return max(0.0, (asked.expire_time_ms or 0) / 1000 - time.time())


def has_passed(asked: OrderRequest) -> bool:
    """Say whether the order's date is over, as exactly as a trader's timer is."""
    return time.time_ns() // 1_000_000 + _EARLY_MS >= (asked.expire_time_ms or 0)


def is_not_before(wire: Wire, asked: OrderRequest) -> None:
    """Require that the last cancellation was not asked for before the order's date, by the trader's own clock."""
    last = wire.asked(CANCELLATIONS)[-1]
    early_ms = (asked.expire_time_ms or 0) - int(last.params.get("timestamp", 0))
    require(early_ms <= _EARLY_MS, "a cancellation at its date", seen=f"{early_ms} ms before it")
