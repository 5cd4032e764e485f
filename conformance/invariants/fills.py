"""Invariant 2: an order's filled quantity is the sum of its distinct trades, and no more than was ordered."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from conformance.history.history import History
from conformance.invariants.order_states import order_events
from conformance.invariants.rule import Violation, invariant


@invariant(2)
def trades_add_up(history: History) -> Iterator[Violation]:
    """Filled quantity = sum of distinct trade ids ≤ order quantity; no trade id is applied twice."""
    for (_, order), events in order_events(history).items():
        by_trade: dict[str, Decimal] = defaultdict(Decimal)
        quantity: Decimal | None = None
        filled: Decimal | None = None
        for event in events:
            if event.get("quantity") is not None:
                quantity = Decimal(event["quantity"])
            if event["event"] != "OrderFilled":
                continue
            trade = str(event.get("trade_id"))
            if trade in by_trade:
                yield Violation(2, "one trade was applied twice", f"order {order}, trade {trade}")
            by_trade[trade] += Decimal(event["last_qty"])
            filled = Decimal(event["filled_qty"]) if event.get("filled_qty") is not None else filled
        total = sum(by_trade.values(), Decimal(0))
        if quantity is not None and total > quantity:
            yield Violation(2, "filled more than was ordered", f"order {order}: {total} of {quantity}")
        if filled is not None and filled != total:
            yield Violation(
                2, "filled quantity is not the sum of the trades", f"order {order}: {filled}, trades {total}"
            )
