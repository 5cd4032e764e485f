"""One route: a method and path, who may use it, what it costs, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from conformance.simulator.exchange import Exchange
from conformance.simulator.params import Params

Security = Literal["NONE", "USER_STREAM", "USER_DATA", "TRADE"]
Handler = Callable[[Exchange, Params], Any]
Weight = int | Callable[[Params], int]


@dataclass(frozen=True, slots=True)
class Route:
    """`weight` counts against the address; `orders` = (short window, long window) against the account."""

    method: str
    path: str
    security: Security
    weight: Weight
    handler: Handler
    orders: tuple[int, int] | None = None

    @property
    def signed(self) -> bool:
        """Whether the request needs a timestamp and a signature."""
        return self.security in ("USER_DATA", "TRADE")

    def weighs(self, params: Params) -> int:
        """Return the request's weight."""
        return self.weight if isinstance(self.weight, int) else self.weight(params)


def by_symbol(one: int, all_: int) -> Weight:
    """Return a weight that depends on whether one symbol was asked for."""
    return lambda params: one if params.has("symbol") else all_
