"""Invariants 1 and 4: the order of an order's events, and of its events against the wire."""

from collections import defaultdict
from collections.abc import Iterator

from conformance.history.history import History
from conformance.history.order_states import TERMINAL, state_after
from conformance.history.record import Record
from conformance.invariants.books_kept import BooksKept
from conformance.invariants.order_acts import placements
from conformance.invariants.rule import Violation, invariant
from conformance.invariants.words import Words

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


def order_events(history: History) -> dict[tuple[int, str], list[Record]]:
    """Return the trader's order events by book and client order id, in the order in which they came.

    Two traders tell of the same order each for itself, unless the second goes on with the first one's book.
    """
    kept = BooksKept(history)
    by_order: dict[tuple[int, str], list[Record]] = defaultdict(list)
    for event in history.of("event"):
        if str(event["event"]).startswith("Order") and event.get("client_order_id"):
            by_order[kept.of(event), event["client_order_id"]].append(event)
    return by_order


@invariant(1)
def legal_path(history: History) -> Iterator[Violation]:
    """Order events follow a legal path of NautilusTrader's order states; at most one terminal state at the end."""
    for (_, order), events in order_events(history).items():
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
    placed, words = placements(history), Words(history)
    # A timestamp that is no number is invariant 5's: it says nothing about the order of things.
    stamps = {order: str(acts[0].request["params"].get("timestamp", "")) for order, acts in placed.items()}
    signed_ms = {order: int(stamp) for order, stamp in stamps.items() if stamp.isdecimal()}
    for (_, order), events in order_events(history).items():
        for event in events:
            if order not in placed:
                continue
            submitted_ms = int(event.get("ts_event", 0)) // 1_000_000
            if event["event"] == "OrderSubmitted" and submitted_ms > signed_ms.get(order, submitted_ms):
                yield Violation(4, "OrderSubmitted after its request", f"order {order}")
            if event["event"] == "OrderAccepted":
                acknowledged = words.first_about(order)
                if acknowledged is None or acknowledged > event.ns:
                    yield Violation(4, "OrderAccepted before the venue's acknowledgement", f"order {order}")
