"""Limit orders: accepted, amended, cancelled, filled."""

import time
from decimal import Decimal

from conformance.gateway.faults.armed import Faults
from conformance.kit.case import case
from conformance.kit.market import Market
from conformance.kit.trader import Trader
from conformance.kit.wire import Wire
from conformance.subject.orders import limit, stop_limit, stop_market
from conformance.subject.orders import market as market_order


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


@case("LMT-055", rule="New Order, timeInForce GTX (-5022)")
async def test_crossing_post_only_rejection_is_told_as_such(trader: Trader, market: Market) -> None:
    """The rejection of a post-only order that would take MUST say in the trader's event that this was why."""
    order = await trader.submit(limit("BUY", "0.010", market.above_last("2%"), post_only=True))

    rejected = await order.reaches("REJECTED")

    assert rejected.get("due_post_only") is True


@case("LMT-060", rule="Event: Order Update, X PARTIALLY_FILLED", worlds=["simulator", "cassettes"])
async def test_partly_filled_order_stays_open_with_what_it_filled(trader: Trader, market: Market) -> None:
    """A resting LIMIT order that is filled in part MUST stay open, hold what it filled, and be cancellable."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")

    await market.takes(accepted["venue_order_id"], "0.004")
    filled = await order.reaches("PARTIALLY_FILLED")
    assert Decimal(filled["last_qty"]) == Decimal("0.004")
    await trader.holds("0.004")
    await trader.has_open(order.id)

    await order.cancel()
    await order.reaches("CANCELED")
    await trader.holds("0.004")


@case("LMT-070", rule="Modify Order: quantity is the order's whole", worlds=["simulator", "cassettes"])
async def test_amended_price_keeps_the_quantity_of_a_partly_filled_order(
    trader: Trader, wire: Wire, market: Market
) -> None:
    """A new price for a partly filled LIMIT order MUST leave its whole quantity as it was."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("3%")))
    accepted = await order.reaches("ACCEPTED")
    await market.takes(accepted["venue_order_id"], "0.004")
    await order.reaches("PARTIALLY_FILLED")

    await order.modify(price=str(market.below_last("2%")))
    updated = await order.reaches("UPDATED")

    request = await wire.one("PUT /fapi/v1/order")
    assert Decimal(request.params["quantity"]) == Decimal("0.010")
    assert Decimal(updated["price"]) == market.below_last("2%")


@case("LMT-080", rule="Modify Order: price is mandatory")
async def test_amended_quantity_keeps_the_price(trader: Trader, wire: Wire, market: Market) -> None:
    """A new quantity for an open LIMIT order MUST amend it at the venue and leave its price as it was."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await order.modify(quantity="0.020")
    await order.reaches("UPDATED")

    request = await wire.one("PUT /fapi/v1/order")
    assert Decimal(request.params["price"]) == market.below_last("2%")


@case("LMT-090", rule="New Order, timeInForce IOC")
async def test_immediate_or_cancel_never_rests(trader: Trader, wire: Wire, market: Market) -> None:
    """An IOC order that finds nothing at its price MUST be sent as IOC and end EXPIRED in the trader."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%"), time_in_force="IOC"))

    await order.reaches("EXPIRED")

    request = await wire.one("POST /fapi/v1/order", newClientOrderId=order.id)
    assert request.params["timeInForce"] == "IOC"


@case("LMT-100", rule="New Order, timeInForce FOK", worlds=["simulator", "cassettes"])
async def test_fill_or_kill_fills_whole_or_not_at_all(trader: Trader, market: Market) -> None:
    """A FOK order larger than what is offered at its price MUST end REJECTED (-5021) and fill nothing."""
    near = market.above_last("0.1%")
    await market.offers(bids=[(market.below_last("0.1%"), "1")], asks=[(near, "0.004")])
    order = await trader.submit(limit("BUY", "0.010", near, time_in_force="FOK"))

    await order.reaches("REJECTED")

    order.never("PARTIALLY_FILLED", "FILLED")
    await trader.holds("0")


