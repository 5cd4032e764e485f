"""Matching: when a live request is the same as a recorded one, whatever its ids, times, signature and version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from conformance.binance.answers import AlgoRow, OrderRow, read_rows, rows_of
from conformance.binance.client_order_id import NEW_ID_PARAMETERS, case_id
from conformance.binance.endpoint import WS
from conformance.binance.events import AlgoUpdate, OrderUpdate, TradeLite, read_event
from conformance.binance.usdm import (
    KEEP_LISTEN_KEY,
    LISTEN_KEY,
    OPEN_ALGO_ORDERS,
    OPEN_ORDERS,
    POSITION_RISK_V2,
    POSITION_RISK_V3,
    USER_TRADES,
    is_plumbing,
)

# What differs in every run: never compared.
VARIABLES = frozenset({"timestamp", "signature", "recvWindow", "apiKey", "listenKey", "returnRateLimits"})
TIMES = frozenset({"goodTillDate", "startTime", "endTime"})
# How much of a list a version asks for does not change which list it is.
PAGING = frozenset({"limit", "fromId"})
# A parameter sent at the venue's default is the same as one not sent (fact sheet, section 6 and appendix A).
DEFAULTS = {
    "reduceOnly": "false",
    "closePosition": "false",
    "priceProtect": "FALSE",
    "positionSide": "BOTH",
    "workingType": "CONTRACT_PRICE",
    "timeInForce": "GTC",
    "newOrderRespType": "ACK",
}
_OLD_IDS = ("origClientOrderId", "clientAlgoId", "orderId", "algoId")
_ID_LISTS = ("origClientOrderIdList", "orderIdList")
# Ids that a trader makes up itself: wall clock, UUID, and the base62 forms of 2.x (nautilus-v2.md, section 3).
_GENERATED = re.compile(
    r"O-\d{8}-\d{6}-.+|[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|x-[A-Za-z0-9]+-(T\w{13}|U\w{22})"
)
GENERATED = "(generated)"


@dataclass
class Identities:
    """Which client order id belongs to which venue order id, as the recorded answers and events tell."""

    _client_ids: dict[str, str] = field(default_factory=dict)

    def learn(self, value: Any) -> None:
        """Take note of every order in an answer's body (of the WS API: its message) or an event."""
        match read_event(value):
            case OrderUpdate(client_order_id=name, order_id=number) | TradeLite(client_order_id=name, order_id=number):
                self._name(number, name)
            case AlgoUpdate(client_algo_id=name, algo_id=number):
                self._name(number, name)
        for row in read_rows(value):
            match row:
                case OrderRow(client_order_id=name, order_id=number) | AlgoRow(client_algo_id=name, algo_id=number):
                    self._name(number, name)
        for message in rows_of(value):
            if isinstance(message.get("result"), Mapping | list):
                self.learn(message["result"])

    def _name(self, number: str, name: str) -> None:
        if number and name:
            self._client_ids[number] = case_id(name)

    def of(self, value: str) -> str:
        """Return the one name of an order that may be given by client or by venue id, with or without a prefix."""
        return self._client_ids.get(value) or generic(value)


def generic(client_order_id: str) -> str:
    """Return an explicit id in its logical form; all ids that a trader made up are alike."""
    return GENERATED if _GENERATED.fullmatch(client_order_id) else case_id(client_order_id)


def endpoint(method: str, path: str) -> str:
    """Return the route's text; creating a listen key and extending it answer alike and count as one."""
    route = f"{method} {path}"
    return LISTEN_KEY.route if route == KEEP_LISTEN_KEY.route else route


def essence(method: str, path: str, params: Mapping[str, str], identities: Identities) -> dict[str, str]:
    """Return the parameters that make a request what it is, each in one canonical form."""
    if is_plumbing(method, path):
        return {}
    kept: dict[str, str] = {}
    placing = method == "POST" or (method == WS and path.endswith(".place"))
    for name, value in params.items():
        if name in VARIABLES | TIMES or (method == "GET" and name in PAGING):
            continue
        if name in _ID_LISTS:
            parts = [part.strip(' "') for part in value.strip("[]").split(",")]
            kept["orders"] = ",".join(sorted(identities.of(part) for part in parts))
        elif name in NEW_ID_PARAMETERS and placing:
            kept["client order id"] = generic(value)
        elif name in _OLD_IDS:
            # A venue id that no answer ever named gives way to a client id sent beside it.
            known = identities.of(value)
            if "order" not in kept or kept["order"].isdigit():
                kept["order"] = known
        elif not _is_default(name, value):
            kept[name] = _canonical(value)
    return kept


def reads_of_other_versions(path: str, params: Mapping[str, str], body: Any) -> list[tuple[str, dict[str, str]]]:
    """Return the reads that other versions make where this one makes a read of `path` that was answered `body`.

    1.x asks v3/positionRisk and 2.x v2; where orders are open, 2.x asks for their symbols' trades (nautilus-v1.md,
    section 3; nautilus-v2.md, section 1). A recording asks all of them, so that it can be replayed to any version.
    """
    given = {name: value for name, value in params.items() if name not in VARIABLES}
    if path == POSITION_RISK_V3.path:
        return [(POSITION_RISK_V2.path, given)]
    if path == POSITION_RISK_V2.path:
        return [(POSITION_RISK_V3.path, given)]
    if path in (OPEN_ORDERS.path, OPEN_ALGO_ORDERS.path) and isinstance(body, list):
        symbols = sorted({row["symbol"] for row in body})
        return [(USER_TRADES.path, {"symbol": symbol, "limit": "1000"}) for symbol in symbols]
    return []


def difference(live: Mapping[str, str], recorded: Mapping[str, str]) -> str:
    """Say how two requests of one route differ, parameter by parameter."""
    names = sorted(name for name in live.keys() | recorded.keys() if live.get(name) != recorded.get(name))
    return ", ".join(
        f"{name} was recorded as {recorded.get(name, '(absent)')}, now {live.get(name, '(absent)')}" for name in names
    )


def _is_default(name: str, value: str) -> bool:
    return name in DEFAULTS and value.lower() == DEFAULTS[name].lower()


def _canonical(value: str) -> str:
    if value.lower() in ("true", "false"):
        return value.lower()
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return f"{number.normalize():f}" if number.is_finite() else value
