"""What the stream alone tells: it happens after the answers that tell of it, while the trader asks for the rest."""

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
    goes_on_while_it_asks,
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
    axes={
        "loss": (RESET, CLOSED),
        "meanwhile": _MEANWHILE,
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
    await goes_on_while_it_asks(traders, stream, meanwhile, loss, _ASKED[asked.name])
