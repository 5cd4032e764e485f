"""Invariant 11: a restart, reconnect or query with nothing changed at the venue changes nothing in the trader."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from conformance.binance.answers import TradeRow, read_rows
from conformance.binance.events import OrderUpdate, TradeLite, read_event
from conformance.history.history import History
from conformance.invariants.books_kept import BooksKept
from conformance.invariants.order_acts import order_acts
from conformance.invariants.positions import PositionsKept
from conformance.invariants.rule import Violation, invariant
from conformance.invariants.words import Words

_QUERIES = ("query_order", "query_account")
_POSITION_EVENTS = ("PositionOpened", "PositionChanged", "PositionClosed")
# A fill that turns a position around closes one and opens another.
_CHANGES_A_FILL = 2


@invariant(11)
def nothing_is_invented(history: History) -> Iterator[Violation]:
    """After a restart, reconnect or query no fill that the venue never made, no change without one, no new order."""
    kept = BooksKept(history)
    resumed = _resumed(history, kept)
    yield from _fills(history, kept, resumed)
    yield from _changes(history, kept, resumed)
    yield from _orders(history, kept, resumed)


def _resumed(history: History, kept: BooksKept) -> dict[int, int]:
    """Return by book where its trader first took up again what it knew: `seq` of a restart, reconnect or query.

    A trader that starts without its predecessor's cache has an empty book, and may be told of orders and fills anew.
    """
    found: dict[int, int] = {}
    streams = 0
    for record in history.of("command", "connection"):
        again = False
        if record.kind == "command":
            if record["op"] == "start":
                streams, again = 0, kept.goes_on(record)
            again = again or record["op"] in _QUERIES
        elif record["channel"] == "user" and record["state"] == "open":
            streams += 1
            again = streams > 1
        if again:
            found.setdefault(kept.at(record.seq), record.seq)
    return found


def _fills(history: History, kept: BooksKept, resumed: dict[int, int]) -> Iterator[Violation]:
    issued, words = _issued_trades(history), Words(history)
    positions = PositionsKept(history, words, kept)
    applied: dict[int, dict[str, str]] = {}
    filled: dict[tuple[int, str], Decimal] = {}
    for event in history.of("event"):
        if event["event"] != "OrderFilled":
            continue
        book, trade, order = kept.of(event), str(event.get("trade_id")), str(event.get("client_order_id"))
        again = book in resumed and event.seq > resumed[book]
        known = applied.setdefault(book, {})
        if again and trade in known and trade in issued:
            yield Violation(11, "a fill was applied again after a restart or reconnect", f"trade {trade}")
        known[trade] = order
        filled[book, order] = filled.get((book, order), Decimal(0)) + Decimal(event["last_qty"])
        if again and trade not in issued:
            # The venue may have told of a fill without its trade: what an order has filled in all, or a position.
            if filled[book, order] <= words.filled(event) or positions.explain(event):
                continue
            what = "a fill was invented by reconciliation" if event.get("reconciliation") else "a fill was invented"
            yield Violation(11, f"{what} after a restart or reconnect", f"trade {trade}")


def _changes(history: History, kept: BooksKept, resumed: dict[int, int]) -> Iterator[Violation]:
    fills: dict[tuple[int, Any], int] = {}
    for event in history.of("event"):
        book = kept.of(event)
        if book not in resumed or event.seq < resumed[book]:
            continue
        of = book, event.get("symbol")
        if event["event"] == "OrderFilled":
            fills[of] = fills.get(of, 0) + _CHANGES_A_FILL
        elif event["event"] in _POSITION_EVENTS:
            fills[of] = fills.get(of, 0) - 1
    for (_, symbol), left in fills.items():
        if left < 0:
            yield Violation(11, "a position changed without a fill after a restart or reconnect", str(symbol))


def _orders(history: History, kept: BooksKept, resumed: dict[int, int]) -> Iterator[Violation]:
    commands = history.of("command")
    asked = {command["order"]["client_order_id"]: command.seq for command in commands if command["op"] == "submit"}
    for act in order_acts(history, "place"):
        seq = act.request.seq
        again = resumed.get(kept.at(seq))
        if again is None or seq < again:
            continue
        if act.order not in asked or seq < asked[act.order]:
            yield Violation(11, "an order was placed that nobody asked for, after a restart or reconnect", str(act))
        elif any(asked[act.order] < start.seq < seq for start in kept.starts):
            yield Violation(11, "an order was placed again after a restart", str(act))


def _issued_trades(history: History) -> set[str]:
    issued: set[str] = set()
    for record in history.of("frame", "answer"):
        if record.kind == "frame":
            told = read_event(record["data"])
            if isinstance(told, OrderUpdate | TradeLite) and told.trade is not None:
                issued.add(told.trade.trade)
        else:
            issued.update(row.trade.trade for row in read_rows(record.get("body")) if isinstance(row, TradeRow))
    return issued
