"""Market orders: sent, filled, and booked."""

from decimal import Decimal

from conformance.cases.case import case
from conformance.checks.trader import Trader
from conformance.checks.wire import Wire
from conformance.subject.orders import market


@case("MKT-010", card="TC-E01", rule="New Order, type MARKET")
async def test_market_buy_fills(trader: Trader, wire: Wire) -> None:
    """A market BUY MUST be sent once, be filled in full, and leave the trader long by its quantity."""
    order = await trader.submit(market("BUY", "0.010"))

    filled = await order.reaches("FILLED")

    request = await wire.one("POST /fapi/v1/order", newClientOrderId=order.id)
    assert request.params["type"] == "MARKET"
    assert request.params["side"] == "BUY"
    assert filled["venue_order_id"] == str(request.answer["orderId"])
    assert Decimal(filled["filled_qty"]) == Decimal("0.010")
    await trader.holds("0.010")


@case("MKT-020", card="TC-E02", rule="New Order, type MARKET")
async def test_market_sell_fills(trader: Trader, wire: Wire) -> None:
    """A market SELL MUST be sent once, be filled in full, and leave the trader short by its quantity."""
    order = await trader.submit(market("SELL", "0.010"))

    await order.reaches("FILLED")

    request = await wire.one("POST /fapi/v1/order", newClientOrderId=order.id)
    assert request.params["side"] == "SELL"
    await trader.holds("-0.010")


@case("MKT-030", card="TC-E61", rule="New Order, reduceOnly")
async def test_reduce_only_closes_the_position(trader: Trader, wire: Wire) -> None:
    """A reduce-only market order MUST carry the venue's flag for it and leave the trader flat."""
    entry = await trader.submit(market("BUY", "0.010"))
    await entry.reaches("FILLED")

    leaving = await trader.submit(market("SELL", "0.010", reduce_only=True))
    await leaving.reaches("FILLED")

    request = await wire.one("POST /fapi/v1/order", newClientOrderId=leaving.id)
    assert request.params["reduceOnly"].lower() == "true"
    await trader.holds("0")
