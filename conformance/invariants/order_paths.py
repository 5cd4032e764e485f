"""Invariant 1: the order of an order's events."""

from collections.abc import Iterator

from conformance.binance.fields import figure
from conformance.history.entries import Event
from conformance.history.order_states import STATE_AFTER, TERMINAL, state_after
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

_LIVE = {"ACCEPTED", "UPDATED", "TRIGGERED", "PENDING_UPDATE", "PENDING_CANCEL", "MODIFY_REJECTED", "CANCEL_REJECTED"}
_WISHING = {"cancel", "cancel_batch", "cancel_all", "modify"}
_WISHES = {"PENDING_UPDATE", "PENDING_CANCEL"}
_ENDS = {"PARTIALLY_FILLED", "FILLED", "CANCELED", "EXPIRED"}
#: What moves no position: told again, it costs nothing. A trade that is told again is booked again.
_UNTRADED = {"CANCELED", "EXPIRED", "REJECTED", "EMULATED"}
#: From each state, the states that an event may bring about next. A fill may still overtake a cancellation: the venue
#: matches before it cancels, and its events are on separate paths (reference: binance-usdm, 10.12 and 12). An emulated
#: order begins anew before its release: a stop becomes a market order.
_NEXT: dict[str, set[str]] = {
    "(none)": {"INITIALIZED", "SUBMITTED", "DENIED", "ACCEPTED", *_ENDS},
    "INITIALIZED": {"EMULATED", "RELEASED", "SUBMITTED", "DENIED", "ACCEPTED", "REJECTED", *_ENDS},
    "EMULATED": {"INITIALIZED", "RELEASED", "UPDATED", "DENIED", "CANCELED", "EXPIRED"},
    "RELEASED": {"SUBMITTED", "DENIED", "ACCEPTED", "REJECTED", *_ENDS},
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
#: Events that leave their order in one state, whatever comes at the same time.
_PLAIN = frozenset(
    {
        "OrderInitialized",
        "OrderDenied",
        "OrderEmulated",
        "OrderReleased",
        "OrderSubmitted",
        "OrderExpired",
        "OrderPendingUpdate",
        "OrderPendingCancel",
    }
)


@invariant(1)
def legal_path(reading: Reading) -> Iterator[Break]:
    """Order events follow a legal path of NautilusTrader's order states; what is reported twice happens once.

    The state that an event shows its order in is one that its events have brought about.
    """
    for (_, order), events in reading.order_events.items():
        taken_over = reading.order_before(events[0])
        state = (taken_over and taken_over.status) or "(none)"
        accepted, before = state in _LIVE, None
        been = {state, "ACCEPTED"}
        for event in events:
            if reading.resubmissions.tell(event):
                continue
            reached = state_after(event)
            been.add(reached)
            if event.name == "OrderFilled":
                # A wish that waits for its answer may hide it; once refused, it leaves the order as the fill did.
                been.add("FILLED" if _fills_wholly(event) else "PARTIALLY_FILLED")
            if not _is_shown_rightly(reading, order, event, been):
                yield Break(f"{event.name} shows its order {event.status}", f"order {order}, event #{event.seq}")
            if not reached or _only_tells(event, state) or _is_amended_here(reading, event, state):
                continue
            # What is reported twice happens once. After a refused cancel or amendment NautilusTrader accepts the order
            # again (its order states: PENDING_CANCEL and PENDING_UPDATE to ACCEPTED).
            anew = _is_learned_anew(reading, before, event)
            free_to = anew or _was_wished(reading, order, state, event)
            again = (accepted and reached == "ACCEPTED" and not free_to) or _changes_nothing(event, before)
            accepted, before = accepted or reached == "ACCEPTED", event
            if again:
                yield Break(f"{event.name} twice", f"order {order}, event #{event.seq}")
            elif anew and reached == state and state in _UNTRADED:
                pass
            elif reached not in _NEXT[state] or (reached == "EMULATED" and order not in reading.held_back):
                kind = "after the terminal state" if state in TERMINAL else "after"
                yield Break(f"{event.name} {kind} {state}", f"order {order}, event #{event.seq}")
            state = reached


def _is_learned_anew(reading: Reading, before: Event | None, event: Event) -> bool:
    """Whether an event tells anew what may not have been kept, after a crash.

    It is the first that another trader tells of the order than the one that was killed. Reconciliation may find an
    acceptance that was lost, or the end of the order; what a trader holds back it emulates by itself. (That an order
    had ended, and now is accepted or has ended otherwise, is no legal path whoever tells it.)
    """
    teller = None if before is None else reading.lineages.start_of(before)
    tells_again = event.reconciliation or event.name == "OrderEmulated"
    return tells_again and teller is not None and reading.is_after_a_crash(event, teller)


def _is_amended_here(reading: Reading, event: Event, state: str) -> bool:
    """Whether an event tells of an amendment of an order that the trader holds back itself, and goes on to hold."""
    held = state in ("INITIALIZED", "EMULATED") and event.client_order_id in reading.kept_here
    return held and event.name == "OrderUpdated" and event.status in (None, state)


def _is_shown_rightly(reading: Reading, order: str, event: Event, been: set[str]) -> bool:
    """Whether an event shows its order in the state that it brings about, or in one that the order has been in."""
    if event.status is None:
        return True
    if event.name in _PLAIN:
        return event.status == STATE_AFTER[event.name]
    # 1.x tells no strategy that an order is to be cancelled or amended which is another client's.
    return event.status in been or (event.status in _WISHES and _has_wish(reading, order, event))


def _fills_wholly(fill: Event) -> bool:
    """Whether nothing of its order is left after a fill, by what it says of both quantities."""
    filled, ordered = figure(fill.filled_qty), figure(fill.quantity)
    return filled is not None and ordered is not None and filled >= ordered


def _was_wished(reading: Reading, order: str, state: str, event: Event) -> bool:
    """Whether the order was to be cancelled or amended: by its state, or by a command for which 1.x emits no event."""
    return state in _WISHES or (bool(event.reconciliation) and _has_wish(reading, order, event))


def _has_wish(reading: Reading, order: str, event: Event) -> bool:
    return any(
        command.op in _WISHING and command.seq < event.seq and (order in command.orders or command.op == "cancel_all")
        for command in reading.commands
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
