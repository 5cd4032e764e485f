"""Overfills allowed or refused (`allow_overfills`): what an order fills is booked once, however often it is learned."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from conformance.cases.inherited import venue_id
from conformance.cases.learned import BY_CHECK, BY_QUERY, Learner
from conformance.cases.learned import Learned as LearnedBy
from conformance.cases.situations import CHECKED, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Traders, UserStream, Venue, Wire, case, limit
from conformance.kit.waiting import comes_true

_RULE = "Query Order: executedQty; Account Trade List: the trades of an order, each with an id"
#: As soon as the profile `checks` has them.
_OPEN_CHECK = {"open_check_interval_secs": 0.5, "open_check_threshold_ms": 300, "open_check_open_only": False}
_POSITION_CHECK = {"position_check_interval_secs": 0.5, "position_check_threshold_ms": 300}

#: No in-flight check beside it, which in 2.x puts it off.
_ALONE: Mapping[str, Any] = {"inflight_check": None}


@dataclass(frozen=True, kw_only=True)
class Fill(AxisValue):
    """What of an order of 0.010 fills while nothing is told, and what once all is told again."""

    unheard: str = "0.010"
    heard: str = ""
    status: str = "FILLED"


FILLS = (
    Fill(name="whole", words="a whole fill"),
    Fill(name="part", words="a part", unheard="0.004", status="PARTIALLY_FILLED"),
    Fill(name="parts", words="a first part", unheard="0.004", heard="0.006"),
)


@dataclass(frozen=True)
class _Scene:
    """A trader whose order fills while what the stream tells of it is held back until `told`."""

    trader: Trader
    market: Market
    faults: Faults
    fill: Fill
    told: asyncio.Event

    async def fills_at_rest(self) -> Order:
        """Let an order fill that has been accepted."""
        order = await self.trader.submit(limit("BUY", "0.010", self.market.below_last("2%")))
        accepted = await order.reaches("ACCEPTED")
        await self.trader.settles()
        self.faults.delay_frame("ORDER_TRADE_UPDATE", until=self.told)
        await self.market.takes(accepted["venue_order_id"], self.fill.unheard)
        return order

    async def is_queried(self) -> Order:
        """Have the order queried."""
        order = await self.fills_at_rest()
        await order.query()
        return order

    async def is_cancelled_in_vain(self) -> Order:
        """Lose the request for its cancellation, so that the in-flight check asks."""
        order = await self.fills_at_rest()
        self.faults.drop("cancel", processed=False, times=None)
        await order.cancel()
        return order

    async def fills_at_once(self) -> Order:
        """Lose the answer to an order that fills at once, so that the in-flight check asks."""
        await self.market.offers(asks=[(self.market.last, self.fill.unheard)])
        self.faults.delay_frame("ORDER_TRADE_UPDATE", until=self.told)
        self.faults.drop("place", processed=True)
        return await self.trader.submit(limit("BUY", "0.010", self.market.last))


@dataclass(frozen=True, kw_only=True)
class Learned(AxisValue):
    """How the trader learns of the fill: `happens` returns the order; `checks` are the engine's fields for it."""

    happens: Callable[[_Scene], Awaitable[Order]]
    checks: Mapping[str, Any] = field(default_factory=dict)


