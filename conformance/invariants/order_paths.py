"""Invariant 1: the order of an order's events."""

from collections.abc import Iterator

from conformance.history.entries import Event
from conformance.history.order_states import TERMINAL, state_after
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

_LIVE = {"ACCEPTED", "UPDATED", "TRIGGERED", "PENDING_UPDATE", "PENDING_CANCEL", "MODIFY_REJECTED", "CANCEL_REJECTED"}
_WISHING = {"cancel", "cancel_batch", "cancel_all", "modify"}
_WISHES = {"PENDING_UPDATE", "PENDING_CANCEL"}
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


_TELLS = ("OrderUpdated", "OrderFilled")


@invariant(1)
def legal_path(reading: Reading) -> Iterator[Break]:
    """Order events follow a legal path of NautilusTrader's order states; what is reported twice happens once."""
    for (_, order), events in reading.order_events.items():
        taken_over = reading.order_before(events[0])
        state = (taken_over and taken_over.status) or "(none)"
        accepted, before = state in _LIVE, None
        for event in events:
            reached = state_after(event)
            if not reached or _only_tells(event, state):
                continue
            # What is reported twice happens once. After a refused cancel or amendment NautilusTrader accepts the order
            # again (its order states: PENDING_CANCEL and PENDING_UPDATE to ACCEPTED).
            accepted_again = accepted and reached == "ACCEPTED" and not _was_wished(reading, order, state, event)
            again = accepted_again or _changes_nothing(event, before)
            accepted, before = accepted or reached == "ACCEPTED", event
            if again:
                yield Break(f"{event.name} twice", f"order {order}, event #{event.seq}")
            elif reached not in _NEXT[state] and not _is_released(reading, order, state, reached):
                kind = "after the terminal state" if state in TERMINAL else "after"
                yield Break(f"{event.name} {kind} {state}", f"order {order}, event #{event.seq}")
            state = reached


def _is_released(reading: Reading, order: str, state: str, reached: str) -> bool:
    """Whether an order begins anew that the trader held back until its trigger: a stop becomes a market order."""
    submitted = reading.submissions.get(order)
    asked = None if submitted is None else submitted.order
    return (state, reached) == ("INITIALIZED",) * 2 and asked is not None and "emulation_trigger" in asked.more


def _was_wished(reading: Reading, order: str, state: str, event: Event) -> bool:
    """Whether the order was to be cancelled or amended: by its state, or by a command for which 1.x emits no event."""
    return state in _WISHES or any(
        command.op in _WISHING and command.seq < event.seq and (order in command.orders or command.op == "cancel_all")
        for command in reading.commands
        if event.reconciliation
    )


def _only_tells(event: Event, state: str) -> bool:
    """Whether an event leaves a closed order as it is.

    A trigger's new venue order id may be learned after the fill, and a fill that overtook a cancellation leaves the
    order CANCELED.
    """
    if event.status != state:
        return False
    return state in (TERMINAL if event.name == "OrderUpdated" else ("CANCELED", "EXPIRED")) and event.name in _TELLS


def _changes_nothing(event: Event, before: Event | None) -> bool:
    """Whether an event says what the one right before it has said already."""
    return event.name == "OrderTriggered" and before is not None and before.name == event.name
