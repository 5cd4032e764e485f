"""Stop orders: they belong to the Algo service since 2025-12-09, from placement to trigger and cancellation."""

import asyncio
from decimal import Decimal

from conformance.cases.stops import ends_at_once, is_reconnected
from conformance.cases.times import AHEAD_MS, has_the_time_of
from conformance.kit import (
    Faults,
    Market,
    Trader,
    UserStream,
    Venue,
    Wire,
    case,
    equal,
    event_of,
    market_order,
    require,
    stop_limit,
    stop_market,
    take_profit_limit,
    take_profit_market,
    trailing_stop_market,
)


@case("STOP-010", card="TC-E21", rule="New Algo Order", upstream=["#3287"])
async def test_stop_market_rests_on_the_algo_service(trader: Trader, wire: Wire, market: Market) -> None:
    """A STOP_MARKET MUST be sent to the Algo service and be accepted under its algoId."""
    order = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%")))

    accepted = await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    equal("algoType", request.params["algoType"], "CONDITIONAL")
    equal("triggerPrice", request.params["triggerPrice"], market.below_last("2%"))
    equal("venue_order_id", accepted["venue_order_id"], str(request.answer["algoId"]))
    wire.none("place order")


@case("STOP-015", rule="Event: Algo Order Update, T: transaction time", needs=["unrecordable", "venue_acts"])
async def test_events_of_a_stop_have_the_time_of_the_venue(
    trader: Trader, venue: Venue, wire: Wire, market: Market
) -> None:
    """A stop's acceptance and its cancellation MUST be told with the time at which they were at the venue."""
    await venue.skews_clock(AHEAD_MS)
    order = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await order.cancel()
    cancelled = await order.reaches("CANCELED")

    for told, status in ((accepted, "NEW"), (cancelled, "CANCELED")):
        frame = await wire.frame("ALGO_UPDATE", caid=order.id, X=status)
        has_the_time_of(told, int(event_of(frame)["T"]))


@case(
    "STOP-020",
    card="TC-E21",
    rule="Event: Algo Order Update; its order carries the clientAlgoId",
    upstream=["#3287"],
    needs=["market_moves"],
)
async def test_triggered_stop_market_fills(trader: Trader, market: Market) -> None:
    """A STOP_MARKET whose trigger is crossed MUST fill in the trader and leave its position."""
    order = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await market.moves_to(market.below_last("3%"))
    filled = await order.reaches("FILLED")

    equal("filled_qty", filled["filled_qty"], Decimal("0.010"))
    await trader.holds("-0.010")


@case("STOP-030", card="TC-E40", rule="Cancel Algo Order", upstream=["#3287"])
async def test_stop_market_is_cancelled_at_the_algo_service(trader: Trader, wire: Wire, market: Market) -> None:
    """The cancellation of a resting STOP_MARKET MUST go to the Algo service and end it CANCELED."""
    order = await trader.submit(stop_market("BUY", "0.010", trigger=market.above_last("2%")))
    await order.reaches("ACCEPTED")

    await order.cancel()
    await order.reaches("CANCELED")

    await wire.one("DELETE /fapi/v1/algoOrder")
    wire.none("cancel order")