@case("LMT-110", rule="New Order, timeInForce GTD and goodTillDate", worlds=["simulator"])
async def test_good_till_date_is_told_to_the_venue(trader: Trader, wire: Wire, market: Market) -> None:
    """A GTD order MUST be sent as GTD with its goodTillDate, and be accepted."""
    expiry_ms = (int(time.time()) + 3600) * 1000
    order = await trader.submit(
        limit("BUY", "0.010", market.below_last("2%"), time_in_force="GTD", expire_time_ms=expiry_ms)
    )

    await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/order", newClientOrderId=order.id)
    assert request.params["timeInForce"] == "GTD"
    assert int(request.params.get("goodTillDate", 0)) == expiry_ms


@case("LMT-120", rule="New Order, reduceOnly", worlds=["simulator", "cassettes"])
async def test_reduce_only_limit_order_carries_the_flag(trader: Trader, wire: Wire, market: Market) -> None:
    """A reduce-only LIMIT order MUST carry the venue's flag for it."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")

    leaving = await trader.submit(limit("SELL", "0.010", market.above_last("2%"), reduce_only=True))
    await leaving.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/order", newClientOrderId=leaving.id)
    assert request.params.get("reduceOnly", "").lower() == "true"


@case(
    "CXL-020",
    rule="Cancel All Open Orders: a triggered stop is an order",
    worlds=["simulator", "cassettes"],
)
async def test_cancel_all_cancels_a_triggered_stop_limit(
    trader: Trader, wire: Wire, market: Market, faults: Faults
) -> None:
    """Cancelling all orders MUST cancel a stop limit order whose trigger was crossed and that rests in the book."""
    faults.delay_frame("ALGO_UPDATE", 0.1, X="FINISHED")  # back to back with the cancellation, 1.231 tells it twice
    trigger, price = market.below_last("2%"), market.below_last("1%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price))
    await order.reaches("ACCEPTED")
    await market.moves_to(market.below_last("3%"))
    await order.reaches("UPDATED")
    await wire.frame("ALGO_UPDATE", caid=order.id, X="TRIGGERED")
    await order.stands("ACCEPTED")

    await trader.cancel_all()

    await order.reaches("CANCELED")
    await wire.frame("ALGO_UPDATE", caid=order.id, X="FINISHED")


@case("CXL-030", rule="Cancel Multiple Orders")
async def test_cancelled_batch_is_cancelled(trader: Trader, market: Market) -> None:
    """Orders that are cancelled with one command MUST all end CANCELED, and the others stay open."""
    first = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    second = await trader.submit(limit("BUY", "0.010", market.below_last("3%")))
    third = await trader.submit(limit("BUY", "0.010", market.below_last("4%")))
    await first.reaches("ACCEPTED")
    await second.reaches("ACCEPTED")
    await third.reaches("ACCEPTED")

    await trader.cancel_batch([first, second])

    await first.reaches("CANCELED")
    await second.reaches("CANCELED")
    await trader.has_open(third.id)


@case("CXL-035", rule="Cancel Multiple Orders; Cancel Algo Order", upstream=["#3287"])
async def test_cancelled_batch_may_hold_stops(trader: Trader, market: Market) -> None:
    """Orders that are cancelled with one command MUST all end CANCELED, resting stop orders among them."""
    plain = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%")))
    await plain.reaches("ACCEPTED")
    await stop.reaches("ACCEPTED")

    await trader.cancel_batch([plain, stop])

    await plain.reaches("CANCELED")
    await stop.reaches("CANCELED")


@case("CXL-040", rule="Error codes: -2011 CANCEL_REJECTED", worlds=["simulator", "cassettes"])
async def test_refused_cancellation_leaves_the_order(trader: Trader, market: Market, faults: Faults) -> None:
    """A cancellation that the venue refuses MUST be CANCEL_REJECTED and leave the order open, not end it."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    faults.answer("DELETE /fapi/v1/order", 400, {"code": -2011, "msg": "Unknown order sent."}, times=None)

    await order.cancel()
    await order.reaches("CANCEL_REJECTED")

    await order.stands("ACCEPTED")


@case("CXL-045", rule="Error codes: -2011; Cancel Multiple Orders", worlds=["simulator", "cassettes"])
async def test_refused_item_of_a_batch_is_told(trader: Trader, market: Market, faults: Faults) -> None:
    """An order of a cancelled batch that the venue refuses to cancel MUST be CANCEL_REJECTED."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    faults.answer("DELETE /fapi/v1/batchOrders", 200, [{"code": -2011, "msg": "Unknown order sent."}])

    await trader.cancel_batch([order])
    await order.reaches("CANCEL_REJECTED")

    await order.stands("ACCEPTED")
