"""Prices that a trader asks for while its market streams are away: orders that are held back in such a moment."""

import asyncio
from dataclasses import dataclass

from conformance.cases.emulated import NEEDS, UNASKED
from conformance.cases.stream_upgrades import CUT, REFUSED, Upgrade
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    MarketStreams,
    Traders,
    Wire,
    case,
    require,
    stop_market,
)
from conformance.kit.waiting import comes_true


@dataclass(frozen=True, kw_only=True)
class _Watched(AxisValue):
    """By which price an order is released, and what the trader hears before, which is not that."""

    trigger: str
    heard: str


_WATCHED = (
    _Watched(name="last", words="the last price", trigger="LAST_PRICE", heard="quotes"),
    _Watched(name="bid-ask", words="bid and ask", trigger="BID_ASK", heard="trades"),
)


@case.each(
    "EMU-460",
    axes={"watched": _WATCHED, "opening": (CUT, REFUSED)},
    tier="full",
    core=["bid-ask.503"],
    rule="Live Subscribing/Unsubscribing to streams: what is to be told is asked for on a connection that is open",
    needs=NEEDS,
    trader=UNASKED,
)
async def test_price_asked_for_while_the_streams_are_away(
    traders: Traders,
    wire: Wire,
    market: Market,
    faults: Faults,
    market_streams: MarketStreams,
    watched: _Watched,
    opening: Upgrade,
) -> None:
    """A stop that is held back for {watched} while the market streams are {opening} MUST be released by it later."""
    trader = await traders.start(subscribe=[watched.heard])
    await trader.settles()
    over = asyncio.Event()
    away = faults.upgrade("market", opening.opening, times=None, until=over)

    async def knocks() -> bool:
        return away.applied > 0

    await market_streams.drop()
    require(await comes_true(trader.history, knocks, within_s=10.0), "the market streams opened anew", seen=away)
    stop = stop_market("SELL", "0.010", trigger=market.below_last("1%"))
    order = await trader.submit(stop.but(emulation_trigger=watched.trigger))
    await order.reaches("EMULATED")
    over.set()
    await market_streams.are_open_again(within_s=20.0)
    await market.moves_to(market.below_last("2%"))

    await order.reaches("FILLED")
    await wire.one("place order", newClientOrderId=order.id)
