"""Hedge mode: legs that came about in another way than they are asked for, and what the checks then find."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import CRASH, WARM, Estate, Memory
from conformance.cases.legs import HEDGED, of_leg
from conformance.cases.situations import hears_no_more, passes_over_what_is_free
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
)
from conformance.kit.waiting import comes_true

_RULE = "Position Information V3: in hedge mode a row for each side, whoever opened it and by whatever order"
_OTHER = "ETHUSDT"
#: What the trader has no prices of, it may refuse to send as a market order.
_TAKES = limit("BUY", "0.100", "2510.00").but(symbol=_OTHER)


async def _fills_legs(trader: Trader, *, named: bool = True) -> None:
    """Open a long leg of 0.010 and a short one of 0.004."""
    legs: tuple[tuple[Side, str, str], ...] = (("BUY", "0.010", "LONG"), ("SELL", "0.004", "SHORT"))
    for side, quantity, leg in legs:
        request = market_order(side, quantity)
        order = await trader.submit(of_leg(request, leg) if named else request)
        await order.reaches("FILLED")


async def _holds(trader: Trader, *legs: str, symbol: str = "BTCUSDT", within_s: float = 3.0) -> None:
    """Require the legs by their quantities, whatever the trader calls them."""
    wanted = sorted(Decimal(leg) for leg in legs)
    found: list[Decimal] = []

    async def matches() -> bool:
        rows = (await trader.books())["positions"]
        found[:] = sorted(Decimal(row["signed_qty"]) for row in rows if row["symbol"] == symbol)
        return found == wanted

    held = await comes_true(trader.history, matches, within_s=within_s)
    require(held, f"{len(wanted)} positions held, each as at the venue", seen=[str(leg) for leg in found])


@dataclass(frozen=True, kw_only=True)
class _Ids(AxisValue):
    """Whether the session that leaves the legs uses the venue's position ids, as the next one does."""

    before: bool


_IDS = (
    _Ids(name="as-before", words="with position ids, as before", before=True),
    _Ids(name="turned-on", words="with position ids, which it had not had", before=False),
)
_NAMED = (
    AxisValue(name="named", words="by orders for either"),
    AxisValue(name="unnamed", words="by orders that name none"),
)


@case.each(
    "HEDGE-300",
    axes={"opened": _NAMED, "ids": _IDS, "memory": (WARM, CRASH)},
    tier="full",
    core=["unnamed.turned-on.warm"],
    rule=f"Position Mode; New Order, positionSide; {_RULE}",
    upstream=["#4738"],
    needs=["hedge", "cache_database", "unrecordable"],
    trader=HEDGED,
)
async def test_legs_that_were_kept_are_held(
    traders: Traders, venue: Venue, market: Market, opened: AxisValue, ids: _Ids, memory: Memory
) -> None:
    """Two legs opened {opened}, and kept {memory}, MUST be held by one {ids}, and one of them closed by its order."""
    await venue.turns_hedge_mode_on()
    estate = Estate(traders, venue, market)
    trader = await traders.start(client={"use_position_ids": ids.before})
    passes_over_what_is_free(trader)
    await _fills_legs(trader, named=opened.name == "named")
    await estate.ends(trader, memory)

    trader = await traders.start_again(client={"use_position_ids": True})

    passes_over_what_is_free(trader)
    await _holds(trader, "-0.004", "0.010")
    leaving = await trader.submit(of_leg(market_order("SELL", "0.010", reduce_only=True), "LONG").named("LEAVING-1"))
    await leaving.reaches("FILLED")
    await _holds(trader, "-0.004")


async def _by_its_own_order(trader: Trader, there: Venue) -> None:
    order = await trader.submit(_TAKES.but(position_id=f"{_OTHER}-PERP.BINANCE-LONG"))
    await order.reaches("FILLED")


async def _by_its_own_order_that_names_no_leg(trader: Trader, there: Venue) -> None:
    order = await trader.submit(_TAKES)
    await order.reaches("FILLED")


async def _by_another_client(trader: Trader, there: Venue) -> None:
    await there.places(_TAKES.named("FOREIGN-ENTRY"), positionSide="LONG", reduceOnly="")


@dataclass(frozen=True, kw_only=True)
class _Opened(AxisValue):
    """How the long leg of 0.100 in the other symbol comes about, and whether it is heard."""

    happens: Callable[[Trader, Venue], Awaitable[None]]
    unheard: bool = False


_OPENED = (
    _Opened(name="own", words="by an order of its own", happens=_by_its_own_order),
    _Opened(
        name="unnamed", words="by an order of its own that names no leg", happens=_by_its_own_order_that_names_no_leg
    ),
    _Opened(name="others", words="by another client", happens=_by_another_client),
    _Opened(name="unheard", words="by another client unheard", happens=_by_another_client, unheard=True),
)


@case.each(
    "HEDGE-302",
    axes={"opened": _OPENED, "leg": ("long", "short")},
    tier="full",
    rule=_RULE,
    upstream=["#4738"],
    needs=["hedge", "position_check", "unrecordable", "other_symbols", "orders_of_others"],
    trader=HEDGED,
    profile="checks",
    why="the requirement is about what the position check concludes",
)
async def test_check_goes_on_beside_a_leg_in_another_symbol(
    traders: Traders, venue: Venue, faults: Faults, opened: _Opened, leg: str
) -> None:
    """Beside a leg in another symbol opened {opened}, the position check MUST find that its {leg} leg was closed."""
    await venue.turns_hedge_mode_on()
    there = venue.of(_OTHER)
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await _fills_legs(trader)
    if opened.unheard:
        hears_no_more(trader, faults)
    await opened.happens(trader, there)
    await _holds(trader, "0.100", symbol=_OTHER, within_s=5.0)
    if not opened.unheard:
        hears_no_more(trader, faults)

    leaving, rest = (
        (market_order("SELL", "0.010"), "-0.004") if leg == "long" else (market_order("BUY", "0.004"), "0.010")
    )
    await venue.places(leaving.named("FOREIGN-EXIT"), positionSide=leg.upper(), reduceOnly="")

    await _holds(trader, rest, within_s=5.0)
    await _holds(trader, "0.100", symbol=_OTHER)
