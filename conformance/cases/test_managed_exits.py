"""Two linked exits of which one rests at the venue and the trader holds the other, and parts of them that fill."""

from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Order, Trader, Venue, Wire, case, equal, limit, market_order, stop_market
from conformance.kit.needs import Need

_RULE = "New Order has no contingencies; NautilusTrader, OUO: the other order is for what is left of the one that fills"
_NEEDS: tuple[Need, ...] = ("brackets", "emulation", "order_lists", "market_moves", "unrecordable")
_LINKED = {"strategy": {"manage_contingent_orders": True}}
_WHOLE = Decimal("0.010")

PARTS = (
    AxisValue(name="less", words="less than half"),
    AxisValue(name="more", words="more than half"),
)
_FILLED = {"less": "0.004", "more": "0.006"}
LEAVES = (
    AxisValue(name="take", words="the take-profit fills"),
    AxisValue(name="stop", words="the price comes to the stop"),
)


async def _exits(trader: Trader, market: Market) -> tuple[Order, Order]:
    """Return the take-profit that rests at the venue, 2 % above, and the stop that the trader holds, 4 % below.

    Both are for an entry of 0.010, and stand beside another 0.010, so that what reduces may rest before it fills.
    """
    passes_over_what_is_free(trader)
    before = await trader.submit(market_order("BUY", _WHOLE))
    await before.reaches("FILLED")
    entry, take, stop = await trader.bracket(
        market_order("BUY", _WHOLE),
        limit("SELL", _WHOLE, market.above_last("2%")),
        stop_market("SELL", _WHOLE, trigger=market.below_last("4%")),
        contingency="OUO",
        emulation_trigger="LAST_PRICE",
        hold_take_profit=False,
        apart=True,
    )
    await entry.reaches("FILLED")
    await take.reaches("ACCEPTED")
    await stop.reaches("EMULATED")
    return take, stop


@case.each(
    "MNG-060",
    axes={"part": PARTS, "leaves": LEAVES},
    tier="full",
    core=["less.stop", "more.take"],
    rule=_RULE,
    card="TC-E52",
    needs=_NEEDS,
    trader=_LINKED,
)
async def test_exits_stay_for_what_is_left_of_the_position(
    trader: Trader, venue: Venue, market: Market, wire: Wire, part: AxisValue, leaves: AxisValue
) -> None:
    """Once {part} of a take-profit has filled, it and the held stop MUST each be for all the rest until {leaves}."""
    take, stop = await _exits(trader, market)
    row = await take.row()
    filled = Decimal(_FILLED[part.name])
    rest = _WHOLE - filled

    await market.takes(row["venue_order_id"], str(filled))
    await take.reaches("PARTIALLY_FILLED")
    await trader.settles()

    standing = await venue.standing(take.id)
    equal("the take-profit's quantity at the venue", Decimal(standing.quantity), _WHOLE)
    await take.stands("PARTIALLY_FILLED")
    held = await stop.row()
    equal("what is left of the stop", Decimal(held["quantity"]) - Decimal(held["filled_qty"]), rest)
    if leaves.name == "take":
        await market.takes(row["venue_order_id"], str(rest))
        await take.reaches("FILLED")
        await stop.reaches("CANCELED")
        wire.none("place order", newClientOrderId=stop.id)
    else:
        await market.moves_to(market.below_last("5%"))
        await stop.reaches("FILLED")
        sent = await wire.one("place order", newClientOrderId=stop.id)
        equal("the stop's quantity", Decimal(sent.params["quantity"]), rest)
        await take.reaches("CANCELED")
        await venue.confirms(take)
    await trader.settles()
    equal("the position at the venue", Decimal(await venue.position()), _WHOLE)
