"""Invariant 12: what the trader books of a trade is what the venue said of it; every trade of its orders is booked."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from conformance.checks.invariants.rule import Violation, invariant
from conformance.checks.wire import client_order_id, event_of
from conformance.gateway.history import History

#: What NautilusTrader ≥ 1.222 books when an algo order is FINISHED and its fill's event never came.
_STAND_IN = "ALGO-"
_EXECUTIONS = ("TRADE", "CALCULATED")
#: What an event of the trader says of a trade, and where the venue said it.
_FIGURES = {"last_qty": "l", "last_px": "L", "commission": "n"}
_NAMES = {"side": "S", "commission_currency": "N"}


@invariant(12)
def trades_are_booked_as_made(history: History) -> Iterator[Violation]:
    """Each fill rests on a trade of the venue and has its quantity, price, side, commission and liquidity."""
    told = _told(history)
    known = _answered(history) | told.keys()
    submitted = {command["order"]["client_order_id"] for command in history.of("command") if command["op"] == "submit"}
    booked: set[str] = set()
    for event in history.of("event"):
        if event["event"] != "OrderFilled":
            continue
        trade = str(event.get("trade_id"))
        booked.add(trade)
        if trade in told:
            yield from _compared(event, told[trade], trade)
        elif not event.get("reconciliation") and trade not in known and not trade.startswith(_STAND_IN):
            yield Violation(12, "a fill rests on no trade of the venue", f"trade {trade}")
    for trade, order in told.items():
        if trade not in booked and client_order_id(str(order["c"])) in submitted:
            yield Violation(12, "a trade of the venue was not booked", f"trade {trade} of {order['c']}")


def _told(history: History) -> dict[str, Mapping[str, Any]]:
    """Return the trades of which the trader was told on its stream, by trade id."""
    told: dict[str, Mapping[str, Any]] = {}
    for frame in history.of("frame"):
        data = event_of(frame)
        if data.get("e") == "ORDER_TRADE_UPDATE" and data["o"].get("x") in _EXECUTIONS:
            told[str(data["o"]["t"])] = data["o"]
    return told


def _answered(history: History) -> set[str]:
    """Return the ids of the trades that the venue told of in its answers to queries of trades."""
    rows = [row for answer in history.of("answer") if isinstance(answer.get("body"), list) for row in answer["body"]]
    return {str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row and "orderId" in row}


def _compared(event: Any, order: Mapping[str, Any], trade: str) -> Iterator[Violation]:
    for name, field in _FIGURES.items():
        if name in ("commission",) and order.get(field) is None:
            continue
        if Decimal(str(event.get(name) or 0)) != Decimal(str(order[field])):
            yield Violation(
                12, f"{name} of a fill is not the venue's", f"trade {trade}: {event.get(name)}, venue {order[field]}"
            )
    for name, field in _NAMES.items():
        if order.get(field) is not None and event.get(name) != order[field]:
            yield Violation(
                12, f"{name} of a fill is not the venue's", f"trade {trade}: {event.get(name)}, venue {order[field]}"
            )
    liquidity = "MAKER" if order["m"] else "TAKER"
    if event.get("liquidity") != liquidity:
        yield Violation(12, "liquidity of a fill is not the venue's", f"trade {trade}: {event.get('liquidity')}")
