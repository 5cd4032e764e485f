"""Emulated orders: held back by the trader until a price of the venue's market streams releases them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.emulated import HELD, NEEDS, UNASKED, Held
from conformance.kit import (
    AxisValue,
    Market,
    MarketStreams,
    Trader,
    Wire,
    case,
    stop_market,
)

_RULE = "Aggregate Trade Streams; Individual Symbol Book Ticker Streams; Connect: an address is valid for 24 hours"


@dataclass(frozen=True, kw_only=True)
class Watched(AxisValue):
    """The kind of price that releases an order."""

    trigger: str


@dataclass(frozen=True, kw_only=True)
class Outage(AxisValue):
    """How the market streams end."""

    happens: Callable[[MarketStreams], Awaitable[None]]


async def _pings_and_closes(streams: MarketStreams) -> None:
    await streams.ping()
    await streams.close()


WATCHED = (
    Watched(name="last", words="the last price", trigger="LAST_PRICE"),
    Watched(name="bid-ask", words="bid and ask", trigger="BID_ASK"),
)
OUTAGES = (
    Outage(name="reset", words="been reset", happens=MarketStreams.drop),
    Outage(name="closed", words="been closed, as after 24 hours", happens=MarketStreams.close),
    Outage(name="ping-closed", words="been closed right behind a ping", happens=_pings_and_closes),
)


@case.each(
    "EMU-010",
    axes={"held": HELD, "watched": WATCHED},
    tier="full",
    core=["stop.last", "limit.bid-ask"],
    rule=_RULE,
    needs=NEEDS,
    trader=UNASKED,
)
async def test_price_releases_an_order(
    trader: Trader, wire: Wire, market: Market, held: Held, watched: Watched
) -> None:
    """{held} that the trader holds back MUST be sent once {watched} has come to its trigger, once, and fill."""
    order = await trader.submit(held.make(market).but(emulation_trigger=watched.trigger))
    await trader.settles()
    wire.none("place order")

    await market.moves_to(held.at(market, "2%"))
    await order.reaches("FILLED")

    # That what is sent is what the order becomes, invariant 13 judges.
    await wire.one("place order", newClientOrderId=order.id)


@case.each(
    "EMU-020",
    axes={"outage": OUTAGES, "watched": WATCHED},
    tier="full",
    core=["reset.last", "ping-closed.bid-ask"],
    rule=_RULE,
    upstream=["#3861", "#4020"],
    needs=NEEDS,
    trader=UNASKED,
)
async def test_outage_of_prices_does_not_lose_an_order(
    trader: Trader, wire: Wire, market: Market, market_streams: MarketStreams, outage: Outage, watched: Watched
) -> None:
    """When the market streams have {outage}, a stop that waits for {watched} MUST be released by what comes after."""
    stop = stop_market("SELL", "0.010", trigger=market.below_last("1%"))
    order = await trader.submit(stop.but(emulation_trigger=watched.trigger))
    await trader.settles()

    await outage.happens(market_streams)
    await market_streams.are_open_again()
    await market.moves_to(market.below_last("2%"))

    await order.reaches("FILLED")
    await wire.one("place order", newClientOrderId=order.id)
