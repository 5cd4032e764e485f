"""Invariant 8: at the end, the trader's open orders, positions and balances equal the venue's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from conformance.binance.client_order_id import own_id
from conformance.binance.events import AccountUpdate
from conformance.binance.usdm import writes
from conformance.history.books import OrderRow, PositionRow
from conformance.history.entries import Control, Declared, Frame, Request, Snapshot
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

NUMBER = 8
_ENTRY_TOLERANCE = Decimal("1e-6")  # averages of binary floats on one side, of decimals on the other
_CENT = Decimal("1e-8")
_FIGURES = ("quantity", "filled_qty", "price")
_TERMS = ("side", "reduce_only", "post_only", "time_in_force")
#: What NautilusTrader calls the venue's times in force: post-only, GTX and RPI (binance-usdm, 10.2), is a flag of its
#: own, and GTE_GTC, which goes with closePosition, is one that it does not have (9.1).
_TIME_IN_FORCE = {"GTX": "GTC", "RPI": "GTC", "GTE_GTC": "GTC"}
_MARK_PRICE = "MARK_PRICE"
POSITION = "the trader's position is not the venue's"
SEVERAL_POSITIONS = "the trader holds several positions where the venue has one"
_BALANCE = "the trader's balance is not the venue's"
_HEDGED = ("LONG", "SHORT")


def of_open_orders(field: str) -> str:
    """Return what the difference in one field of an open order is called."""
    return f"{field} of an open order is not the venue's"


@dataclass(frozen=True, slots=True)
class Difference:
    """In `what` two books differ, in stable words; `about` which order, symbol or currency; the figures."""

    what: str
    about: str
    figures: str = ""

    def is_declared(self, declared: Iterable[Declared]) -> bool:
        """Whether the case has said that it intends this difference."""
        # In hedge mode a position is named with its side; the symbol alone means both.
        names = ("", self.about, self.about.partition(" ")[0])
        return any(each.difference == self.what and each.about in names for each in declared)


@invariant(NUMBER)
def books_agree_at_the_end(reading: Reading) -> Iterator[Break]:
    """The last snapshot of the trader and the last of the venue show the same orders, positions and balances.

    What the trader believes to be free is at most what the venue has available, where the venue has reported
    what that is. But for the differences that the case has declared.
    """
    last = {snapshot.who: snapshot for snapshot in reading.history.of(Snapshot)}
    if "trader" not in last or "venue" not in last:
        return
    trader, venue, declared = last["trader"], last["venue"], reading.history.of(Declared)
    found = list(differences(trader, venue, declared))
    if _was_told_what_is_available(reading):
        wrong = {each.about for each in found if each.what == _BALANCE}
        free = (each for each in _free(trader, venue) if each.about not in wrong)
        found += [each for each in free if not each.is_declared(declared)]
    for each in found:
        yield Break(each.what, f"{each.about}: {each.figures}" if each.figures else each.about)


def _was_told_what_is_available(reading: Reading) -> bool:
    """Whether the venue reported the available balance after the last act that changes it.

    Its answers about the account and its balances have `availableBalance`; ACCOUNT_UPDATE has wallet balances alone
    (binance-usdm, 9.3), so that after it a trader can only compute what is free: the cases of the account judge that.
    """
    acts = [request.seq for request in reading.history.of(Request) if writes(request.method, request.path)]
    acts += [control.seq for control in reading.history.of(Control)]
    told = [-1]
    for request in reading.requests:
        answer = reading.answers.get(request.id)
        asks = request.endpoint is not None and request.endpoint.act in ("account", "balances")
        if asks and answer is not None and answer.status == 200:
            told.append(answer.seq)
    changes = [frame.seq for frame in reading.history.of(Frame) if isinstance(frame.event, AccountUpdate)]
    return max(told) > max(acts + changes, default=-1)


def differences(trader: Snapshot, venue: Snapshot, declared: Iterable[Declared] = ()) -> Iterator[Difference]:
    """Yield how two snapshots differ, but for what is declared."""
    intended = list(declared)
    for part in (_orders, _positions, _balances):
        for difference in part(trader, venue):
            if not difference.is_declared(intended):
                yield difference


def _orders(trader: Snapshot, venue: Snapshot) -> Iterator[Difference]:
    mine = {row.client_order_id: row for row in trader.orders if row.open}
    theirs = {own_id(row.client_order_id): row for row in venue.orders}
    states = {row.client_order_id: row.status for row in trader.orders}
    for order in sorted(mine.keys() | theirs.keys()):
        if order not in theirs:
            yield Difference(f"the trader holds an order open ({mine[order].status}) that the venue does not", order)
        elif order not in mine:
            yield Difference(f"an order is live at the venue but {states.get(order, 'unknown')} in the trader", order)
        else:
            for field, ours, venues in _unlike(mine[order], theirs[order]):
                yield Difference(of_open_orders(field), order, f"trader {ours}, venue {venues}")


def _unlike(mine: OrderRow, theirs: OrderRow) -> Iterator[tuple[str, object, object]]:
    """Yield in what two rows of one order differ. What the venue's row does not say is not compared."""
    for field in _FIGURES:
        if theirs.close_position and field == "quantity":
            continue  # The venue has 0 for it: it closes what is open then (binance-usdm, 10.4).
        if _number(getattr(mine, field)) != _number(getattr(theirs, field)):
            yield field, getattr(mine, field), getattr(theirs, field)
    # A triggered child has no trigger any more, and a trailing stop's moves on its own.
    if theirs.trigger_price and theirs.type != "TRAILING_STOP_MARKET":
        if _number(mine.trigger_price) != _number(theirs.trigger_price):
            yield "trigger_price", mine.trigger_price, theirs.trigger_price
        if (mine.trigger_type == _MARK_PRICE) is not (theirs.trigger_type == _MARK_PRICE) and theirs.trigger_type:
            yield "trigger_type", mine.trigger_type, theirs.trigger_type
    if theirs.callback_rate and _callback_rate(mine) != _number(theirs.callback_rate):
        yield "callback_rate", _callback_rate(mine), theirs.callback_rate
    # The venue fills in an activation price that was not asked for; a trader that has none says nothing wrong.
    both = mine.activation_price and theirs.activation_price
    if both and _number(mine.activation_price) != _number(theirs.activation_price):
        yield "activation_price", mine.activation_price, theirs.activation_price
    for field in _TERMS:
        ours, venues = getattr(mine, field), getattr(theirs, field)
        if field == "time_in_force":
            venues = _TIME_IN_FORCE.get(str(venues), venues)
        # A term that the version does not have cannot be wrong; terms that every order has must be there.
        silent = ours is None and field in ("post_only", "time_in_force")
        # closePosition says it already, and reduceOnly is refused beside it.
        silent = silent or (bool(theirs.close_position) and field == "reduce_only")
        if venues is not None and not silent and ours != venues:
            yield field, ours, venues
    # The venue keeps whole seconds (binance-usdm, 10.2).
    expiries = {None if row.expire_time_ms is None else row.expire_time_ms // 1000 for row in (mine, theirs)}
    # What is good till a date has one; what is not says nothing of it.
    if len(expiries if mine.time_in_force == "GTD" else expiries - {None}) > 1 and theirs.expire_time_ms is not None:
        yield "expire_time_ms", mine.expire_time_ms, theirs.expire_time_ms


def _callback_rate(mine: OrderRow) -> Decimal | None:
    """Return a trailing offset as the venue has it, in percent; NautilusTrader has basis points. None without one."""
    offset = mine.more.get("trailing_offset")
    in_points = mine.more.get("trailing_offset_type") in (None, "BASIS_POINTS")
    return _number(offset) / 100 if offset and in_points else None


def _positions(trader: Snapshot, venue: Snapshot) -> Iterator[Difference]:
    mine, theirs = _open(trader), _open(venue)
    for symbol in sorted({row.symbol for row in (*mine, *theirs)}):
        ours = [row for row in mine if row.symbol == symbol]
        venues = [row for row in theirs if row.symbol == symbol]
        if any(row.position_side in _HEDGED for row in venues):
            for side in _HEDGED:
                yield from _position(f"{symbol} {side}", _of_side(ours, side), _of_side(venues, side))
        else:
            yield from _position(symbol, ours, venues)


def _position(about: str, mine: list[PositionRow], theirs: list[PositionRow]) -> Iterator[Difference]:
    """Yield how what the trader holds in one place differs from the one position that the venue has there."""
    if len(mine) > 1:
        held = ", ".join(row.signed_qty for row in mine)
        yield Difference(SEVERAL_POSITIONS, about, f"trader {held}")
    ours = sum((_number(row.signed_qty) for row in mine), Decimal(0))
    venues = sum((_number(row.signed_qty) for row in theirs), Decimal(0))
    if ours != venues:
        yield Difference(POSITION, about, f"trader {ours}, venue {venues}")
    elif len(mine) == 1 and len(theirs) == 1 and theirs[0].avg_px_open is not None:
        entry, venues_entry = _number(mine[0].avg_px_open), _number(theirs[0].avg_px_open)
        if abs(entry - venues_entry) > abs(venues_entry) * _ENTRY_TOLERANCE:
            figures = f"trader {mine[0].avg_px_open}, venue {theirs[0].avg_px_open}"
            yield Difference("the trader's entry price is not the venue's", about, figures)


def _open(books: Snapshot) -> list[PositionRow]:
    return [row for row in books.positions if _number(row.signed_qty)]


def _of_side(rows: list[PositionRow], side: str) -> list[PositionRow]:
    return [row for row in rows if side in (row.position_side, row.side)]


def _balances(trader: Snapshot, venue: Snapshot) -> Iterator[Difference]:
    """Wallet balances to 8 decimals; a currency that is missing counts 0."""
    mine = {row.currency: row for row in trader.balances}
    theirs = {row.currency: row for row in venue.balances}
    for currency in sorted(mine.keys() | theirs.keys()):
        ours = _number(mine[currency].total) if currency in mine else Decimal(0)
        venues = _number(theirs[currency].total) if currency in theirs else Decimal(0)
        if ours.quantize(_CENT) != venues.quantize(_CENT):
            yield Difference(_BALANCE, currency, f"trader {ours}, venue {venues}")


def _free(trader: Snapshot, venue: Snapshot) -> Iterator[Difference]:
    theirs = {row.currency: row for row in venue.balances}
    for row in trader.balances:
        available = theirs[row.currency].available if row.currency in theirs else None
        if row.free is not None and available is not None and _number(row.free) - _number(available) >= _CENT:
            what = "the trader's free balance is more than the venue has available"
            yield Difference(what, row.currency, f"trader {row.free}, venue {available}")


def _number(value: str | None) -> Decimal:
    return Decimal(value) if value else Decimal(0)
