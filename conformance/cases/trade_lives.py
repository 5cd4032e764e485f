"""What orders have traded: in parts, at several prices, as maker and taker, for a position that is turned."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Side,
    Trader,
    Venue,
    limit,
    market_order,
    stop_market,
)


@dataclass(frozen=True)
class Dealer:
    """A trader, its market and its venue."""

    trader: Trader
    market: Market
    venue: Venue

    async def rests(self, request: OrderRequest) -> tuple[Order, str]:
        """Have an order accepted; return it, and the venue's id of it."""
        order = await self.trader.submit(request)
        return order, str((await order.reaches("ACCEPTED"))["venue_order_id"])

    async def trades(self, *sides_and_quantities: str) -> None:
        """Trade at the market, one after another and each at a price of its own: "BUY 0.010"."""
        for each in sides_and_quantities:
            side, quantity = each.split()
            await self.market.moves_to(self.market.above_last("1%"))
            order = await self.trader.submit(market_order(_SIDES[side], quantity))
            await order.reaches("FILLED")


_SIDES: dict[str, Side] = {"BUY": "BUY", "SELL": "SELL"}


async def _parts(dealer: Dealer) -> None:
    order, number = await dealer.rests(limit("BUY", "0.010", dealer.market.below_last("2%")))
    await dealer.market.takes(number, "0.004")
    await order.reaches("PARTIALLY_FILLED")
    await order.modify(price=str(dealer.market.below_last("3%")), quantity="0.012")
    await order.reaches("UPDATED")
    await dealer.market.takes(number, "0.005")
    await order.reaches("PARTIALLY_FILLED")


async def _levels(dealer: Dealer) -> None:
    market = dealer.market
    asks = [(market.above_last(f"0.{far}%"), quantity) for far, quantity in ((1, "0.002"), (2, "0.003"), (4, "9"))]
    await market.offers(bids=[(market.below_last("0.1%"), "9")], asks=asks)
    order = await dealer.trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")


async def _taker_first(dealer: Dealer) -> None:
    market = dealer.market
    ask = market.above_last("0.1%")
    await market.offers(bids=[(market.below_last("0.1%"), "9")], asks=[(ask, "0.004")])
    order = await dealer.trader.submit(limit("BUY", "0.010", market.above_last("0.2%")))
    filled = await order.reaches("PARTIALLY_FILLED")
    await market.takes(str(filled["venue_order_id"]), "0.006")
    await order.reaches("FILLED")


async def _cancelled(dealer: Dealer) -> None:
    order, number = await dealer.rests(limit("SELL", "0.010", dealer.market.above_last("2%")))
    await dealer.market.takes(number, "0.004")
    await order.reaches("PARTIALLY_FILLED")
    await order.cancel()
    await order.reaches("CANCELED")


async def _stop(dealer: Dealer) -> None:
    await dealer.trades("BUY 0.010")
    stop, _ = await dealer.rests(stop_market("SELL", "0.006", trigger=dealer.market.below_last("1%")))
    await dealer.trader.settles()
    await dealer.market.moves_to(dealer.market.below_last("3%"))
    await stop.reaches("FILLED")


async def _in_bnb(dealer: Dealer) -> None:
    await dealer.venue.transfers("10", asset="BNB")
    await dealer.venue.burns_bnb()
    await dealer.trades("BUY 0.010", "SELL 0.004")


def _by(*trades: str) -> Callable[[Dealer], Awaitable[Any]]:
    return lambda dealer: dealer.trades(*trades)


@dataclass(frozen=True, kw_only=True)
class TradeLife(AxisValue):
    """What has been traded, by a trader that begins flat."""

    happens: Callable[[Dealer], Awaitable[Any]]


TRADE_LIVES = (
    TradeLife(name="parts", words="an order that filled in parts and was amended between them", happens=_parts),
    TradeLife(name="levels", words="an order that filled at three prices at once", happens=_levels),
    TradeLife(name="taker-first", words="an order that took and then rested until it was taken", happens=_taker_first),
    TradeLife(name="cancelled", words="an order that was cancelled after a part of it filled", happens=_cancelled),
    TradeLife(name="stop", words="a stop that reduced a position", happens=_stop),
    TradeLife(
        name="reduced",
        words="a position that grew, shrank and grew",
        happens=_by("BUY 0.010", "BUY 0.006", "SELL 0.004", "BUY 0.002"),
    ),
    TradeLife(
        name="closed", words="a short that was closed in parts", happens=_by("SELL 0.010", "BUY 0.004", "BUY 0.006")
    ),
    TradeLife(
        name="renewed",
        words="a position opened after one that was closed",
        happens=_by("BUY 0.010", "SELL 0.010", "SELL 0.004"),
    ),
    TradeLife(
        name="turned",
        words="a position that an order turned around",
        happens=_by("BUY 0.010", "SELL 0.016", "BUY 0.002"),
    ),
    TradeLife(name="bnb", words="trades whose commission was taken in BNB", happens=_in_bnb, needs=("venue_acts",)),
)
