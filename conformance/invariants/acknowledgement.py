"""Invariant 4: the order of an order's events against the wire."""

from collections.abc import Iterator

from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

_BEFORE = ("OrderInitialized", "OrderDenied", "OrderEmulated", "OrderReleased")


@invariant(4)
def acknowledged_before_accepted(reading: Reading) -> Iterator[Break]:
    """`OrderSubmitted` comes before its request; `OrderAccepted` never before the venue's acknowledgement.

    The first is judged by the trader's own clock, the event's `ts_event` against the request's `timestamp`: a node
    hands its events on through a queue, so that a strategy may well see `OrderSubmitted` after the request has left.
    But it is told: nothing else is told of an order that the trader has placed for a strategy. What a trader was to
    tell when it was killed, nobody may have heard.
    """
    placed = reading.placements
    # A timestamp that is no number is invariant 5's: it says nothing about the order of things.
    stamps = {order: acts[0].request.params.get("timestamp", "") for order, acts in placed.items()}
    signed_ms = {order: int(stamp) for order, stamp in stamps.items() if stamp.isdecimal()}
    for (book, order), events in reading.order_events.items():
        submission = reading.submissions.get(order)
        later = [event for event in events if event.name not in _BEFORE]
        if (
            submission is not None
            and order in placed
            and reading.lineages.at(submission.seq) == book
            and later
            and all(event.name != "OrderSubmitted" for event in later)
            and not reading.was_killed(submission.seq, later[0].seq)
        ):
            yield Break(f"{later[0].name} without OrderSubmitted", f"order {order}")
        for event in events:
            if order not in placed:
                continue
            submitted_ms = event.ts_event // 1_000_000
            if event.name == "OrderSubmitted" and submitted_ms > signed_ms.get(order, submitted_ms):
                yield Break("OrderSubmitted after its request", f"order {order}")
            if event.name == "OrderAccepted":
                acknowledged = reading.statements.first_about(order)
                if acknowledged is None or acknowledged > event.ns:
                    yield Break("OrderAccepted before the venue's acknowledgement", f"order {order}")
