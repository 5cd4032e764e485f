"""Emulated brackets: the exits wait in the trader for their price, and are for what the entry has filled."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.emulated import NEEDS, UNASKED, WRITING
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
    stop_market,
)
from conformance.kit.needs import Need

_RULE = "New Order has no contingencies; New Order, reduceOnly"
_NEEDS: tuple[Need, ...] = (*NEEDS, "brackets", "order_lists")
_LAST = "LAST_PRICE"

Bracket = tuple[Order, Order, Order]


@dataclass(frozen=True)
class _Desk:
    """A trader, and the bracket that it submits: a stop 4 % below the price, a take-profit 2 % above it.

    The entry of 0.010 fills in two parts, told in one go, `whole`, or else in the first alone, and then ends.
    """

    trader: Trader
    market: Market
    faults: Faults
    contingency: str
    whole: bool

    async def enters_by_market(self) -> Bracket:
        """Enter by a MARKET order: what it does not find expires."""
        await self._is_offered()
        return await self._filled(await self._submits(market_order("BUY", "0.010"), _LAST))

    async def enters_by_held_limit(self) -> Bracket:
        """Enter by a LIMIT order that is held back like its exits, and sent as a MARKET order at its price."""
        bracket = await self._submits(limit("BUY", "0.010", self.market.below_last("1%")), "BID_ASK")
        await bracket[0].reaches("EMULATED")
        await self._is_offered()
        return await self._filled(bracket)

    async def enters_by_resting_limit(self) -> Bracket:
        """Enter by a LIMIT order that rests at the venue, and is cancelled unless it fills wholly."""
        both = asyncio.Event()
        entry = limit("BUY", "0.010", self.market.below_last("1%"))
        bracket = await self._submits(entry, "BID_ASK", hold_entry=False)
        accepted = await bracket[0].reaches("ACCEPTED")
        if not self.whole:
            await self.market.takes(accepted["venue_order_id"], "0.004")
            await bracket[0].reaches("PARTIALLY_FILLED")
            await bracket[0].cancel()
            await bracket[0].reaches("CANCELED")
            return bracket
        self.faults.delay_frame("ORDER_TRADE_UPDATE", until=both, x="TRADE")
        for part in ("0.004", "0.006"):
            await self.market.takes(accepted["venue_order_id"], part)
        both.set()
        return await self._filled(bracket)

    async def _is_offered(self) -> None:
        best = self.market.below_last("1.5%")
        rest = [(best + self.market.tick, "0.006")] if self.whole else []
        await self.market.offers(bids=[(best - self.market.tick, "1")], asks=[(best, "0.004"), *rest])

    async def _submits(self, entry: OrderRequest, watched: str, **how: Any) -> Bracket:
        take = limit("SELL", "0.010", self.market.above_last("2%"))
        stop = stop_market("SELL", "0.010", trigger=self.market.below_last("4%"))
        how |= {"contingency": self.contingency, "emulation_trigger": watched}
        return await self.trader.bracket(entry, take, stop, **how)

    async def _filled(self, bracket: Bracket) -> Bracket:
        await bracket[0].reaches("FILLED" if self.whole else "EXPIRED")
        return bracket


@dataclass(frozen=True, kw_only=True)
class Entry(AxisValue):
    """An entry of a bracket, and how it comes to be filled."""

    enters: Callable[[_Desk], Awaitable[Bracket]]


ENTRIES = (
    Entry(name="market", words="a MARKET entry", enters=_Desk.enters_by_market),
    Entry(name="held", words="a LIMIT entry that is held back itself", enters=_Desk.enters_by_held_limit),
    Entry(name="resting", words="a LIMIT entry that rests at the venue", enters=_Desk.enters_by_resting_limit),
)


@case.each(
    "EMU-030",
    axes={
        "entry": ENTRIES,
        "fills": (AxisValue(name="whole", words="in two parts"), AxisValue(name="part", words="in its first part")),
        "leaves": ("stop", "take-profit"),
        "contingency": ("ouo", "oco"),
    },
    tier="full",
    core=["market.whole.stop.ouo", "held.part.take-profit.oco", "resting.part.stop.ouo"],
    rule=_RULE,
    card="TC-E52",
    upstream=["#3435"],
    needs=_NEEDS,
    trader=UNASKED,
)
async def test_one_exit_closes_what_the_entry_has_filled(
    trader: Trader,
    wire: Wire,
    venue: Venue,
    market: Market,
    faults: Faults,
    entry: Entry,
    fills: AxisValue,
    leaves: str,
    contingency: str,
) -> None:
    """When {entry} fills {fills}, the {leaves} of its {contingency} bracket MUST close just that, once, at its price.

    The other exit ends unsent.
    """
    if leaves == "stop":
        short_of, beyond = market.below_last("3%"), market.below_last("5%")
    else:
        short_of, beyond = market.above_last("1.5%"), market.above_last("3%")
    whole = fills.name == "whole"
    _, take, stop = await entry.enters(_Desk(trader, market, faults, contingency.upper(), whole=whole))
    leaving, other = (stop, take) if leaves == "stop" else (take, stop)
    held = "0.010" if whole else "0.004"
    await trader.holds(held)
    await leaving.reaches("EMULATED")
    since = trader.moment
    await market.moves_to(short_of)
    await trader.settles()
    equal("requests that write before its price", len(wire.asked(WRITING, since=since)), 0)

    await market.moves_to(beyond)
    await leaving.reaches("FILLED")
    await other.reaches("CANCELED")
    await trader.settles()

    sent = await wire.one("place order", newClientOrderId=leaving.id)
    equal("quantity", Decimal(sent.params["quantity"]), Decimal(held))
    equal("reduceOnly", sent.params["reduceOnly"].lower(), "true")
    wire.none("place order", newClientOrderId=other.id)
    equal("the position at the venue", Decimal(await venue.position()), Decimal(0))


@case.each(
    "EMU-040",
    axes={"contingency": ("ouo", "oco"), "command": ("cancel", "cancel-all")},
    tier="full",
    core=["ouo.cancel"],
    rule=_RULE,
    needs=_NEEDS,
    trader=UNASKED,
)
async def test_exits_end_with_an_entry_that_never_filled(
    trader: Trader, wire: Wire, market: Market, contingency: str, command: str
) -> None:
    """When a held entry is ended by {command}, the exits of its {contingency} bracket MUST end too, and all unsent."""
    entry, take, stop = await trader.bracket(
        limit("BUY", "0.010", market.below_last("1%")),
        limit("SELL", "0.010", market.above_last("2%")),
        stop_market("SELL", "0.010", trigger=market.below_last("4%")),
        contingency=contingency.upper(),
        emulation_trigger=_LAST,
    )
    await entry.reaches("EMULATED")
    since = trader.moment
    low, high = market.below_last("5%"), market.above_last("3%")

    await (entry.cancel() if command == "cancel" else trader.cancel_all())
    for order in (entry, take, stop):
        await order.reaches("CANCELED")
    await market.moves_to(low, high)
    await trader.settles()

    equal("requests that write", len(wire.asked(WRITING, since=since)), 0)


@case.each(
    {"EMU-050": {"leg": "stop"}, "EMU-060": {"leg": "take-profit"}},
    rule="Modify Order: of an order that the venue has",
    upstream=["#4848"],
    needs=_NEEDS,
    trader=UNASKED,
)
async def test_exit_amended_before_its_entry_waits_for_its_new_price(
    trader: Trader, wire: Wire, market: Market, leg: str
) -> None:
    """The {leg} of a bracket, amended while its entry waits, MUST be sent at its new price only, unheard till then."""
    away, field = (market.below_last, "trigger_price") if leg == "stop" else (market.above_last, "price")
    between, new, beyond = away("5%"), away("6%"), away("7%")
    entered = market.below_last("1.5%")
    entry, take, stop = await trader.bracket(
        limit("BUY", "0.010", market.below_last("1%")),
        limit("SELL", "0.010", market.above_last("2%")),
        stop_market("SELL", "0.010", trigger=market.below_last("4%")),
        emulation_trigger=_LAST,
    )
    leaving = stop if leg == "stop" else take
    await entry.reaches("EMULATED")

    since = trader.moment
    await leaving.modify(**{field: str(new)})
    await leaving.reaches("UPDATED")
    await trader.settles()
    equal("requests that write before the entry", len(wire.asked(WRITING, since=since)), 0)
    await market.moves_to(entered)
    await entry.reaches("FILLED")
    await trader.settles()
    since = trader.moment
    await market.moves_to(between)
    await trader.settles()
    equal("requests that write before the new price", len(wire.asked(WRITING, since=since)), 0)
    await market.moves_to(beyond)
    await leaving.reaches("FILLED")
    await trader.holds("0")
