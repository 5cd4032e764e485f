"""Purges of orders of which something is still on its way: told late, it books nothing and opens nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.purges import NEVER, ORDERS_FIRST, Purge
from conformance.cases.situations import UNHURRIED, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    Trader,
    case,
    equal,
    limit,
    market_order,
    stop_market,
)

#: An event of no consequence that the venue sends last, as the barrier that `settles` waits for does.
_LAST = "ACCOUNT_CONFIG_UPDATE"


@dataclass(frozen=True)
class _Scene:
    """A trader that leaves a position of 0.010, and is told the last of it only when `told` is set, or by a barrier."""

    trader: Trader
    market: Market
    faults: Faults
    told: asyncio.Event

    async def finish(self) -> None:
        """Leave by a stop whose FINISHED is late."""
        stop = await self.trader.submit(
            stop_market("SELL", "0.010", trigger=self.market.below_last("2%"), reduce_only=True).named("STOP-1")
        )
        await stop.reaches("ACCEPTED")
        await self.trader.settles()
        self.faults.delay_frame("ALGO_UPDATE", X="FINISHED", until=self.told)
        await self.market.moves_to(self.market.below_last("3%"))
        await stop.reaches("FILLED")

    async def fill(self) -> None:
        """Leave by an order whose fill is told a second time."""
        self.faults.duplicate("ORDER_TRADE_UPDATE", x="TRADE", after=_LAST)
        await self._leaves()

    async def cancellation(self) -> None:
        """Leave, and cancel an order whose end is told a second time."""
        await self._leaves()
        order = await self._rests()
        self.faults.duplicate("ORDER_TRADE_UPDATE", x="CANCELED", after=_LAST)
        await order.cancel()
        await order.reaches("CANCELED")

    async def submission(self) -> None:
        """Leave by an order that is answered late."""
        self.faults.delay("place", until=self.told, processed=True)
        await self._leaves()

    async def refusal(self) -> None:
        """Leave by an order whose cancellation comes too late, and is refused later still."""
        order = await self._rests()
        asked = self.faults.delay("cancel", until=self.told)
        await order.cancel()
        await asked.happens()
        await self._fills(order)

    async def query(self) -> None:
        """Leave by an order that was asked for when it was open still, and is answered late."""
        order = await self._rests()
        asked = self.faults.delay("query", until=self.told, processed=True)
        await order.query()
        await asked.happens()
        await self._fills(order)

    async def later_query(self) -> None:
        """Leave by an order whose query comes to the venue late, when it has filled."""
        order = await self._rests()
        asked = self.faults.delay("query", until=self.told)
        await order.query()
        await asked.happens()
        await self._fills(order)

    async def _leaves(self) -> None:
        order = await self.trader.submit(market_order("SELL", "0.010", reduce_only=True).named("EXIT-1"))
        await order.reaches("FILLED")

    async def _rests(self) -> Order:
        asked = limit("SELL", "0.010", self.market.above_last("2%")).named("EXIT-2")
        order = await self.trader.submit(asked)
        await order.reaches("ACCEPTED")
        await self.trader.settles()
        return order

    async def _fills(self, order: Order) -> None:
        await self.market.takes((await order.row())["venue_order_id"], "0.010")
        await order.reaches("FILLED")


@dataclass(frozen=True, kw_only=True)
class Late(AxisValue):
    """What is told late: `happens` ends the order."""

    happens: Callable[[_Scene], Awaitable[None]]


LATE = (
    Late(name="finish", words="the end of a stop that has filled", happens=_Scene.finish),
    Late(name="fill", words="a fill, a second time", happens=_Scene.fill),
    Late(name="cancellation", words="a cancellation, a second time", happens=_Scene.cancellation),
    Late(name="submission", words="the answer to a filled order", happens=_Scene.submission),
    Late(name="refusal", words="the refusal to cancel a filled order", happens=_Scene.refusal),
    Late(name="query", words="the answer, of before its fill, to a query of it", happens=_Scene.query),
    Late(name="later-query", words="the answer, of after its fill, to a query of it", happens=_Scene.later_query),
)


@case.each(
    "PURGE-060",
    axes={"purge": (ORDERS_FIRST, NEVER), "late": LATE},
    tier="full",
    core=["orders-first.finish", "orders-first.query"],
    rule="Event: Order Update, Event: Algo Order Update, Query Order: what has ended has ended, told late or not",
    needs=["market_moves", "unrecordable"],
    trader=UNHURRIED,
)
async def test_word_of_what_was_purged_books_nothing(
    trader: Trader, market: Market, faults: Faults, purge: Purge, late: Late
) -> None:
    """After a purge of {purge}, {late}, MUST lead to no fill, no open order and no position, told late as it is."""
    passes_over_what_is_free(trader)
    entry = await trader.submit(market_order("BUY", "0.010").named("ENTRY-1"))
    await entry.reaches("FILLED")
    await trader.holds("0.010")
    await trader.settles()
    told = asyncio.Event()
    await late.happens(_Scene(trader, market, faults, told))
    await trader.holds("0")

    await purge.does(trader)
    since = trader.moment
    told.set()

    await trader.stays_quiet(since=since)
    await trader.has_open(within_s=1.0)
    await trader.holds("0", within_s=1.0)
    equal("positions held", len((await trader.books())["positions"]), 0)
    await (await trader.submit(market_order("BUY", "0.002").named("FURTHER-1"))).reaches("FILLED")
    await trader.holds("0.002")
