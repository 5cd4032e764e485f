"""Batch cancellations of orders that do not go together: of two symbols, or of the venue's and of the trader's own."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from conformance.cases.emulated import UNASKED, WRITING
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Order, OrderRequest, Trader, Venue, Wire, case, equal, limit, stop_market
from conformance.subject.errors import CommandRefused


@dataclass(frozen=True, kw_only=True)
class Beside(AxisValue):
    """An order that stands in the way of a batch: what it is, and where it rests."""

    make: Callable[[Market], OrderRequest]
    rests: str = "ACCEPTED"


OTHER_SYMBOL = Beside(
    name="other-symbol",
    words="one of another symbol",
    make=lambda _: limit("BUY", "0.100", "2000.00").but(symbol="ETHUSDT"),
)
HELD_STOP = Beside(
    name="held-stop",
    words="a stop that is held back",
    make=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("5%")).but(emulation_trigger="LAST_PRICE"),
    rests="EMULATED",
    needs=("emulation",),
)
HELD_LIMIT = Beside(
    name="held-limit",
    words="a limit order that is held back",
    make=lambda m: limit("BUY", "0.010", m.below_last("3%")).but(emulation_trigger="LAST_PRICE"),
    rests="EMULATED",
    needs=("emulation",),
)
PLACES = (AxisValue(name="last", words="with, after it,"), AxisValue(name="first", words="with, before it,"))


async def _rests(trader: Trader, request: OrderRequest, state: str) -> Order:
    order = await trader.submit(request)
    await order.reaches(state)
    return order


@case.each(
    "CXL-270",
    axes={"beside": (OTHER_SYMBOL, HELD_STOP, HELD_LIMIT), "place": PLACES},
    tier="full",
    core=["other-symbol.last"],
    rule="Cancel Multiple Orders: by symbol, of what the venue has; NautilusTrader, cancel_orders: of one symbol",
    needs=["batch_cancel", "other_symbols", "unrecordable"],
    # What it would ask about an order that it has left PENDING_CANCEL hides for how long it does.
    trader=UNASKED,
)
async def test_batch_that_cannot_be_sent_as_it_is_leaves_every_order_cancellable(
    trader: Trader, venue: Venue, wire: Wire, market: Market, beside: Beside, place: AxisValue
) -> None:
    """An order in a batch cancellation {place} {beside}, MUST be cancelled by it, or when next asked for by itself."""
    passes_over_what_is_free(trader)
    venue.of("ETHUSDT")
    live = await _rests(trader, limit("BUY", "0.010", market.below_last("2%")), "ACCEPTED")
    other = await _rests(trader, beside.make(market), beside.rests)
    orders = [live, other] if place.name == "last" else [other, live]

    # A version may refuse the whole of such a batch, and say so to whoever asked for it.
    with suppress(CommandRefused):
        await trader.cancel_batch(orders)
    await trader.settles()

    for order in orders:
        if order.state != "CANCELED":
            await order.cancel()
    for order in orders:
        await order.stands("CANCELED")
    if beside.rests == "EMULATED":
        named = [each.route for each in wire.asked(WRITING) if other.id in str(each.params)]
        equal("requests about the order that is held back", named, [])
