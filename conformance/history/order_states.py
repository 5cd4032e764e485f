"""Order states: what each of the trader's order events makes of its order."""

from conformance.history.entries import Event

#: The state that each order event brings about. Fills carry their state themselves (partially or wholly filled).
STATE_AFTER = {
    "OrderInitialized": "INITIALIZED",
    "OrderDenied": "DENIED",
    "OrderEmulated": "EMULATED",
    "OrderReleased": "RELEASED",
    "OrderSubmitted": "SUBMITTED",
    "OrderAccepted": "ACCEPTED",
    "OrderRejected": "REJECTED",
    "OrderPendingUpdate": "PENDING_UPDATE",
    "OrderPendingCancel": "PENDING_CANCEL",
    "OrderUpdated": "UPDATED",
    "OrderTriggered": "TRIGGERED",
    "OrderCanceled": "CANCELED",
    "OrderExpired": "EXPIRED",
    "OrderModifyRejected": "MODIFY_REJECTED",
    "OrderCancelRejected": "CANCEL_REJECTED",
}
#: States in which the trader waits for the venue's answer.
IN_FLIGHT = frozenset({"SUBMITTED", "PENDING_UPDATE", "PENDING_CANCEL"})
TERMINAL = frozenset({"DENIED", "REJECTED", "CANCELED", "EXPIRED", "FILLED"})


def state_after(event: Event) -> str:
    """Return the order state that this trader event brought about, "" for an event of no order."""
    if event.name == "OrderFilled":
        return event.status or "FILLED"
    return STATE_AFTER.get(event.name, "")
