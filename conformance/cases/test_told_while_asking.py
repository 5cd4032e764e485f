"""What the stream alone tells: it happens once no question asks for it any more, on a stream that is to be replaced."""

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
    goes_on_in_a_gap,
    while_it_asks,
    while_it_opens_another,
)
from conformance.kit import AxisValue, Faults, Market, Traders, UserStream, Venue, case

#: The questions that tell nothing of an order that is no stop; 1.x comes to them last.
_OF_STOPS = (
    AxisValue(name="open-stops", words="for open stops"),
    AxisValue(name="stops", words="for all stops"),
)
_MEANWHILE = (FILLED, IN_PART, PART_CANCELLED, CANCELLED, AMENDED)
_ASKED = {"open-stops": "open orders stop", "stops": "all orders stop"}


@case.each(
    "RECON-900",
    axes={"loss": (RESET, CLOSED), "meanwhile": _MEANWHILE, "asked": _OF_STOPS},
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
    await goes_on_in_a_gap(traders, stream, meanwhile, loss, while_it_asks(_ASKED[asked.name]))


@case.each(
    "RECON-910",
    axes={"loss": (RESET, CLOSED), "meanwhile": _MEANWHILE},
    rule="Live Subscribing/Unsubscribing to streams: each connection tells what happens for as long as it is open",
    # RECON-430 is about what a periodic check asks meanwhile.
    trader=UNCHECKED,
    needs=["unrecordable", "market_moves", "venue_acts"],
    tier="full",
    core=["reset.cancelled"],
)
async def test_what_a_stream_tells_that_is_replaced_is_learned(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    meanwhile: Meanwhile,
) -> None:
    """After a stream that {loss}, that {meanwhile} MUST be learned, told while another is opened in place of the next.

    The handshake takes time, and until it is over what happens is told on the stream that is open.
    """
    stream = Stream(venue, market, faults, user_stream)
    await goes_on_in_a_gap(traders, stream, meanwhile, loss, while_it_opens_another)
