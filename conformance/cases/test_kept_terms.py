"""What an order has beside its terms at the venue, and only the trader can keep: tags, links, its algorithm."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.emulated import NEEDS as HELD_BACK
from conformance.cases.emulated import UNASKED
from conformance.cases.inherited import REMEMBERED, Memory
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Order, Trader, Traders, case, limit, market_order, require, stop_market

_TERMS = (
    *("side", "type", "quantity", "price", "trigger_price", "trigger_type", "time_in_force", "reduce_only"),
    *("tags", "order_list_id", "parent_order_id", "linked_order_ids", "contingency_type"),
    *("exec_algorithm_id", "exec_algorithm_params", "strategy", "emulated", "post_only"),
)


@dataclass(frozen=True)
class _Desk:
    """A trader, and the market that its orders are away from."""

    trader: Trader
    market: Market

    async def tags(self) -> list[Order]:
        """Submit an order and a stop with tags."""
        asked = limit("BUY", "0.010", self.market.below_last("4%")).but(tags=("grid", "level 3"))
        stop = stop_market("SELL", "0.010", trigger=self.market.below_last("5%")).but(tags=("exit of day 2",))
        return [await self.trader.submit(each) for each in (asked, stop)]

    async def lists(self) -> list[Order]:
        """Submit two orders as one list."""
        prices = (self.market.below_last("4%"), self.market.below_last("5%"))
        return await self.trader.submit_list([limit("BUY", "0.010", price) for price in prices])

    async def links(self) -> list[Order]:
        """Submit two orders of which each is for what is left of the other."""
        asked, other = (limit("BUY", "0.010", self.market.below_last(percent)) for percent in ("4%", "5%"))
        return list(await self.trader.pair(asked, other, "OUO"))

    async def triggers(self) -> list[Order]:
        """Submit two orders of which the first triggers the second."""
        asked, other = (limit("BUY", "0.010", self.market.below_last(percent)) for percent in ("4%", "5%"))
        return list(await self.trader.pair(asked, other, "OTO"))

    async def brackets(self) -> list[Order]:
        """Submit an entry that rests, with exits that are held back until it fills."""
        bracket = await self.trader.bracket(
            limit("BUY", "0.010", self.market.below_last("4%")),
            limit("SELL", "0.010", self.market.above_last("4%")),
            stop_market("SELL", "0.010", trigger=self.market.below_last("8%")),
            emulation_trigger="LAST_PRICE",
            hold_entry=False,
        )
        return list(bracket)

    async def slices(self) -> list[Order]:
        """Submit an order that an execution algorithm carries out, one slice ahead of it at the venue."""
        ahead = {"quantity": "0.004", "price": str(self.market.below_last("4%"))}
        asked = market_order("BUY", "0.010").but(exec_algorithm_id="SLICES", exec_algorithm_params=ahead)
        order = await self.trader.submit(asked.but(tags=("patient",)))
        slice_ahead = self.trader.order(f"{order.id}-E1")
        await slice_ahead.reaches("ACCEPTED")
        return [order, slice_ahead]


@dataclass(frozen=True, kw_only=True)
class _Left(AxisValue):
    """Orders that a session leaves."""

    submits: Callable[[_Desk], Awaitable[list[Order]]]


_LEFT = (
    _Left(name="tags", words="an order and a stop with tags", submits=_Desk.tags),
    _Left(name="list", words="two orders of one list", submits=_Desk.lists, needs=("order_lists",)),
    _Left(name="ouo", words="two orders linked by OUO", submits=_Desk.links, needs=("brackets",)),
    _Left(name="oto", words="two orders linked by OTO", submits=_Desk.triggers, needs=("brackets",)),
    _Left(
        name="bracket",
        words="an entry and its exits, which are held back",
        submits=_Desk.brackets,
        needs=(*HELD_BACK, "brackets", "order_lists"),
    ),
    _Left(
        name="slices",
        words="an order that an execution algorithm carries out",
        submits=_Desk.slices,
        needs=("exec_algorithms",),
        trader={"slices": True},
    ),
)


@case.each(
    "INH-610",
    axes={"left": _LEFT, "memory": REMEMBERED},
    tier="full",
    core=["bracket.warm"],
    rule="New Order: tags, links and algorithms are no parameters of the venue's; NautilusTrader, cache database",
    needs=["cache_database", "orders_of_others", "unrecordable"],
    trader=UNASKED,
)
async def test_terms_that_only_the_trader_has_are_kept(
    traders: Traders, market: Market, left: _Left, memory: Memory
) -> None:
    """{left}, left {memory}, MUST have in the next one all that they had beside their terms at the venue."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    orders = await left.submits(_Desk(trader, market))
    await trader.settles()
    before = {order.id: await order.row() for order in orders}
    await traders.have_time_to_keep(*(row["venue_order_id"] for row in before.values() if "venue_order_id" in row))
    await memory.ends(traders)

    again = await traders.start_again()

    passes_over_what_is_free(again)
    await again.settles()
    for name, row in before.items():
        kept = await again.order(name).row()
        require(bool(kept), "an order that is known again", seen=name)
        differ = [term for term in _TERMS if kept.get(term) != row.get(term)]
        seen = {term: f"{kept.get(term)}, was {row.get(term)}" for term in differ}
        require(not differ, f"{' and '.join(differ)} as before", seen=seen)
