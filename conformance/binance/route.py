"""Route: which requests a fault is for, by method and path, or by a WS API method."""

import re
from dataclasses import dataclass
from typing import Self

METHODS = ("GET", "POST", "PUT", "DELETE")
WS = "WS"
_BROKER_PREFIX = re.compile(r"^x-[A-Za-z0-9]+-R(?=.)")
# What tells the orders of one run from those of the next, on an account that outlives both (`worlds.testnet`).
_RUN_MARK = re.compile(r"(?<=.)\.[0-9a-z]{6}$")


class RouteError(ValueError):
    """A route that no request can match; the message shows the two valid forms."""


@dataclass(frozen=True)
class Route:
    """`POST /fapi/v1/order`, or `WS order.place` for a request of the WS API."""

    method: str
    path: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the route that `text` names; raises `RouteError`."""
        method, _, path = text.partition(" ")
        http = method in METHODS and path.startswith("/") and "?" not in path
        ws = method == WS and path and not path.startswith("/")
        if not (http or ws) or " " in path:
            raise RouteError(
                f"{text!r} is not a route: expected METHOD PATH such as 'POST /fapi/v1/order' "
                f"(methods: {', '.join(METHODS)}; parameters go into keyword arguments), or 'WS order.place'"
            )
        return cls(method, path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def logical_id(client_order_id: str) -> str:
    """Return the id a case gave its order, without the broker prefix that a 2.x trader puts before an explicit id.

    `x-aHRE4BCj-RSTOP-1` and `STOP-1` are the same order of the same case (nautilus-v2.md, section 3), and so is
    `STOP-1.k3f9x1`, as it is called on an account that had a `STOP-1` before.
    """
    return _RUN_MARK.sub("", _BROKER_PREFIX.sub("", client_order_id, count=1))
