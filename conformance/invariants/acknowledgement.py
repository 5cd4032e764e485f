"""Invariant 4: the order of an order's events against the wire."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import inf

from conformance.history.entries import Event
from conformance.invariants.order_acts import OrderAct
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

_BEFORE = ("OrderInitialized", "OrderDenied", "OrderEmulated", "OrderReleased")


@invariant(4)
def acknowledged_before_accepted(reading: Reading) -> Iterator[Break]:
    """`OrderSubmitted` comes before its request; `OrderAccepted` never before the venue's acknowledgement.

    The first is judged by the trader's own clock, the event's `ts_event` against the request's `timestamp`: a node
    hands its events on through a queue, so that a strategy may well see `OrderSubmitted` after the request has left.
    But it is told, of each order that went by a name: nothing else is told of an order that the trader has placed for
    a strategy. What a trader was to tell when it was killed, nobody may have heard.
    """
    for (book, order), events in reading.order_events.items():
        placed = reading.placements.get(order, ())
        if not placed:
            continue
        yield from _untold(reading, book, order, events)
        for event in events:
            if event.name == "OrderSubmitted" and event.ts_event // 1_000_000 > _signed_ms(reading, event, placed):
                yield Break("OrderSubmitted after its request", f"order {order}")
            if event.name == "OrderAccepted":
                acknowledged = reading.statements.first_about(order)
                if acknowledged is None or acknowledged > event.ns:
                    yield Break("OrderAccepted before the venue's acknowledgement", f"order {order}")


def _untold(reading: Reading, book: int, order: str, events: Sequence[Event]) -> Iterator[Break]:
    """Yield the break of each submission by this name that was sent and of which `OrderSubmitted` was not told."""
    told: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        submission = reading.submission(order, event)
        if submission is not None and event.name not in _BEFORE:
            told[submission.seq].append(event)
    sent = {
        submission.seq
        for act in reading.placements.get(order, ())
        if (submission := reading.submission(order, act.request)) is not None
    }
    for at, later in told.items():
        lost = reading.is_after_a_crash(later[0], reading.lineages.last_before(at))
        here = at in sent and reading.lineages.at(at) == book and not lost
        if here and all(event.name != "OrderSubmitted" for event in later):
            yield Break(f"{later[0].name} without OrderSubmitted", f"order {order}")


def _signed_ms(reading: Reading, event: Event, placed: Sequence[OrderAct]) -> float:
    """Return the timestamp of the first request that placed an event's order; without one, no time is too late."""
    submission = reading.submission(event.client_order_id, event)
    since = -1 if submission is None else submission.seq
    stamps = [act.request.params.get("timestamp", "") for act in placed if act.request.seq > since]
    # A timestamp that is no number is invariant 5's: it says nothing about the order of things.
    return int(stamps[0]) if stamps and stamps[0].isdecimal() else inf
