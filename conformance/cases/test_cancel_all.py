"""Cancelling all orders: whatever state they are in, and whatever else is open, all of the strategy's orders end."""

import asyncio

from conformance.cases.cancellable import STATES, Desk, State
from conformance.cases.refusals import NO_SYMBOL
from conformance.cases.situations import UNCHECKED, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    Trader,
    Traders,
    Venue,
    case,
    equal,
    limit,
    stop_market,
)

_FOREIGN = "FOREIGN-1"

BESIDE = (
    AxisValue(name="alone", words="nothing else"),
    AxisValue(name="foreign", words="an order of another client", needs=("external_orders", "unclaimed_orders")),
    AxisValue(name="foreign-stop", words="a stop of another client", needs=("external_orders", "unclaimed_orders")),
    AxisValue(name="other-symbol", words="an order of another symbol", needs=("other_symbols",)),
)


@case.each(
    "CXL-110",
    axes={"state": STATES, "beside": BESIDE},
    tier="full",
    core=[
        "submitted.alone",
        "amended.foreign",
        "triggered.foreign",
        "stop.other-symbol",
        "stop.foreign",
        "part.foreign",
        "resting.foreign-stop",
        "stop.foreign-stop",
    ],
    rule="Cancel All Open Orders, Cancel All Algo Open Orders: by symbol; Cancel Order by origClientOrderId",
    upstream=["#3287"],
    needs=["market_moves", "venue_acts", "unrecordable", "orders_of_others"],
    # An order that is held back for long would be asked for, and accepted by what the query says first.
    trader={"inflight_check": None, **UNCHECKED},
)
async def test_all_orders_are_cancelled_whatever_state_they_are_in(
    traders: Traders, market: Market, venue: Venue, faults: Faults, state: State, beside: AxisValue
) -> None:
    """An order that {state} MUST end when all are cancelled, and {beside} be left as it was."""
    if beside.name == "foreign":
        await venue.places(limit("SELL", "0.010", market.above_last("6%")).named(_FOREIGN))
    if beside.name == "foreign-stop":
        await venue.places(stop_market("BUY", "0.010", trigger=market.above_last("6%")).named(_FOREIGN))
    trader = await traders.start()
    passes_over_what_is_free(trader)
    other: Order | None = None
    if beside.name == "other-symbol":
        other = await trader.submit(limit("BUY", "0.100", "2000.00").but(symbol="ETHUSDT", client_order_id="OTHER-1"))
        await other.reaches("ACCEPTED")
    order, told = await state.is_reached(Desk(trader, market, faults))

    await trader.cancel_all()
    await trader.has_its_answers()
    told.set()

    await venue.confirms(order, "CANCELED")
    await order.stands("CANCELED")
    if other is not None:
        await other.stands("ACCEPTED")
        await other.cancel()
        await other.reaches("CANCELED")
    left = [str(row["client_order_id"]) for row in (await venue.books())["orders"]]
    equal("orders left at the venue", len(left), 1 if beside.name.startswith("foreign") else 0)


#: However a version cancels them all.
_CANCELLING = ("cancel", "batch cancel", "cancel all")


@case(
    "CXL-950",
    rule="Cancel All Algo Open Orders: refused, it ends nothing; what ended meanwhile has ended all the same",
    needs=["venue_acts", "unrecordable"],
    trader={"inflight_check": None},
)
async def test_stop_that_ended_while_all_were_refused_to_be_cancelled(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """Where cancelling all stops is refused, one that ended meanwhile MUST stay CANCELED, and the other stay open."""
    gone, left = [
        await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last(f"{number}%"))) for number in (2, 3)
    ]
    accepted = [await order.reaches("ACCEPTED") for order in (gone, left)]
    told = asyncio.Event()
    faults.answer(_CANCELLING, NO_SYMBOL.status, NO_SYMBOL.body, processed=False, times=None)
    held = faults.delay(_CANCELLING, until=told, times=None)

    await trader.cancel_all()
    await held.happens()
    await venue.cancels_stop(accepted[0]["venue_order_id"])
    await gone.reaches("CANCELED")
    told.set()

    await trader.has_its_answers()
    await left.stands("ACCEPTED")
    await gone.stands("CANCELED")
    gone.never("CANCEL_REJECTED")
