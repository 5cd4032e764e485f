"""Invariant 2: an order's filled quantity is the sum of its distinct trades, and no more than was ordered."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal

from conformance.invariants.positions import quantity
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant


@invariant(2)
def trades_add_up(reading: Reading) -> Iterator[Break]:
    """Filled quantity = sum of distinct trade ids ≤ order quantity; no trade id is applied twice."""
    for (_, order), events in reading.order_events.items():
        by_trade: dict[str | None, Decimal] = defaultdict(Decimal)
        taken_over = reading.order_before(events[0])
        booked: Collection[str] = ()
        if taken_over is not None:
            booked, by_trade[None] = taken_over.trade_ids, Decimal(taken_over.filled_qty or 0)
        ordered: Decimal | None = None
        filled: Decimal | None = None
        for event in events:
            if event.quantity is not None:
                ordered = Decimal(event.quantity)
            if event.name != "OrderFilled":
                continue
            if event.trade_id in by_trade or event.trade_id in booked:
                yield Break("one trade was applied twice", f"order {order}, trade {event.trade_id}")
            by_trade[event.trade_id] += quantity(event)
            filled = Decimal(event.filled_qty) if event.filled_qty is not None else filled
        total = sum(by_trade.values(), Decimal(0))
        if ordered is not None and total > ordered:
            yield Break("filled more than was ordered", f"order {order}: {total} of {ordered}")
        if filled is not None and filled != total:
            yield Break("filled quantity is not the sum of the trades", f"order {order}: {filled}, trades {total}")
