"""Connections that a venue, or a proxy before it, accepts and closes at once, over and over, until it is well again."""

import asyncio

from conformance.cases.emulated import NEEDS, UNASKED
from conformance.cases.situations import UNCHECKED
from conformance.cases.stream_attempts import hears_again, rests
from conformance.cases.stream_losses import KEY_EXPIRED, RESET, Loss, Stream
from conformance.gateway.faults.upgrade_faults import UpgradeFault
from conformance.kit import (
    Faults,
    Market,
    MarketStreams,
    Trader,
    UserStream,
    Venue,
    case,
    require,
    stop_market,
)
from conformance.kit.waiting import comes_true

_RULE = "Live Subscribing to streams: addresses that are often disconnected may be banned; 2400 of weight a minute"
_LASTS_S = 10.0
#: Twice the rate that Binance allows an address elsewhere, 300 connections in five minutes: first attempts in quick
#: succession do not come so far, and no slow machine makes more of them. Each may cost 110 of weight in questions.
_TOO_MANY = 20


@case.each(
    {"STRM-740": {"loss": RESET}, "STRM-741": {"loss": KEY_EXPIRED}},
    rule=_RULE,
    trader=UNCHECKED,
    tier="full",
    needs=["unrecordable", "venue_acts"],
)
async def test_user_stream_that_does_not_last_is_opened_with_pauses(
    trader: Trader, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, loss: Loss
) -> None:
    """A user stream that {loss} and is closed each time it is open again MUST be opened with pauses, and then heard."""
    stream = Stream(venue, market, faults, user_stream)
    order, venue_id = await rests(trader, stream)
    over = asyncio.Event()
    closing = faults.upgrade("user", "closed", until=over, optional=True)

    await loss.happens(stream)
    await _are_few(trader, closing)
    over.set()

    # Who doubles its pauses has come to some seconds by now.
    await hears_again(trader, stream, order, venue_id, within_s=40.0)


@case(
    "EMU-450",
    tier="full",
    rule=_RULE,
    trader=UNASKED,
    needs=NEEDS,
)
async def test_price_streams_that_do_not_last_are_opened_with_pauses(
    trader: Trader, market: Market, faults: Faults, market_streams: MarketStreams
) -> None:
    """Market streams that are closed each time they are open again MUST be opened with pauses, and then release."""
    stop = stop_market("SELL", "0.010", trigger=market.below_last("1%"))
    order = await trader.submit(stop.but(emulation_trigger="LAST_PRICE"))
    await trader.settles()
    over = asyncio.Event()
    closing = faults.upgrade("market", "closed", until=over, optional=True)

    await market_streams.drop()
    await _are_few(trader, closing)
    over.set()
    await market_streams.are_open_again(within_s=40.0)
    await market.moves_to(market.below_last("2%"))

    await order.reaches("FILLED")


async def _are_few(trader: Trader, closing: UpgradeFault) -> None:
    """Require that connections that are closed at once are not opened faster than the venue allows in the long run."""

    async def are_many() -> bool:
        return closing.applied >= _TOO_MANY

    hammers = await comes_true(trader.history, are_many, within_s=_LASTS_S)
    require(not hammers, f"fewer than {_TOO_MANY} connections within {_LASTS_S:g} s", seen=closing.applied)
