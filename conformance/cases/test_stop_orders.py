"""Stop orders: they belong to the Algo service since 2025-12-09, from placement to trigger and cancellation."""

from decimal import Decimal

from conformance.cases.case import case
from conformance.checks.trader import Trader
from conformance.checks.wire import Wire
from conformance.subject.orders import stop_limit, stop_market, take_profit_market, trailing_stop_market
from conformance.worlds.market import Market


@case("STOP-010", card="TC-E21", rule="New Algo Order", upstream=["#3287"])
async def test_stop_market_rests_on_the_algo_service(trader: Trader, wire: Wire, market: Market) -> None:
    """A STOP_MARKET MUST be sent to the Algo service and be accepted under its algoId."""
    order = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%")))

    accepted = await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    assert request.params["algoType"] == "CONDITIONAL"
    assert Decimal(request.params["triggerPrice"]) == market.below_last("2%")
    assert accepted["venue_order_id"] == str(request.answer["algoId"])
    wire.none("POST /fapi/v1/order")


@case(
    "STOP-020",
    card="TC-E21",
    rule="Event: Algo Order Update; its order carries the clientAlgoId",
    upstream=["#3287"],
    worlds=["simulator", "cassettes"],
)
async def test_triggered_stop_market_fills(trader: Trader, market: Market) -> None:
    """A STOP_MARKET whose trigger is crossed MUST fill in the trader and leave its position."""
    order = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await market.moves_to(market.below_last("3%"))
    filled = await order.reaches("FILLED")

    assert Decimal(filled["filled_qty"]) == Decimal("0.010")
    await trader.holds("-0.010")


@case("STOP-030", card="TC-E40", rule="Cancel Algo Order", upstream=["#3287"])
async def test_stop_market_is_cancelled_at_the_algo_service(trader: Trader, wire: Wire, market: Market) -> None:
    """The cancellation of a resting STOP_MARKET MUST go to the Algo service and end it CANCELED."""
    order = await trader.submit(stop_market("BUY", "0.010", trigger=market.above_last("2%")))
    await order.reaches("ACCEPTED")

    await order.cancel()
    await order.reaches("CANCELED")

    await wire.one("DELETE /fapi/v1/algoOrder")
    wire.none("DELETE /fapi/v1/order")


@case("STOP-040", card="TC-E23", rule="New Algo Order, type STOP", upstream=["#3287"])
async def test_stop_limit_rests_on_the_algo_service(trader: Trader, wire: Wire, market: Market) -> None:
    """A stop limit order MUST be sent to the Algo service as STOP with both its prices, and be accepted."""
    trigger, price = market.below_last("2%"), market.below_last("2.5%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price))

    await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    assert request.params["type"] == "STOP"
    assert Decimal(request.params["triggerPrice"]) == trigger
    assert Decimal(request.params["price"]) == price


@case(
    "STOP-050",
    card="TC-E23",
    rule="Event: Algo Order Update",
    upstream=["#3287"],
    worlds=["simulator", "cassettes"],
)
async def test_triggered_stop_limit_fills(trader: Trader, market: Market) -> None:
    """A stop limit order whose trigger is crossed MUST become a limit order and fill at its price or better."""
    trigger, price = market.below_last("2%"), market.below_last("4%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price))
    await order.reaches("ACCEPTED")

    await market.moves_to(market.below_last("3%"))
    filled = await order.reaches("FILLED")

    assert Decimal(filled["last_px"]) >= price
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
    assert request.params["type"] == "TRAILING_STOP_MARKET"
    assert Decimal(request.params["callbackRate"]) == 1
    assert "activatePrice" in request.params, "no activatePrice in the request"
    assert Decimal(request.params["activatePrice"]) == activation


@case(
    "STOP-070",
    card="TC-E25",
    rule="New Algo Order, type TAKE_PROFIT_MARKET",
    upstream=["#3287"],
    worlds=["simulator", "cassettes"],
)
async def test_triggered_take_profit_fills(trader: Trader, wire: Wire, market: Market) -> None:
    """A take-profit market order MUST rest on the Algo service, and fill in the trader once its trigger is crossed."""
    order = await trader.submit(take_profit_market("SELL", "0.010", trigger=market.above_last("2%")))
    await order.reaches("ACCEPTED")

    await market.moves_to(market.above_last("3%"))
    await order.reaches("FILLED")

    request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    assert request.params["type"] == "TAKE_PROFIT_MARKET"
    await trader.holds("-0.010")
