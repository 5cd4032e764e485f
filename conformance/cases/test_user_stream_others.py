"""What other clients of the account begin while the user stream is away: nothing is sent again, so it is asked for."""

from conformance.cases.inherited import NAME
from conformance.cases.situations import passes_over_what_is_free
from conformance.cases.stream_losses import (
    CLOSED,
    KEY_EXPIRED,
    RESET,
    Loss,
    Meanwhile,
    Stream,
    goes_on_unheard,
    holds_something,
)
from conformance.kit import Faults, Market, Traders, UserStream, Venue, case, limit, stop_market

OTHERS = "OTHERS-1"


async def _place(stream: Stream) -> None:
    await stream.venue.places(limit("BUY", "0.010", stream.market.below_last("4%")).named(OTHERS))


async def _place_a_stop(stream: Stream) -> None:
    await stream.venue.places(stop_market("SELL", "0.010", trigger=stream.market.below_last("4%")).named(OTHERS))


async def _place_and_fill_in_part(stream: Stream) -> None:
    placed = await stream.venue.places(limit("BUY", "0.010", stream.market.below_last("1%")).named(OTHERS))
    await stream.market.takes(str(placed["orderId"]), "0.004")


async def _open_a_position(stream: Stream) -> None:
    await stream.venue.opens_position("BUY", "0.010")


PLACED = Meanwhile(name="placed", words="another client placed an order", happens=_place)
STOP_PLACED = Meanwhile(name="stop-placed", words="another client placed a stop", happens=_place_a_stop)
PLACED_IN_PART = Meanwhile(
    name="placed-in-part", words="another client placed an order that filled in part", happens=_place_and_fill_in_part
)
POSITION_OPENED = Meanwhile(name="position-opened", words="another client opened a position", happens=_open_a_position)


@case.each(
    "STRM-240",
    axes={"loss": (RESET, CLOSED, KEY_EXPIRED), "meanwhile": (PLACED, STOP_PLACED, PLACED_IN_PART, POSITION_OPENED)},
    tier="full",
    core=["reset.placed", "closed.stop-placed", "key-expired.placed-in-part", "reset.position-opened"],
    rule="User Data Streams: no replay of events missed while disconnected; one account, several clients",
    card="TC-E84",
    needs=["unrecordable", "market_moves", "venue_acts", "orders_of_others"],
    profile="default",
    why="a check of orders or positions finds some of it, sooner or later",
)
async def test_what_others_began_is_learned(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    meanwhile: Meanwhile,
) -> None:
    """After a stream that {loss}, that {meanwhile} MUST be learned once it is open again."""
    stream = Stream(venue, market, faults, user_stream)
    trader = await holds_something(traders, stream, meanwhile)
    passes_over_what_is_free(trader)
    trader.may_differ("the trader's balance is not the venue's", why="STRM-220 is about the balance")

    await goes_on_unheard(stream, meanwhile, loss)

    await trader.settles()
    # Invariant 8 compares their terms with the venue's.
    await trader.has_open(*([OTHERS] if meanwhile is not POSITION_OPENED else []), NAME, within_s=3.0)
    await trader.holds(await venue.position(), within_s=3.0)
