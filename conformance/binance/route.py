"""Routes: which requests something is for, by method and path, by a WS API method, or by what they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, get_args

from conformance.binance.endpoint import WS, Act
from conformance.binance.usdm import USDM

METHODS = ("GET", "POST", "PUT", "DELETE")
#: Narrows an operation to one kind of order: of the Algo service, or of the order endpoints.
_KINDS = {"stop": True, "order": False}
_BATCH = "batch "


class RouteError(ValueError):
    """A route that no request can match; the message shows the valid forms."""


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


@dataclass(frozen=True)
class Routes:
    """Any of several routes.

    Written as one route (`POST /fapi/v1/order`); as an operation, over HTTP and the WS API alike: `place`, `cancel`,
    `open orders`, with `place stop` for the Algo service alone, `place order` for the order endpoints alone, and
    `batch cancel` for a batch; or as a list of those.
    """

    text: str
    routes: frozenset[Route]

    @classmethod
    def parse(cls, given: "str | Sequence[str] | Routes") -> "Routes":
        """Return the routes that `given` names; raises `RouteError`."""
        if isinstance(given, Routes):
            return given
        texts = (given,) if isinstance(given, str) else tuple(given)
        if not texts:
            raise RouteError("an empty list of routes matches no request: name at least one")
        return cls(" or ".join(texts), frozenset(route for text in texts for route in _named(text)))

    def __contains__(self, request: tuple[str, str]) -> bool:
        return Route(*request) in self.routes

    def __str__(self) -> str:
        return self.text


def _named(text: str) -> list[Route]:
    if text[:1].isupper():
        return [Route.parse(text)]
    operation = text.removeprefix(_BATCH)
    act, _, kind = operation.rpartition(" ")
    algo = _KINDS.get(kind)
    if algo is None or operation in get_args(Act):
        act, algo = operation, None
    batch = text.startswith(_BATCH)
    found = [endpoint for endpoint in USDM if endpoint.act == act and algo in (None, endpoint.algo)]
    routes = [Route(endpoint.method, endpoint.path) for endpoint in found if endpoint.batch is batch]
    if not routes:
        raise RouteError(
            f"{text!r} is neither a route nor an operation: expected METHOD PATH such as 'POST /fapi/v1/order', "
            f"'WS order.place', or one of {', '.join(get_args(Act))}, such as 'place stop' or 'batch cancel'"
        )
    return routes


#: One route, an operation such as `place stop` over either transport, or several of them: see `Routes`.
Where = str | Sequence[str] | Routes
