"""Amendments to the end: told once, and those by which the venue ends the order instead."""

from decimal import Decimal

from conformance.kit import Market, Trader, Venue, case, equal, limit

_RULE = "Modify Order: an amendment that would take (GTX), or to no more than has filled, cancels the order"


@case.each(
    {"LMT-360": {"what": "a post-only order to a price that takes"}, "LMT-361": {"what": "an order to what it filled"}},
    rule=_RULE,
    needs=["unrecordable", "market_moves"],
)
async def test_amendment_that_ends_the_order(trader: Trader, venue: Venue, market: Market, what: str) -> None:
    """An amendment of {what} MUST leave it CANCELED, as the venue does, with what it has filled."""
    takes = what.startswith("a post-only")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%"), post_only=takes))
    accepted = await order.reaches("ACCEPTED")
    if takes:
        await order.modify(price=str(market.above_last("1%")))
    else:
        await market.takes(accepted["venue_order_id"], "0.004")
        await trader.holds("0.004")
        await order.modify(quantity="0.004")

    await order.reaches("CANCELED")

    await trader.settles()
    await order.stands("CANCELED")
    equal("filled quantity", Decimal((await order.row())["filled_qty"]), Decimal(0 if takes else "0.004"))


@case("LMT-380", rule="Event: Order Update, execution type AMENDMENT", needs=["unrecordable", "market_moves"])
async def test_amendment_is_told_once(trader: Trader, market: Market) -> None:
    """An amendment of an order that then fills in two parts MUST be told once, the order being the same one."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await order.modify(price=str(market.below_last("3%")), quantity="0.012")
    await order.reaches("UPDATED")
    await trader.settles()

    for quantity in ("0.004", "0.008"):
        await market.takes(accepted["venue_order_id"], quantity)
        await trader.settles()

    await order.reaches("FILLED")
    equal("OrderUpdated", len([event for event in order.events if event.name == "OrderUpdated"]), 1)
