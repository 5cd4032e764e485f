"""Hedge mode: legs that several orders have opened and reduced by turns, and what is made of them by a start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import COLD, CRASH, FOREIGN, WARM, Estate, Memory, venue_id
from conformance.cases.legs import HEDGED, of_leg
from conformance.cases.situations import hears_no_more, passes_over_what_is_free
from conformance.cases.traded import A_MINUTE_MS, DEALS, RULE, Deal, priced
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
from conformance.kit.waiting import comes_true

_RULE = f"in hedge mode a row for each side; {RULE}"
_BOTH = ("LONG", "SHORT")
_STOP = Deal("SELL", "0.003", -3)


@dataclass(frozen=True, kw_only=True)
class _Past(AxisValue):
    """What has been traded for each leg, and in which order the orders for it were placed.

    An exit can be placed only once there is a leg that it can reduce.
    """

    deals: tuple[Deal, ...] = DEALS
    first: tuple[int, ...] = ()
    """The orders that are placed before anything trades, by their number."""
    second: tuple[int, ...] = ()
    """Those that are placed once the first deal has traded; each other one is placed when it trades."""
    stop_after: int | None = None
    """After this deal a stop trades, which is placed right before."""


_PASTS = (
    _Past(name="in-turn", words="placed in the order in which they traded"),
    _Past(name="older-entry", words="of which entries that traded late were placed first", first=(5, 3)),
    _Past(name="older-exit", words="of which the last that traded was placed second", second=(6,)),
    _Past(name="stopped", words="of which one was a stop", stop_after=3),
    _Past(
        name="renewed",
        words="of which one closed the leg",
        deals=(Deal("BUY", "0.010", -3), Deal("SELL", "0.010", 1), *DEALS),
    ),
)
_LEGS = (
    AxisValue(name="long", words="a long leg"),
    AxisValue(name="short", words="a short leg"),
    AxisValue(name="both", words="both legs by turns"),
)


def _legs(named: AxisValue) -> Sequence[str]:
    return _BOTH if named.name == "both" else (named.name.upper(),)


def _of(leg: str, deal: Deal) -> Deal:
    """Return the deal as one of this leg: the short one's are the long one's on the other side."""
    return deal if leg == "LONG" else deal.turned()


@dataclass(frozen=True)
class _Foreign:
    """Another client, which trades both legs of an account."""

    venue: Venue
    market: Market
    began: Decimal

    async def trades(self, past: _Past, legs: Sequence[str]) -> None:
        """Let all of it trade, the legs by turns."""
        ids: dict[tuple[str, int], str] = {}

        async def are_placed(numbers: Sequence[int]) -> None:
            for number, leg in ((number, leg) for number in numbers for leg in legs):
                if (leg, number) not in ids:
                    ids[leg, number] = await self._places(leg, number, past.deals[number])

        await are_placed(past.first)
        for number, deal in enumerate(past.deals):
            await are_placed((number,))
            for leg in legs:
                await self.market.takes(ids[leg, number], deal.quantity)
                await self.venue.ages(A_MINUTE_MS)
            if number == 0:
                await are_placed(past.second)
            if number == past.stop_after:
                for leg in legs:
                    await self._stops(leg)

    async def _places(self, leg: str, number: int, deal: Deal) -> str:
        deal = _of(leg, deal)
        name = f"{leg}-{number}"
        request = limit(deal.side, deal.quantity, priced(deal, self.began)).named(name)
        await self.venue.places(request, positionSide=leg, reduceOnly="")
        return await venue_id(self.venue, name)

    async def _stops(self, leg: str) -> None:
        stop = _of(leg, _STOP)
        trigger = priced(stop, self.began)
        request = stop_market(stop.side, stop.quantity, trigger=trigger).named(f"{leg}-STOP")
        await self.venue.places(request, positionSide=leg, reduceOnly="")
        await self.market.moves_to(trigger, self.began)
        await self.venue.ages(A_MINUTE_MS)


async def _held(venue: Venue) -> Mapping[str, Decimal]:
    """Return the legs that the venue has, each by its side."""
    rows = (await venue.books())["positions"]
    return {row["position_side"]: Decimal(row["signed_qty"]) for row in rows}


async def _holds_the_legs(trader: Trader, venue: Venue, *, within_s: float = 3.0) -> None:
    """Require that the trader comes to hold exactly the venue's legs; invariant 8 judges the entry price of each."""
    wanted = await _held(venue)
    found: list[Decimal] = []

    async def matches() -> bool:
        found[:] = sorted(Decimal(row["signed_qty"]) for row in (await trader.books())["positions"])
        return found == sorted(wanted.values())

    held = await comes_true(trader.history, matches, within_s=within_s)
    require(held, f"{len(wanted)} positions held, each as at the venue", seen=[str(leg) for leg in found])


