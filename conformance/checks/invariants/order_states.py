"""Invariants 1 and 4: the order of an order's events, and of its events against the wire."""

from collections import defaultdict
from collections.abc import Iterator

from conformance.checks.invariants.evidence import acknowledgements
from conformance.checks.invariants.rule import Violation, invariant
from conformance.checks.trader import TERMINAL, state_after
from conformance.checks.wire import client_order_id_of
from conformance.gateway.history import History
from conformance.gateway.record import Record

_LIVE = {"ACCEPTED", "UPDATED", "TRIGGERED", "PENDING_UPDATE", "PENDING_CANCEL", "MODIFY_REJECTED", "CANCEL_REJECTED"}
_ENDS = {"PARTIALLY_FILLED", "FILLED", "CANCELED", "EXPIRED"}
#: From each state, the states that an event may bring about next. A fill may still overtake a cancellation: the venue
#: matches before it cancels, and its events are on separate paths (reference: binance-usdm, 10.12 and 12).
_NEXT: dict[str, set[str]] = {
    "(none)": {"INITIALIZED", "SUBMITTED", "DENIED", "ACCEPTED", *_ENDS},
    "INITIALIZED": {"SUBMITTED", "DENIED", "ACCEPTED", "REJECTED", *_ENDS},
    "SUBMITTED": {"ACCEPTED", "REJECTED", *_LIVE, *_ENDS},
    "PARTIALLY_FILLED": {*_LIVE, *_ENDS},
    "CANCELED": {"PARTIALLY_FILLED", "FILLED"},
    "DENIED": set(),
    "REJECTED": set(),
    "EXPIRED": set(),
    "FILLED": set(),
    **{state: {*_LIVE, *_ENDS, "REJECTED"} for state in _LIVE},
}


def order_events(history: History) -> dict[str, list[Record]]:
    """Return the trader's order events by client order id, in the order in which they came."""
    by_order: dict[str, list[Record]] = defaultdict(list)
    for event in history.of("event"):
        if str(event["event"]).startswith("Order") and event.get("client_order_id"):
            by_order[event["client_order_id"]].append(event)
    return by_order


@invariant(1)
def legal_path(history: History) -> Iterator[Violation]:
    """Order events follow a legal path of NautilusTrader's order states; at most one terminal state at the end."""
    for order, events in order_events(history).items():
        state = "(none)"
        for event in events:
            reached = state_after(event)
            if not reached or _only_tells(event, state):
                continue
            if reached not in _NEXT[state]:
                kind = "after the terminal state" if state in TERMINAL else "after"
                yield Violation(1, f"{event['event']} {kind} {state}", f"order {order}, event #{event.seq}")
            state = reached


def _only_tells(event: Record, state: str) -> bool:
    """Whether an event leaves a closed order as it is: a trigger's new venue order id may be learned after the fill."""
    return event["event"] == "OrderUpdated" and state in TERMINAL and event.get("status") == state


@invariant(4)
def acknowledged_before_accepted(history: History) -> Iterator[Violation]:
    """`OrderSubmitted` comes before its request; `OrderAccepted` never before the venue's acknowledgement.

    The first is judged by the trader's own clock, the event's `ts_event` against the request's `timestamp`: a node
    hands its events on through a queue, so that a strategy may well see `OrderSubmitted` after the request has left.
    """
    signed_ms: dict[str, int] = {}
    for request in history.of("request"):
        order = client_order_id_of(request["params"])
        if order and request["by"] == "trader" and _places(request):
            signed_ms.setdefault(order, int(request["params"].get("timestamp", 0)))
    first_word = acknowledgements(history)
    for order, events in order_events(history).items():
        for event in events:
            if order not in signed_ms:
                continue
            if event["event"] == "OrderSubmitted" and int(event.get("ts_event", 0)) // 1_000_000 > signed_ms[order]:
                yield Violation(4, "OrderSubmitted after its request", f"order {order}")
            if event["event"] == "OrderAccepted":
                acknowledged = first_word.get(order)
                if acknowledged is None or acknowledged > event.ns:
                    yield Violation(4, "OrderAccepted before the venue's acknowledgement", f"order {order}")


def _places(request: Record) -> bool:
    return f"{request['method']} {request['path']}" in {
        "POST /fapi/v1/order",
        "POST /fapi/v1/algoOrder",
        "POST /fapi/v1/batchOrders",
        "WS order.place",
        "WS algoOrder.place",
    }
