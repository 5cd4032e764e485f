"""Invariant 15: what the trader tells of its account and positions adds up by itself."""

from collections.abc import Iterator
from decimal import Decimal

from conformance.binance.fields import figure
from conformance.history.entries import Event, Snapshot
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

_SIDES = {1: "LONG", -1: "SHORT", 0: "FLAT"}
#: NautilusTrader keeps a signed quantity as a binary float: three buys of 0.02 come to 0.060000000000000005.
_ROUNDED = Decimal("1e-9")
#: It keeps entry prices as binary floats as well, and money to 8 places, rounded at each fill.
_A_CENT_OF_A_CENT = Decimal("1e-4")
_A_MILLIONTH = Decimal("1e-6")

#: Where a position's event names the order whose fill brought it about; that it changed, no order is named for.
_ORDER_OF = {"PositionOpened": "opening_order_id", "PositionClosed": "closing_order_id"}


@invariant(15)
def events_add_up(reading: Reading) -> Iterator[Break]:
    """A balance is what is free and what is locked; a position's side and size follow from its signed quantity.

    A balance is one that the venue had told of, in its currency. The last fill that a position's event names is the
    fill that brought it about. A position is opened, then changed, then closed, once each time; its entry price is
    the average of the fills that opened it and made it larger, and what it has realised is what its fills closed,
    less their commissions. An order's average price is that of its fills. The portfolio's net position in a symbol
    is the sum of the positions there. All of it is told of one account. What a trader that goes on with another's
    books has learned at its start need not have been told.
    """
    fill: Event | None = None
    last: dict[tuple[int, str | None], Event] = {}
    for event in reading.events:
        if event.name == "OrderFilled":
            fill = event
        elif event.name == "AccountState":
            yield from _balances(reading, event)
        elif event.name.startswith("Position"):
            its_fill = fill if _is_by(reading, event, fill) else None
            yield from _position(event, its_fill)
            position = reading.lineages.of(event), event.position_id
            before = last.get(position)
            unheard = reading.may_have_missed(-1 if before is None else before.seq, event.seq)
            goes_on = before is not None and (unheard or not reading.lineages.are_of_one(before, event))
            yield from _entry(event, before, goes_on=goes_on)
            yield from _realised(event, before, its_fill, goes_on=goes_on)
            yield from _step(event, before, goes_on=goes_on)
            if not goes_on and not unheard and (before is not None or reading.position_before(event) is None):
                yield from _turn(event, before)
            last[position] = event
    for (_, name), event in last.items():
        yield from _kept(reading, name, event)
    yield from _accounts(reading)
    for books in reading.history.of(Snapshot):
        yield from _net(books)
    yield from _averages(reading)


def _accounts(reading: Reading) -> Iterator[Break]:
    """Yield the break of an event that tells of another account than the trader's events before it."""
    accounts: dict[int | None, str] = {}
    for event in reading.events:
        start = reading.lineages.start_of(event)
        trader, told = None if start is None else start.seq, event.more.get("account_id")
        if told is not None and accounts.setdefault(trader, told) != told:
            yield Break(f"{event.name} tells another account", f"{told}, before it {accounts[trader]}")


def _is_by(reading: Reading, event: Event, fill: Event | None) -> bool:
    """Whether the last fill told may be the event's: of an order of others a version may tell the position alone.

    Where the event names no order, its time and price are another fill's, and the price and quantity those of a trade
    that the venue had told by then and no fill books: that trade, and not the fill, brought it about.
    """
    order = event.more.get(_ORDER_OF.get(event.name, ""))
    if fill is None or order is not None:
        return fill is not None and (order == fill.client_order_id or order in reading.submissions)
    price, quantity = figure(event.last_px), figure(event.last_qty)
    if event.ts_event == fill.ts_event or price is None or quantity is None:
        return True
    return not any(
        each.ns <= event.ns and each.symbol in ("", event.symbol)
        for each in reading.unbooked_trades.get((price, quantity), ())
    )


