"""Invariant 13: an order goes over the wire as it was asked for."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from conformance.checks.invariants.order_acts import placements
from conformance.checks.invariants.rule import Violation, invariant
from conformance.gateway.history import History
from conformance.subject.orders import CONDITIONAL, VENUE_TYPE

_PLAIN = re.compile(r"^\d+(\.\d+)?$")
_NUMBERS = {
    "quantity": ("quantity",),
    "price": ("price",),
    "trigger_price": ("triggerPrice", "stopPrice"),
    "activation_price": ("activatePrice",),
    "callback_rate": ("callbackRate",),
}


@invariant(13)
def orders_are_sent_as_asked(history: History) -> Iterator[Violation]:
    """Type, side, quantity, prices, time in force, trigger and flags of a placement are those of the order."""
    placed = placements(history)
    for command in history.of("command"):
        if command["op"] != "submit":
            continue
        order: Mapping[str, Any] = command["order"]
        for act in placed.get(order["client_order_id"], []):
            for name, sent, asked in _differences(order, act.params):
                what = f"{name} of a {order['type']} was not sent as asked"
                yield Violation(13, what, f"{order['client_order_id']}: {sent}, asked {asked}")


def _differences(order: Mapping[str, Any], params: Mapping[str, str]) -> Iterator[tuple[str, Any, Any]]:
    venue_type = VENUE_TYPE[order["type"]]
    for name, fields in _NUMBERS.items():
        asked = order.get(name)
        sent = next((params[field] for field in fields if params.get(field)), None)
        if sent is not None and not _PLAIN.match(sent):
            yield name, sent, "a plain decimal"
        elif (sent is None) != (asked is None) or (sent is not None and Decimal(sent) != Decimal(str(asked))):
            yield name, sent, asked
    expected: dict[str, tuple[Any, Any]] = {
        "side": (params.get("side"), order["side"]),
        "type": (params.get("type"), venue_type),
        "position_side": (params.get("positionSide", "BOTH"), "BOTH"),
        "reduce_only": (params.get("reduceOnly", "false").lower(), str(bool(order.get("reduce_only"))).lower()),
    }
    if venue_type != "MARKET":
        wanted = "GTX" if order.get("post_only") else order.get("time_in_force", "GTC")
        expected["time_in_force"] = (params.get("timeInForce", "GTC"), wanted)
    if venue_type in CONDITIONAL:
        mark = order.get("trigger_type") == "MARK_PRICE"
        expected["trigger_type"] = (
            params.get("workingType", "CONTRACT_PRICE"),
            "MARK_PRICE" if mark else "CONTRACT_PRICE",
        )
    if order.get("expire_time_ms") is not None:
        expected["expire_time_ms"] = (int(params.get("goodTillDate", 0)) // 1000, order["expire_time_ms"] // 1000)
    for name, (sent, asked) in expected.items():
        if sent != asked:
            yield name, sent, asked
