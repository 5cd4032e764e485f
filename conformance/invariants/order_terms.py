"""Invariant 14: what an event says of its order is what was asked of the order, or what the venue has said since."""

from collections.abc import Iterator
from decimal import Decimal

from conformance.binance.fields import figure
from conformance.history.entries import AskedOrder, Command, Event
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

#: Each figure of an order, and where the venue says it: in events, and in answers.
_FIGURES = {
    "quantity": ("q", "origQty", "quantity"),
    "price": ("p", "price"),
    "trigger_price": ("sp", "tp", "stopPrice", "triggerPrice"),
}
_WORDS = ("symbol", "side", "type")
#: Types whose price or trigger moves by itself, or that become others: an emulated order's and a trailing stop's.
_MOVING = ("TRAILING_STOP_MARKET", "TRAILING_STOP_LIMIT")
#: What a trigger has placed is an order of its own type at the venue.
_PLACED = {"STOP_LIMIT": "LIMIT", "LIMIT_IF_TOUCHED": "LIMIT", "STOP_MARKET": "MARKET", "MARKET_IF_TOUCHED": "MARKET"}
_REFUSALS = ("OrderCancelRejected", "OrderModifyRejected")
#: What an emulated order keeps at its release.
_KEPT = ("symbol", "side", "quantity", "reduce_only", "time_in_force", "reconciliation")
#: What is held back as one of these is released as a LIMIT order, everything else as a MARKET order.
_WITH_A_LIMIT = ("STOP_LIMIT", "LIMIT_IF_TOUCHED", "TRAILING_STOP_LIMIT")
#: What no report of the venue brings about.
_OWN_DOING = ("OrderDenied", "OrderSubmitted", "OrderPendingUpdate", "OrderPendingCancel")
_HOLDING_BACK = ("OrderEmulated", "OrderReleased")


@invariant(14)
def events_tell_their_order(reading: Reading) -> Iterator[Break]:
    """Symbol, side, type, figures, flags and ids in an order's events are those of the order.

    An order is what was submitted, amended by what was asked of it and by what the venue said: a quantity that the
    venue has reduced, a price that another client has amended.
    """
    wishes = [command for command in reading.commands if command.op == "modify"]
    for (_, name), events in reading.order_events.items():
        if name not in reading.submissions:
            continue
        submitted: Command | None = None
        filled, begun = Decimal(0), 0
        before: Event | None = None
        for event in events:
            if reading.resubmissions.tell(event):
                continue
            if (latest := reading.submission(name, event)) is not submitted:
                # A name that is used again names another order.
                submitted, filled, begun = latest, Decimal(0), 0
            begun += event.name == "OrderInitialized"
            again = before is not None and (event.name, event.fields()) == (before.name, before.fields())
            if again and event.name in (*_OWN_DOING, *_REFUSALS):
                yield Break(f"{event.name} is told twice", f"order {name}")
            before = event
            filled += Decimal(event.last_qty or 0) if event.name == "OrderFilled" else 0
            asked = None if submitted is None else submitted.order
            if submitted is None or asked is None:
                continue
            own = [wish for wish in wishes if name in wish.orders and wish.seq >= submitted.seq]
            missed = reading.may_have_missed(submitted.seq, event.seq)
            said = None if missed or event.name == "OrderFilled" else event.filled_qty
            if said is not None and Decimal(said) != filled:
                yield Break(f"{event.name} tells another filled_qty", f"order {name}: {said}, not {filled}")
            # At its release an emulated order has become one of another type, with that type's terms.
            released = begun > 1 and "emulation_trigger" in asked.more
            kind = "LIMIT" if asked.type in _WITH_A_LIMIT else "MARKET"
            if released and event.type not in (None, kind):
                yield Break(f"{event.name} tells another type", f"order {name}: {event.type}, released as {kind}")
            for what, told, wanted in _differences(reading, event, asked, own):
                if released and what not in _KEPT:
                    continue
                yield Break(f"{event.name} tells another {what}", f"order {name}: {told}, but it is {wanted}")


def _differences(
    reading: Reading, event: Event, asked: AskedOrder, wishes: list[Command]
) -> Iterator[tuple[str, object, object]]:
    """Yield in what an event differs from its order: the name, what it says, and what it should."""
    for name in _WORDS:
        told, wanted = getattr(event, name), getattr(asked, name)
        if told is not None and wanted and told not in (wanted, _PLACED.get(wanted)):
            yield name, told, wanted
    wanted = asked.time_in_force or "GTC"
    if event.time_in_force not in (None, wanted):
        yield "time_in_force", event.time_in_force, wanted
    reduces = event.reduce_only
    if reduces not in (None, asked.reduce_only) and not asked.close_position and not _is_of_a_leg(reading, event):
        yield "reduce_only", reduces, asked.reduce_only
    for name in _figures_of(asked):
        told, right = getattr(event, name), _right(reading, event, asked, name, wishes)
        # Slices are taken off an order that an execution algorithm carries out: it has no more than was asked for.
        is_rest = name == "quantity" and asked.more.get("exec_algorithm_id") and told is not None and right
        if is_rest and Decimal(told) <= max(right):
            continue
        if told is not None and right and not any(Decimal(told) == each for each in right):
            yield name, told, " or ".join(sorted(f"{each:f}" for each in right))
    if event.reconciliation and event.name in (*_OWN_DOING, *_HOLDING_BACK):
        yield "reconciliation", event.reconciliation, False
    numbers = {each.number for each in reading.statements.of(str(event.client_order_id)) if each.number}
    if event.venue_order_id is not None and numbers and event.venue_order_id not in numbers:
        yield "venue_order_id", event.venue_order_id, " or ".join(sorted(numbers))


def _is_of_a_leg(reading: Reading, event: Event) -> bool:
    """Whether a report tells of an order in hedge mode: the venue was not told the flag, which must not be sent then.

    Whoever has forgotten the order learns of it without.
    """
    rows = reading.said_of(str(event.client_order_id))
    return bool(event.reconciliation) and any(
        row.get("positionSide", row.get("ps")) in ("LONG", "SHORT") for row in rows
    )


def _figures_of(asked: AskedOrder) -> Iterator[str]:
    for name in _FIGURES:
        of_money = name == "quantity" and (asked.more.get("quote_quantity") or asked.close_position)
        if not of_money and asked.type not in _MOVING and not asked.more.get("price_match"):
            yield name


def _right(reading: Reading, event: Event, asked: AskedOrder, name: str, wishes: list[Command]) -> set[Decimal]:
    """Return the figures that an order has or may have had by the event; empty where none was stated."""
    given = [getattr(asked, name), *(getattr(wish, name) for wish in wishes if wish.seq < event.seq)]
    said = (row.get(field) for row in reading.said_of(str(event.client_order_id)) for field in _FIGURES[name])
    found = {number for each in (*given, *said) if each and (number := figure(each)) is not None}
    # What a trigger has placed has no trigger any more, and says so with 0; elsewhere 0 says nothing.
    return found if name == "trigger_price" else found - {Decimal(0)}
