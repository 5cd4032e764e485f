"""Invariant 11: a restart, reconnect or query with nothing changed at the venue changes nothing in the trader."""

from collections.abc import Iterator
from decimal import Decimal

from conformance.binance.answers import TradeRow, read_rows
from conformance.binance.events import OrderUpdate, TradeLite
from conformance.history.entries import Answer, Command, Connection, Entry, Event, Frame
from conformance.invariants.positions import quantity
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant
from conformance.invariants.symbol_ids import SymbolIds

_QUERIES = ("query_order", "query_account")
_POSITION_EVENTS = ("PositionOpened", "PositionChanged", "PositionClosed")
#: Commands by which the trader makes orders of its own naming.
_MAKING_ORDERS = (
    "submit_list",
    "bracket",
    "close_position",
    "close_all_positions",
    "market_exit",
)
# A fill that turns a position around closes one and opens another.
_CHANGES_A_FILL = 2


@invariant(11)
def nothing_is_invented(reading: Reading) -> Iterator[Break]:
    """After a restart, reconnect or query no fill that the venue never made, no change without one, no new order."""
    resumed = _resumed(reading)
    yield from _fills(reading, resumed)
    yield from _changes(reading, resumed)
    yield from _orders(reading, resumed)


def _resumed(reading: Reading) -> dict[int, Entry]:
    """Return by book the restart, reconnect or query at which its trader first took up again what it knew.

    A trader that starts without its predecessor's cache has an empty book, and may learn of orders and fills anew.
    """
    found: dict[int, Entry] = {}
    streams = 0
    for entry in reading.history.of(Command, Connection):
        again = False
        if isinstance(entry, Command):
            if entry.op == "start":
                streams, again = 0, reading.lineages.goes_on(entry)
            again = again or entry.op in _QUERIES
        elif entry.channel == "user" and entry.state == "open":
            streams += 1
            again = streams > 1
        if again:
            found.setdefault(reading.lineages.at(entry.seq), entry)
    return found


def _is_after(event: Event, resumed: Entry | None) -> bool:
    """Whether the trader told an event after it took up again, by the time of its own process.

    What it told before may reach the history after the command that it had not heard of yet.
    """
    return resumed is not None and event.ns > resumed.ns


def _fills(reading: Reading, resumed: dict[int, Entry]) -> Iterator[Break]:
    issued = _issued_trades(reading)
    applied: dict[int, SymbolIds] = {}
    filled: dict[tuple[int, str], Decimal] = {}
    for event in reading.fills:
        book, trade, order = reading.lineages.of(event), str(event.trade_id), str(event.client_order_id)
        again = _is_after(event, resumed.get(book))
        known = applied.setdefault(book, SymbolIds())
        was_issued = issued.has(event.symbol, trade)
        if again and known.has(event.symbol, trade) and was_issued:
            yield Break("a fill was applied again after a restart or reconnect", f"trade {trade}")
        known.add(event.symbol, trade)
        filled[book, order] = filled.get((book, order), Decimal(0)) + quantity(event)
        if again and not was_issued:
            # The venue may have reported a fill without its trade: as an order's filled quantity, or as a position.
            if filled[book, order] <= reading.statements.filled(event) or reading.positions.explain(event):
                continue
            what = "a fill was invented by reconciliation" if event.reconciliation else "a fill was invented"
            yield Break(f"{what} after a restart or reconnect", f"trade {trade}")


def _changes(reading: Reading, resumed: dict[int, Entry]) -> Iterator[Break]:
    fills: dict[tuple[int, str | None], int] = {}
    for event in reading.events:
        book = reading.lineages.of(event)
        if not _is_after(event, resumed.get(book)):
            continue
        of = book, event.symbol
        if event.name == "OrderFilled":
            fills[of] = fills.get(of, 0) + _CHANGES_A_FILL
        elif event.name in _POSITION_EVENTS:
            fills[of] = fills.get(of, 0) - 1
    for of in _trades_of_others(reading, resumed):
        fills[of] = fills.get(of, 0) + _CHANGES_A_FILL
    for (_, symbol), left in fills.items():
        if left < 0:
            yield Break("a position changed without a fill after a restart or reconnect", str(symbol))


def _trades_of_others(reading: Reading, resumed: dict[int, Entry]) -> Iterator[tuple[int, str | None]]:
    """Yield book and symbol of each trade that the venue told, and that no event of the trader books.

    NautilusTrader 2.x shows a strategy the position that another client's fill changes, and not the fill.
    """
    known = SymbolIds((event.symbol, event.trade_id) for event in reading.fills)
    for frame in reading.history.of(Frame):
        update = frame.event
        if not isinstance(update, OrderUpdate) or update.trade is None:
            continue
        if known.has(update.symbol, update.trade.trade):
            continue
        book = reading.lineages.at(frame.seq)
        if book in resumed and frame.seq > resumed[book].seq:
            known.add(update.symbol, update.trade.trade)
            yield book, update.symbol


def _orders(reading: Reading, resumed: dict[int, Entry]) -> Iterator[Break]:
    for act in reading.acts("place"):
        seq = act.request.seq
        again = resumed.get(reading.lineages.at(seq))
        if again is None or seq < again.seq:
            continue
        if act.order and _is_kept_here(reading, act.order) and act is reading.placements[act.order][0]:
            continue  # Held back until now, across the restart.
        since = _gone_since(reading, again.seq)
        if any(command.op in _MAKING_ORDERS and since < command.seq < seq for command in reading.commands):
            continue
        asked = reading.submission(act.order, act.request)
        if asked is None:
            yield Break("an order was placed that nobody asked for, after a restart or reconnect", str(act))
        elif any(asked.seq < start.seq < seq for start in reading.lineages.starts):
            yield Break("an order was placed again after a restart", str(act))


def _is_kept_here(reading: Reading, order: str) -> bool:
    """Whether the trader may hold an order back across a restart, until a price or an execution algorithm releases it.

    NautilusTrader calls the slices of an order by its id, `-E` and a number.
    """
    return order.rpartition("-E")[0] in reading.kept_here or order in reading.kept_here


def _gone_since(reading: Reading, again: int) -> int:
    """Return where the user stream that is open again at `again` was lost: commands are given meanwhile, too."""
    lost = [
        entry.seq
        for entry in reading.history.of(Connection)
        if entry.channel == "user" and entry.state == "closed" and entry.seq < again
    ]
    return lost[-1] if lost else again


def _issued_trades(reading: Reading) -> SymbolIds:
    issued = SymbolIds()
    for entry in reading.history.of(Frame, Answer):
        if isinstance(entry, Frame):
            told = entry.event
            if isinstance(told, OrderUpdate | TradeLite) and told.trade is not None:
                issued.add(told.symbol, told.trade.trade)
        else:
            for row in read_rows(entry.body):
                if isinstance(row, TradeRow):
                    issued.add(row.symbol, row.trade.trade)
    return issued
