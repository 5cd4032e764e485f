"""A fill that was learned by asking is a fill as any other: what the trader does next builds on the same position."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.situations import CHECKED, OF_ORDERS, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Trader, Venue, case, limit, market_order, require

_RULE = "Position Information V3: one position a symbol in one-way mode"


@dataclass(frozen=True)
class Entry:
    """An entry of 0.010 whose events are lost."""

    trader: Trader
    market: Market
    faults: Faults

    async def by_inflight_check(self) -> None:
        """Let the answer be lost as well, so that the in-flight check asks."""
        self.faults.drop("place", processed=True)
        order = await self.trader.submit(market_order("BUY", "0.010"))
        await order.reaches("FILLED")

    async def by_query(self) -> None:
        """Have the order queried."""
        order = await self.trader.submit(limit("BUY", "0.010", self.market.above_last("1%")))
        await order.query()
        await order.reaches("FILLED")


@dataclass(frozen=True, kw_only=True)
class Learned(AxisValue):
    """How the fill is learned."""

    happens: Callable[[Entry], Awaitable[None]]


LEARNED = (
    Learned(name="check", words="the in-flight check", needs=("inflight_check",), happens=Entry.by_inflight_check),
    Learned(name="query", words="a query", happens=Entry.by_query),
)


@case.each(
    "STRM-250",
    axes={"learned": LEARNED, "then": ("closed", "reduced", "grown")},
    tier="full",
    core=["check.closed"],
    rule=_RULE,
    upstream=["#3861", "#3775"],
    needs=["unrecordable", "market_moves"],
    trader=CHECKED,
)
async def test_position_of_a_learned_fill_is_the_one(
    trader: Trader, market: Market, venue: Venue, faults: Faults, learned: Learned, then: str
) -> None:
    """A position whose entry was learned by {learned} MUST be the one that is then {then}, and no other be open."""
    passes_over_what_is_free(trader)
    heard = [faults.lose(event, times=None, optional=True) for event in OF_ORDERS]
    await learned.happens(Entry(trader, market, faults))
    await trader.settles()
    for fault in heard:
        fault.times = fault.applied or 1

    side, quantity = {"closed": ("SELL", "0.010"), "reduced": ("SELL", "0.004"), "grown": ("BUY", "0.004")}[then]
    order = await trader.submit(market_order("BUY" if side == "BUY" else "SELL", quantity))
    await order.reaches("FILLED")

    await trader.holds(await venue.position(), within_s=2.0)
    positions = (await trader.books())["positions"]
    require(len(positions) <= 1, "one position a symbol", seen=positions)
