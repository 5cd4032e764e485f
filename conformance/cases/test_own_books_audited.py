"""A book of the trader's own orders that is audited all the while: what is on its way stays, what ended does not."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.situations import UNHURRIED, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Order, Side, Trader, Venue, case, equal, limit

#: Several audits while something is waited for.
_SEVERAL_S = 0.3
_AUDITED: Mapping[str, Any] = {
    **UNHURRIED,
    "exec_engine": {"manage_own_order_books": True, "own_books_audit_interval_secs": 0.02},
}
_NO_RIGHT = {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}


@dataclass(frozen=True)
class _Desk:
    """A trader that is told late of what becomes of its bid."""

    trader: Trader
    market: Market
    faults: Faults

    async def submits(self) -> str:
        """Have the answer to a bid, and its events, come late; return its size."""
        told = asyncio.Event()
        self.faults.delay("place", until=told, processed=True)
        self.faults.delay_frame("ORDER_TRADE_UPDATE", until=told, optional=True)
        order = await self._asked()
        await order.reaches("SUBMITTED")
        await order.stands("SUBMITTED", after_s=_SEVERAL_S)
        told.set()
        await order.reaches("ACCEPTED")
        return "0.010"

    async def amends(self) -> str:
        """Have the answer to an amendment, and its event, come late."""
        order, told = await self._rests(), asyncio.Event()
        self.faults.delay("modify", until=told, processed=True)
        self.faults.delay_frame("ORDER_TRADE_UPDATE", until=told, optional=True)
        await order.modify(quantity="0.016")
        await order.stands("PENDING_UPDATE", after_s=_SEVERAL_S)
        told.set()
        await order.reaches("UPDATED")
        return "0.016"

    async def cancels(self) -> str:
        """Have the answer to a cancellation, and its event, come late."""
        order, told = await self._rests(), asyncio.Event()
        self.faults.delay("cancel", until=told, processed=True)
        self.faults.delay_frame("ORDER_TRADE_UPDATE", until=told, optional=True)
        await order.cancel()
        await order.stands("PENDING_CANCEL", after_s=_SEVERAL_S)
        told.set()
        await order.reaches("CANCELED")
        return ""

    async def cancels_in_vain(self) -> str:
        """Have a cancellation refused late."""
        order, refused = await self._rests(), asyncio.Event()
        self.faults.answer("cancel", 401, _NO_RIGHT, times=None)
        self.faults.delay("cancel", until=refused, times=None)
        await order.cancel()
        await order.stands("PENDING_CANCEL", after_s=_SEVERAL_S)
        refused.set()
        await self.trader.settles()
        await order.stands("ACCEPTED", after_s=_SEVERAL_S)
        return "0.010"

    async def fills_in_part(self) -> str:
        """Have a part of it filled."""
        order = await self._rests()
        await self.market.takes((await order.row())["venue_order_id"], "0.004")
        await order.reaches("PARTIALLY_FILLED")
        await order.stands("PARTIALLY_FILLED", after_s=_SEVERAL_S)
        return "0.006"

    async def _asked(self) -> Order:
        return await self.trader.submit(limit("BUY", "0.010", self.market.below_last("2%")).named("BID"))

    async def _rests(self) -> Order:
        order = await self._asked()
        await order.reaches("ACCEPTED")
        await self.trader.settles()
        return order


@dataclass(frozen=True, kw_only=True)
class Course(AxisValue):
    """What becomes of a bid under the audits; returns the size that it has at the venue then, or nothing."""

    runs: Callable[[_Desk], Awaitable[str]]


COURSES = (
    Course(name="submitted", words="was accepted late", runs=_Desk.submits),
    Course(name="amended", words="was amended late", runs=_Desk.amends),
    Course(name="cancelled", words="was cancelled late", runs=_Desk.cancels),
    Course(name="kept", words="was not cancelled, as was told late", runs=_Desk.cancels_in_vain),
    Course(name="filled-in-part", words="has filled in part", runs=_Desk.fills_in_part, needs=("market_moves",)),
)


@case.each(
    {f"OWN-04{number}": {"course": course} for number, course in enumerate(COURSES)},
    tier="full",
    core=["OWN-040"],
    rule="New Order, Modify Order, Cancel Order: the open LIMIT orders of an account are its part of the venue's book; "
    "NautilusTrader, own_books_audit_interval_secs",
    needs=["own_order_books", "unrecordable"],
    trader=_AUDITED,
)
async def test_audited_book_is_what_rests_at_the_venue(
    trader: Trader, venue: Venue, market: Market, faults: Faults, course: Course
) -> None:
    """Audited all the while, the trader's book of its own orders MUST hold a bid that {course} as at the venue."""
    passes_over_what_is_free(trader)
    # An ask that rests all the while shows that there is a book, also where it is to hold nothing else.
    ask = await trader.submit(limit("SELL", "0.004", market.above_last("4%")).named("ASK"))
    await ask.reaches("ACCEPTED")

    size = await course.runs(_Desk(trader, market, faults))

    bids: list[tuple[str, Side, str]] = [("BID", "BUY", size)] if size else []
    await trader.has_in_own_book(("ASK", "SELL", "0.004"), *bids, within_s=1.0)
    resting = {
        (row["side"], Decimal(row["quantity"]) - Decimal(row["filled_qty"])) for row in (await venue.books())["orders"]
    }
    equal(
        "what rests at the venue", resting, {("SELL", Decimal("0.004")), *((side, Decimal(s)) for _, side, s in bids)}
    )
