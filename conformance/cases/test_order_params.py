"""What goes beside an order, in the params of the Binance client: what they cannot mean is refused, and never sent."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.cases.transports import OVER, configured_for
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_limit,
    stop_market,
)

_REFUSED = ("DENIED", "REJECTED")


@dataclass(frozen=True, kw_only=True)
class _Asked(AxisValue):
    """An order whose params contradict it, or mean nothing."""

    make: Callable[[Market], OrderRequest]


def _limit(market: Market) -> OrderRequest:
    return limit("SELL", "0.010", market.above_last("2%"))


def _stop(market: Market) -> OrderRequest:
    return stop_market("SELL", "0.010", trigger=market.below_last("2%"))


def _stop_limit(market: Market) -> OrderRequest:
    return stop_limit("SELL", "0.010", trigger=market.below_last("2%"), price=market.below_last("2.1%"))


_MATCHES = (
    _Asked(
        name="no-word",
        words="a price match that the venue does not know",
        make=lambda m: _limit(m).but(params={"price_match": "BEST"}),
    ),
    _Asked(
        name="post-only",
        words="a price match that takes, of a post-only order",
        make=lambda m: _limit(m).but(post_only=True, params={"price_match": "OPPONENT"}),
    ),
    _Asked(
        name="display",
        words="a price match of an order that shows a part",
        make=lambda m: _limit(m).but(display_qty="0.005", params={"price_match": "QUEUE"}),
    ),
    _Asked(
        name="market",
        words="a price match of a MARKET order",
        make=lambda _: market_order("SELL", "0.010").but(params={"price_match": "QUEUE"}),
    ),
    _Asked(
        name="stop",
        words="a price match of a STOP_MARKET order",
        make=lambda m: _stop(m).but(params={"price_match": "QUEUE"}),
    ),
)
_CLOSINGS = (
    _Asked(
        name="limit",
        words="a LIMIT order that closes the position",
        make=lambda m: _limit(m).but(params={"close_position": True}),
    ),
    _Asked(
        name="stop-limit",
        words="a STOP_LIMIT order that closes the position",
        make=lambda m: _stop_limit(m).but(params={"close_position": True}),
    ),
)


@case.each(
    {f"KIND-{951 + number}": {"asked": asked} for number, asked in enumerate(_MATCHES)},
    rule="New Order, priceMatch: OPPONENT, QUEUE and their kin, of LIMIT, STOP and TAKE_PROFIT; none beside a price",
    needs=["price_match", "unrecordable"],
)
async def test_price_match_that_cannot_be_is_refused(trader: Trader, market: Market, asked: _Asked) -> None:
    """Asked for {asked}, the trader MUST refuse it with an event, and have no order of it live at the venue."""
    order = await trader.submit(asked.make(market))

    await order.reaches(*_REFUSED)


@case.each(
    {f"KIND-{961 + number}": {"asked": asked} for number, asked in enumerate(_CLOSINGS)},
    rule="New Algo Order, closePosition: true or false, of STOP_MARKET and TAKE_PROFIT_MARKET",
    needs=["close_position_stops", "unrecordable", "orders_of_others"],
)
async def test_closing_that_cannot_be_is_refused(trader: Trader, venue: Venue, market: Market, asked: _Asked) -> None:
    """Asked for {asked}, the trader MUST refuse it with an event, and have no order of it live at the venue."""
    await venue.opens_position("BUY", "0.010")
    await trader.holds("0.010")

    order = await trader.submit(asked.make(market))

    await order.reaches(*_REFUSED)


@case.each(
    {"LMT-910": {"over": OVER[0]}, "LMT-911": {"over": OVER[1]}},
    tier="full",
    core=["LMT-910"],
    rule="New Order, timeInForce RPI: post-only, rests until the app's orders take it",
    needs=["rpi_orders", "unrecordable"],
)
async def test_order_for_the_app_alone_rests_as_one(
    traders: Traders, venue: Venue, wire: Wire, market: Market, over: AxisValue
) -> None:
    """An order that is to be RPI, sent over {over}, MUST rest as one: as GTX, every taker of the book would meet it."""
    trader = await traders.start(**configured_for(over))
    price = market.below_last("2%")
    order = await trader.submit(limit("BUY", "0.010", price, post_only=True).but(params={"rpi": True}))

    await order.reaches("ACCEPTED")

    (sent,) = wire.asked("place order")
    equal("timeInForce", sent.params.get("timeInForce"), "RPI")
    await venue.confirms(order)
