"""Invariant 11: a restart, reconnect or query with nothing changed at the venue changes nothing in the trader."""

from collections.abc import Iterator
from typing import Any

from conformance.checks.invariants.rule import Violation, invariant
from conformance.checks.wire import event_of
from conformance.gateway.history import History
from conformance.gateway.record import Record


@invariant(11)
def nothing_is_invented(history: History) -> Iterator[Violation]:
    """After a restart or reconnect, no fill that the venue never made: every trade id applied is one that it issued."""
    resumed = _resumed_at(history)
    if resumed is None:
        return
    issued = _issued_trades(history)
    for event in history.of("event", since=resumed):
        if event["event"] == "OrderFilled" and str(event.get("trade_id")) not in issued:
            what = "a fill was invented by reconciliation" if event.get("reconciliation") else "a fill was invented"
            yield Violation(11, f"{what} after a restart or reconnect", f"trade {event.get('trade_id')}")
        elif event["event"] == "OrderFilled" and str(event["trade_id"]) in _applied(history, resumed):
            yield Violation(11, "a fill was applied again after a restart or reconnect", f"trade {event['trade_id']}")


def _resumed_at(history: History) -> int | None:
    """Where the trader came back: its second start, or its second user stream."""
    starts = [record.seq for record in history.of("command") if record["op"] == "start"]
    streams = [
        record.seq for record in history.of("connection") if record["channel"] == "user" and record["state"] == "open"
    ]
    return min([*starts[1:2], *streams[1:2]], default=None)


def _issued_trades(history: History) -> set[str]:
    issued: set[str] = set()
    for record in history.of("frame", "answer"):
        if record.kind == "frame":
            data = event_of(record)
            order: Any = data.get("o") if isinstance(data.get("o"), dict) else data
            # An event that is no trade has none, or 0: neither is an id that a fill could rest on.
            if order.get("t"):
                issued.add(str(order["t"]))
        else:
            issued |= _trades_in(record)
    return issued


def _trades_in(answer: Record) -> set[str]:
    body = answer.get("body")
    rows = body if isinstance(body, list) else []
    return {str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row and "orderId" in row}


def _applied(history: History, before: int) -> set[str]:
    return {
        str(event["trade_id"])
        for event in history.records[:before]
        if event.kind == "event" and event["event"] == "OrderFilled" and event.get("trade_id")
    }
