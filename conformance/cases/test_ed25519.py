"""With an Ed25519 key: requests are signed by it, and the user stream is started and kept over the WS API."""

import asyncio

from conformance.cases.stream_losses import (
    CLOSED,
    KEY_EXPIRED,
    RESET,
    TELLING,
    Loss,
    Stream,
)
from conformance.kit import Faults, Market, Trader, UserStream, Venue, case, limit, market_order

_RULE = "WebSocket API General Info, User Data Streams: session.logon, userDataStream.start, userDataStream.ping"
_WHY = "another key has another signature, and where a version can, another way to the user stream"


@case(
    "KEY-010",
    rule="Request Security: Ed25519 keys; New Order, Cancel Order",
    upstream=["#3861"],
    needs=["ed25519_key"],
    profile="ed25519",
    why=_WHY,
)
async def test_orders_live_and_are_told_of_with_an_ed25519_key(trader: Trader, market: Market) -> None:
    """With an Ed25519 key the trader MUST start, place and cancel orders, and hear of their fills."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    await trader.holds("0.010")

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await order.cancel()
    await order.reaches("CANCELED")


@case.each(
    {"KEY-110": {"loss": RESET}, "KEY-111": {"loss": CLOSED}, "KEY-112": {"loss": KEY_EXPIRED}},
    rule=f"{_RULE}; no replay of events missed while disconnected",
    card="TC-E84",
    upstream=["#3861"],
    needs=["ed25519_key", "venue_acts"],
    profile="ed25519",
    why=_WHY,
)
async def test_lost_stream_is_opened_again_with_an_ed25519_key(
    trader: Trader, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, loss: Loss
) -> None:
    """With an Ed25519 key a stream that {loss} MUST be opened again, and what was missed of an order be learned."""
    missed = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    told = await trader.submit(limit("BUY", "0.010", market.below_last("3%")))
    await missed.reaches("ACCEPTED")
    await told.reaches("ACCEPTED")
    await trader.settles()
    over = asyncio.Event()
    for event in TELLING:
        faults.lose(event, until=over, optional=True)

    await venue.cancels(str((await missed.row())["venue_order_id"]))
    await loss.happens(Stream(venue, market, faults, user_stream))
    await user_stream.is_open_again()
    over.set()

    await missed.reaches("CANCELED")
    await told.cancel()
    await told.reaches("CANCELED")


@case(
    "KEY-950",
    rule=f"{_RULE}; a session ends, and with it what it may ask for",
    needs=["ed25519_key", "ws_api_logon", "venue_acts"],
    profile="ed25519",
    why=_WHY,
)
async def test_new_stream_is_refused_to_a_session_that_lapsed(
    trader: Trader, market: Market, venue: Venue, faults: Faults, user_stream: UserStream
) -> None:
    """With an Ed25519 key a new stream that is refused to a lapsed session MUST be had by a new logon."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    refused = faults.answer("WS userDataStream.start", 401, {"code": -1002, "msg": "You are not authorized."}, times=1)

    await KEY_EXPIRED.happens(Stream(venue, market, faults, user_stream))
    await refused.happens()
    await user_stream.is_open_again()
    await trader.settles()

    await venue.cancels(str((await order.row())["venue_order_id"]))
    await order.reaches("CANCELED", within_s=3.0)


@case(
    "KEY-120",
    rule=f"{_RULE}; a listen key is valid for 60 minutes",
    upstream=["#3861"],
    needs=["ed25519_key", "venue_acts", "short_keep_alive"],
    profile="ed25519",
    why=_WHY,
    trader={"keep_alive_ms": 300},
)
async def test_key_of_the_stream_is_kept_alive_with_an_ed25519_key(trader: Trader, user_stream: UserStream) -> None:
    """With an Ed25519 key the listen key MUST be kept alive, and that of a stream that was opened again as well."""
    await user_stream.is_kept_alive()

    await user_stream.drops()
    await user_stream.is_open_again()
    await trader.settles()

    await user_stream.is_kept_alive()
