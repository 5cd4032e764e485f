"""The WebSocket API (section 7): the same acts as REST, framed as {"id", "method", "params"} on one connection."""

import json
import logging
from dataclasses import dataclass
from typing import Any

from conformance.simulator.authentication import encoded_payload, sorted_payload
from conformance.simulator.credentials import ApiKey
from conformance.simulator.errors import INTERNAL, MANDATORY, TOO_MANY_PARAMETERS, Refusal, Rule
from conformance.simulator.exchange import Exchange
from conformance.simulator.params import Params
from conformance.simulator.rest import account, algo, market, order_queries, orders
from conformance.simulator.rest.answering import serve
from conformance.simulator.rest.route import Handler, Route, routes

_log = logging.getLogger(__name__)

PATH = "/ws-fapi/v1"
HANDSHAKE_WEIGHT = 5
NOT_ED25519 = Rule(-4056, 400, "Invalid api key type.", "Appendix C")
UNKNOWN_METHOD = Rule(-5000, 404, "Method {} is invalid", "3")
BAD_FRAME = Rule(-1000, 400, "Malformed request: expected a JSON object with 'id', 'method' and 'params'.", "[INF]")


def _modify(exchange: Exchange, params: Params) -> dict[str, Any]:
    return orders.amend(exchange, params, with_pair=False)


_HANDLERS: dict[str, Handler] = {
    "WS order.place": orders.place,
    "WS order.modify": _modify,
    "WS order.cancel": orders.cancel,
    "WS order.status": order_queries.query,
    "WS algoOrder.place": algo.place,
    "WS algoOrder.cancel": algo.cancel,
    "WS account.status": account.account_status,
    "WS v2/account.status": account.account_status_v2,
    "WS account.balance": account.balances,
    "WS v2/account.balance": account.balances,
    "WS account.position": account.risk_v2,
    "WS v2/account.position": account.risk_v3,
    "WS userDataStream.start": account.start_listen_key,
    "WS userDataStream.ping": account.keep_listen_key,
    "WS userDataStream.stop": account.close_listen_key,
    "WS depth": market.depth,
    "WS ticker.price": market.price_ticker,
    "WS ticker.book": market.ws_book_ticker,
    "WS ping": market.ping,
    "WS time": market.time,
}
BY_METHOD: dict[str, Route] = {method: route for (_, method), route in routes(_HANDLERS).items()}
SESSION_METHODS = ("session.logon", "session.status", "session.logout")


class _Literal(str):
    """A JSON number kept as it was written, so that what was signed can be rebuilt."""

    __slots__ = ()


@dataclass(slots=True)
class Session:
    """One connection: where it comes from, and who has logged on."""

    ip: str
    connected_ms: int
    rate_limits: bool = True
    key: ApiKey | None = None
    authorized_ms: int | None = None


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return json.dumps(value, separators=(",", ":"))


@dataclass(slots=True)
class WsReply:
    """A frame to send back, and what a control wants done to it."""

    body: dict[str, Any]
    delay_s: float = 0.0
    dropped: bool = False


