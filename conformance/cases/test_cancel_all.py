"""Cancelling all orders: whatever state they are in, and whatever else is open, all of the strategy's orders end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.inherited import told_apart
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
    stop_limit,
    stop_market,
)

_FOREIGN = "FOREIGN-1"


@dataclass(frozen=True)
class _Desk:
    """A trader with one order that is to be cancelled with all others, and the parties to it."""

    trader: Trader
    market: Market
    faults: Faults

    async def rests(self) -> tuple[Order, asyncio.Event]:
        """Return a LIMIT order that rests."""
        order = await self.trader.submit(limit("BUY", "0.010", self.market.below_last("2%")))
        await order.reaches("ACCEPTED")
        return order, asyncio.Event()

    async def is_submitted(self) -> tuple[Order, asyncio.Event]:
        """Return a LIMIT order that the venue has, which it tells once the event is set."""
        told = asyncio.Event()
        held = self.faults.delay("place order", until=told, processed=True)
        self.faults.delay_frame("ORDER_TRADE_UPDATE", until=told, x="NEW", optional=True)
        order = await self.trader.submit(limit("BUY", "0.010", self.market.below_last("2%")))
        await held.happens()
        return order, told

    async def is_being_amended(self) -> tuple[Order, asyncio.Event]:
        """Return a LIMIT order whose amendment is done, which is told once the event is set."""
        order, told = await self.rests()
        held = self.faults.delay("modify", until=told, processed=True)
        self.faults.delay_frame("ORDER_TRADE_UPDATE", until=told, x="AMENDMENT", optional=True)
        await order.modify(price=str(self.market.below_last("3%")))
        await held.happens()
        return order, told

    async def is_filled_in_part(self) -> tuple[Order, asyncio.Event]:
        """Return a LIMIT order that has filled in part."""
        order = await self.trader.submit(limit("BUY", "0.010", self.market.below_last("2%")))
        accepted = await order.reaches("ACCEPTED")
        await self.market.takes(accepted["venue_order_id"], "0.004")
        await order.reaches("PARTIALLY_FILLED")
        return order, asyncio.Event()

    async def waits(self) -> tuple[Order, asyncio.Event]:
        """Return a stop that waits."""
        order = await self.trader.submit(stop_market("SELL", "0.010", trigger=self.market.below_last("3%")))
        await order.reaches("ACCEPTED")
        return order, asyncio.Event()

    async def has_triggered(self) -> tuple[Order, asyncio.Event]:
        """Return a stop limit order that has triggered, and rests."""
        apart = told_apart(self.faults)
        trigger, price = self.market.below_last("2%"), self.market.below_last("1%")
        order = await self.trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price))
        await order.reaches("ACCEPTED")
        await self.market.moves_to(self.market.below_last("3%"))
        await order.stands("ACCEPTED")
        return order, apart


@dataclass(frozen=True, kw_only=True)
class State(AxisValue):
    """The state that the order is in; what is held back for it is told once the event that comes with it is set."""

    is_reached: Callable[[_Desk], Awaitable[tuple[Order, asyncio.Event]]]


STATES = (
    State(name="resting", words="rests", is_reached=_Desk.rests),
    State(name="submitted", words="is at the venue, but not accepted yet", is_reached=_Desk.is_submitted),
    State(name="amended", words="is being amended", is_reached=_Desk.is_being_amended),
    State(name="part", words="has filled in part", is_reached=_Desk.is_filled_in_part),
    State(name="stop", words="waits for its trigger", is_reached=_Desk.waits),
    State(name="triggered", words="was triggered and rests", is_reached=_Desk.has_triggered),
)
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
    order, told = await state.is_reached(_Desk(trader, market, faults))

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
