"""An order in each state in which a command to cancel it, or all orders, may find it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.inherited import told_apart
from conformance.kit import AxisValue, Faults, Market, Order, Trader, limit, stop_limit, stop_market


@dataclass(frozen=True)
class Desk:
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

    is_reached: Callable[[Desk], Awaitable[tuple[Order, asyncio.Event]]]


STATES = (
    State(name="resting", words="rests", is_reached=Desk.rests),
    State(name="submitted", words="is at the venue, but not accepted yet", is_reached=Desk.is_submitted),
    State(name="amended", words="is being amended", is_reached=Desk.is_being_amended),
    State(name="part", words="has filled in part", is_reached=Desk.is_filled_in_part),
    State(name="stop", words="waits for its trigger", is_reached=Desk.waits),
    State(name="triggered", words="was triggered and rests", is_reached=Desk.has_triggered),
)
