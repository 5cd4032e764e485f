"""Invariant 12: what the trader books of a trade is what the venue said of it; every trade of its orders is booked."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from conformance.binance.fields import figure
from conformance.history.entries import Command, Connection, Declared, Event, Frame, Snapshot
from conformance.history.history import History
from conformance.invariants.books import POSITION
from conformance.invariants.positions import quantity
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant
from conformance.invariants.statements import Statement
from conformance.invariants.symbol_ids import SymbolIds

#: What NautilusTrader ≥ 1.222 books when an algo order is FINISHED and its fill's event never came.
_STAND_IN = "ALGO-"
_AVERAGE_TOLERANCE = Decimal("1e-4")  # an average has more digits than a price may have
#: Orders that the trader did not submit go by symbol: it books their trades under orders of its own making.
_OTHERS = "orders of others in "
_ENDS = ("start", "stop", "kill")


@invariant(12)
def trades_are_booked_as_made(reading: Reading) -> Iterator[Break]:
    """Each fill rests on a trade of its order, and has its quantity, price, side, commission and liquidity.

    Every trade that was pushed to the trader is booked, those of orders of others among them, for they make its
    position. A trade's id counts for its symbol. Sources of what the venue says of a trade: Event: Order Update (t, l,
    L, S, n, N, m), TRADE_LITE, Account Trade List. A fill that reconciliation makes up from what an order has filled in
    all, or that stands in for an algo order's, has no trade: whether it may be there is for the invariants 3 and 11 to
    say; as much of the order's trades as it stands for need not be booked again. None is taken back: a trade stands.
    """
    orders = reading.submissions.keys()
    for event in reading.fills:
        trade, order = str(event.trade_id), event.client_order_id
        told = reading.statements.of_trade(event)
        if not told and not event.reconciliation and not trade.startswith(_STAND_IN):
            yield Break("a fill rests on no trade of the venue", f"trade {trade}")
        elif reading.statements.is_of_another_symbol(event):
            yield Break("a fill has the trade id of another symbol", f"trade {trade} of {order}")
        for statement in told:
            if statement.order and statement.order != order and orders & {statement.order, order}:
                yield Break("a trade was booked to another order", f"trade {trade} of {statement.order}: {order}")
        yield from _compared(event, [statement for statement in told if statement.ns <= event.ns])
        if not told:
            yield from _stands_in(reading, event)
    yield from _missed(reading)
    yield from _taken_back(reading)


def _taken_back(reading: Reading) -> Iterator[Break]:
    """Yield the fills that the trader was told and then told not to be: no event of the venue's annuls a trade."""
    for event in reading.events:
        if event.name == "OrderFillVoided":
            yield Break("a fill was taken back", f"of {event.client_order_id}")


def _stands_in(reading: Reading, fill: Event) -> Iterator[Break]:
    """Yield what is wrong with a fill that was made up from what an order has filled in all, or from a position.

    Where the venue had reported a trade of this order that is not booked yet, the fill has that trade's id.
    Where it had reported an average price, and the fill is the order's only one, that is its price; no fill
    is free of commission.
    """
    order, book = fill.client_order_id, reading.lineages.of(fill)
    booked = SymbolIds(
        (each.symbol, each.trade_id)
        for each in reading.fills
        if reading.lineages.of(each) == book and each.seq <= fill.seq
    )
    told = reading.statements.told(fill)
    if any(each.trade and not booked.has(each.symbol, each.trade) for each in told):
        yield Break("a fill has another trade id than the venue's", f"trade {fill.trade_id} of {order}")
    price = figure(fill.last_px)
    if price is None:
        return
    if price == 0:
        yield Break("a fill has no price", f"trade {fill.trade_id} of {order}")
        return
    averages = [each.average for each in told if each.average]
    alone = [each.seq for each in reading.fills if (each.client_order_id, reading.lineages.of(each)) == (order, book)]
    if averages and alone[0] == fill.seq and abs(price - averages[-1]) > averages[-1] * _AVERAGE_TOLERANCE:
        detail = f"trade {fill.trade_id} of {order}: {price}, venue {averages[-1]}"
        yield Break("last_px of a fill is not the venue's", detail)


def _compared(fill: Event, told: list[Statement]) -> Iterator[Break]:
    """Yield the differences between a fill and what the venue had reported of its trade by then."""
    said = {name: value for statement in told for name, value in statement.terms.items()}
    for name, theirs in said.items():
        # A trade without commission has none in the trader's event either.
        mine = getattr(fill, name) or ("0" if name == "commission" else None)
        if (figure(mine) if isinstance(theirs, Decimal) else mine) != theirs:
            detail = f"trade {fill.trade_id}: {mine}, venue {theirs}"
            yield Break(f"{name} of a fill is not the venue's", detail)


def _missed(reading: Reading) -> Iterator[Break]:
    lineages = reading.lineages
    booked = _shown(reading)
    for fill in reading.fills:
        booked[lineages.of(fill)].add(fill.symbol, fill.trade_id)
    stood_for: dict[tuple[int, str | None], Decimal] = defaultdict(Decimal)
    for fill in reading.fills:
        if not reading.statements.of_trade(fill):
            stood_for[lineages.of(fill), fill.client_order_id] += quantity(fill)
            if fill.client_order_id not in reading.submissions:
                stood_for[lineages.of(fill), f"{_OTHERS}{fill.symbol}"] += quantity(fill)
    missed: dict[tuple[int, str], dict[str, Decimal]] = defaultdict(dict)
    opened = {each.id: each.seq for each in reading.history.of(Connection) if each.state == "open"}
    for statement in reading.statements.pushed_trades:
        assert statement.frame is not None
        # The connection belongs to the trader that was running when it was opened.
        book = lineages.at(opened.get(statement.frame.connection, statement.frame.seq))
        unbooked = statement.quantity and not booked[book].has(statement.symbol, statement.trade)
        if statement.quantity and unbooked and _was_read(reading.history, statement.frame):
            event = statement.frame.event
            own = statement.order in reading.submissions
            whose = statement.order if own else f"{_OTHERS}{event.symbol if event is not None else ''}"
            missed[book, whose][statement.trade] = statement.quantity
    for (book, order), trades in missed.items():
        if order.startswith(_OTHERS) and _leaves_out_others(reading):
            continue
        if sum(trades.values()) > stood_for[book, order]:
            yield Break("a trade of the venue was not booked", f"trades {', '.join(trades)} of {order}")


def _leaves_out_others(reading: Reading) -> bool:
    """Whether the case has declared that positions differ: its trader is configured to ignore what others do."""
    return any(each.difference == POSITION for each in reading.history.of(Declared))


def _shown(reading: Reading) -> dict[int, SymbolIds]:
    """Return by book the trades that the trader's snapshots show: of orders of others, a version may tell no event."""
    shown: dict[int, SymbolIds] = defaultdict(SymbolIds)
    for snapshot in reading.history.of(Snapshot):
        for row in snapshot.orders if snapshot.who == "trader" else ():
            for trade in row.trade_ids:
                shown[reading.lineages.at(snapshot.seq)].add(row.symbol, trade)
    return shown


def _was_read(history: History, frame: Frame) -> bool:
    """Whether the trader had time to take in a frame: it, or its connection, did not end right upon it."""
    for entry in history.entries[frame.seq + 1 :]:
        if isinstance(entry, Event | Snapshot):
            return True
        if isinstance(entry, Command) and entry.op in _ENDS:
            return False
        if isinstance(entry, Connection) and entry.id == frame.connection:
            return False
    return True
