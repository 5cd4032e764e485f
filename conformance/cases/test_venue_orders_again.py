"""Orders that the venue makes one after another: it closes a position in steps, or several positions at once.

Every deleveraging goes by one client order id, `adl_autoclose`; what tells two of them apart is the venue's own id.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.situations import SEVERAL_POSITIONS, passes_over_what_is_free
from conformance.kit import AxisValue, Trader, Traders, Venue, case, equal, market_order

_RULE = "Event: Order Update, c autoclose-, adl_autoclose, settlement_autoclose-; i, the order's id, is one a symbol"
_FIRST = "0.004"


@dataclass(frozen=True, kw_only=True)
class Cause(AxisValue):
    """Why the venue closes (a quantity of) a position, and how it tells of it."""

    act: Callable[..., Awaitable[None]]


async def _liquidates(venue: Venue, quantity: str, **how: str) -> None:
    await venue.liquidates(quantity=quantity, **how)


async def _liquidates_by_trades(venue: Venue, quantity: str, **how: str) -> None:
    await venue.liquidates(quantity=quantity, execution="TRADE", **how)


async def _deleverages(venue: Venue, quantity: str, **how: str) -> None:
    await venue.deleverages(quantity, execution="CALCULATED", **how)


async def _deleverages_by_trades(venue: Venue, quantity: str, **how: str) -> None:
    await venue.deleverages(quantity, execution="TRADE", **how)


async def _settles(venue: Venue, quantity: str) -> None:
    await venue.delists()


LIQUIDATED = Cause(name="liquidation", words="liquidation", act=_liquidates)
LIQUIDATED_BY_TRADES = Cause(
    name="liquidation-trade", words="liquidation that is told as trades", act=_liquidates_by_trades
)
DELEVERAGED = Cause(name="adl", words="auto-deleveraging", act=_deleverages)
DELEVERAGED_BY_TRADES = Cause(
    name="adl-trade", words="auto-deleveraging that is told as trades", act=_deleverages_by_trades
)
SETTLED = Cause(name="settlement", words="settlement", act=_settles)
CAUSES = (LIQUIDATED, LIQUIDATED_BY_TRADES, DELEVERAGED, DELEVERAGED_BY_TRADES)


@dataclass(frozen=True, kw_only=True)
class Second(AxisValue):
    """How much the venue closes the second time, after 0.004 of 0.010, and what it then leaves."""

    quantity: str
    left: str


SECONDS = (
    Second(name="smaller", words="of less", quantity="0.003", left="0.003"),
    Second(name="equal", words="of as much", quantity="0.004", left="0.002"),
    Second(name="larger", words="of more", quantity="0.005", left="0.001"),
    Second(name="rest", words="of the rest", quantity="0.006", left="0"),
)
SIDES = (AxisValue(name="long", words="long"), AxisValue(name="short", words="short"))


@case.each(
    "VEN-130",
    axes={"cause": CAUSES, "second": SECONDS, "side": SIDES},
    tier="full",
    core=["adl.smaller.long", "adl-trade.equal.long", "adl-trade.rest.long"],
    rule=_RULE,
    upstream=["#3453"],
    needs=["unrecordable", "venue_acts", "venue_positions", "orders_of_others"],
)
async def test_position_follows_a_second_closing(
    trader: Trader, venue: Venue, cause: Cause, second: Second, side: AxisValue
) -> None:
    """After one {cause} of 0.004 and another {second}, the trader MUST hold what is left of its {side} position."""
    sign = "" if side.name == "long" else "-"
    entry = await trader.submit(market_order("BUY" if side.name == "long" else "SELL", "0.010"))
    await entry.reaches("FILLED")
    await _is_told_apart(trader)
    await cause.act(venue, _FIRST)
    await trader.holds(f"{sign}0.006")
    await trader.settles()

    await cause.act(venue, second.quantity)

    await trader.settles()
    await trader.holds(second.left if second.left == "0" else f"{sign}{second.left}", within_s=2.0)


@case.each(
    "VEN-140",
    axes={"cause": (*CAUSES, SETTLED), "second": (SECONDS[0], SECONDS[2])},
    but={"a settlement closes all there is": {"cause": "settlement", "second": "larger"}},
    tier="full",
    core=["adl-trade.smaller", "adl.larger"],
    rule=_RULE,
    upstream=["#3453"],
    needs=["unrecordable", "venue_acts", "venue_positions", "orders_of_others", "other_symbols"],
)
async def test_positions_follow_closings_in_two_symbols(
    traders: Traders, venue: Venue, cause: Cause, second: Second
) -> None:
    """After a {cause} in each of two symbols, the second {second}, the trader MUST hold what is left in both."""
    other = venue.of("ETHUSDT")
    await venue.opens_position("BUY", "0.010")
    await other.opens_position("BUY", "0.010")
    trader = await traders.start(symbols=["ETHUSDT"])
    await trader.holds("0.010")
    await trader.holds("0.010", symbol="ETHUSDT")
    await _is_told_apart(trader)

    for where, quantity in ((venue, _FIRST), (other, second.quantity)):
        await cause.act(where, quantity)
        await trader.settles()

    await trader.holds(await venue.position(), within_s=2.0)
    await trader.holds(await other.position(), symbol="ETHUSDT", within_s=2.0)


@case.each(
    "VEN-150",
    axes={"cause": CAUSES, "first": ("long", "short")},
    tier="full",
    core=["adl-trade.long"],
    rule=f"{_RULE}; ps: in hedge mode a position of each side",
    upstream=["#4732"],
    needs=["unrecordable", "venue_acts", "hedge", "orders_of_others"],
    trader={"hedge": True},
)
async def test_both_legs_of_a_hedge_are_closed(traders: Traders, venue: Venue, cause: Cause, first: str) -> None:
    """In hedge mode the {cause} of a part of both legs, the {first} one first, MUST leave the rest of each."""
    await venue.turns_hedge_mode_on()
    await venue.opens_position("BUY", "0.010", position_side="LONG")
    await venue.opens_position("SELL", "0.008", position_side="SHORT")
    trader = await traders.start()
    await trader.holds("0.002")
    await _is_told_apart(trader)

    for leg in ("LONG", "SHORT") if first == "long" else ("SHORT", "LONG"):
        await cause.act(venue, _FIRST if leg == "LONG" else "0.003", position_side=leg)
        await trader.settles()

    await trader.holds("0.001", within_s=2.0)


@case.each(
    {"VEN-160": {"execution": "CALCULATED"}, "VEN-161": {"execution": "TRADE"}},
    rule="Event: Order Update, o LIQUIDATION, f IOC; er 2: the remainder of an IOC order expires",
    upstream=["#3453"],
    needs=["unrecordable", "venue_acts", "orders_of_others"],
)
async def test_liquidation_that_is_taken_in_part_is_over(trader: Trader, venue: Venue, execution: str) -> None:
    """A liquidation told as {execution}, of which a part is taken, MUST end with it, and another one close the rest."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    await _is_told_apart(trader)

    await venue.liquidates(taken="0.006", execution=execution)

    await trader.holds("0.004", within_s=2.0)
    await trader.has_open()
    await venue.liquidates(execution=execution)
    await trader.holds("0", within_s=2.0)
    await trader.has_open()
    made = [row for row in (await trader.books())["orders"] if row["client_order_id"] != entry.id]
    equal("filled quantities", sorted(Decimal(row["filled_qty"]) for row in made), [Decimal("0.004"), Decimal("0.006")])


async def _is_told_apart(trader: Trader) -> None:
    """Begin once everything is known; leave to others what they are about."""
    passes_over_what_is_free(trader)
    trader.may_differ(SEVERAL_POSITIONS, why="VEN-010 is about what a position that the venue reduced consists of")
    await trader.settles()
