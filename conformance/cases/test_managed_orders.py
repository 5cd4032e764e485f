"""Linked exits that a strategy has managed for it, since the venue links no orders: it submits them one by one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
    Trader,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)
from conformance.kit.needs import Need
from conformance.kit.waiting import comes_true

_RULE = "New Order has no contingencies"
_LINKED = {"strategy": {"manage_contingent_orders": True}}
_NEEDS: tuple[Need, ...] = ("brackets", "order_lists", "market_moves", "unrecordable")
_CONTINGENCIES = ("ouo", "oco")

Bracket = tuple[Order, Order, Order]


async def _brackets(trader: Trader, market: Market, entry: OrderRequest, contingency: str) -> Bracket:
    """Submit an entry and two exits of 0.010, linked, one by one; a position of 0.010 lets the exits rest at once.

    The take-profit is 2 % above the price, the stop 4 % below it.
    """
    await _is_long(trader)
    orders = await trader.bracket(
        entry,
        limit("SELL", "0.010", market.above_last("2%")),
        stop_market("SELL", "0.010", trigger=market.below_last("4%")),
        contingency=contingency.upper(),
        apart=True,
    )
    for leg in orders[1:]:
        await leg.reaches("ACCEPTED")
    return orders


@dataclass(frozen=True)
class _Exits:
    """Two exits that rest at the venue, of which one is ended."""

    trader: Trader
    market: Market
    venue: Venue
    take: Order
    stop: Order

    async def take_fills(self) -> None:
        """Let the take-profit fill."""
        row = await self.take.row()
        await self.market.takes(row["venue_order_id"], "0.010")

    async def stop_fills(self) -> None:
        """Let the stop trigger, and its order fill."""
        await self.market.moves_to(self.market.below_last("5%"))

    async def take_is_cancelled(self) -> None:
        """Let another client cancel the take-profit."""
        row = await self.take.row()
        await self.venue.cancels(row["venue_order_id"])

    async def stop_is_cancelled(self) -> None:
        """Let another client cancel the stop."""
        row = await self.stop.row()
        await self.venue.cancels_stop(row["venue_order_id"])


@dataclass(frozen=True, kw_only=True)
class Ending(AxisValue):
    """How one of the exits ends, in which state, and whether it is the stop."""

    ends: Callable[[_Exits], Awaitable[None]]
    state: str
    is_stop: bool


ENDINGS = (
    Ending(name="take", words="the take-profit fills", ends=_Exits.take_fills, state="FILLED", is_stop=False),
    Ending(name="stop", words="the stop triggers and fills", ends=_Exits.stop_fills, state="FILLED", is_stop=True),
    Ending(
        name="take-cancelled",
        words="another client cancels the take-profit",
        ends=_Exits.take_is_cancelled,
        state="CANCELED",
        is_stop=False,
    ),
    Ending(
        name="stop-cancelled",
        words="another client cancels the stop",
        ends=_Exits.stop_is_cancelled,
        state="CANCELED",
        is_stop=True,
    ),
)
TOLD = (AxisValue(name="stream", words="the stream"), AxisValue(name="query", words="a query alone"))


@case.each(
    "MNG-010",
    axes={"ending": ENDINGS, "told": TOLD, "contingency": _CONTINGENCIES},
    tier="full",
    core=["take.stream.ouo", "stop.stream.oco", "take.query.oco"],
    rule=_RULE,
    card="TC-E52",
    needs=_NEEDS,
    trader=_LINKED,
)
async def test_other_exit_is_cancelled(
    trader: Trader, venue: Venue, market: Market, faults: Faults, ending: Ending, told: AxisValue, contingency: str
) -> None:
    """When {ending}, told by {told}, a strategy that manages {contingency} links MUST have the other exit cancelled."""
    entry, take, stop = await _brackets(trader, market, market_order("BUY", "0.010"), contingency)
    await entry.reaches("FILLED")
    ended, other = (stop, take) if ending.is_stop else (take, stop)
    if told.name == "query":
        faults.lose("ORDER_TRADE_UPDATE", times=None, optional=True, c=ended.id)
        faults.lose("TRADE_LITE", times=None, optional=True, c=ended.id)
        faults.lose("ALGO_UPDATE", times=None, optional=True, caid=ended.id)

    await ending.ends(_Exits(trader, market, venue, take, stop))
    if told.name == "query":
        await ended.query()

    await ended.reaches(ending.state)
    await other.reaches("CANCELED")
    await venue.confirms(other)


@case.each(
    {
        "MNG-020": {"by": "the trader", "contingency": "ouo"},
        "MNG-021": {"by": "another client", "contingency": "oco"},
        "MNG-022": {"by": "the venue", "contingency": "oco"},
    },
    tier="full",
    core=["MNG-021"],
    rule=_RULE,
    needs=(*_NEEDS, "venue_acts"),
    trader=_LINKED,
)
async def test_exits_end_with_their_entry(
    trader: Trader, venue: Venue, market: Market, by: str, contingency: str
) -> None:
    """When {by} ends an entry that has not filled, a strategy that manages {contingency} links MUST end both exits."""
    asked = limit("BUY", "0.010", market.below_last("2%"))
    entry, take, stop = await _brackets(trader, market, asked, contingency)
    accepted = await entry.reaches("ACCEPTED")

    if by == "the trader":
        await entry.cancel()
    elif by == "another client":
        await venue.cancels(accepted["venue_order_id"])
    else:
        await venue.expires(accepted["venue_order_id"])

    await entry.reaches("EXPIRED" if by == "the venue" else "CANCELED")
    for leg in (take, stop):
        await leg.reaches("CANCELED")
        await venue.confirms(leg)


@case(
    "MNG-031",
    rule=f"{_RULE}; Modify Order",
    needs=_NEEDS,
    trader=_LINKED,
)
async def test_exit_is_for_what_the_entry_has_filled(trader: Trader, venue: Venue, market: Market) -> None:
    """The take-profit of an entry that fills in part, managed by the strategy, MUST end up for that part."""
    asked = limit("BUY", "0.010", market.below_last("1%"))
    entry, take, stop = await _brackets(trader, market, asked, "ouo")
    accepted = await entry.reaches("ACCEPTED")

    await market.takes(accepted["venue_order_id"], "0.004")
    await entry.reaches("PARTIALLY_FILLED")
    await trader.settles()

    standing = await venue.standing(take.id)
    equal("the take-profit's quantity at the venue", Decimal(standing.quantity), Decimal("0.004"))
    await stop.stands("ACCEPTED")


@dataclass(frozen=True, kw_only=True)
class Fills(AxisValue):
    """How an order of 0.010 fills: 0.004 of it first, and what comes then."""

    second: str = "0"
    """How much more of it fills; the rest is cancelled."""
    at_once: bool = False
    """Whether that is told while the amendment to the first part is on its way."""


@case.each(
    {
        "MNG-040": {
            "fills": Fills(
                name="at-once",
                words="two parts, the second told while the first's amendment is on its way",
                second="0.006",
                at_once=True,
            )
        },
        "MNG-041": {"fills": Fills(name="apart", words="two parts, one after the other", second="0.006")},
        "MNG-042": {"fills": Fills(name="part", words="a part, before it is cancelled")},
    },
    tier="full",
    core=["MNG-040", "MNG-042"],
    rule=f"{_RULE}; Modify Order",
    upstream=["#3435"],
    needs=["brackets", "market_moves", "unrecordable"],
    trader=_LINKED,
)
async def test_triggered_order_is_for_what_the_first_has_filled(
    trader: Trader, venue: Venue, market: Market, wire: Wire, faults: Faults, fills: Fills
) -> None:
    """When an order fills in {fills}, the one that it triggers, managed by the strategy, MUST end up for that much."""
    await _is_long(trader)
    entry, take = await trader.pair(
        limit("BUY", "0.010", market.below_last("1%")),
        limit("SELL", "0.010", market.above_last("2%"), reduce_only=True),
        "OTO",
    )
    accepted = await entry.reaches("ACCEPTED")
    await take.reaches("ACCEPTED")
    placed = await wire.one("place order", newClientOrderId=take.id)
    equal("reduceOnly of the triggered order", placed.params.get("reduceOnly", "").lower(), "true")
    told = asyncio.Event()
    if fills.at_once:
        faults.delay("modify", until=told, processed=True)
        faults.lose("ORDER_TRADE_UPDATE", x="AMENDMENT")

    async def is_amended() -> bool:
        return Decimal((await venue.standing(take.id)).quantity) == Decimal("0.004")

    await market.takes(accepted["venue_order_id"], "0.004")
    if fills.at_once:
        require(await comes_true(trader.history, is_amended), "an amendment to what has filled", seen="none")
    else:
        await take.reaches("UPDATED")
    if fills.second == "0":
        await entry.cancel()
        await entry.reaches("CANCELED")
    else:
        await market.takes(accepted["venue_order_id"], fills.second)
        await entry.reaches("FILLED")
    told.set()
    await trader.settles()

    standing = await venue.standing(take.id)
    filled = Decimal("0.004") + Decimal(fills.second)
    equal("its quantity at the venue", Decimal(standing.quantity), filled)


async def _is_long(trader: Trader) -> None:
    """Open a position of 0.010, beside which what reduces it may rest."""
    passes_over_what_is_free(trader)
    before = await trader.submit(market_order("BUY", "0.010"))
    await before.reaches("FILLED")
