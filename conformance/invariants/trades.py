"""Invariant 12: what the trader books of a trade is what the venue said of it; every trade of its orders is booked."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from conformance.binance.fields import figure
from conformance.history.history import History
from conformance.history.record import Record
from conformance.invariants.books_kept import BooksKept
from conformance.invariants.rule import Violation, invariant
from conformance.invariants.words import Word, Words

#: What NautilusTrader ≥ 1.222 books when an algo order is FINISHED and its fill's event never came.
_STAND_IN = "ALGO-"
_ENDS = ("start", "stop", "kill")


@invariant(12)
def trades_are_booked_as_made(history: History) -> Iterator[Violation]:
    """Each fill rests on a trade of its order, and has its quantity, price, side, commission and liquidity.

    Every trade that was pushed to the trader is booked. Sources of what the venue says of a trade: Event: Order Update
    (t, l, L, S, n, N, m), TRADE_LITE, Account Trade List. A fill that reconciliation makes up from what an order has
    filled in all, or that stands in for an algo order's, has no trade: whether it may be there is for the invariants 3
    and 11 to say; as much of the order's trades as it stands for need not be booked again.
    """
    words = Words(history)
    orders = {command["order"]["client_order_id"] for command in history.of("command") if command["op"] == "submit"}
    for event in _fills(history):
        trade, order = str(event.get("trade_id")), event.get("client_order_id")
        told = words.of_trade(trade)
        if not told and not event.get("reconciliation") and not trade.startswith(_STAND_IN):
            yield Violation(12, "a fill rests on no trade of the venue", f"trade {trade}")
        for word in told:
            if word.order and word.order != order and orders & {word.order, order}:
                yield Violation(12, "a trade was booked to another order", f"trade {trade} of {word.order}: {order}")
        yield from _compared(event, [word for word in told if word.ns <= event.ns])
    yield from _missed(history, words, orders)


def _fills(history: History) -> list[Record]:
    return [event for event in history.of("event") if event["event"] == "OrderFilled"]


def _compared(fill: Record, told: list[Word]) -> Iterator[Violation]:
    """Yield in what a fill differs from what the trader had been told of its trade by then."""
    said = {name: value for word in told for name, value in word.terms.items()}
    for name, theirs in said.items():
        # A trade without commission has none in the trader's event either.
        mine = fill.get(name) or ("0" if name == "commission" else None)
        if (figure(mine) if isinstance(theirs, Decimal) else mine) != theirs:
            detail = f"trade {fill.get('trade_id')}: {mine}, venue {theirs}"
            yield Violation(12, f"{name} of a fill is not the venue's", detail)


def _missed(history: History, words: Words, orders: set[str]) -> Iterator[Violation]:
    kept = BooksKept(history)
    booked = {(kept.of(event), str(event.get("trade_id"))) for event in _fills(history)}
    stood_for: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for event in _fills(history):
        if not words.of_trade(str(event.get("trade_id"))):
            stood_for[kept.of(event), str(event.get("client_order_id"))] += Decimal(event["last_qty"])
    missed: dict[tuple[int, str], dict[str, Decimal]] = defaultdict(dict)
    opened = {connection["id"]: connection.seq for connection in history.of("connection") if _is_open(connection)}
    for word in words.pushed_trades:
        assert word.frame is not None
        # The connection belongs to the trader that was running when it was opened.
        book = kept.at(opened.get(word.frame["connection"], word.frame.seq))
        if (
            word.order in orders
            and word.quantity
            and (book, word.trade) not in booked
            and _was_read(history, word.frame)
        ):
            missed[book, word.order][word.trade] = word.quantity
    for (book, order), trades in missed.items():
        if sum(trades.values()) > stood_for[book, order]:
            yield Violation(12, "a trade of the venue was not booked", f"trades {', '.join(trades)} of {order}")


def _was_read(history: History, frame: Record) -> bool:
    """Whether the trader had time to take in a frame: it, or its connection, did not end right upon it."""
    for record in history.records[frame.seq + 1 :]:
        if record.kind in ("event", "snapshot"):
            return True
        if record.kind == "command" and record["op"] in _ENDS:
            return False
        if record.kind == "connection" and record["id"] == frame["connection"]:
            return False
    return True


def _is_open(connection: Record) -> bool:
    return bool(connection["state"] == "open")
