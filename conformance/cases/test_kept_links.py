"""Linked orders that outlive their session: the next one has the links, and goes by them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.emulated import NEEDS as HELD_BACK
from conformance.cases.emulated import UNASKED
from conformance.cases.inherited import REMEMBERED, Memory
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Order, Trader, Traders, Venue, Wire, case, equal, limit, stop_market
from conformance.kit.needs import Need

_RULE = "New Order has no contingencies: what links two orders is the trader's to keep"
_NEEDS: tuple[Need, ...] = ("cache_database", "market_moves", "orders_of_others", "unrecordable")
_LINKED = {"strategy": {"manage_contingent_orders": True}}


@dataclass(frozen=True)
class _Parties:
    """Who can end an order that rests beside its trader: the market, another client."""

    market: Market
    venue: Venue

    async def takes(self, order: Order, venue_order_id: str) -> None:
        """Let the market take it wholly."""
        del order
        await self.market.takes(venue_order_id, "0.010")

    async def cancels(self, order: Order, venue_order_id: str) -> None:
        """Let its trader cancel it."""
        del venue_order_id
        await order.cancel()

    async def is_cancelled(self, order: Order, venue_order_id: str) -> None:
        """Let another client cancel it."""
        del order
        await self.venue.cancels(venue_order_id)


@dataclass(frozen=True, kw_only=True)
class _Ending(AxisValue):
    """How an order ends, in which state, and whether it does so while no trader runs."""

    ends: Callable[[_Parties, Order, str], Awaitable[None]]
    state: str
    down: bool = False


_FILLS = _Ending(name="fills", words="fills", ends=_Parties.takes, state="FILLED")
_FILLED = _Ending(
    name="filled-down", words="has filled while no trader ran", ends=_Parties.takes, state="FILLED", down=True
)
_CANCELLED = _Ending(
    name="foreign", words="is cancelled by another client", ends=_Parties.is_cancelled, state="CANCELED"
)
_CANCELLED_DOWN = _Ending(
    name="foreign-down",
    words="was cancelled by another client while no trader ran",
    ends=_Parties.is_cancelled,
    state="CANCELED",
    down=True,
)
_CANCELS = _Ending(name="cancelled", words="is cancelled by its strategy", ends=_Parties.cancels, state="CANCELED")
_ENDINGS = (_FILLS, _CANCELS, _CANCELLED, _FILLED, _CANCELLED_DOWN)


async def _next(traders: Traders, memory: Memory, ending: _Ending, order: Order, parties: _Parties) -> Trader:
    """Return the next trader, once the order has ended as it is to end, in the pause or after it."""
    venue_order_id = (await order.row())["venue_order_id"]
    await traders.have_time_to_keep(venue_order_id)
    await memory.ends(traders)
    if ending.down:
        await ending.ends(parties, order, venue_order_id)
    again = await traders.start_again()
    passes_over_what_is_free(again)
    await again.settles()
    if not ending.down:
        await ending.ends(parties, again.order(order.id), venue_order_id)
    return again


@case.each(
    "MNG-510",
    axes={"ending": _ENDINGS, "memory": REMEMBERED},
    tier="full",
    core=["fills.warm", "filled-down.crash"],
    rule=_RULE,
    card="TC-E52",
    needs=_NEEDS,
    trader=_LINKED,
)
async def test_orders_stay_linked_across_a_restart(
    traders: Traders, venue: Venue, market: Market, ending: _Ending, memory: Memory
) -> None:
    """Of two orders linked by OUO, kept {memory}, of which one {ending}, the strategy MUST have the other cancelled."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    pair = await trader.pair(
        limit("BUY", "0.010", market.below_last("1%")), limit("BUY", "0.010", market.below_last("2%")), "OUO"
    )
    for order in pair:
        await order.reaches("ACCEPTED")
    await trader.settles()

    again = await _next(traders, memory, ending, pair[0], _Parties(market, venue))

    ended, other = (again.order(order.id) for order in pair)
    await ended.stands(ending.state)
    await other.reaches("CANCELED")
    await venue.confirms(other, "CANCELED")


