"""Outages of what keeps the user stream: the trader outlives them, and hears again when they are over."""

import asyncio

from conformance.cases.situations import UNCHECKED
from conformance.cases.stream_attempts import KEEPING, NEW_KEY, UNAVAILABLE, hears_again, rests
from conformance.cases.stream_losses import Stream
from conformance.kit import Faults, Market, Trader, UserStream, Venue, Wire, case
from conformance.kit.waiting import comes_true

#: As many as make 1.221 and 1.222 conclude that the key is lost: three.
_REFUSED = 4
_LIMITED = {"code": -1003, "msg": "Too many requests."}
#: Who backs off, rightly, is at it for some seconds more.
_WITHIN_S = 15.0


@case.each(
    {"STRM-780": {"status": 503, "refusal": UNAVAILABLE}, "STRM-781": {"status": 429, "refusal": _LIMITED}},
    tier="full",
    rule="Keepalive User Data Stream: a listen key is valid for 60 minutes, be a request about it refused or not",
    needs=["unrecordable", "venue_acts", "short_keep_alive"],
    trader={"keep_alive_ms": 300, **UNCHECKED},
)
async def test_outage_of_the_key_is_outlived(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    status: int,
    refusal: dict[str, object],
) -> None:
    """While all requests about the listen key are answered {status}, the trader MUST live, and hear when it is over."""
    stream = Stream(venue, market, faults, user_stream)
    order, venue_id = await rests(trader, stream)
    over, since = asyncio.Event(), trader.moment
    faults.answer([KEEPING, NEW_KEY], status, refusal, times=None, until=over)

    async def refused_often() -> bool:
        return len(wire.asked(KEEPING, since=since)) >= _REFUSED

    # Whoever asks less often, or for another key at once, is looked at for as long.
    await comes_true(trader.history, refused_often, within_s=4.0)
    over.set()

    await user_stream.is_open_again(within_s=_WITHIN_S)
    await hears_again(trader, stream, order, venue_id, within_s=_WITHIN_S)
