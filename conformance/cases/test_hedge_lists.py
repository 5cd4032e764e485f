"""Hedge mode, several orders with one command: each of them is for its leg, and fills no other."""

from collections.abc import Mapping

from conformance.cases.legs import HEDGED, holds_legs, of_leg, starts_with_legs
from conformance.kit import Market, Order, Side, Traders, Venue, case, equal, limit

_RULE = "Place Multiple Orders: positionSide of each order must be sent in hedge mode, where reduceOnly must not"
#: What is held before the list.
_HELD = {"LONG": "0.010", "SHORT": "0.010"}


async def _fill_for(venue: Venue, market: Market, orders: Mapping[Order, str]) -> None:
    """Require that the orders come to rest at the venue for these legs, and have each be filled."""
    accepted = {order: await order.reaches("ACCEPTED") for order in orders}
    resting = {row["venue_order_id"]: row["position_side"] for row in (await venue.books())["orders"]}
    for order, event in accepted.items():
        equal(f"position side of the {order.asked.side}", resting[event["venue_order_id"]], orders[order])
    for order, event in accepted.items():
        await market.takes(event["venue_order_id"], order.asked.quantity)
        await order.reaches("FILLED")


@case.each(
    {
        "HEDGE-340": {"leg": "LONG", "opens": "BUY", "closes": "SELL", "left": ("0.008", "-0.010")},
        "HEDGE-341": {"leg": "SHORT", "opens": "SELL", "closes": "BUY", "left": ("0.010", "-0.008")},
    },
    rule=_RULE,
    needs=["hedge", "order_lists", "market_moves", "unrecordable"],
    trader=HEDGED,
)
async def test_list_of_one_leg(
    traders: Traders, venue: Venue, market: Market, leg: str, opens: Side, closes: Side, left: tuple[str, str]
) -> None:
    """In hedge mode the orders of a list for {leg}, to add and to reduce, MUST be sent for it, and fill it alone."""
    trader = await starts_with_legs(traders, venue, **_HELD)
    prices = {"BUY": market.below_last("2%"), "SELL": market.above_last("2%")}

    orders = await trader.submit_list(
        [
            of_leg(limit(closes, "0.004", prices[closes], reduce_only=True), leg),
            of_leg(limit(opens, "0.002", prices[opens]), leg),
        ]
    )

    await _fill_for(venue, market, dict.fromkeys(orders, leg))
    await holds_legs(trader, LONG=left[0], SHORT=left[1])


@case.each(
    {
        "HEDGE-350": {
            "side": "SELL",
            "closed": "LONG",
            "opened": "SHORT",
            "left": ("0.006", "-0.012"),
        },
        "HEDGE-351": {"side": "BUY", "closed": "SHORT", "opened": "LONG", "left": ("0.012", "-0.006")},
    },
    rule=_RULE,
    needs=["hedge", "order_lists", "batch_lists", "market_moves", "unrecordable"],
    trader=HEDGED,
)
async def test_list_of_both_legs(
    traders: Traders, venue: Venue, market: Market, side: Side, closed: str, opened: str, left: tuple[str, str]
) -> None:
    """In hedge mode two orders of a list to {side}, of {closed} to reduce and of {opened}, MUST each be of its leg."""
    trader = await starts_with_legs(traders, venue, **_HELD)
    price = market.above_last("2%") if side == "SELL" else market.below_last("2%")

    reducing, adding = await trader.submit_list(
        [
            of_leg(limit(side, "0.004", price, reduce_only=True), closed),
            of_leg(limit(side, "0.002", price), opened),
        ]
    )

    await _fill_for(venue, market, {reducing: closed, adding: opened})
    await holds_legs(trader, LONG=left[0], SHORT=left[1])
