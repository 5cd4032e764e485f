"""Getting the user stream back at a venue that is unwell: a request fails, and the trader hears again all the same."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from conformance.cases.inherited import NAME
from conformance.cases.listed import INFORMATION, exchange_info_without
from conformance.cases.situations import QUESTIONS, UNCHECKED, passes_over_what_is_free
from conformance.cases.stream_attempts import (
    ATTEMPTS,
    CLOSING,
    DONE_RESET,
    DONE_UNTOLD,
    GONE,
    HANGS,
    KEEPING,
    NEW_KEY,
    ONE_TRY,
    REFUSED,
    SNAPSHOT,
    UNAVAILABLE,
    Attempt,
    RequestFails,
    hears_again,
    may_ask,
    rests,
)
from conformance.cases.stream_losses import (
    AMENDED,
    CANCELLED,
    CLOSED,
    FILLED,
    IN_PART,
    KEY_EXPIRED,
    RESET,
    Loss,
    Meanwhile,
    Stream,
    goes_on_unheard,
    holds_something,
)
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Trader,
    Traders,
    UserStream,
    Venue,
    Wire,
    case,
    limit,
    stop_market,
)

#: A version that tries again does so within a second or two; in this time it comes to what it does then.
_NEXT_TRY_S = 4.0


@case.each(
    "STRM-410",
    axes={"loss": (RESET, KEY_EXPIRED), "failure": (DONE_UNTOLD, DONE_RESET, HANGS)},
    tier="full",
    core=["key-expired.503-done"],
    rule="Start User Data Stream: a key that is active is had by the same request again",
    trader=ONE_TRY,
    needs=["unrecordable", "venue_acts"],
)
async def test_listen_key_that_never_arrived_is_asked_for_again(
    trader: Trader,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    failure: RequestFails,
) -> None:
    """A request for a listen key for a stream that {loss}, {failure}, MUST be made again, and the stream hear again."""
    stream = Stream(venue, market, faults, user_stream)
    order, venue_id = await rests(trader, stream)
    failure.meets(faults, NEW_KEY)

    await loss.happens(stream)
    await user_stream.is_open_again(within_s=failure.over_within_s)

    await hears_again(trader, stream, order, venue_id, within_s=failure.over_within_s)


@case.each(
    "STRM-730",
    axes={"attempt": ATTEMPTS, "failure": (REFUSED, DONE_UNTOLD, DONE_RESET, GONE, HANGS)},
    tier="full",
    core=["reset-snapshot.1125"],
    rule="Close User Data Stream; -1125: a key that is gone needs no closing, POST /fapi/v1/listenKey gives another",
    trader=ONE_TRY,
    needs=["unrecordable", "venue_acts"],
)
async def test_key_that_cannot_be_closed_keeps_from_no_other(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    attempt: Attempt,
    failure: RequestFails,
) -> None:
    """A stream that {attempt} MUST be had again, though a request to close its listen key is {failure}."""
    stream = Stream(venue, market, faults, user_stream)
    order, venue_id = await rests(trader, stream)
    attempt.fails(faults)
    closing = failure.meets(faults, CLOSING)

    await attempt.loss.happens(stream)
    await may_ask(trader, wire, CLOSING, within_s=_NEXT_TRY_S)
    # A version that has closed no key by now closes the one in use when it stops; that is not this case's matter.
    closing.withdraw()
    await user_stream.is_open_again(within_s=failure.over_within_s)

    await hears_again(trader, stream, order, venue_id, within_s=failure.over_within_s)


@case.each(
    {
        "STRM-640": {"failure": REFUSED},
        "STRM-641": {"failure": DONE_UNTOLD},
        "STRM-642": {"failure": DONE_RESET},
        "STRM-643": {"failure": HANGS},
    },
    tier="full",
    core=["STRM-640"],
    rule="Keepalive User Data Stream: a listen key is valid for 60 minutes",
    needs=["unrecordable", "venue_acts", "short_keep_alive"],
    trader={"keep_alive_ms": 300, **UNCHECKED},
)
async def test_keep_alive_that_fails_is_not_the_last(
    trader: Trader, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, failure: RequestFails
) -> None:
    """A keep-alive that is {failure} MUST be followed by another one: without it the stream is mute in an hour."""
    stream = Stream(venue, market, faults, user_stream)
    order, venue_id = await rests(trader, stream)
    failing = failure.meets(faults, KEEPING)

    await failing.happens()
    await user_stream.is_kept_alive(within_s=failure.over_within_s)

    await hears_again(trader, stream, order, venue_id, within_s=failure.over_within_s)


@dataclass(frozen=True, kw_only=True)
class Unwell(AxisValue):
    """What the venue refuses for as long as `over` is not set; `begins` arms it."""

    begins: Callable[[Faults, asyncio.Event], None]


def _answers_no_question(faults: Faults, over: asyncio.Event) -> None:
    faults.answer([*SNAPSHOT, *QUESTIONS], 503, UNAVAILABLE, until=over, optional=True)


def _opens_no_other_stream(faults: Faults, over: asyncio.Event) -> None:
    faults.upgrade("user", 503, skip=1, until=over, optional=True)


UNWELL = (
    Unwell(name="questions", words="questions are answered 503", begins=_answers_no_question),
    Unwell(name="streams", words="another stream is refused", begins=_opens_no_other_stream),
)


@case.each(
    "STRM-500",
    axes={"loss": (RESET, CLOSED), "unwell": UNWELL, "meanwhile": (CANCELLED, FILLED)},
    tier="full",
    core=["reset.questions.filled"],
    rule="Start User Data Stream gives the key that is active; Close User Data Stream ends every stream of that key",
    trader=ONE_TRY,
    needs=["unrecordable", "market_moves", "venue_acts"],
)
async def test_stream_that_is_open_again_is_heard_while_the_venue_is_unwell(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    unwell: Unwell,
    meanwhile: Meanwhile,
) -> None:
    """On a stream that {loss} and is open again, that {meanwhile} MUST be heard, also as long as {unwell}."""
    stream = Stream(venue, market, faults, user_stream)
    trader = await holds_something(traders, stream, meanwhile)
    passes_over_what_is_free(trader)
    over = asyncio.Event()
    unwell.begins(faults, over)

    await loss.happens(stream)
    await user_stream.is_open_again(within_s=5.0)
    # The next event is what makes some versions begin to open another.
    await venue.changes_leverage(10)
    await may_ask(trader, wire, CLOSING, within_s=_NEXT_TRY_S)
    await meanwhile.happens(stream)

    await venue.confirms(trader.order(NAME), meanwhile.status, within_s=3.0)
    await trader.holds(await venue.position(), within_s=2.0)
    over.set()


@case.each(
    "STRM-560",
    axes={"loss": (RESET, KEY_EXPIRED), "what": ("order", "stop")},
    tier="full",
    core=["key-expired.order"],
    rule="Exchange Information: a symbol may be listed at any time; Current All Open Orders: those of every symbol",
    trader=UNCHECKED,
    needs=["unrecordable", "venue_acts", "other_symbols", "orders_of_others"],
)
async def test_order_in_a_new_symbol_keeps_no_stream_shut(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    what: str,
) -> None:
    """Beside another client's {what} in a symbol listed since the start, a stream that {loss} MUST be heard again."""
    faults.rewrite_answer(INFORMATION, exchange_info_without("ETHUSDT"), times=None)
    stream = Stream(venue, market, faults, user_stream)
    trader = await traders.start()
    order, venue_id = await rests(trader, stream)
    requests = {"order": limit("BUY", "0.100", "2000.00"), "stop": stop_market("SELL", "0.100", trigger="2000.00")}
    await venue.places(requests[what].but(symbol="ETHUSDT").named("FOREIGN-ETH"))
    await trader.settles()

    await loss.happens(stream)
    await user_stream.is_open_again(within_s=5.0)
    await may_ask(trader, wire, CLOSING, within_s=_NEXT_TRY_S)

    await hears_again(trader, stream, order, venue_id, within_s=10.0)


@case.each(
    "STRM-430",
    axes={"loss": (RESET, KEY_EXPIRED), "meanwhile": (IN_PART, AMENDED)},
    tier="full",
    core=["reset.in-part"],
    rule="HTTP return codes: a question that was not answered is no answer, whatever another one was told",
    trader=ONE_TRY,
    needs=["unrecordable", "market_moves", "venue_acts"],
)
async def test_snapshot_of_which_half_was_refused_is_asked_for_again(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    meanwhile: Meanwhile,
) -> None:
    """Where open orders are refused, and stops told, after a stream that {loss}, that {meanwhile} MUST be learned."""
    stream = Stream(venue, market, faults, user_stream)
    trader = await holds_something(traders, stream, meanwhile)
    trader.may_differ("the trader's balance is not the venue's", why="STRM-220 is about the balance")
    passes_over_what_is_free(trader)
    REFUSED.meets(faults, SNAPSHOT[0])

    await goes_on_unheard(stream, meanwhile, loss)

    await trader.settles()
    await venue.confirms(trader.order(NAME), meanwhile.status or None, within_s=6.0)
    await trader.holds(await venue.position(), within_s=2.0)
