"""A product's table of endpoints, to be asked by route or by what an endpoint does."""

from collections.abc import Iterator

from conformance.binance.endpoint import WS, Act, Endpoint


class Table:
    """The endpoints of one product. A route that stands twice is an error."""

    def __init__(self, *endpoints: Endpoint) -> None:
        self._by_route = {(endpoint.method, endpoint.path): endpoint for endpoint in endpoints}
        if len(self._by_route) != len(endpoints):
            routes = [endpoint.route for endpoint in endpoints]
            twice = sorted({route for route in routes if routes.count(route) > 1})
            raise ValueError(f"the table has {', '.join(twice)} twice: an endpoint stands in it once")

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self._by_route.values())

    def of(self, method: str, path: str) -> Endpoint | None:
        """Return the endpoint of a request; None for one that the table does not have."""
        return self._by_route.get((method, path))

    def doing(self, *acts: Act, algo: bool | None = None, batch: bool | None = None) -> tuple[Endpoint, ...]:
        """Return the endpoints that do one of `acts`, over HTTP or the WS API; None means of either kind."""
        return tuple(
            endpoint
            for endpoint in self
            if endpoint.act in acts and algo in (None, endpoint.algo) and batch in (None, endpoint.batch)
        )

    def over_http(self, endpoint: Endpoint) -> Endpoint | None:
        """Return the HTTP endpoint that does the same to one order as this method of the WS API, or None."""
        if endpoint.method != WS or endpoint.act not in ("place", "modify", "cancel", "query"):
            return endpoint if endpoint.method != WS else None
        same = self.doing(endpoint.act, algo=endpoint.algo, batch=False)
        return next((each for each in same if each.method != WS), None)
