"""Starts on a kept cache whose last position has been reduced or added to: before, meanwhile, and as the start asks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.happenings import LEFT_LIMIT, LEFT_STOP
from conformance.cases.inherited import WARM
from conformance.cases.situations import SEVERAL_POSITIONS, passes_over_what_is_free
from conformance.history.entries import Event
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Side,
    Trader,
    Traders,
    Venue,
    case,
    limit,
    market_order,
    require,
    stop_market,
)

#: What the session that ends has traded of 0.010 each: the last one is the position.
_TRADES: tuple[Side, ...] = ("BUY", "SELL", "BUY")
_DEAL = "0.006"
#: A start that fails takes its time to end. Only of the last one: 2.x does not end a session in so little.
_SOON = {"timeout_stop_s": 1.0}


@dataclass(frozen=True, kw_only=True)
class Deal(AxisValue):
    """What is traded of 0.006."""

    side: Side


@dataclass(frozen=True)
class Scene:
    """A session that is about to end, and the next start."""

    trader: Trader
    traders: Traders
    venue: Venue
    faults: Faults

    async def trades_itself(self, deal: Deal) -> Trader:
        """Let the session itself trade, and end."""
        order = await self.trader.submit(market_order(deal.side, _DEAL).named("LAST-1"))
        await order.reaches("FILLED")
        await self._ends()
        return await self.traders.start_again(**_SOON)

    async def is_traded_while_down(self, deal: Deal) -> Trader:
        """Let another client trade while no trader runs."""
        await self._ends()
        await self._is_traded(deal)
        return await self.traders.start_again(**_SOON)

    async def is_traded_before_positions(self, deal: Deal) -> Trader:
        """Let another client trade once the start asks for positions, before the venue has the question."""
        return await self._starts_holding("positions", deal)

    async def is_traded_before_trades(self, deal: Deal) -> Trader:
        """Let another client trade once the start asks for trades, of which the venue tells then."""
        return await self._starts_holding("trades", deal)

    async def _starts_holding(self, asked: str, deal: Deal) -> Trader:
        await self._ends()
        traded = asyncio.Event()
        held = self.faults.delay(asked, until=traded, processed=False, times=None, optional=True)
        starting = asyncio.create_task(self.traders.start_again(**_SOON))
        asking = asyncio.ensure_future(held.happens(within_s=15.0))
        # A start may ask nothing of the kind.
        await asyncio.wait([asking, starting], return_when=asyncio.FIRST_COMPLETED)
        asking.cancel()
        await self._is_traded(deal)
        traded.set()
        return await starting

    async def _is_traded(self, deal: Deal) -> None:
        await self.venue.places(market_order(deal.side, _DEAL).named("FOREIGN-1"))

    async def _ends(self) -> None:
        await self.trader.settles()
        await WARM.ends(self.traders)


@dataclass(frozen=True, kw_only=True)
class When(AxisValue):
    """Who trades, and when: `starts` comes back with the trader that finds it."""

    starts: Callable[[Scene, Deal], Awaitable[Trader]]


DEALS = (Deal(name="reduced", words="reduced", side="SELL"), Deal(name="grown", words="added to", side="BUY"))
WHENS = (
    When(name="itself", words="by the session that bought it", starts=Scene.trades_itself),
    When(name="down", words="by another client while no trader runs", starts=Scene.is_traded_while_down),
    When(
        name="positions",
        words="by another client as the start asks for positions",
        starts=Scene.is_traded_before_positions,
    ),
    When(name="trades", words="by another client as the start asks for trades", starts=Scene.is_traded_before_trades),
)


@case.each(
    "INH-295",
    axes={"deal": DEALS, "when": WHENS},
    tier="full",
    core=["reduced.itself", "reduced.positions"],
    rule="Position Information V3, Account Trade List: each answer is of its own moment; Query Order, executedQty",
    upstream=["#3380", "#4736"],
    needs=["cache_database", "orders_of_others", "venue_positions", "unrecordable"],
)
async def test_start_on_a_position_of_several_trades(
    traders: Traders, market: Market, venue: Venue, faults: Faults, deal: Deal, when: When
) -> None:
    """A trader MUST start on a position that was closed, opened anew and {deal} {when}, with its order and stop open.

    It holds what the venue has, and takes no order below what that has filled.
    """
    trader = await WARM.begins(traders)
    for number, side in enumerate(_TRADES):
        await (await trader.submit(market_order(side, "0.010").named(f"TRADE-{number}"))).reaches("FILLED")
    for request in (
        limit("BUY", "0.010", market.below_last("4%")).named(LEFT_LIMIT),
        stop_market("SELL", "0.010", trigger=market.below_last("6%")).named(LEFT_STOP),
    ):
        await (await trader.submit(request)).reaches("ACCEPTED")

    again = await when.starts(Scene(trader, traders, venue, faults), deal)

    passes_over_what_is_free(again)
    if when.name != "itself":
        again.may_differ(SEVERAL_POSITIONS, why="INH-270 and RECON-418 are about what it consists of")
    await again.settles()
    await again.holds(await venue.position(), within_s=1.0)
    await again.has_open(LEFT_LIMIT, LEFT_STOP, within_s=1.0)
    cut = [str(event.client_order_id) for event in again.history.of(Event) if _is_below_its_fills(event)]
    require(not cut, "no order taken below what it has filled", seen=cut)


def _is_below_its_fills(event: Event) -> bool:
    told = event.fields()
    if event.name != "OrderUpdated" or None in (told.get("quantity"), told.get("filled_qty")):
        return False
    return Decimal(str(told["quantity"])) < Decimal(str(told["filled_qty"]))