LEARNED = (
    Learned(name="query", words="a query", happens=_Scene.is_queried),
    Learned(
        name="cancellation",
        words="the in-flight check of its cancellation",
        happens=_Scene.is_cancelled_in_vain,
        trader=CHECKED,
        needs=("inflight_check",),
    ),
    Learned(
        name="submission",
        words="the in-flight check of its submission",
        happens=_Scene.fills_at_once,
        trader=CHECKED,
        needs=("inflight_check",),
    ),
    Learned(
        name="open-check",
        words="the open-order check",
        happens=_Scene.fills_at_rest,
        checks=_OPEN_CHECK,
        trader=_ALONE,
        needs=("open_check",),
    ),
    Learned(
        name="position-check",
        words="the position check",
        happens=_Scene.fills_at_rest,
        checks=_POSITION_CHECK,
        trader=_ALONE,
        needs=("position_check",),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Overfills(AxisValue):
    """What the engine is told to do with a fill that is more than its order has left."""

    engine: Mapping[str, Any]


OVERFILLS = (
    Overfills(name="refused", words="refused, as by default", engine={}),
    Overfills(name="allowed", words="allowed", engine={"allow_overfills": True}),
)


async def _is_learned(trader: Trader, order: Order) -> None:
    """Wait until the trader has booked a fill of the order; one that leaves it to the stream is told in a while."""

    async def booked() -> bool:
        return bool(Decimal((await order.row()).get("filled_qty") or 0))

    await comes_true(trader.history, booked, within_s=6.0)


@case.each(
    "OVER-010",
    axes={"overfills": OVERFILLS, "learned": LEARNED, "fill": FILLS},
    tier="full",
    core=["allowed.submission.whole", "allowed.query.part", "refused.submission.whole"],
    rule=f"{_RULE}; NautilusTrader, allow_overfills: for fills that reconciliation and the stream both tell of",
    needs=["market_moves", "unrecordable"],
)
async def test_fill_that_is_learned_and_then_told_counts_once(
    traders: Traders, market: Market, venue: Venue, faults: Faults, overfills: Overfills, learned: Learned, fill: Fill
) -> None:
    """Where overfills are {overfills}, {fill} learned by {learned} and told afterwards MUST be booked once."""
    trader = await traders.start(exec_engine={**learned.checks, **overfills.engine})
    passes_over_what_is_free(trader)
    told = asyncio.Event()
    order = await learned.happens(_Scene(trader, market, faults, fill, told))
    await _is_learned(trader, order)

    told.set()
    await trader.settles()
    if fill.heard:
        await market.takes(await venue_id(venue, order.id), fill.heard)

    await venue.confirms(order, fill.status, within_s=2.0)
    await trader.holds(await venue.position(), within_s=2.0)


@dataclass(frozen=True, kw_only=True)
class Beyond(AxisValue):
    """What fills of an order for 0.010 that was amended to 0.015."""

    filled: str


BEYOND = (
    Beyond(name="in-part", words="filled 0.012 of it", filled="0.012"),
    Beyond(name="wholly", words="filled it wholly", filled="0.015"),
)


@case.each(
    "OVER-020",
    axes={"beyond": BEYOND, "by": (BY_QUERY, BY_CHECK)},
    tier="full",
    core=["in-part.check"],
    rule="Modify Order: another quantity; Query Order, All Orders: origQty, executedQty, status as they are now",
    needs=["market_moves", "venue_acts", "unrecordable"],
)
async def test_order_that_was_amended_to_more_is_as_at_the_venue(
    traders: Traders,
    market: Market,
    venue: Venue,
    wire: Wire,
    faults: Faults,
    user_stream: UserStream,
    beyond: Beyond,
    by: LearnedBy,
) -> None:
    """With overfills allowed, an order amended to 0.015 unheard that {beyond} MUST stand as at the venue when {by}."""
    checks: Mapping[str, Any] = by.trader.get("exec_engine", {})
    trader = await traders.start(exec_engine={**checks, "allow_overfills": True})
    passes_over_what_is_free(trader)
    trader.may_differ("the trader's balance is not the venue's", why="no event and no check tells of the balance")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    number = str((await order.reaches("ACCEPTED"))["venue_order_id"])
    await trader.settles()
    learner = Learner(trader, wire, faults, user_stream)
    heard = learner.is_deaf()

    await venue.amends(number, "BUY", quantity="0.015", price=market.below_last("3%"))
    await market.takes(number, beyond.filled)
    await by.happens(learner, order)

    # The check of 2.x asks several times before it concludes.
    await venue.confirms(order, within_s=5.0)
    heard.set()
    await trader.holds(beyond.filled, within_s=2.0)
    if beyond.name == "in-part":
        await order.cancel()
        await order.reaches("CANCELED")
