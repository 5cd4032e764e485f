"""Commands that cross with what has just happened to their order: it ends as the venue says, told first or last."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.inherited import COLD, FOREIGN, LIMIT, STOP, Estate, Left, Memory
from conformance.cases.situations import OF_ORDERS, UNCHECKED, UNHURRIED, passes_over_what_is_free
from conformance.cases.transports import OVER, OVER_A_SOCKET, configured_for
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Traders, Venue, case, limit

_NO_RIGHT = {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}


@dataclass(frozen=True)
class Crossing:
    """A limit order of the trader's own that rests, another beside it, and the parties that do something to it."""

    trader: Trader
    market: Market
    venue: Venue
    order: Order
    venue_order_id: str
    beside: Order

    async def fills(self) -> None:
        """Let it fill."""
        await self.market.takes(self.venue_order_id, "0.010")

    async def fills_in_parts(self) -> None:
        """Let it fill in two parts."""
        await self.market.takes(self.venue_order_id, "0.004")
        await self.market.takes(self.venue_order_id, "0.006")

    async def fills_and_is_cancelled(self) -> None:
        """Let a part of it fill, and another client cancel the rest."""
        await self.market.takes(self.venue_order_id, "0.004")
        await self.is_cancelled()

    async def is_cancelled(self) -> None:
        """Let another client cancel it."""
        await self.venue.cancels(self.venue_order_id)

    async def is_amended(self) -> None:
        """Let another client amend it."""
        await self.venue.amends(self.venue_order_id, "BUY", quantity="0.010", price=self.market.below_last("4%"))

    async def fills_in_part(self) -> None:
        """Let a part of it fill."""
        await self.market.takes(self.venue_order_id, "0.004")

    async def cancels(self) -> None:
        """Ask for its cancellation."""
        await self.order.cancel()

    async def cancels_with_others(self) -> None:
        """Ask for its cancellation together with that of another."""
        await self.trader.cancel_batch([self.order, self.beside])

    async def cancels_all(self) -> None:
        """Ask for the cancellation of all orders."""
        await self.trader.cancel_all()

    async def amends(self) -> None:
        """Ask for another price."""
        await self.order.modify(price=str(self.market.below_last("3%")))


@dataclass(frozen=True, kw_only=True)
class Act(AxisValue):
    """What is done, by the trader or to its order."""

    does: Callable[[Crossing], Awaitable[None]]
    status: str = ""


ENDS = (
    Act(name="filled", words="has filled", does=Crossing.fills, status="FILLED"),
    Act(name="in-parts", words="has filled in two parts", does=Crossing.fills_in_parts, status="FILLED"),
    Act(name="part", words="has filled in part and ended", does=Crossing.fills_and_is_cancelled, status="CANCELED"),
    Act(name="cancelled", words="another client has cancelled", does=Crossing.is_cancelled, status="CANCELED"),
)
COMMANDS = (
    Act(name="cancel", words="the cancellation", does=Crossing.cancels),
    Act(name="modify", words="the amendment", does=Crossing.amends),
    Act(
        name="cancel-batch", words="the batch cancellation", does=Crossing.cancels_with_others, needs=("batch_cancel",)
    ),
    Act(name="cancel-all", words="the cancellation with all others", does=Crossing.cancels_all),
)
CHANGES = (
    Act(name="filled", words="fills", does=Crossing.fills, status="FILLED"),
    Act(name="in-part", words="fills in part", does=Crossing.fills_in_part, status="PARTIALLY_FILLED"),
    Act(name="cancelled", words="is cancelled by another client", does=Crossing.is_cancelled, status="CANCELED"),
    Act(name="amended", words="is amended by another client", does=Crossing.is_amended),
)


async def _crossing(trader: Trader, market: Market, venue: Venue) -> Crossing:
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    beside = await trader.submit(limit("BUY", "0.010", market.below_last("5%")))
    await beside.reaches("ACCEPTED")
    await trader.settles()
    return Crossing(trader, market, venue, order, accepted["venue_order_id"], beside)


async def _comes_too_late(crossing: Crossing, faults: Faults, command: Act, end: Act) -> None:
    refused = asyncio.Event()
    for event in (*OF_ORDERS, "ACCOUNT_UPDATE"):
        faults.delay_frame(event, until=refused, optional=True)
    await end.does(crossing)
    await command.does(crossing)
    await crossing.trader.repeats_nothing()
    refused.set()

    await crossing.trader.settles()
    await crossing.venue.confirms(crossing.order, end.status, within_s=2.0)
    await crossing.trader.holds(await crossing.venue.position(), within_s=1.0)