class WsApi:
    """Answers frames of the WS API."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def open(self, ip: str, query: dict[str, str]) -> Session:
        """Take a connection in; refuses like any request over the limit."""
        self._exchange.limits.charge(ip, HANDSHAKE_WEIGHT)
        wanted = query.get("returnRateLimits", "true").lower() != "false"
        return Session(ip, self._exchange.venue.clock.now_ms(), wanted)

    def answer(self, session: Session, text: str) -> WsReply:
        """Answer one text frame; what is no request gets an error with a null id."""
        identity, method, raw, broken = self._read(session, text)
        if broken is not None:
            return WsReply(broken)
        interference = self._exchange.interference
        rule = interference.take(f"WS {method}") if interference.answers else None
        if rule is None:
            return WsReply(self._routed(session, identity, method, raw))
        if (rule.status is not None or rule.drop) and not rule.processed:
            body: dict[str, Any] = {"id": identity}
        else:
            body = self._routed(session, identity, method, raw)
        if rule.status is not None:
            body = {"id": identity, "status": rule.status, "error": rule.body}
        return WsReply(body, rule.delay_s, rule.drop)

    def _read(self, session: Session, text: str) -> tuple[Any, object, object, dict[str, Any] | None]:
        """Return (id, method, params, None), or what to answer instead as the last item."""
        malformed = (None, None, None)
        try:
            frame = json.loads(text, parse_int=_Literal, parse_float=_Literal, parse_constant=_Literal)
        except (ValueError, RecursionError):
            frame = None
        if not isinstance(frame, dict):
            return *malformed, self._malformed(session)
        identity = frame.get("id")
        if isinstance(identity, _Literal):
            identity = int(identity) if identity.lstrip("-").isdigit() and len(identity) <= 19 else str(identity)
        elif not (identity is None or isinstance(identity, str)):
            return *malformed, self._malformed(session)
        return identity, frame.get("method"), frame.get("params") or {}, None

    def _malformed(self, session: Session) -> dict[str, Any]:
        return self._reply(session, None, None, Refusal(BAD_FRAME), orders=False, wanted=session.rate_limits)

    def _routed(self, session: Session, identity: object, method: object, raw: object) -> dict[str, Any]:
        route = BY_METHOD.get(method) if isinstance(method, str) else None
        wanted = session.rate_limits
        result: Any = None
        refused: Refusal | None = None
        try:
            if not isinstance(raw, dict):
                raise Refusal(BAD_FRAME)
            most = self._exchange.venue.options.max_parameters
            if len(raw) > most:
                raise Refusal(TOO_MANY_PARAMETERS, most, len(raw))
            values = {str(name): _as_text(value) for name, value in raw.items()}
            if "returnRateLimits" in values:
                wanted = values["returnRateLimits"].lower() != "false"
            result = self._served(session, method, route, values)
        except Refusal as refusal:
            refused = refusal
        except Exception:  # noqa: BLE001  (as for REST)
            _log.exception("WS %s failed inside the simulator", method)
            refused = Refusal(INTERNAL)
        has_orders = route is not None and route.endpoint.orders is not None
        return self._reply(session, identity, result, refused, orders=has_orders, wanted=wanted)

    def _served(self, session: Session, method: object, route: Route | None, values: dict[str, str]) -> Any:
        exchange = self._exchange
        if method in SESSION_METHODS:
            exchange.limits.charge(session.ip, 2)
            return self._session(session, str(method), values)
        if route is None:
            exchange.limits.charge(session.ip, 1)
            if not isinstance(method, str):
                raise Refusal(MANDATORY, "method")
            raise Refusal(UNKNOWN_METHOD, method[:60])
        params = Params(values)
        exchange.limits.charge(session.ip, route.weighs(params))
        if route.endpoint.security == "USER_STREAM":
            if session.key is None:
                self._key(session, values)
        elif route.endpoint.signed:
            self._authenticate(session, values)
        return serve(exchange, route.handler, params, route.endpoint.orders)

    def _authenticate(self, session: Session, values: dict[str, str]) -> None:
        authentication = self._exchange.authentication
        if session.key is not None and "signature" not in values:
            authentication.timestamp(values)
            return
        key = self._key(session, values)
        authentication.signed(key, values, sorted_payload(values), encoded_payload(values))

    def _key(self, session: Session, values: dict[str, str]) -> ApiKey:
        """Return the key that a request names: the parameter is mandatory, also beside a header of the handshake."""
        return self._exchange.authentication.key(values.get("apiKey"), session.ip)

    def _session(self, session: Session, method: str, values: dict[str, str]) -> dict[str, Any]:
        if method == "session.logon":
            authentication = self._exchange.authentication
            key = self._key(session, values)
            if key.type != "ed25519":
                raise Refusal(NOT_ED25519)
            authentication.signed(key, values, sorted_payload(values), encoded_payload(values))
            session.key = key
            session.authorized_ms = self._exchange.venue.clock.now_ms()
        elif method == "session.logout":
            session.key = session.authorized_ms = None
        return {
            "apiKey": session.key.key if session.key else None,
            "authorizedSince": session.authorized_ms,
            "connectedSince": session.connected_ms,
            "returnRateLimits": session.rate_limits,
            "serverTime": self._exchange.venue.clock.now_ms(),
        }

    def _reply(
        self, session: Session, identity: object, result: Any, refused: Refusal | None, *, orders: bool, wanted: bool
    ) -> dict[str, Any]:
        reply: dict[str, Any] = {"id": identity, "status": 200 if refused is None else refused.status}
        if refused is None:
            reply["result"] = result
        else:
            reply["error"] = refused.body()
            if "Retry-After" in refused.headers:
                seconds = int(refused.headers["Retry-After"])
                now_ms = self._exchange.venue.clock.now_ms()
                reply["error"]["data"] = {"serverTime": now_ms, "retryAfter": now_ms + seconds * 1000}
        if wanted:
            reply["rateLimits"] = self._exchange.limits.described(session.ip, orders=orders)
        return reply