def _averages(reading: Reading) -> Iterator[Break]:
    """Yield the break of an order of the last books whose average price is not that of its fills, if all were told."""
    last = next((books for books in reversed(reading.history.of(Snapshot)) if books.who == "trader"), None)
    for order in () if last is None else last.orders:
        events = [event for event in reading.events if event.client_order_id == order.client_order_id]
        fills = {event.trade_id: event for event in events if event.name == "OrderFilled"}.values()
        quantity = sum((_figure(fill.last_qty) for fill in fills), Decimal(0))
        voided = any(event.name == "OrderFillVoided" for event in events)
        if not quantity or voided or quantity != _figure(order.filled_qty):
            continue
        average = sum((_figure(fill.last_qty) * _figure(fill.last_px) for fill in fills), Decimal(0)) / quantity
        if abs(_figure(order.more.get("avg_px")) - average) > _A_MILLIONTH * average:
            told = f"{order.client_order_id}: {order.more.get('avg_px')}, by its fills {average:f}"
            yield Break("an order has another average price", told)


def _turn(event: Event, last: Event | None) -> Iterator[Break]:
    before = "PositionClosed" if last is None else last.name
    if (event.name == "PositionOpened") is not (before == "PositionClosed"):
        yield Break(f"{event.name} after {before}", f"position {event.position_id}")
    elif last is not None and event.name == last.name and event.signed_qty == last.signed_qty is not None:
        yield Break(f"{event.name} changes nothing", f"position {event.position_id}: {event.signed_qty}")


def _balances(reading: Reading, event: Event) -> Iterator[Break]:
    currencies = [str(row.get("currency")) for row in event.balances or ()]
    if len(set(currencies)) < len(currencies):
        yield Break("AccountState has a currency twice", ", ".join(currencies))
    for row in event.balances or ():
        if not {"total", "free", "locked"} <= row.keys():
            continue
        total, free, locked = (Decimal(row[name]) for name in ("total", "free", "locked"))
        if total != free + locked:
            yield Break("AccountState does not add up", f"{row['currency']}: {total} is not {free} and {locked}")
        elif not reading.balances_told.rests_on(event, row):
            yield Break("AccountState tells a balance that the venue did not", f"{row['currency']}: {total}")


def _position(event: Event, fill: Event | None) -> Iterator[Break]:
    signed = None if event.signed_qty is None else Decimal(event.signed_qty).quantize(_ROUNDED)
    if signed is not None:
        side = _SIDES[0 if signed == 0 else 1 if signed > 0 else -1]
        if event.side is not None and event.side != side:
            yield Break(f"{event.name} tells another side", f"{event.side}, signed quantity {signed}")
        if event.quantity is not None and Decimal(event.quantity) != abs(signed):
            yield Break(f"{event.name} tells another quantity", f"{event.quantity}, signed quantity {signed}")
    if event.name == "PositionClosed" and signed:
        yield Break("PositionClosed is not flat", f"signed quantity {signed}")
    if fill is None or fill.position_id not in (None, event.position_id):
        return
    if fill.symbol is not None and event.symbol is not None and fill.symbol != event.symbol:
        yield Break(f"{event.name} tells another symbol", f"{event.symbol}, filled {fill.symbol}")
    # A fill that turns a position round closes it with a part of itself, and opens the other with the rest.
    if _figure(event.last_qty) > _figure(fill.last_qty):
        yield Break(f"{event.name} tells another last_qty", f"{event.last_qty}, of the fill {fill.last_qty}")
    if event.last_px is not None and _figure(event.last_px) != _figure(fill.last_px):
        yield Break(f"{event.name} tells another last_px", f"{event.last_px}, of the fill {fill.last_px}")


def _kept(reading: Reading, position: str | None, last: Event) -> Iterator[Break]:
    """Yield the break of a position that the trader's books have otherwise than its last event told."""
    start = reading.lineages.start_of(last)
    later = [
        each
        for each in reading.history.of(Snapshot)
        if each.who == "trader" and each.seq > last.seq and reading.lineages.last_before(each.seq) is start
    ]
    if not later or position is None or last.signed_qty is None or reading.may_have_missed(last.seq):
        return
    held = sum((_figure(row.signed_qty) for row in later[-1].positions if row.position_id == position), Decimal(0))
    if abs(held - _figure(last.signed_qty)) > _ROUNDED:
        yield Break("a position is not as its last event told", f"{position}: {held}, told {last.signed_qty}")


