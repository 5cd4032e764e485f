"""Starts on what several orders have traded: a position is what its trades made of it, in the order of the trades."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import (
    COLD,
    CRASH,
    FOREIGN,
    LIMIT,
    NAME,
    PARTIAL,
    STOP,
    WARM,
    Estate,
    Left,
    Memory,
    venue_id,
)
from conformance.cases.traded import A_MINUTE_MS, DEALS, RULE, Deal, priced
from conformance.kit import AxisValue, Market, Trader, Traders, Venue, case, limit, require, stop_market

#: The numbers of the deals, in an order that is not theirs.
_CROSSED = (4, 6, 1, 5, 0, 3, 2)
_STOP = Deal("SELL", "0.004", -3)


@dataclass(frozen=True, kw_only=True)
class Past(AxisValue):
    """What has been traded since the account was flat, and in which order the orders for it were placed."""

    deals: tuple[Deal, ...] = DEALS
    placed: tuple[int, ...] = ()
    """The orders that are placed before anything trades, by their number; each other one is placed when it trades."""
    stop_after: int | None = None
    """After this deal a stop trades, which is placed right before."""

    async def happens(self, venue: Venue, market: Market, *, turned: bool) -> None:
        """Let another client trade all of it, or the same on the other side."""
        began = market.last
        deals = [deal.turned() if turned else deal for deal in self.deals]
        ids: dict[int, str] = {}
        for number in self.placed:
            ids[number] = await _places(deals[number], f"DEAL-{number}", venue, began)
        for number, deal in enumerate(deals):
            if number not in ids:
                ids[number] = await _places(deal, f"DEAL-{number}", venue, began)
            await market.takes(ids[number], deal.part or deal.quantity)
            # Not within a millisecond, in which no trade is before another.
            await venue.ages(A_MINUTE_MS)
            if number == self.stop_after:
                stop = _STOP.turned() if turned else _STOP
                trigger = priced(stop, began)
                await venue.places(stop_market(stop.side, stop.quantity, trigger=trigger).named("DEAL-STOP"))
                await market.moves_to(trigger)
                await venue.ages(A_MINUTE_MS)
        await market.moves_to(began)


async def _places(deal: Deal, name: str, venue: Venue, began: Decimal) -> str:
    await venue.places(limit(deal.side, deal.quantity, priced(deal, began)).named(name))
    return await venue_id(venue, name)


TURNED = Past(
    name="turned",
    words="of which one turned the position around",
    deals=(Deal("SELL", "0.010", 1), Deal("BUY", "0.024", -2), Deal("SELL", "0.006", 3), Deal("BUY", "0.005", -5)),
)
PASTS = (
    Past(name="in-turn", words="placed in the order in which they traded"),
    Past(name="crossed", words="placed in another order than they traded in", placed=_CROSSED),
    Past(name="older-exit", words="of which the last that traded was placed first", placed=(6,)),
    Past(
        name="open-exit",
        words="of which the last that traded is open",
        deals=(*DEALS[:-1], Deal("SELL", "0.012", 2, part="0.005")),
    ),
    Past(name="stopped", words="of which one was a stop", stop_after=3),
    TURNED,
    Past(
        name="renewed",
        words="of which one closed the position",
        deals=(Deal("BUY", "0.010", -3), Deal("SELL", "0.010", 1), *DEALS),
    ),
)
HELD = (AxisValue(name="long", words="a long position"), AxisValue(name="short", words="a short position"))


@case.each(
    "RECON-840",
    axes={"past": PASTS, "held": HELD},
    tier="full",
    core=["in-turn.long", "older-exit.long"],
    rule=RULE,
    needs=["fresh_account", "market_moves", "orders_of_others", "venue_acts", "venue_positions", "unrecordable"],
)
async def test_position_of_several_orders_has_its_price(
    traders: Traders, venue: Venue, market: Market, past: Past, held: AxisValue
) -> None:
    """What several orders traded, {past}, into {held}, MUST be held at the venue's entry price after a start."""
    await past.happens(venue, market, turned=held.name == "short")

    trader = await traders.start()

    # Invariant 8 judges the price, invariant 12 that no trade is made up.
    await trader.settles()
    await trader.holds(await venue.position())


@case.each(
    {"RECON-850": {"left": LIMIT}, "RECON-851": {"left": STOP}, "RECON-852": {"left": PARTIAL}},
    tier="full",
    core=["RECON-851"],
    rule=f"Current All Open Orders: all of them, whatever has been traded; {RULE}",
    needs=["fresh_account", "market_moves", "orders_of_others", "venue_acts", "venue_positions", "unrecordable"],
    profile="default",
    why="a check of open orders finds, sooner or later, what the start passed over",
)
async def test_open_order_beside_a_position_that_was_turned_around(
    traders: Traders, venue: Venue, market: Market, left: Left
) -> None:
    """Beside a position that an order turned around before others traded it, {left} MUST be open after a start."""
    await TURNED.happens(venue, market, turned=False)
    estate = Estate(traders, venue, market)
    await estate.leaves(left, FOREIGN)

    trader, order = await estate.starts(FOREIGN)

    await trader.settles()
    await trader.has_open(NAME, within_s=1.0)
    await venue.confirms(order)
    await trader.holds(await venue.position(), within_s=1.0)


async def _has_placed(trader: Trader, market: Market, venue: Venue, *, turned: bool) -> Sequence[tuple[str, str]]:
    """Let the trader place all deals, in an order that is not theirs; return their ids at the venue, and sizes."""
    deals = [deal.turned() if turned else deal for deal in DEALS]
    for number in _CROSSED:
        deal = deals[number]
        order = await trader.submit(limit(deal.side, deal.quantity, priced(deal, market.last)).named(f"DEAL-{number}"))
        await order.reaches("ACCEPTED")
    return [(await venue_id(venue, f"DEAL-{number}"), deal.quantity) for number, deal in enumerate(deals)]


async def _trade(orders: Sequence[tuple[str, str]], market: Market, venue: Venue) -> None:
    for number, quantity in orders:
        await market.takes(number, quantity)
        await venue.ages(A_MINUTE_MS)


@case.each(
    "INH-660",
    axes={"memory": (WARM, CRASH, COLD), "held": HELD},
    tier="full",
    rule=RULE,
    upstream=["#4736"],
    needs=["market_moves", "venue_acts", "venue_positions", "unrecordable"],
)
async def test_position_of_several_orders_that_traded_while_down(
    traders: Traders, venue: Venue, market: Market, memory: Memory, held: AxisValue
) -> None:
    """Orders left {memory} that trade, into {held}, in another order than placed MUST come to the venue's position."""
    estate = Estate(traders, venue, market)
    trader = await traders.start()
    orders = await _has_placed(trader, market, venue, turned=held.name == "short")
    await estate.ends(trader, memory)
    await _trade(orders, market, venue)

    again, _ = await estate.starts(memory)

    # Invariant 8 judges the price.
    await again.settles()
    await again.holds(await venue.position())
    positions = (await again.books())["positions"]
    require(len(positions) == 1, "one position a symbol", seen=positions)