@case("STOP-040", card="TC-E23", rule="New Algo Order, type STOP", upstream=["#3287"])
async def test_stop_limit_rests_on_the_algo_service(trader: Trader, wire: Wire, market: Market) -> None:
    """A stop limit order MUST be sent to the Algo service as STOP with both its prices, and be accepted."""
    trigger, price = market.below_last("2%"), market.below_last("2.5%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price))

    await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    equal("type", request.params["type"], "STOP")
    equal("triggerPrice", request.params["triggerPrice"], trigger)
    equal("price", request.params["price"], price)


@case("STOP-050", card="TC-E23", rule="Event: Algo Order Update", upstream=["#3287"], needs=["market_moves"])
async def test_triggered_stop_limit_fills(trader: Trader, market: Market) -> None:
    """A stop limit order whose trigger is crossed MUST become a limit order and fill at its price or better."""
    trigger, price = market.below_last("2%"), market.below_last("4%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price))
    await order.reaches("ACCEPTED")

    await market.moves_to(market.below_last("3%"))
    filled = await order.reaches("FILLED")

    require(Decimal(filled["last_px"]) >= price, "a fill at the limit price or better", seen=filled["last_px"])
    await trader.holds("-0.010")


@case(
    "STOP-060",
    rule="New Algo Order, activatePrice and callbackRate of TRAILING_STOP_MARKET",
    upstream=["#3287"],
)
async def test_trailing_stop_carries_its_activation_price(trader: Trader, wire: Wire, market: Market) -> None:
    """A trailing stop MUST tell the Algo service its activation price and callback rate, and be accepted."""
    activation = market.above_last("1%")
    order = await trader.submit(trailing_stop_market("SELL", "0.010", callback_rate="1.0", activation=activation))

    await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    equal("type", request.params["type"], "TRAILING_STOP_MARKET")
    equal("callbackRate", request.params["callbackRate"], Decimal(1))
    equal("activatePrice", request.params["activatePrice"], activation)


@case(
    "STOP-070",
    card="TC-E25",
    rule="New Algo Order, type TAKE_PROFIT_MARKET",
    upstream=["#3287"],
    needs=["market_moves"],
)
async def test_triggered_take_profit_fills(trader: Trader, wire: Wire, market: Market) -> None:
    """A take-profit market order MUST rest on the Algo service, and fill in the trader once its trigger is crossed."""
    order = await trader.submit(take_profit_market("SELL", "0.010", trigger=market.above_last("2%")))
    await order.reaches("ACCEPTED")

    await market.moves_to(market.above_last("3%"))
    await order.reaches("FILLED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    equal("type", request.params["type"], "TAKE_PROFIT_MARKET")
    await trader.holds("-0.010")


@case("STOP-080", rule="New Algo Order, reduceOnly", upstream=["#3287"], needs=["market_moves", "reduce_only"])
async def test_reduce_only_stop_opens_nothing(trader: Trader, wire: Wire, market: Market) -> None:
    """A reduce-only STOP_MARKET MUST carry the flag, and MUST end REJECTED if triggered without a position."""
    order = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%"), reduce_only=True))
    await order.reaches("ACCEPTED")
    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    equal("reduceOnly", request.params.get("reduceOnly", "").lower(), "true")

    await market.moves_to(market.below_last("3%"))

    await order.reaches("REJECTED")
    await trader.holds("0")


@case("STOP-085", rule="New Algo Order, reduceOnly", upstream=["#3287"], needs=["reduce_only"])
async def test_reduce_only_stop_limit_carries_the_flag(trader: Trader, wire: Wire, market: Market) -> None:
    """A reduce-only STOP_LIMIT MUST carry the venue's flag for it."""
    trigger, price = market.below_last("2%"), market.below_last("3%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price, reduce_only=True))

    await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    equal("reduceOnly", request.params.get("reduceOnly", "").lower(), "true")


@case("STOP-090", rule="a triggered algo order is an order", upstream=["#3287"], needs=["market_moves"])
async def test_triggered_stop_limit_is_cancelled_as_an_order(
    trader: Trader, wire: Wire, market: Market, faults: Faults
) -> None:
    """A stop limit order that was triggered and rests MUST be known under its orderId and be cancelled by it."""
    trigger, price = market.below_last("2%"), market.below_last("1%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price))
    await order.reaches("ACCEPTED")
    await market.moves_to(market.below_last("3%"))
    child = await wire.frame("ORDER_TRADE_UPDATE", c=order.id, x="NEW")
    await order.reaches("UPDATED")
    await wire.frame("ALGO_UPDATE", caid=order.id, X="TRIGGERED")
    await order.stands("ACCEPTED")

    await ends_at_once(trader, faults, order.cancel)
    canceled = await order.reaches("CANCELED")

    request = await wire.one("cancel order")
    wire.none("DELETE /fapi/v1/algoOrder")
    equal("status", request.status, 200)
    equal("venue_order_id", canceled["venue_order_id"], str(event_of(child)["o"]["i"]))
    await wire.frame("ALGO_UPDATE", caid=order.id, X="FINISHED")


@case("STOP-100", rule="New Algo Order, timeInForce", upstream=["#3287"], needs=["market_moves", "expiries"])
async def test_triggered_stop_limit_ioc_never_rests(trader: Trader, wire: Wire, market: Market, faults: Faults) -> None:
    """An IOC stop limit order that finds nothing once triggered MUST end EXPIRED, not rest."""
    trigger, price = market.below_last("2%"), market.below_last("1%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price, time_in_force="IOC"))
    await order.reaches("ACCEPTED")

    # Its order's end and the algo order's are told at once, to a trader that is busy: however slow the machine is.
    at_once = asyncio.Event()
    held = faults.delay_frame("ALGO_UPDATE", until=at_once)
    await market.moves_to(market.below_last("3%"))
    await held.happens()
    await trader.is_busy(100)
    at_once.set()

    await order.reaches("EXPIRED")
    await wire.frame("ALGO_UPDATE", caid=order.id, X="FINISHED")


@case("STOP-110", rule="New Algo Order, workingType", upstream=["#3287"])
async def test_stop_on_the_mark_price_is_sent_as_such(trader: Trader, wire: Wire, market: Market) -> None:
    """A STOP_MARKET that watches the mark price MUST be sent with workingType MARK_PRICE."""
    order = await trader.submit(
        stop_market("SELL", "0.010", trigger=market.below_last("2%"), trigger_type="MARK_PRICE")
    )

    await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    equal("workingType", request.params.get("workingType"), "MARK_PRICE")


@case("STOP-115", rule="New Algo Order, workingType", upstream=["#3287"])
async def test_stop_limit_on_the_mark_price_is_sent_as_such(trader: Trader, wire: Wire, market: Market) -> None:
    """A STOP_LIMIT that watches the mark price MUST be sent with workingType MARK_PRICE."""
    trigger, price = market.below_last("2%"), market.below_last("3%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price, trigger_type="MARK_PRICE"))

    await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    equal("workingType", request.params.get("workingType"), "MARK_PRICE")


@case("STOP-120", rule="New Algo Order, type TAKE_PROFIT", upstream=["#3287"])
async def test_take_profit_limit_rests_on_the_algo_service(trader: Trader, wire: Wire, market: Market) -> None:
    """A take-profit limit order MUST be sent to the Algo service as TAKE_PROFIT, and be accepted."""
    order = await trader.submit(
        take_profit_limit("SELL", "0.010", trigger=market.above_last("2%"), price=market.above_last("1%"))
    )

    await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    equal("type", request.params["type"], "TAKE_PROFIT")


@case(
    "STOP-130",
    rule="New Algo Order, callbackRate and reduceOnly",
    upstream=["#3287"],
    needs=["reduce_only"],
)
async def test_trailing_stop_carries_a_broken_callback_rate(trader: Trader, wire: Wire, market: Market) -> None:
    """A reduce-only trailing stop MUST be sent with its flag and its callback rate as given, also a broken one."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")

    order = await trader.submit(trailing_stop_market("SELL", "0.010", callback_rate="1.5", reduce_only=True))
    await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    equal("callbackRate", request.params["callbackRate"], Decimal("1.5"))
    equal("reduceOnly", request.params.get("reduceOnly", "").lower(), "true")


@case(
    "STOP-140",
    rule="a triggered algo order is an order: Query Order, All Orders and Account Trade List have it",
    upstream=["#3287"],
    needs=["market_moves", "unrecordable", "orders_of_others"],
)
async def test_finished_stop_is_no_longer_open(
    trader: Trader, market: Market, faults: Faults, user_stream: UserStream
) -> None:
    """A triggered STOP_MARKET whose fill was told on a stream that was lost MUST be filled after the reconnect."""
    order = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%")))
    await order.reaches("ACCEPTED")
    for event in ("ORDER_TRADE_UPDATE", "ALGO_UPDATE", "ACCOUNT_UPDATE", "TRADE_LITE"):
        faults.lose(event, times=None, optional=True)

    await market.moves_to(market.below_last("3%"))
    await is_reconnected(trader, user_stream)

    await order.reaches("FILLED")
    await trader.holds("-0.010")
