"""Limit orders: accepted, amended, cancelled, filled."""

from decimal import Decimal

from conformance.cases.case import case
from conformance.checks.trader import Trader
from conformance.checks.wire import Wire
from conformance.subject.orders import limit, stop_market
from conformance.worlds.market import Market


@case("LMT-010", card="TC-E10", rule="New Order, type LIMIT")
async def test_limit_order_is_accepted(trader: Trader, wire: Wire, market: Market) -> None:
    """A LIMIT order away from the market MUST be accepted under the venue's orderId and stay open."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    accepted = await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/order", newClientOrderId=order.id)
    assert request.params["timeInForce"] == "GTC"
    assert Decimal(request.params["price"]) == market.below_last("2%")
    assert accepted["venue_order_id"] == str(request.answer["orderId"])


@case("LMT-020", card="TC-E30", rule="Modify Order")
async def test_limit_order_is_amended(trader: Trader, wire: Wire, market: Market) -> None:
    """A modification of an open LIMIT order MUST amend it at the venue, not replace it, and update the trader."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("3%")))
    await order.reaches("ACCEPTED")

    await order.modify(price=str(market.below_last("2%")), quantity="0.020")
    updated = await order.reaches("UPDATED")

    await wire.one("PUT /fapi/v1/order")
    wire.none("DELETE /fapi/v1/order")
    assert Decimal(updated["price"]) == market.below_last("2%")
    assert Decimal(updated["quantity"]) == Decimal("0.020")


@case("LMT-030", card="TC-E40", rule="Cancel Order")
async def test_limit_order_is_cancelled(trader: Trader, wire: Wire, market: Market) -> None:
    """A cancelled LIMIT order MUST end CANCELED, with one request to the venue."""
    order = await trader.submit(limit("SELL", "0.010", market.above_last("2%")))
    await order.reaches("ACCEPTED")

    await order.cancel()
    await order.reaches("CANCELED")

    await wire.one("DELETE /fapi/v1/order")


@case("LMT-040", card="TC-E13", rule="Event: Order Update, x TRADE", worlds=["simulator", "cassettes"])
async def test_resting_limit_order_fills_as_maker(trader: Trader, market: Market) -> None:
    """A resting LIMIT order MUST fill as maker at its own price when the market crosses it."""
    price = market.below_last("2%")
    order = await trader.submit(limit("BUY", "0.010", price))
    await order.reaches("ACCEPTED")

    await market.moves_to(market.below_last("3%"))
    filled = await order.reaches("FILLED")

    assert filled["liquidity"] == "MAKER"
    assert Decimal(filled["last_px"]) == price
    await trader.holds("0.010")


@case("LMT-050", card="TC-E70", rule="New Order, timeInForce GTX (-5022)")
async def test_crossing_post_only_order_is_rejected(trader: Trader, wire: Wire, market: Market) -> None:
    """A post-only order that would take MUST be sent as GTX and end REJECTED, and nothing may fill."""
    order = await trader.submit(limit("BUY", "0.010", market.above_last("2%"), post_only=True))

    await order.reaches("REJECTED")

    request = await wire.one("POST /fapi/v1/order", newClientOrderId=order.id)
    assert request.params["timeInForce"] == "GTX"
    assert request.answer["code"] == -5022
    await trader.holds("0")


@case("CXL-010", card="TC-E41", rule="Cancel All Open Orders, Cancel All Algo Open Orders")
async def test_cancel_all_cancels_every_kind(trader: Trader, market: Market) -> None:
    """Cancelling all orders MUST cancel the open limit orders and the resting stop orders of the symbol."""
    orders = [
        await trader.submit(limit("BUY", "0.010", market.below_last("2%"))),
        await trader.submit(limit("BUY", "0.010", market.below_last("3%"))),
        await trader.submit(limit("SELL", "0.010", market.above_last("2%"))),
        await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%"))),
    ]
    for order in orders:
        await order.reaches("ACCEPTED")

    await trader.cancel_all()

    for order in orders:
        await order.reaches("CANCELED")
