"""Orders that nobody names: the strategy's own order factory makes their client order ids, as for most who trade."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.inherited import COLD, CRASH, WARM, Memory
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Order, Trader, Traders, Venue, case, equal, limit, require
from conformance.kit.waiting import comes_true

_RULE = "New Order: newClientOrderId is unique among open orders; Query Order: by it an order is found"
_MANY = 12


@dataclass(frozen=True, kw_only=True)
class Naming(AxisValue):
    """How the strategies are configured to name their orders."""

    strategy: Mapping[str, Any] = field(default_factory=dict)


NAMINGS = (
    Naming(name="by-default", words="as by default"),
    Naming(name="bare", words="without hyphens", strategy={"use_hyphens_in_client_order_ids": False}),
    Naming(name="uuid", words="by UUIDs", strategy={"use_uuid_client_order_ids": True}),
)


@dataclass(frozen=True)
class Desk:
    """A trader with two strategies, and the market."""

    trader: Trader
    market: Market

    async def sends(self, by: Trader, name: str) -> Order:
        """Submit an order of this name that rests."""
        return await by.submit(limit("BUY", "0.002", self.market.below_last("4%")).named(name))


async def _one_by_one(desk: Desk) -> list[Order]:
    return [await desk.sends(desk.trader, name) for name in await desk.trader.names(_MANY)]


async def _in_turn(desk: Desk) -> list[Order]:
    strategies = desk.trader, desk.trader.strategy(2)
    return [await desk.sends(strategies[n % 2], (await strategies[n % 2].names(1))[0]) for n in range(_MANY)]


async def _as_a_list(desk: Desk) -> list[Order]:
    names = await desk.trader.names(4)
    return await desk.trader.submit_list(
        [limit("BUY", "0.002", desk.market.below_last("4%")).named(name) for name in names]
    )


@dataclass(frozen=True, kw_only=True)
class Sent(AxisValue):
    """How the orders are sent."""

    happens: Callable[[Desk], Awaitable[list[Order]]]


@case.each(
    "KIND-983",
    axes={
        "naming": NAMINGS,
        "sent": (
            Sent(name="one-by-one", words="one after another", happens=_one_by_one),
            Sent(name="in-turn", words="by two strategies in turn", happens=_in_turn),
            Sent(name="list", words="as a list", happens=_as_a_list, needs=("order_lists",)),
        ),
    },
    tier="full",
    core=[],
    rule=_RULE,
    needs=["unrecordable"],
)
async def test_order_that_nobody_names_has_a_name_of_its_own(
    traders: Traders, market: Market, venue: Venue, naming: Naming, sent: Sent
) -> None:
    """Orders that strategies name themselves ({naming}) and send {sent} MUST each be known by a name of its own."""
    trader = await traders.start(strategies=2, **({"strategy": dict(naming.strategy)} if naming.strategy else {}))
    passes_over_what_is_free(trader)

    orders = await sent.happens(Desk(trader, market))

    equal("names", len({order.id for order in orders}), len(orders))
    for order in orders:
        await order.reaches("ACCEPTED")
        await venue.confirms(order, "ACCEPTED")
    await trader.cancel_all()
    await trader.strategy(2).cancel_all()
    for order in orders:
        await order.reaches("CANCELED")


@case.each(
    "INH-978",
    axes={"naming": NAMINGS, "memory": (WARM, CRASH, COLD)},
    tier="full",
    core=["by-default.cold"],
    rule=_RULE,
    needs=["unrecordable", "orders_of_others"],
)
async def test_name_of_an_earlier_session_is_not_made_again(
    traders: Traders, market: Market, venue: Venue, naming: Naming, memory: Memory
) -> None:
    """After a session of which an order rests, named {naming} {memory}, strategies MUST NOT make such a name again.

    A name has the second of its making in it, and no node is there again within one: so the next session begins later.
    """
    started = {"strategy": dict(naming.strategy)} if naming.strategy else {}
    trader = await traders.start(**started)
    passes_over_what_is_free(trader)
    before = await trader.names(_MANY)
    rests = await Desk(trader, market).sends(trader, before[0])
    await rests.reaches("ACCEPTED")
    second = int(time.time())
    await comes_true(trader.history, lambda: _is_over(second), within_s=2.0)
    await memory.ends(traders)

    trader = await traders.start_again(**started)
    passes_over_what_is_free(trader)
    names = await trader.names(_MANY)

    require(not set(names) & set(before), "names of their own", seen=", ".join(sorted(set(names) & set(before))))
    order = await Desk(trader, market).sends(trader, names[0])
    await order.reaches("ACCEPTED")
    await trader.has_open(before[0], order.id)
    await venue.confirms(order, "ACCEPTED")
    await order.cancel()
    await venue.confirms(order, "CANCELED")
    await venue.confirms(trader.order(before[0]), "ACCEPTED")


async def _is_over(second: int) -> bool:
    return int(time.time()) > second
