"""Two orders of which each is for what is left of the other (OUO), managed by a strategy, and parts that fill."""

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


async def _takes(market: Market, order: Order, quantity: Decimal | str) -> None:
    await market.takes((await order.row())["venue_order_id"], str(quantity))


async def _exits(trader: Trader, market: Market) -> tuple[Order, Order]:
    """Return the take-profit that rests at the venue, 2 % above, and the stop that the trader holds, 4 % below.

    Both are for an entry of 0.010, and stand beside another 0.010, so that what reduces may rest before it fills.
    """
    passes_over_what_is_free(trader)
    before = await trader.submit(market_order("BUY", _WHOLE))
    await before.reaches("FILLED")
    entry, take, stop = await trader.bracket(
        limit("BUY", _WHOLE, market.below_last("1%")),
        limit("SELL", _WHOLE, market.above_last("2%")),
        stop_market("SELL", _WHOLE, trigger=market.below_last("4%")),
        contingency="OUO",
        emulation_trigger="LAST_PRICE",
        hold_entry=False,
        hold_take_profit=False,
        apart=True,
    )
    await entry.reaches("ACCEPTED")
    await take.reaches("ACCEPTED")
    await stop.reaches("EMULATED")
    await _takes(market, entry, _WHOLE)
    await entry.reaches("FILLED")
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
    filled = Decimal(_FILLED[part.name])
    rest = _WHOLE - filled

    await _takes(market, take, filled)
    await take.reaches("PARTIALLY_FILLED")
    await trader.settles()

    standing = await venue.standing(take.id)
    equal("the take-profit's quantity at the venue", Decimal(standing.quantity), _WHOLE)
    await take.stands("PARTIALLY_FILLED")
    held = await stop.row()
    equal("what is left of the stop", Decimal(held["quantity"]) - Decimal(held["filled_qty"]), rest)
    if leaves.name == "take":
        await _takes(market, take, rest)
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


GOES_ON = (
    AxisValue(name="first", words="goes on to fill"),
    AxisValue(name="other", words="fills no more, but the other does"),
)


async def _pair(trader: Trader, market: Market) -> tuple[Order, Order]:
    """Return two orders of 0.010, each for what is left of the other; both rest."""
    passes_over_what_is_free(trader)
    first, other = (limit("BUY", _WHOLE, market.below_last(below)) for below in ("1%", "2%"))
    pair = await trader.pair(first, other, "OUO")
    for order in pair:
        await order.reaches("ACCEPTED")
    return pair


async def _is_for(venue: Venue, order: Order, rest: Decimal, *, which: str) -> None:
    """Require that so much of the order may still fill, at the venue and in the books."""
    standing = await venue.standing(order.id)
    is_open = standing.state in ("NEW", "PARTIALLY_FILLED")
    left = Decimal(standing.quantity) - Decimal(standing.filled_qty) if is_open else Decimal(0)
    equal(f"what is left of the {which} order at the venue", left, rest)
    await venue.confirms(order)


@case.each(
    "MNG-070",
    axes={"part": PARTS, "goes_on": GOES_ON},
    tier="full",
    core=["less.first", "more.other"],
    rule=f"{_RULE}; Modify Order",
    needs=_NEEDS,
    trader=_LINKED,
)
async def test_order_that_fills_in_part_stays_as_it_is(
    trader: Trader, venue: Venue, market: Market, part: AxisValue, goes_on: AxisValue
) -> None:
    """Of two orders linked by OUO, once {part} of one has filled, both MUST be for all the rest when it {goes_on}."""
    first, other = await _pair(trader, market)
    filled = Decimal(_FILLED[part.name])
    rest = _WHOLE - filled

    await _takes(market, first, filled)
    await first.reaches("PARTIALLY_FILLED")
    await other.reaches("UPDATED")
    await trader.settles()

    await _is_for(venue, first, rest, which="first")
    await _is_for(venue, other, rest, which="other")
    going, gone = (first, other) if goes_on.name == "first" else (other, first)
    await _takes(market, going, rest)
    await going.reaches("FILLED")
    await gone.reaches("CANCELED")
    await venue.confirms(gone)
    equal("the position at the venue", Decimal(await venue.position()), _WHOLE)


@case.each(
    {"MNG-080": {"parts": ("0.002", "0.003")}, "MNG-081": {"parts": ("0.004", "0.002")}},
    tier="full",
    core=["MNG-080"],
    rule=f"{_RULE}; Modify Order",
    needs=_NEEDS,
    trader=_LINKED,
)
async def test_both_orders_fill_in_part(trader: Trader, venue: Venue, market: Market, parts: tuple[str, str]) -> None:
    """Once {parts} of two orders of 0.010 linked by OUO have filled, each MUST be for all that neither has filled."""
    first, other = await _pair(trader, market)
    rest = _WHOLE - sum(map(Decimal, parts))

    await _takes(market, first, parts[0])
    await other.reaches("UPDATED")
    await trader.settles()
    await _takes(market, other, parts[1])
    await other.reaches("PARTIALLY_FILLED")
    await trader.settles()

    await _is_for(venue, first, rest, which="first")
    await _is_for(venue, other, rest, which="other")
    await _takes(market, first, rest)
    await other.reaches("CANCELED")
    equal("the position at the venue", Decimal(await venue.position()), _WHOLE)
