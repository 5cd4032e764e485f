"""What the venue answers to one who asks too much, or whom it cannot serve now: nothing was done, and it says so.

Sources: binance-usdm, sections 4 and 5. `Retry-After` is in seconds; invariant 9 judges whether it was kept to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.kit import AxisValue, Faults


@dataclass(frozen=True, kw_only=True)
class Throttle(AxisValue):
    """An answer that puts the trader off; `meets` arms it as a fault."""

    status: int
    code: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def meets(self, faults: Faults, routes: str | Sequence[str], **how: Any) -> Any:
        """Arm it on routes; `how` is as for any fault."""
        body = {"code": self.code, "msg": self.text}
        return faults.answer(routes, self.status, body, headers=self.headers, **how)


_PAUSE = {"Retry-After": "1"}
_WEIGHT = "Too many requests; current limit of IP(127.0.0.1) is 2400 requests per minute."
_ORDERS = "Too many new orders; current limit is 300 orders per TEN_SECONDS."
_BANNED = "Way too many requests; IP(127.0.0.1) banned. Please use the websocket for live updates to avoid bans."
_PROTECTION = (
    "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again."
)

TOO_MUCH = Throttle(name="429", words="429 (-1003)", status=429, code=-1003, text=_WEIGHT)
TOO_MUCH_WAIT = Throttle(
    name="429-wait",
    words="429 (-1003) with Retry-After",
    status=429,
    code=-1003,
    text=_WEIGHT,
    headers=_PAUSE,
)
TOO_MANY_ORDERS = Throttle(name="1015", words="429 (-1015)", status=429, code=-1015, text=_ORDERS)
PROTECTED = Throttle(name="1008", words="503 (-1008)", status=503, code=-1008, text=_PROTECTION)
BANNED = Throttle(
    name="418-wait",
    words="418 (-1003) with Retry-After",
    status=418,
    code=-1003,
    text=_BANNED,
    headers=_PAUSE,
)
#: Without a pause to keep: invariant 9 has nothing to say, the requirement is what becomes of the order.
OF_COMMANDS = (TOO_MUCH, TOO_MANY_ORDERS, PROTECTED)
OF_READS = (TOO_MUCH_WAIT, BANNED)
#: With a pause to keep, each named by its code alone.
WITH_PAUSE = (
    replace(TOO_MUCH_WAIT, name="1003"),
    replace(TOO_MANY_ORDERS, name="1015", words="429 (-1015) with Retry-After", headers=_PAUSE),
    replace(BANNED, name="418"),
)
