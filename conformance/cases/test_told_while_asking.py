"""What the stream alone tells: it happens after the answers that tell of it, while the trader asks for the rest."""

import asyncio

from conformance.cases.inherited import NAME
from conformance.cases.situations import UNCHECKED
from conformance.cases.stream_losses import (
    AMENDED,
    CANCELLED,
    CLOSED,
    FILLED,
    IN_PART,
    PART_CANCELLED,
    RESET,
    Loss,
    Meanwhile,
    Stream,
    holds_something,
)
from conformance.kit import AxisValue, Faults, Market, Traders, UserStream, Venue, case
from conformance.kit.waiting import comes_true

#: The questions that tell nothing of an order that is no stop; 1.x comes to them last.
_OF_STOPS = (
    AxisValue(name="open-stops", words="for open stops"),
    AxisValue(name="stops", words="for all stops"),
)
_MEANWHILE = (FILLED, IN_PART, PART_CANCELLED, CANCELLED, AMENDED)
_ASKED = {"open-stops": "open orders stop", "stops": "all orders stop"}


@case.each(
    "RECON-900",
    axes={
        "loss": (RESET, CLOSED),
        "meanwhile": (FILLED, IN_PART, PART_CANCELLED, CANCELLED, AMENDED),
        "asked": _OF_STOPS,
    },
    rule="User Data Streams and the REST answers are two ways: what happens after an answer, the stream alone tells",
    # RECON-430 is about what a periodic check asks meanwhile.
    trader=UNCHECKED,
    needs=["unrecordable", "market_moves", "venue_acts"],
    tier="full",
)
async def test_what_the_stream_alone_tells_is_learned(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    meanwhile: Meanwhile,
    asked: AxisValue,
) -> None:
    """After a stream that {loss}, that {meanwhile} MUST be learned from its events, told while it asks {asked}."""
    stream = Stream(venue, market, faults, user_stream)
    trader = await holds_something(traders, stream, meanwhile)
    trader.may_differ("the trader's balance is not the venue's", why="STRM-220 is about the balance")
    answered = asyncio.Event()
    held = faults.delay(_ASKED[asked.name], until=answered, processed=True, optional=True)

    async def asks() -> bool:
        return bool(held.applied)

    await loss.happens(stream)
    await user_stream.is_open_again(within_s=5.0)
    if not await comes_true(trader.history, asks, within_s=1.0):
        await venue.changes_leverage(10)
        await comes_true(trader.history, asks, within_s=2.0)
    await meanwhile.happens(stream)
    answered.set()
    await user_stream.is_open_again(within_s=5.0)

    await trader.settles()
    await venue.confirms(trader.order(NAME), meanwhile.status or None, within_s=3.0)
    await trader.holds(await venue.position(), within_s=2.0)
