"""Invariant 1: the order of an order's events."""

from collections.abc import Iterator

from conformance.history.entries import Event
from conformance.history.order_states import TERMINAL, state_after
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

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


@invariant(1)
def legal_path(reading: Reading) -> Iterator[Break]:
    """Order events follow a legal path of NautilusTrader's order states; at most one terminal state at the end."""
    for (_, order), events in reading.order_events.items():
        state = "(none)"
        for event in events:
            reached = state_after(event)
            if not reached or _only_tells(event, state):
                continue
            if reached not in _NEXT[state]:
                kind = "after the terminal state" if state in TERMINAL else "after"
                yield Break(f"{event.name} {kind} {state}", f"order {order}, event #{event.seq}")
            state = reached


def _only_tells(event: Event, state: str) -> bool:
    """Whether an event leaves a closed order as it is: a trigger's new venue order id may be learned after the fill."""
    return event.name == "OrderUpdated" and state in TERMINAL and event.status == state
