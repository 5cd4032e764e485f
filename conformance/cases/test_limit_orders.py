"""Limit orders: accepted, amended, cancelled, filled."""

import time
from decimal import Decimal

from conformance.cases.times import AHEAD_MS, has_the_time_of
from conformance.kit import (
    Market,
    OrderRequest,
    Trader,
    Venue,
    Wire,
    case,
    equal,
    event_of,
    limit,
    market_order,
    stop_limit,
    take_profit_limit,
)


@case("LMT-010", card="TC-E10", rule="New Order, type LIMIT")
async def test_limit_order_is_accepted(trader: Trader, wire: Wire, market: Market) -> None:
    """A LIMIT order away from the market MUST be accepted under the venue's orderId and stay open."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    accepted = await order.reaches("ACCEPTED")

    request = await wire.one("place order", newClientOrderId=order.id)
    equal("timeInForce", request.params["timeInForce"], "GTC")
    equal("price", request.params["price"], market.below_last("2%"))
    equal("venue_order_id", accepted["venue_order_id"], str(request.answer["orderId"]))


@case("LMT-020", card="TC-E30", rule="Modify Order")
async def test_limit_order_is_amended(trader: Trader, wire: Wire, market: Market) -> None:
    """A modification of an open LIMIT order MUST amend it at the venue, not replace it, and update the trader."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("3%")))
    await order.reaches("ACCEPTED")

    await order.modify(price=str(market.below_last("2%")), quantity="0.020")
    updated = await order.reaches("UPDATED")

    await wire.one("modify order")
    wire.none("cancel order")
    equal("price", updated["price"], market.below_last("2%"))
    equal("quantity", updated["quantity"], Decimal("0.020"))


@case("LMT-030", card="TC-E40", rule="Cancel Order")
async def test_limit_order_is_cancelled(trader: Trader, wire: Wire, market: Market) -> None:
    """A cancelled LIMIT order MUST end CANCELED, with one request to the venue."""
    order = await trader.submit(limit("SELL", "0.010", market.above_last("2%")))
    await order.reaches("ACCEPTED")

    await order.cancel()
    await order.reaches("CANCELED")

    await wire.one("cancel order")


@case("LMT-040", card="TC-E13", rule="Event: Order Update, x TRADE", needs=["market_moves"])
async def test_resting_limit_order_fills_as_maker(trader: Trader, market: Market) -> None:
    """A resting LIMIT order MUST fill as maker at its own price when the market crosses it."""
    price = market.below_last("2%")
    order = await trader.submit(limit("BUY", "0.010", price))
    await order.reaches("ACCEPTED")

    await market.moves_to(market.below_last("3%"))
    filled = await order.reaches("FILLED")

    equal("liquidity", filled["liquidity"], "MAKER")
    equal("last_px", filled["last_px"], price)
    await trader.holds("0.010")


@case("LMT-050", card="TC-E70", rule="New Order, timeInForce GTX (-5022)")
async def test_crossing_post_only_order_is_rejected(trader: Trader, wire: Wire, market: Market) -> None:
    """A post-only order that would take MUST be sent as GTX and end REJECTED, and nothing may fill."""
    order = await trader.submit(limit("BUY", "0.010", market.above_last("2%"), post_only=True))

    await order.reaches("REJECTED")

    request = await wire.one("place order", newClientOrderId=order.id)
    equal("timeInForce", request.params["timeInForce"], "GTX")
    equal("code", request.answer["code"], -5022)
    await trader.holds("0")


@case("LMT-055", rule="New Order, timeInForce GTX (-5022)")
async def test_crossing_post_only_rejection_is_told_as_such(trader: Trader, market: Market) -> None:
    """The rejection of a post-only order that would take MUST say in the trader's event that this was why."""
    order = await trader.submit(limit("BUY", "0.010", market.above_last("2%"), post_only=True))

    rejected = await order.reaches("REJECTED")

    equal("due_post_only", rejected.get("due_post_only"), True)


