"""The positions that a trader's fills add up to, beside those that the venue reported to it."""

from decimal import Decimal

from conformance.history.history import History
from conformance.history.record import Record
from conformance.invariants.books_kept import BooksKept
from conformance.invariants.words import Words


class PositionsKept:
    """Net positions by book and symbol, fill by fill, each trade counted once."""

    def __init__(self, history: History, words: Words, kept: BooksKept) -> None:
        self._words = words
        self._before: dict[int, Decimal] = {}
        held: dict[tuple[int, str], Decimal] = {}
        applied: set[tuple[int, str, str]] = set()
        for event in history.of("event"):
            if event["event"] != "OrderFilled":
                continue
            book, symbol = kept.of(event), str(event.get("symbol"))
            self._before[event.seq] = held.get((book, symbol), Decimal(0))
            trade = (book, str(event.get("client_order_id")), str(event.get("trade_id")))
            if trade not in applied:
                applied.add(trade)
                held[book, symbol] = self._before[event.seq] + signed(event)

    def explain(self, fill: Record) -> bool:
        """Whether a fill of an order that the venue does not know brings the position nearer to the venue's report.

        So a trader books a position whose orders it cannot learn any more (reconciliation by position reports).
        """
        if self._words.about(fill) or not fill.get("side"):
            return False
        reported = self._words.position(str(fill.get("symbol")), fill.ns)
        before = self._before[fill.seq]
        return reported is not None and abs(reported - before - signed(fill)) < abs(reported - before)


def signed(fill: Record) -> Decimal:
    """Return a fill's quantity, negative for a sale; one without a side is taken for a purchase."""
    quantity = Decimal(fill["last_qty"])
    return -quantity if fill.get("side") == "SELL" else quantity
