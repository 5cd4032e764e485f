"""A node that is stopped while a stream of its own is away: what it is to end it ends without a word of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.halts import CANCELS_CLOSES, MANAGED, Clearing, has_left, is_long_beside
from conformance.cases.inherited import LIMIT as A_LIMIT
from conformance.cases.stream_attempts import NEW_KEY, UNAVAILABLE
from conformance.gateway.faults.request_faults import RequestFault
from conformance.gateway.faults.upgrade_faults import UpgradeFault
from conformance.history.entries import Connection, Request
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    MarketStreams,
    Traders,
    UserStream,
    Venue,
    case,
    require,
)
from conformance.kit.waiting import comes_true

#: Who is at getting a stream back tries again within seconds.
_TRIES_WITHIN_S = 5.0
_TRIES_AGAIN_WITHIN_S = 2.5


@dataclass(frozen=True)
class Streams:
    """The streams that are to be away, and who can take them away."""

    venue: Venue
    user: UserStream
    market: MarketStreams

    async def user_is_reset(self) -> None:
        """Reset the user stream."""
        await self.user.drops()

    async def key_expires(self) -> None:
        """Let the user stream end with its listen key."""
        await self.user.ends(self.venue.expires_listen_key)

    async def market_is_reset(self) -> None:
        """Reset the market streams."""
        await self.market.drop()


@dataclass(frozen=True, kw_only=True)
class Away(AxisValue):
    """How a stream is lost, and what each attempt to get it back meets until the event is set."""

    is_lost: Callable[[Streams], Awaitable[None]]
    meets: Callable[[Faults, asyncio.Event], RequestFault | UpgradeFault]


AWAYS = (
    Away(
        name="user-refused",
        words="its user stream is refused",
        is_lost=Streams.user_is_reset,
        meets=lambda faults, over: faults.upgrade("user", 503, times=None, until=over, optional=True),
    ),
    Away(
        name="user-held",
        words="its user stream never opens",
        is_lost=Streams.user_is_reset,
        meets=lambda faults, over: faults.upgrade("user", "held", times=None, until=over, optional=True),
    ),
    Away(
        name="key-refused",
        words="it is refused a listen key",
        is_lost=Streams.key_expires,
        meets=lambda faults, over: faults.answer(NEW_KEY, 503, UNAVAILABLE, times=None, until=over, optional=True),
    ),
    Away(
        name="key-held",
        words="its request for a listen key is never answered",
        is_lost=Streams.key_expires,
        meets=lambda faults, over: faults.delay(NEW_KEY, until=over, times=None, optional=True),
    ),
    Away(
        name="market-refused",
        words="its market streams are refused",
        is_lost=Streams.market_is_reset,
        meets=lambda faults, over: faults.upgrade("market", 503, times=None, until=over, optional=True),
    ),
    Away(
        name="market-held",
        words="its market streams never open",
        is_lost=Streams.market_is_reset,
        meets=lambda faults, over: faults.upgrade("market", "held", times=None, until=over, optional=True),
    ),
)


@case.each(
    "LIFE-660",
    axes={"away": AWAYS, "clearing": (CANCELS_CLOSES, MANAGED)},
    tier="full",
    core=["user-held.cancels-closes"],
    rule="Open orders and positions outlive a client; User Data Streams: a connection may be lost at any time",
    card="TC-E82",
    upstream=["0d68c95e80"],
    needs=["graceful_stop", "close_position", "venue_acts", "unrecordable"],
    trader={"post_stop_s": 1.0},
)
async def test_stop_without_a_stream_is_a_stop(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    market_streams: MarketStreams,
    away: Away,
    clearing: Clearing,
) -> None:
    """What a strategy that {clearing} is to end MUST have ended when its node is stopped while {away}.

    The node ends in its time, and opens nothing more, even if the venue is well again.
    """
    trader = await traders.start(at_stop=list(clearing.at_stop))
    history = trader.history
    await market_streams.come_to_rest()
    await is_long_beside(trader, market, A_LIMIT)
    over = asyncio.Event()
    fault = away.meets(faults, over)

    async def is_tried() -> bool:
        return bool(fault.applied)

    await away.is_lost(Streams(venue, user_stream, market_streams))
    await comes_true(history, is_tried, within_s=_TRIES_WITHIN_S)

    try:
        await traders.stop()
    finally:
        # Whether it has ended or not, what is left is what costs.
        await has_left(venue, clearing.left)
    since = len(history)
    over.set()

    async def opens() -> bool:
        opened = [each.channel for each in history.of(Connection, since=since) if each.state == "open"]
        asked = [each.route for each in history.of(Request, since=since) if each.by == "trader"]
        return bool(opened or asked)

    require(
        not await comes_true(history, opens, within_s=_TRIES_AGAIN_WITHIN_S),
        "no connection and no request once the node has ended",
        seen="some",
    )