@case("LMT-060", rule="Event: Order Update, X PARTIALLY_FILLED", needs=["market_moves"])
async def test_partly_filled_order_stays_open_with_what_it_filled(trader: Trader, market: Market) -> None:
    """A resting LIMIT order that is filled in part MUST stay open, hold what it filled, and be cancellable."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")

    await market.takes(accepted["venue_order_id"], "0.004")
    filled = await order.reaches("PARTIALLY_FILLED")
    equal("last_qty", filled["last_qty"], Decimal("0.004"))
    await trader.holds("0.004")
    await trader.has_open(order.id)

    await order.cancel()
    await order.reaches("CANCELED")
    await trader.holds("0.004")


@case(
    "LMT-065",
    rule="Event: Order Update, T: order trade time",
    needs=["unrecordable", "market_moves", "venue_acts"],
)
async def test_events_have_the_time_of_the_venue(trader: Trader, venue: Venue, wire: Wire, market: Market) -> None:
    """An acceptance, a fill and a cancellation MUST be told with the time at which they were at the venue."""
    await venue.skews_clock(AHEAD_MS)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await market.takes(accepted["venue_order_id"], "0.004")
    filled = await order.reaches("PARTIALLY_FILLED")
    await order.cancel()
    cancelled = await order.reaches("CANCELED")

    for told, execution in ((accepted, "NEW"), (filled, "TRADE"), (cancelled, "CANCELED")):
        frame = await wire.frame("ORDER_TRADE_UPDATE", c=order.id, x=execution)
        has_the_time_of(told, int(event_of(frame)["o"]["T"]))


@case("LMT-070", rule="Modify Order: quantity is the order's whole", needs=["market_moves"])
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

    request = await wire.one("modify order")
    equal("quantity", request.params["quantity"], Decimal("0.010"))
    equal("price", updated["price"], market.below_last("2%"))


@case("LMT-080", rule="Modify Order: price is mandatory")
async def test_amended_quantity_keeps_the_price(trader: Trader, wire: Wire, market: Market) -> None:
    """A new quantity for an open LIMIT order MUST amend it at the venue and leave its price as it was."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await order.modify(quantity="0.020")
    await order.reaches("UPDATED")

    request = await wire.one("modify order")
    equal("price", request.params["price"], market.below_last("2%"))


@case(
    "LMT-085", rule="Modify Order: price and quantity are DECIMAL, in digits", needs=["unrecordable", "other_symbols"]
)
async def test_amended_price_has_all_its_digits(trader: Trader, wire: Wire) -> None:
    """An amendment to a price of several digits MUST be sent in these digits, and be known by them."""
    order = await trader.submit(limit("BUY", "0.100", "1900.01").but(symbol="ETHUSDT"))
    await order.reaches("ACCEPTED")

    await order.modify(price="1900.37")
    updated = await order.reaches("UPDATED")

    request = await wire.one("modify order")
    equal("price", Decimal(request.params["price"]), Decimal("1900.37"))
    equal("price", Decimal(str(updated["price"])), Decimal("1900.37"))
    await order.cancel()
    await order.reaches("CANCELED")


