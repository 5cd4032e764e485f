"""Market orders: sent, filled, and booked."""

from dataclasses import replace
from decimal import Decimal

from conformance.kit import Market, Trader, Venue, Wire, case, equal, market_order, require


@case("MKT-010", card="TC-E01", rule="New Order, type MARKET")
async def test_market_buy_fills(trader: Trader, wire: Wire) -> None:
    """A market BUY MUST be sent once, be filled in full, and leave the trader long by its quantity."""
    order = await trader.submit(market_order("BUY", "0.010"))

    filled = await order.reaches("FILLED")

    request = await wire.one("place order", newClientOrderId=order.id)
    equal("type", request.params["type"], "MARKET")
    equal("side", request.params["side"], "BUY")
    equal("venue_order_id", filled["venue_order_id"], str(request.answer["orderId"]))
    equal("filled_qty", filled["filled_qty"], Decimal("0.010"))
    await trader.holds("0.010")


@case("MKT-020", card="TC-E02", rule="New Order, type MARKET")
async def test_market_sell_fills(trader: Trader, wire: Wire) -> None:
    """A market SELL MUST be sent once, be filled in full, and leave the trader short by its quantity."""
    order = await trader.submit(market_order("SELL", "0.010"))

    await order.reaches("FILLED")

    request = await wire.one("place order", newClientOrderId=order.id)
    equal("side", request.params["side"], "SELL")
    await trader.holds("-0.010")


@case("MKT-030", card="TC-E61", rule="New Order, reduceOnly", needs=["reduce_only"])
async def test_reduce_only_closes_the_position(trader: Trader, wire: Wire) -> None:
    """A reduce-only market order MUST carry the venue's flag for it and leave the trader flat."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")

    leaving = await trader.submit(market_order("SELL", "0.010", reduce_only=True))
    await leaving.reaches("FILLED")

    request = await wire.one("place order", newClientOrderId=leaving.id)
    equal("reduceOnly", request.params.get("reduceOnly", "").lower(), "true")
    await trader.holds("0")


@case("MKT-040", rule="Event: Order Update, one x TRADE for each trade", needs=["market_moves"])
async def test_order_over_several_levels_is_booked_trade_by_trade(trader: Trader, market: Market) -> None:
    """A market order that takes several price levels MUST be booked as the venue's single trades, each at its price."""
    near, far = market.above_last("0.1%"), market.above_last("0.2%")
    await market.offers(bids=[(market.below_last("0.1%"), "1")], asks=[(near, "0.004"), (far, "1")])
    order = await trader.submit(market_order("BUY", "0.010"))

    first = await order.reaches("PARTIALLY_FILLED")
    last = await order.reaches("FILLED")

    equal("last_qty", first["last_qty"], Decimal("0.004"))
    equal("last_px", first["last_px"], near)
    equal("last_qty", last["last_qty"], Decimal("0.006"))
    equal("last_px", last["last_px"], far)
    require(first["trade_id"] != last["trade_id"], "a trade id of its own for each trade", seen=first["trade_id"])
    await trader.holds("0.010")


@case(
    "MKT-050",
    rule="New Order, quantity is a decimal number",
    needs=["other_symbols"],
    profile="quiet",
    why="the risk engine of 2.x denies by itself what the account cannot pay: here the quantity is to be sent",
)
async def test_large_quantity_is_sent_in_full(trader: Trader, wire: Wire) -> None:
    """A quantity of many digits MUST be sent as a plain decimal number, all its digits kept, if only to be refused."""
    order = await trader.submit(replace(market_order("BUY", "12345671"), symbol="DOGEUSDT"))

    await order.reaches("REJECTED")

    request = await wire.one("place order", newClientOrderId=order.id)
    equal("quantity", request.params["quantity"], "12345671")


@case(
    "MKT-120",
    rule="Order status EXPIRED: a market order that finds nothing more; Event: Order Update",
    needs=["market_moves", "unrecordable", "expiries"],
)
async def test_order_that_runs_the_book_dry_ends(trader: Trader, venue: Venue, market: Market) -> None:
    """A market order that takes all that is offered MUST end EXPIRED, its fill being held."""
    await market.offers(asks=[(market.above_last("0.1%"), "0.004")])

    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("EXPIRED")

    await trader.holds("0.004")
    await venue.confirms(order)
