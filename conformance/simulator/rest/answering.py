"""Answering one REST request: find the route, pass limits and authentication, ask the venue, shape the answer."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from conformance.simulator.authentication import unsigned
from conformance.simulator.errors import (
    DUPLICATE_PARAMETER,
    INTERNAL,
    NO_SUCH_PATH,
    TOO_MANY_PARAMETERS,
    Refusal,
)
from conformance.simulator.exchange import Exchange
from conformance.simulator.numbers import compact
from conformance.simulator.params import Params
from conformance.simulator.rest.route import Route
from conformance.simulator.rest.table import BY_PATH

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class RestRequest:
    """A request as it came, before anything was decoded but the path."""

    method: str
    path: str
    raw_query: str
    raw_body: str
    api_key: str | None
    ip: str


@dataclass(slots=True)
class Answer:
    """Status, JSON body and headers. `delay_s` and `dropped` are what a control asked for."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    dropped: bool = False

    def text(self) -> str:
        """Return the body as JSON text; a body that is text already (an HTML page) as it is."""
        if isinstance(self.body, str):
            return self.body
        return compact(self.body)


def parse_pairs(raw: str, most: int) -> dict[str, str]:
    """Return a raw query or form body as a dict; refuses too many parameters and repeated names (-1101)."""
    if not raw:
        return {}
    parts = raw.split("&", most + 1)
    if len(parts) > most:
        raise Refusal(TOO_MANY_PARAMETERS, most, raw.count("&") + 1)
    values: dict[str, str] = {}
    for part in parts:
        if not part:
            continue
        name, _, value = part.partition("=")
        if "%" in part or "+" in part:
            name, value = unquote_plus(name), unquote_plus(value)
        if name in values:
            raise Refusal(DUPLICATE_PARAMETER, name[:40])
        values[name] = value
    return values


class Answering:
    """Answers REST requests. Whatever goes wrong inside becomes -1001, never a traceback."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def answer(self, request: RestRequest) -> Answer:
        """Answer one request."""
        exchange = self._exchange
        route = BY_PATH.get((request.method, request.path))
        rule = exchange.interference.take(f"{request.method} {request.path}") if exchange.interference.answers else None
        if rule is None:
            return self._plain(request, route)
        if rule.status is not None and not rule.processed:
            answer = Answer(rule.status, rule.body, exchange.limits.weight_header(request.ip))
        elif rule.drop and not rule.processed:
            answer = Answer(503, None)
        else:
            answer = self._plain(request, route)
            if rule.status is not None:
                answer.status, answer.body = rule.status, rule.body
        answer.headers |= rule.headers
        answer.delay_s, answer.dropped = rule.delay_s, rule.drop
        return answer

    def _plain(self, request: RestRequest, route: Route | None) -> Answer:
        exchange = self._exchange
        try:
            body = self._served(request, route)
            answer = Answer(200, body)
        except Refusal as refusal:
            answer = Answer(refusal.status, refusal.body(), refusal.headers)
        except Exception:  # noqa: BLE001  (a defect of the simulator must look like one of the venue, not kill it)
            _log.exception("%s %s failed inside the simulator", request.method, request.path)
            answer = Answer(INTERNAL.status, Refusal(INTERNAL).body())
        answer.headers |= exchange.limits.weight_header(request.ip)
        if route is not None and route.endpoint.orders is not None and answer.status == 200:
            answer.headers |= exchange.limits.order_headers()
        return answer

    def _served(self, request: RestRequest, route: Route | None) -> Any:
        exchange = self._exchange
        if route is None:
            exchange.limits.charge(request.ip, 1)
            raise Refusal(NO_SUCH_PATH, request.path, request.method)
        most = exchange.venue.options.max_parameters
        values = parse_pairs(request.raw_query, most)
        if request.raw_body:
            values = parse_pairs(request.raw_body, most) | values
        params = Params(values)
        exchange.limits.charge(request.ip, route.weighs(params))
        if route.endpoint.security != "NONE":
            key = exchange.authentication.key(request.api_key, request.ip)
            if route.endpoint.signed:
                payload = (unsigned(request.raw_query) + unsigned(request.raw_body)).encode()
                exchange.authentication.signed(key, values, payload)
        return serve(exchange, route.handler, params, route.endpoint.orders)


def serve(
    exchange: Exchange,
    handler: Callable[[Exchange, Params], Any],
    params: Params,
    orders: tuple[int, int] | None,
) -> Any:
    """Ask the venue, count orders, and apply all consequences before the next request is read."""
    if orders is not None:
        exchange.limits.check_orders(*orders)
    try:
        body = handler(exchange, params)
    finally:
        exchange.venue.conclude()
    if orders is not None:
        exchange.limits.count_orders(*orders)
    return body