@case.each(
    "HEDGE-312",
    axes={"past": _PASTS, "legs": _LEGS},
    tier="full",
    core=["older-entry.long"],
    rule=f"Position Information V3: {_RULE}",
    needs=["hedge", "market_moves", "orders_of_others", "venue_acts", "unrecordable"],
    trader=HEDGED,
)
async def test_leg_of_several_orders_has_its_price(
    traders: Traders, venue: Venue, market: Market, past: _Past, legs: AxisValue
) -> None:
    """In hedge mode what several orders traded for {legs}, {past}, MUST be held at its entry price after a start."""
    await venue.turns_hedge_mode_on()
    await _Foreign(venue, market, market.last).trades(past, _legs(legs))

    trader = await traders.start()

    passes_over_what_is_free(trader)
    await trader.settles()
    await _holds_the_legs(trader, venue)


#: The orders of a leg in the order in which its trader places them, once it holds 0.010; an exit is never larger than
#: what the leg holds then. They are many, so that no accident brings them into the order of their trades.
_PLACED: tuple[Deal, ...] = (
    Deal("BUY", "0.004", -7),
    Deal("BUY", "0.010", -2),
    Deal("SELL", "0.005", 2),
    Deal("BUY", "0.010", -5),
    Deal("SELL", "0.009", 6),
    Deal("BUY", "0.003", -4),
    Deal("SELL", "0.004", 3),
    Deal("BUY", "0.005", -6),
)
#: Their numbers in the order in which they trade while the trader is down.
_MEANWHILE = (3, 4, 1, 6, 5, 2, 7, 0)


@case.each(
    "HEDGE-313",
    axes={"memory": (WARM, CRASH, COLD), "legs": _LEGS},
    tier="full",
    rule=f"Position Information V3: {_RULE}",
    upstream=["#4736", "#4738"],
    needs=["hedge", "market_moves", "venue_acts", "unrecordable"],
    trader=HEDGED,
)
async def test_leg_of_several_orders_that_traded_while_down(
    traders: Traders, venue: Venue, market: Market, memory: Memory, legs: AxisValue
) -> None:
    """Orders left {memory} that trade for {legs} in another order than placed MUST come to what the venue holds."""
    await venue.turns_hedge_mode_on()
    estate = Estate(traders, venue, market)
    began = market.last
    trader = await traders.start()
    passes_over_what_is_free(trader)
    ids = {}
    for leg in _legs(legs):
        entry = await trader.submit(of_leg(market_order(_of(leg, DEALS[0]).side, "0.010"), leg).named(f"{leg}-ENTRY"))
        await entry.reaches("FILLED")
        for number, placed in enumerate(_PLACED):
            deal = _of(leg, placed)
            request = limit(deal.side, deal.quantity, priced(deal, began), reduce_only=placed.side == "SELL")
            order = await trader.submit(of_leg(request, leg).named(f"{leg}-{number}"))
            await order.reaches("ACCEPTED")
            ids[leg, number] = await venue_id(venue, order.id)
    await estate.ends(trader, memory)
    for number in _MEANWHILE:
        for leg in _legs(legs):
            await market.takes(ids[leg, number], _PLACED[number].quantity)
            await venue.ages(A_MINUTE_MS)

    again, _ = await estate.starts(memory)

    await again.settles()
    await _holds_the_legs(again, venue)