@case.each(
    "EMU-340",
    axes={"memory": REMEMBERED, "leaves": ("stop", "take-profit")},
    tier="full",
    core=["warm.stop"],
    rule=f"{_RULE}; what was never placed is the trader's to keep",
    card="TC-E52",
    needs=[*HELD_BACK, *_NEEDS, "brackets", "order_lists"],
    trader=UNASKED,
)
async def test_exits_of_an_entry_that_outlives_its_session_close_what_it_fills(
    traders: Traders, wire: Wire, venue: Venue, market: Market, memory: Memory, leaves: str
) -> None:
    """Exits held back {memory}, whose resting entry then fills, MUST close what it filled by the {leaves}, once."""
    beyond = market.below_last("5%") if leaves == "stop" else market.above_last("3%")
    trader = await traders.start()
    entry, take, stop = await _rests(trader, market)

    again = await _next(traders, memory, _FILLS, entry, _Parties(market, venue))

    leaving, other = (stop, take) if leaves == "stop" else (take, stop)
    await again.order(entry.id).stands("FILLED")
    await again.holds("0.010")
    await market.moves_to(beyond)
    await again.order(leaving.id).reaches("FILLED")
    await again.order(other.id).reaches("CANCELED")
    await again.settles()
    await wire.one("place order", newClientOrderId=leaving.id)
    wire.none("place order", newClientOrderId=other.id)
    equal("the position at the venue", Decimal(await venue.position()), Decimal(0))


@case.each(
    {"EMU-360": {"memory": REMEMBERED[0]}, "EMU-361": {"memory": REMEMBERED[1]}},
    tier="full",
    rule=f"{_RULE}; what was never placed is the trader's to keep",
    card="TC-E52",
    needs=[*HELD_BACK, *_NEEDS, "brackets", "order_lists"],
    trader=UNASKED,
)
async def test_exits_of_an_entry_that_filled_meanwhile_wait_for_their_prices(
    traders: Traders, venue: Venue, market: Market, memory: Memory
) -> None:
    """Exits held back {memory}, whose resting entry filled while no trader ran, MUST wait for their prices."""
    trader = await traders.start()
    entry, take, stop = await _rests(trader, market)

    again = await _next(traders, memory, _FILLED, entry, _Parties(market, venue))

    await again.order(entry.id).stands("FILLED")
    for leg in (take, stop):
        await again.order(leg.id).stands("EMULATED")


@case.each(
    "EMU-350",
    axes={"ending": (_CANCELS, _CANCELLED, _CANCELLED_DOWN), "memory": REMEMBERED},
    tier="full",
    core=["cancelled.warm"],
    rule=f"{_RULE}; what was never placed is the trader's to keep",
    card="TC-E52",
    needs=[*HELD_BACK, *_NEEDS, "brackets", "order_lists"],
    trader=UNASKED,
)
async def test_exits_of_an_entry_that_outlives_its_session_end_with_it(
    traders: Traders, wire: Wire, venue: Venue, market: Market, ending: _Ending, memory: Memory
) -> None:
    """Exits held back {memory}, whose resting entry {ending}, MUST end with it, and never be sent."""
    low, high = market.below_last("5%"), market.above_last("3%")
    trader = await traders.start()
    entry, take, stop = await _rests(trader, market)

    again = await _next(traders, memory, ending, entry, _Parties(market, venue))

    await again.order(entry.id).stands("CANCELED")
    for leg in (take, stop):
        await again.order(leg.id).reaches("CANCELED")
    await market.moves_to(low, high)
    await again.settles()
    for leg in (take, stop):
        wire.none("place order", newClientOrderId=leg.id)


async def _rests(trader: Trader, market: Market) -> tuple[Order, Order, Order]:
    """Return an entry of 0.010 that rests 1 % below the price, and its exits, which are held back until it fills."""
    passes_over_what_is_free(trader)
    bracket = await trader.bracket(
        limit("BUY", "0.010", market.below_last("1%")),
        limit("SELL", "0.010", market.above_last("2%")),
        stop_market("SELL", "0.010", trigger=market.below_last("4%")),
        emulation_trigger="LAST_PRICE",
        hold_entry=False,
    )
    await bracket[0].reaches("ACCEPTED")
    await trader.settles()
    return bracket
