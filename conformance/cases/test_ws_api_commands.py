"""The WebSocket API: commands that it has, and those that it has not and that go over HTTP beside it."""

from conformance.cases.legs import of_leg
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Market, Trader, Traders, Venue, case, limit, market_order, stop_market

_RULE = "WebSocket API: order.place, order.modify, order.cancel, algoOrder.place, algoOrder.cancel; no cancel of all"
_OVER_WS = {"use_ws_trading": True}


@case("WSAPI-110", rule=_RULE, upstream=["#3926"], needs=["ws_trading"], trader=_OVER_WS)
async def test_all_orders_are_cancelled(trader: Trader, market: Market) -> None:
    """With WebSocket trading on, the cancellation of all orders MUST end each, orders and stops."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%")))
    await order.reaches("ACCEPTED")
    await stop.reaches("ACCEPTED")

    await trader.cancel_all()

    await order.reaches("CANCELED")
    await stop.reaches("CANCELED")


@case("WSAPI-120", rule=_RULE, needs=["ws_trading", "batch_cancel"], trader=_OVER_WS)
async def test_batch_is_cancelled(trader: Trader, market: Market) -> None:
    """With WebSocket trading on, orders that are cancelled with one command MUST each end CANCELED."""
    orders = [await trader.submit(limit("BUY", "0.010", market.below_last(percent))) for percent in ("2%", "3%")]
    for order in orders:
        await order.reaches("ACCEPTED")

    await trader.cancel_batch(orders)

    for order in orders:
        await order.reaches("CANCELED")


@case("WSAPI-130", rule=_RULE, needs=["ws_trading"], trader=_OVER_WS)
async def test_order_is_amended(trader: Trader, venue: Venue, market: Market) -> None:
    """With WebSocket trading on, an amendment of price and quantity MUST be the venue's, and the order still be one."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await order.modify(price=str(market.below_last("3%")), quantity="0.012")
    await order.reaches("UPDATED")

    await venue.confirms(order, price=market.below_last("3%"))


@case.each(
    {"WSAPI-140": {"kind": "market order"}, "WSAPI-150": {"kind": "LIMIT order"}, "WSAPI-160": {"kind": "stop"}},
    tier="full",
    core=["WSAPI-140", "WSAPI-150"],
    rule="New Order, reduceOnly: cannot be sent in hedge mode (-1106)",
    upstream=["#4231"],
    needs=["ws_trading", "hedge", "unrecordable", "orders_of_others"],
    trader={**_OVER_WS, "hedge": True},
)
async def test_reducing_order_of_a_leg_is_taken(traders: Traders, venue: Venue, market: Market, kind: str) -> None:
    """With WebSocket trading on, in hedge mode, a reduce-only {kind} of the long leg MUST be taken by the venue."""
    await venue.turns_hedge_mode_on()
    await venue.opens_position("BUY", "0.010", position_side="LONG")
    trader = await traders.start()
    asked, reached = {
        "market order": (market_order("SELL", "0.010", reduce_only=True), "FILLED"),
        "LIMIT order": (limit("SELL", "0.010", market.above_last("2%"), reduce_only=True), "ACCEPTED"),
        "stop": (stop_market("SELL", "0.010", trigger=market.below_last("2%"), reduce_only=True), "ACCEPTED"),
    }[kind]

    passes_over_what_is_free(trader)

    order = await trader.submit(of_leg(asked, "LONG"))
    unsaid = "reduce_only of an open order is not the venue's"
    trader.may_differ(unsaid, about=order.id, why="in hedge mode positionSide says it, and the flag must not be sent")

    await order.reaches(reached)
