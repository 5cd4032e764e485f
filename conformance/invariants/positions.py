"""The positions that a trader's fills add up to, beside those that the venue reported to it."""

from collections.abc import Iterable
from decimal import Decimal

from conformance.history.entries import Event
from conformance.invariants.lineages import Lineages
from conformance.invariants.statements import Statements


class PositionsKept:
    """Net positions by book and symbol, fill by fill, each trade counted once."""

    def __init__(self, fills: Iterable[Event], statements: Statements, lineages: Lineages) -> None:
        self._statements = statements
        self._before: dict[int, Decimal] = {}
        held: dict[tuple[int, str], Decimal] = {}
        applied: set[tuple[int, str | None, str | None]] = set()
        for fill in fills:
            book, symbol = lineages.of(fill), str(fill.symbol)
            self._before[fill.seq] = held.get((book, symbol), Decimal(0))
            trade = (book, fill.client_order_id, fill.trade_id)
            if trade not in applied:
                applied.add(trade)
                held[book, symbol] = self._before[fill.seq] + signed(fill)

    def explain(self, fill: Event) -> bool:
        """Whether a fill of an order that the venue does not know brings the position nearer to the venue's report.

        So a trader books a position whose orders it cannot learn any more (reconciliation by position reports).
        """
        if self._statements.about(fill) or not fill.side:
            return False
        reported = self._statements.position(str(fill.symbol), fill.ns)
        before = self._before[fill.seq]
        return reported is not None and abs(reported - before - signed(fill)) < abs(reported - before)


def quantity(fill: Event) -> Decimal:
    """Return how much a fill says that was traded."""
    return Decimal(fill.last_qty or 0)


def signed(fill: Event) -> Decimal:
    """Return a fill's quantity, negative for a sale; one without a side is taken for a purchase."""
    return -quantity(fill) if fill.side == "SELL" else quantity(fill)