@case("LMT-090", rule="New Order, timeInForce IOC", needs=["expiries"])
async def test_immediate_or_cancel_never_rests(trader: Trader, wire: Wire, market: Market) -> None:
    """An IOC order that finds nothing at its price MUST be sent as IOC and end EXPIRED in the trader."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%"), time_in_force="IOC"))

    await order.reaches("EXPIRED")

    request = await wire.one("place order", newClientOrderId=order.id)
    equal("timeInForce", request.params["timeInForce"], "IOC")


@case("LMT-100", rule="New Order, timeInForce FOK", needs=["market_moves"])
async def test_fill_or_kill_fills_whole_or_not_at_all(trader: Trader, market: Market) -> None:
    """A FOK order larger than what is offered at its price MUST end REJECTED (-5021) and fill nothing."""
    near = market.above_last("0.1%")
    await market.offers(bids=[(market.below_last("0.1%"), "1")], asks=[(near, "0.004")])
    order = await trader.submit(limit("BUY", "0.010", near, time_in_force="FOK"))

    await order.reaches("REJECTED")

    order.never("PARTIALLY_FILLED", "FILLED")
    await trader.holds("0")


@case("LMT-110", rule="New Order, timeInForce GTD and goodTillDate", needs=["gtd", "unrecordable"])
async def test_good_till_date_is_told_to_the_venue(trader: Trader, wire: Wire, market: Market) -> None:
    """A GTD order MUST be sent as GTD with its goodTillDate, and be accepted."""
    expiry_ms = (int(time.time()) + 3600) * 1000
    order = await trader.submit(
        limit("BUY", "0.010", market.below_last("2%"), time_in_force="GTD", expire_time_ms=expiry_ms)
    )

    await order.reaches("ACCEPTED")

    request = await wire.one("place order", newClientOrderId=order.id)
    equal("timeInForce", request.params["timeInForce"], "GTD")
    equal("goodTillDate", request.params["goodTillDate"], expiry_ms)


def _with_a_date(kind: str, market: Market) -> OrderRequest:
    """Return an order of a kind, good till an instant in an hour, half a second after a whole one."""
    if kind == "LIMIT":
        asked = limit("BUY", "0.010", market.below_last("2%"))
    elif kind == "stop limit":
        asked = stop_limit("BUY", "0.010", trigger=market.above_last("1%"), price=market.above_last("2%"))
    else:
        asked = take_profit_limit("BUY", "0.010", trigger=market.below_last("2%"), price=market.below_last("1%"))
    return asked.but(time_in_force="GTD", expire_time_ms=(int(time.time()) + 3600) * 1000 + 500)


@case.each(
    {
        "LMT-590": {"kind": "LIMIT"},
        "LMT-591": {"kind": "stop limit"},
        "LMT-592": {"kind": "take-profit limit"},
    },
    tier="full",
    core=["LMT-590"],
    rule="New Order, New Algo Order, goodTillDate: the timestamp only retains second-level precision, ms part will be "
    "ignored",
    needs=["gtd", "unrecordable"],
)
async def test_date_with_a_part_of_a_second_is_taken(trader: Trader, wire: Wire, market: Market, kind: str) -> None:
    """A GTD {kind} order whose date has a part of a second MUST be accepted, good till the second of it."""
    asked = _with_a_date(kind, market)
    order = await trader.submit(asked)

    await order.reaches("ACCEPTED")

    if kind == "LIMIT":
        request = await wire.one("place order", newClientOrderId=order.id)
    else:
        request = await wire.one("place stop", clientAlgoId=order.id)
    equal("timeInForce", request.params["timeInForce"], "GTD")
    equal("second", int(request.params["goodTillDate"]) // 1000, (asked.expire_time_ms or 0) // 1000)


@case(
    "LMT-593",
    rule="Place Multiple Orders, goodTillDate: ms part will be ignored",
    needs=["gtd", "unrecordable"],
)
async def test_dates_with_a_part_of_a_second_are_taken_in_a_list(trader: Trader, market: Market) -> None:
    """GTD orders of a list whose dates have a part of a second MUST be accepted."""
    orders = await trader.submit_list([_with_a_date("LIMIT", market), _with_a_date("LIMIT", market)])

    for order in orders:
        await order.reaches("ACCEPTED")


@case("LMT-120", rule="New Order, reduceOnly", needs=["reduce_only"])
async def test_reduce_only_limit_order_carries_the_flag(trader: Trader, wire: Wire, market: Market) -> None:
    """A reduce-only LIMIT order MUST carry the venue's flag for it."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")

    leaving = await trader.submit(limit("SELL", "0.010", market.above_last("2%"), reduce_only=True))
    await leaving.reaches("ACCEPTED")

    request = await wire.one("place order", newClientOrderId=leaving.id)
    equal("reduceOnly", request.params.get("reduceOnly", "").lower(), "true")
