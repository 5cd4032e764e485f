"""Orders that the venue makes by itself, liquidation, deleveraging, settlement: what the trader then holds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.kit import AxisValue, Market, Trader, Traders, Venue, case, limit, market_order, require

_RULE = "Event: Order Update, c autoclose-, adl_autoclose, settlement_autoclose-; x CALCULATED or TRADE"


@dataclass(frozen=True, kw_only=True)
class Closing(AxisValue):
    """How the venue closes a long position of 0.010 BTCUSDT, and how much it leaves."""

    act: Callable[[Venue], Awaitable[None]]
    left: str = "0"


CLOSINGS = (
    Closing(name="liquidation", words="a liquidation", act=lambda venue: venue.liquidates()),
    Closing(
        name="liquidation-trade",
        words="a liquidation told as a trade",
        act=lambda venue: venue.liquidates(execution="TRADE"),
    ),
    Closing(
        name="liquidation-in-parts",
        words="a liquidation in three trades",
        act=lambda venue: venue.liquidates(parts=3, execution="TRADE"),
    ),
    Closing(
        name="liquidation-step",
        words="a liquidation of a part",
        act=lambda venue: venue.liquidates(quantity="0.004"),
        left="0.006",
    ),
    Closing(name="adl", words="auto-deleveraging", act=lambda venue: venue.deleverages(execution="CALCULATED")),
    Closing(
        name="adl-trade",
        words="auto-deleveraging told as a trade",
        act=lambda venue: venue.deleverages(execution="TRADE"),
    ),
    Closing(
        name="adl-part",
        words="auto-deleveraging of a part",
        act=lambda venue: venue.deleverages("0.004", execution="TRADE"),
        left="0.006",
    ),
    Closing(name="settlement", words="the settlement of a delisted symbol", act=lambda venue: venue.delists()),
)
SIDES = (AxisValue(name="long", words="long"), AxisValue(name="short", words="short"))


@case.each(
    "VEN-010",
    axes={"closing": CLOSINGS, "side": SIDES},
    rule=_RULE,
    upstream=["#3453"],
    needs=["unrecordable", "venue_acts"],
    tier="full",
    core=[f"{closing.name}.long" for closing in CLOSINGS],
)
async def test_position_follows_what_the_venue_closes(
    trader: Trader, venue: Venue, closing: Closing, side: AxisValue
) -> None:
    """After {closing} of a {side} position, the trader MUST hold what the venue has left of it, as one position."""
    order = await trader.submit(market_order("BUY" if side.name == "long" else "SELL", "0.010"))
    await order.reaches("FILLED")
    sign = "" if side.name == "long" or closing.left == "0" else "-"

    await closing.act(venue)

    await trader.holds(f"{sign}{closing.left}", within_s=2.0)
    positions = (await trader.books())["positions"]
    require(len(positions) <= 1, "one position a symbol", seen=positions)


@case.each(
    "VEN-030",
    axes={"closing": CLOSINGS, "side": SIDES},
    rule="Position Information V3; All Orders tells orders of type LIQUIDATION",
    upstream=["#3453"],
    needs=["unrecordable", "venue_acts"],
    tier="full",
    core=["liquidation.long", "adl-part.long"],
)
async def test_trader_starts_after_the_venue_closed(
    traders: Traders, venue: Venue, market: Market, closing: Closing, side: AxisValue
) -> None:
    """After {closing} of a {side} position while no trader ran, a trader MUST start and hold what is left of it."""
    await venue.opens_position("BUY" if side.name == "long" else "SELL", "0.010")
    await closing.act(venue)
    sign = "" if side.name == "long" or closing.left == "0" else "-"

    trader = await traders.start()

    await trader.holds(f"{sign}{closing.left}", within_s=2.0)
    if closing.name != "settlement":
        order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
        await order.reaches("ACCEPTED")
