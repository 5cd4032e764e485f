"""An endpoint: one method and path of the venue, what it does, and what it costs."""

from dataclasses import dataclass
from typing import Literal

Act = Literal[
    "place",
    "modify",
    "cancel",
    "cancel all",
    "countdown",
    "query",
    "test",
    "open orders",
    "all orders",
    "trades",
    "amendments",
    "forced orders",
    "positions",
    "account",
    "balances",
    "setting",
    "change setting",
    "listen key",
    "session",
    "reference",
    "market",
]
Security = Literal["NONE", "USER_STREAM", "USER_DATA", "TRADE"]
Weight = int | tuple[int, int] | Literal["by limit"]

WS = "WS"
_WRITES = frozenset({"place", "modify", "cancel", "cancel all", "countdown", "change setting", "test"})
_PLUMBING = frozenset({"listen key", "session"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method and path; `method` is `WS` for a method of the WS API, whose name is the `path`.

    `weight` counts against the address: a number, one for one symbol and one for all of them, or by the `limit` asked
    for. `orders` counts against the account: in its 10 s window and in its 1 min window.
    """

    method: str
    path: str
    act: Act
    security: Security
    weight: Weight
    algo: bool = False
    batch: bool = False
    orders: tuple[int, int] | None = None

    @property
    def route(self) -> str:
        """`METHOD path`, as routes are written."""
        return f"{self.method} {self.path}"

    @property
    def signed(self) -> bool:
        """Whether a request needs a timestamp and a signature (binance-usdm, section 3)."""
        return self.security in ("USER_DATA", "TRADE")

    @property
    def writes(self) -> bool:
        """Whether a request may change orders, positions or settings at the venue."""
        return self.act in _WRITES

    @property
    def is_plumbing(self) -> bool:
        """Whether a request only keeps the session alive."""
        return self.act in _PLUMBING
