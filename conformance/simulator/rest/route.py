"""One route: an endpoint of the venue, and what the simulator does when it is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.binance.endpoint import Endpoint
from conformance.binance.usdm import USDM
from conformance.simulator.exchange import Exchange
from conformance.simulator.limits import weight_of_depth
from conformance.simulator.params import Params
from conformance.simulator.rest.candles import weight_of_candles

Handler = Callable[[Exchange, Params], Any]

_BY_LIMIT = {"depth": weight_of_depth}
"""How the last word of a path says its weight by the `limit` asked for; all others are candles'."""


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint and its handler."""

    endpoint: Endpoint
    handler: Handler

    def weighs(self, params: Params) -> int:
        """Return the weight of one request, which depends on its symbol or its limit where the endpoint says so."""
        weight = self.endpoint.weight
        if isinstance(weight, tuple):
            one, every = weight
            return one if params.has("symbol") else every
        if weight == "by limit":
            by_limit = _BY_LIMIT.get(self.endpoint.path.rpartition("/")[2], weight_of_candles)
            return by_limit(params.text("limit"))
        return weight


def routes(handlers: Mapping[str, Handler]) -> dict[tuple[str, str], Route]:
    """Return the routes of handlers by "METHOD path", by method and path.

    Raises `ValueError` for one that the venue's table does not have: costs and permissions stand there.
    """
    found: dict[tuple[str, str], Route] = {}
    for text, handler in handlers.items():
        method, path = text.split()
        endpoint = USDM.of(method, path)
        if endpoint is None:
            raise ValueError(f"{text} has a handler, but is not in the venue's table of endpoints: add it there")
        found[method, path] = Route(endpoint, handler)
    return found