#: What the stream holds back for longer than an in-flight check waits, on a busy machine, a query would tell first.
_TOLD_BY_STREAM = {**UNCHECKED, **UNHURRIED}


@case.each(
    "CXL-150",
    axes={"command": COMMANDS, "end": ENDS},
    tier="full",
    core=["cancel.filled", "modify.in-parts", "cancel-batch.part"],
    rule="Cancel Order (-2011), Modify Order (-2013): of an order that has ended; Event: Order Update tells how",
    needs=["market_moves", "unrecordable"],
    trader=_TOLD_BY_STREAM,
)
async def test_command_that_comes_too_late(
    trader: Trader, market: Market, venue: Venue, faults: Faults, command: Act, end: Act
) -> None:
    """Where {command} is refused for an order that {end}, told after it, the order MUST end so, with all its fills."""
    await _comes_too_late(await _crossing(trader, market, venue), faults, command, end)


@case.each(
    "CXL-160",
    axes={"command": COMMANDS[:2], "end": ENDS},
    tier="full",
    core=["cancel.in-parts"],
    rule="WS API, order.cancel (-2011), order.modify (-2013): of an order that has ended; Event: Order Update",
    needs=["market_moves", "unrecordable", "ws_trading"],
    trader={**OVER_A_SOCKET, **_TOLD_BY_STREAM},
)
async def test_command_over_a_socket_that_comes_too_late(
    trader: Trader, market: Market, venue: Venue, faults: Faults, command: Act, end: Act
) -> None:
    """Where {command} over the WS API is refused for an order that {end}, told after it, the order MUST end so."""
    await _comes_too_late(await _crossing(trader, market, venue), faults, command, end)


@case.each(
    "LMT-350",
    axes={"change": CHANGES, "over": OVER},
    tier="full",
    core=["filled.http", "amended.http"],
    rule="Modify Order: the answer is of its own moment; Event: Order Update tells what has come after",
    needs=["market_moves", "unrecordable"],
)
async def test_answer_to_an_amendment_that_comes_late(
    traders: Traders, market: Market, venue: Venue, faults: Faults, change: Act, over: AxisValue
) -> None:
    """Where an order {change} before the answer to its amendment, over {over}, it MUST stand as at the venue."""
    trader = await traders.start(**configured_for(over))
    crossing = await _crossing(trader, market, venue)
    told = asyncio.Event()
    held = faults.delay("modify", until=told, processed=True)
    await crossing.amends()
    await held.happens()
    await crossing.order.reaches("UPDATED")
    await change.does(crossing)
    await trader.is_told()
    await trader.answers_twice()
    told.set()

    await trader.settles()
    await venue.confirms(crossing.order, change.status or None, within_s=2.0)
    await trader.holds(await venue.position(), within_s=1.0)
    await crossing.order.stands(change.status or "ACCEPTED")


REFUSED = (
    AxisValue(name="cancel", words="the cancellation"),
    AxisValue(name="modify", words="the amendment"),
)


@case.each(
    "INH-040",
    axes={"left": (LIMIT, STOP), "refused": REFUSED, "memory": (COLD, FOREIGN), "over": OVER},
    but={"a stop cannot be amended": {"left": "stop", "refused": "modify"}},
    tier="full",
    core=["limit.cancel.cold.http", "limit.modify.foreign.http", "stop.cancel.cold.http"],
    rule="Cancel Order, Modify Order, Cancel Algo Order: a refusal is one, whoever placed the order",
    needs=["unrecordable", "orders_of_others"],
)
async def test_refusal_about_an_inherited_order(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    left: Left,
    refused: AxisValue,
    memory: Memory,
    over: AxisValue,
) -> None:
    """{left} left {memory}, of which {refused} is refused over {over}, MUST stay open, and be cancellable afterwards.

    Whose strategy is told of it depends on who claims the order.
    """
    config = configured_for(over)
    trader, order = await Estate(traders, venue, market, config).finds(left, memory)
    refusal = faults.answer(refused.name, 401, _NO_RIGHT, times=None)

    if refused.name == "cancel":
        await order.cancel()
    else:
        await order.modify(price=str(market.below_last("5%")))
    await refusal.happens()
    await trader.settles()
    refusal.times = refusal.applied

    await order.stands("ACCEPTED")
    await order.cancel()
    await venue.confirms(order, "CANCELED", within_s=2.0)
