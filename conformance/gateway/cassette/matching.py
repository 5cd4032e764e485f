"""Matching: when a live request is the same as a recorded one, whatever its ids, times, signature and version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from conformance.binance.route import WS, logical_id
from conformance.gateway.causes import is_plumbing

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
# The same operation on either transport; the other methods of the WS API have no counterpart that a trader uses.
HTTP_OF_WS = {
    "order.place": ("POST", "/fapi/v1/order"),
    "order.modify": ("PUT", "/fapi/v1/order"),
    "order.cancel": ("DELETE", "/fapi/v1/order"),
    "order.status": ("GET", "/fapi/v1/order"),
    "algoOrder.place": ("POST", "/fapi/v1/algoOrder"),
    "algoOrder.cancel": ("DELETE", "/fapi/v1/algoOrder"),
}
NEW_IDS = ("newClientOrderId", "clientAlgoId")
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
        """Take note of every order in an answer's body or an event."""
        if isinstance(value, list):
            for item in value:
                self.learn(item)
        elif isinstance(value, Mapping):
            for venue_key, client_key in (("orderId", "clientOrderId"), ("algoId", "clientAlgoId"), ("i", "c")):
                if value.get(venue_key) and isinstance(value.get(client_key), str):
                    self._client_ids[str(value[venue_key])] = logical_id(value[client_key])
            if value.get("aid") and value.get("caid"):
                self._client_ids[str(value["aid"])] = logical_id(value["caid"])
            for key in ("o", "data", "result"):
                if isinstance(value.get(key), Mapping | list):
                    self.learn(value[key])

    def of(self, value: str) -> str:
        """Return the one name of an order that may be given by client or by venue id, with or without a prefix."""
        return self._client_ids.get(value) or generic(value)


def generic(client_order_id: str) -> str:
    """Return an explicit id in its logical form; all ids that a trader made up are alike."""
    return GENERATED if _GENERATED.fullmatch(client_order_id) else logical_id(client_order_id)


def endpoint(method: str, path: str) -> str:
    """Return the route's text; creating a listen key and extending it answer alike and count as one."""
    if path == "/fapi/v1/listenKey" and method == "PUT":
        method = "POST"
    return f"{method} {path}"


def essence(method: str, path: str, params: Mapping[str, str], identities: Identities) -> dict[str, str]:
    """Return the parameters that make a request what it is, each in one canonical form."""
    if is_plumbing(path):
        return {}
    kept: dict[str, str] = {}
    placing = method == "POST" or (method == WS and path.endswith(".place"))
    for name, value in params.items():
        if name in VARIABLES | TIMES or (method == "GET" and name in PAGING):
            continue
        if name in _ID_LISTS:
            parts = [part.strip(' "') for part in value.strip("[]").split(",")]
            kept["orders"] = ",".join(sorted(identities.of(part) for part in parts))
        elif name in NEW_IDS and placing:
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
    if path == "/fapi/v3/positionRisk":
        return [("/fapi/v2/positionRisk", given)]
    if path == "/fapi/v2/positionRisk":
        return [("/fapi/v3/positionRisk", given)]
    if path in ("/fapi/v1/openOrders", "/fapi/v1/openAlgoOrders") and isinstance(body, list):
        symbols = sorted({row["symbol"] for row in body})
        return [("/fapi/v1/userTrades", {"symbol": symbol, "limit": "1000"}) for symbol in symbols]
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