def _net(books: Snapshot) -> Iterator[Break]:
    """Yield the break of a portfolio that has another net position in a symbol than its positions make."""
    for symbol, net in books.more.get("net_positions", {}).items():
        held = sum((_figure(row.signed_qty) for row in books.positions if row.symbol == symbol), Decimal(0))
        if abs(held - _figure(net)) > _ROUNDED:
            yield Break("the portfolio's net position is not its positions'", f"{symbol}: {net}, positions {held}")


def _step(event: Event, last: Event | None, *, goes_on: bool) -> Iterator[Break]:
    """Yield the break of a position that has changed by more than the fill that its event names: one was not told."""
    if last is None or goes_on or None in (event.signed_qty, last.signed_qty, event.last_qty):
        return
    changed = abs(_figure(event.signed_qty) - _figure(last.signed_qty))
    if changed - _figure(event.last_qty) > _ROUNDED:
        yield Break(f"{event.name} leaves out a change", f"{last.signed_qty} → {event.signed_qty} by {event.last_qty}")


def _entry(event: Event, last: Event | None, *, goes_on: bool) -> Iterator[Break]:
    """Yield the break of an entry price that is not what the fill makes of the position before it."""
    if event.avg_px_open is None or event.last_px is None or event.signed_qty is None:
        return
    entry = _figure(event.last_px)
    if event.name != "PositionOpened":
        if last is None or goes_on or last.avg_px_open is None or last.signed_qty is None:
            return
        before, now = abs(Decimal(last.signed_qty)), abs(Decimal(event.signed_qty))
        if not before and not now:
            return  # Closed twice: that it was is broken, and no price.
        grown = max(Decimal(0), now - before)
        # What makes it smaller leaves the entry price as it was.
        entry = (_figure(last.avg_px_open) * before + entry * grown) / (before + grown)
    if abs(_figure(event.avg_px_open) - entry) > _ROUNDED * max(entry, Decimal(1)):
        yield Break(f"{event.name} tells another entry price", f"{event.avg_px_open}, by its fills {entry:f}")


def _realised(event: Event, last: Event | None, fill: Event | None, *, goes_on: bool) -> Iterator[Break]:
    """Yield the break of a realised profit that is not what the fill makes of it, in its quote currency.

    Where a fill turns a position round, each part bears its share of the commission. A commission in another currency,
    BNB say, is no part of it.
    """
    told = _money(event)
    if told is None or fill is None or fill.position_id not in (None, event.position_id):
        return
    if None in (event.last_qty, event.last_px, event.signed_qty) or not _figure(fill.last_qty):
        return
    realised, before, entry = Decimal(0), Decimal(0), Decimal(0)
    if event.name != "PositionOpened":
        earlier = None if last is None or goes_on else _money(last)
        if last is None or earlier is None or None in (last.signed_qty, last.avg_px_open):
            return
        realised, before, entry = earlier[0], _figure(last.signed_qty), _figure(last.avg_px_open)
    closed = max(Decimal(0), abs(before) - abs(_figure(event.signed_qty)))
    realised += closed.copy_sign(before) * (_figure(event.last_px) - entry)
    if fill.commission_currency == told[1]:
        realised -= _figure(fill.commission) * _figure(event.last_qty) / _figure(fill.last_qty)
    if abs(told[0] - realised) > _A_CENT_OF_A_CENT:
        yield Break(f"{event.name} tells another realised profit", f"{told[0]}, by its fills {realised:f}")


def _money(event: Event) -> tuple[Decimal, str] | None:
    """Return what a position has realised, as an amount and its currency."""
    amount, _, currency = str(event.more.get("realized_pnl") or "").replace("_", "").partition(" ")
    return (Decimal(amount), currency) if currency else None


def _figure(text: str | None) -> Decimal:
    return Decimal(text or 0)