#: A leg of which little is left. Added up as binary floats it comes to 0.0009999999999999731.
_REDUCED: tuple[tuple[Side, str], ...] = (("BUY", "0.300"), ("SELL", "0.100"), ("SELL", "0.100"), ("SELL", "0.099"))


@case.each(
    "HEDGE-315",
    axes={"memory": (FOREIGN, WARM, CRASH, COLD), "leg": ("long", "short")},
    tier="full",
    core=["foreign.long"],
    rule="Position Information V3: positionAmt, a decimal in whole steps of LOT_SIZE",
    upstream=["#4738"],
    needs=["hedge", "orders_of_others", "unrecordable"],
    trader=HEDGED,
)
async def test_little_that_is_left_of_a_leg_is_held(
    traders: Traders, venue: Venue, market: Market, memory: Memory, leg: str
) -> None:
    """The thousandth that is left of a large {leg} leg, which was reduced {memory}, MUST be held after a start."""
    await venue.turns_hedge_mode_on()
    side = leg.upper()
    estate = Estate(traders, venue, market)
    if memory.by_session:
        trader = await traders.start()
        passes_over_what_is_free(trader)
    for number, (long_side, quantity) in enumerate(_REDUCED):
        deal = _of(side, Deal(long_side, quantity, 0))
        request = market_order(deal.side, quantity).named(f"TRADE-{number}")
        if memory.by_session:
            order = await trader.submit(of_leg(request.but(reduce_only=number > 0), side))
            await order.reaches("FILLED")
        else:
            await venue.places(request, positionSide=side, reduceOnly="")
    if memory.by_session:
        await estate.ends(trader, memory)

    again, _ = await estate.starts(memory)

    await again.settles()
    await _holds_the_legs(again, venue)


@dataclass(frozen=True, kw_only=True)
class _Change(AxisValue):
    """What another client trades while the trader hears nothing: each an order for the leg that is held, or not."""

    trades: tuple[tuple[Side, str, bool], ...]
    """Sides and quantities, as of a long leg that is held, and whether the order is for it or for the other."""


_CHANGES = (
    _Change(name="grown", words="it grow", trades=(("BUY", "0.006", True),)),
    _Change(name="shrunk", words="it shrink", trades=(("SELL", "0.006", True),)),
    _Change(name="joined", words="the other opened", trades=(("SELL", "0.004", False),)),
    _Change(
        name="even",
        words="it grow, and the other opened as far",
        trades=(("BUY", "0.006", True), ("SELL", "0.006", False)),
    ),
    _Change(name="renewed", words="it close, and open anew", trades=(("SELL", "0.010", True), ("BUY", "0.003", True))),
)


@case.each(
    "HEDGE-314",
    axes={"change": _CHANGES, "leg": ("long", "short")},
    tier="full",
    core=["grown.long", "joined.long"],
    rule="Position Information V3: in hedge mode a row for each side, whatever was heard of it",
    upstream=["#4738"],
    needs=["hedge", "position_check", "unrecordable", "orders_of_others"],
    trader=HEDGED,
    profile="checks",
    why="the requirement is about what the position check concludes",
)
async def test_check_finds_what_became_of_a_leg(
    traders: Traders, venue: Venue, faults: Faults, change: _Change, leg: str
) -> None:
    """In hedge mode the position check of a trader with a {leg} leg MUST find {change}, of which nothing was heard."""
    held, other = ("LONG", "SHORT") if leg == "long" else ("SHORT", "LONG")

    async def trades(label: str, *deals: tuple[Side, str, bool]) -> None:
        for number, (side, quantity, is_held) in enumerate(deals):
            deal = _of(held, Deal(side, quantity, 0))
            request = market_order(deal.side, quantity).named(f"{label}-{number}")
            await venue.places(request, positionSide=held if is_held else other, reduceOnly="")

    await venue.turns_hedge_mode_on()
    await trades("EARLIER", ("BUY", "0.010", True))
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await _holds_the_legs(trader, venue)
    await trader.settles()
    hears_no_more(trader, faults)

    await trades("FOREIGN", *change.trades)

    await _holds_the_legs(trader, venue, within_s=5.0)
