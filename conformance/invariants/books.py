"""Invariant 8: at the end, the trader's open orders, positions and balances equal the venue's."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from conformance.binance.client_order_id import own_id
from conformance.history.books import OrderRow
from conformance.history.entries import Declared, Snapshot
from conformance.history.history import History
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

NUMBER = 8
_ENTRY_TOLERANCE = Decimal("1e-6")  # averages of binary floats on one side, of decimals on the other


@invariant(NUMBER)
def books_agree_at_the_end(reading: Reading) -> Iterator[Break]:
    """The last snapshot of the trader and the last of the venue show the same open orders, positions and balances."""
    last = {snapshot.who: snapshot for snapshot in reading.history.of(Snapshot)}
    if "trader" in last and "venue" in last:
        for what, detail in undeclared(reading.history, differences(last["trader"], last["venue"])):
            yield Break(what, detail)


def undeclared(history: History, found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the differences that the case has not declared as intended."""
    declared = history.of(Declared)
    for what, detail in found:
        about = detail.partition(":")[0]
        if not any(each.difference == what and each.about in ("", about) for each in declared):
            yield what, detail


def differences(trader: Snapshot, venue: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield how two snapshots differ: what differs, in stable words, and the detail."""
    yield from _orders(trader, venue)
    mine, theirs = _positions(trader), _positions(venue)
    for symbol in sorted(mine.keys() | theirs.keys()):
        if mine.get(symbol, 0) != theirs.get(symbol, 0):
            detail = f"{symbol}: trader {mine.get(symbol, 0)}, venue {theirs.get(symbol, 0)}"
            yield "the trader's position is not the venue's", detail
        elif not _same_entry(_entry(trader, symbol), _entry(venue, symbol)):
            detail = f"{symbol}: trader {_entry(trader, symbol)}, venue {_entry(venue, symbol)}"
            yield "the trader's entry price is not the venue's", detail
    wallets, balances = _balances(trader), _balances(venue)
    for currency in sorted(wallets.keys() | balances.keys()):
        if wallets.get(currency, Decimal(0)) != balances.get(currency, Decimal(0)):
            detail = f"{currency}: trader {wallets.get(currency, 0)}, venue {balances.get(currency, 0)}"
            yield "the trader's balance is not the venue's", detail


def _orders(trader: Snapshot, venue: Snapshot) -> Iterator[tuple[str, str]]:
    mine = {row.client_order_id: row for row in trader.orders if row.open}
    theirs = {own_id(row.client_order_id): row for row in venue.orders}
    states = {row.client_order_id: row.status for row in trader.orders}
    for order in sorted(mine.keys() | theirs.keys()):
        if order not in theirs:
            yield f"the trader holds an order open ({mine[order].status}) that the venue does not", order
        elif order not in mine:
            yield f"an order is live at the venue but {states.get(order, 'unknown')} in the trader", order
        else:
            for field in _compared(theirs[order]):
                ours, venues = getattr(mine[order], field), getattr(theirs[order], field)
                if _number(ours) != _number(venues):
                    yield f"{field} of an open order is not the venue's", f"{order}: trader {ours}, venue {venues}"
            for field in ("side", "reduce_only"):
                ours, venues = getattr(mine[order], field), getattr(theirs[order], field)
                if venues is not None and ours != venues:
                    yield f"{field} of an open order is not the venue's", f"{order}: trader {ours}, venue {venues}"


def _compared(order: OrderRow) -> Iterator[str]:
    """Which figures both sides carry: a triggered child has no trigger price, a trailing stop's moves on its own."""
    yield from ("quantity", "filled_qty", "price")
    if order.trigger_price and order.type != "TRAILING_STOP_MARKET":
        yield "trigger_price"


def _number(value: str | None) -> Decimal:
    return Decimal(value) if value else Decimal(0)


def _positions(books: Snapshot) -> dict[str, Decimal]:
    held: dict[str, Decimal] = {}
    for row in books.positions:
        held[row.symbol] = held.get(row.symbol, Decimal(0)) + _number(row.signed_qty)
    return {symbol: quantity for symbol, quantity in held.items() if quantity != 0}


def _entry(books: Snapshot, symbol: str) -> Decimal | None:
    """The entry price of the symbol's one open position; None where it has none, or several."""
    rows = [row for row in books.positions if row.symbol == symbol and _number(row.signed_qty)]
    return _number(rows[0].avg_px_open) if len(rows) == 1 else None


def _same_entry(mine: Decimal | None, theirs: Decimal | None) -> bool:
    if not mine or not theirs:
        return True
    return abs(mine - theirs) <= abs(theirs) * _ENTRY_TOLERANCE


def _balances(books: Snapshot) -> dict[str, Decimal]:
    """Wallet balances to 8 decimals, what both sides carry; currencies without any are left out."""
    totals = {row.currency: _number(row.total).quantize(Decimal("1e-8")) for row in books.balances}
    return {currency: total for currency, total in totals.items() if total != 0}
