"""The time of an event: when it was at the venue, whose clock is told apart from the trader's."""

from collections.abc import Mapping
from typing import Any

from conformance.kit import require

#: How far the venue's clock is ahead: less than a recvWindow, and more than any way of an event.
AHEAD_MS = 2000
_CLOSE_MS = 100


def has_the_time_of(event: Mapping[str, Any], venue_ms: int) -> None:
    """Require that an event of the trader's has the venue's time for it, in milliseconds, not that of hearing it."""
    told_ms = int(event["ts_event"]) // 1_000_000
    late_ms = told_ms - venue_ms
    require(abs(late_ms) <= _CLOSE_MS, "the time at which it was at the venue", seen=f"{told_ms}, {late_ms} ms from it")
