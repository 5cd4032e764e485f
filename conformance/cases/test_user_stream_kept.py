"""What keeps a user stream: its listen key is kept alive after every recovery too, and one that is gone is replaced."""

from conformance.cases.inherited import NAME
from conformance.cases.questions import FAILURES, GONE, Failure
from conformance.cases.stream_losses import (
    CANCELLED,
    CLOSED,
    FILLED,
    KEEP_ALIVE_REFUSED,
    KEY_EXPIRED,
    NOTHING,
    RESET,
    STOP_CANCELLED,
    Loss,
    Meanwhile,
    Stream,
    goes_on_unheard,
    holds_something,
)
from conformance.kit import Faults, Market, Trader, Traders, UserStream, Venue, Wire, case, limit, require

_RULE = "Keepalive User Data Stream: a listen key is valid for 60 minutes"
_KEEPING, _NEW_KEY = "PUT /fapi/v1/listenKey", "POST /fapi/v1/listenKey"
_SOON_KEPT = {"keep_alive_ms": 300}
_TWO_DAYS_MS = 2 * 24 * 3_600_000


_ROUTES = "Important WebSocket Change Notice: user data comes on /private alone, another route connects and is silent"


@case("STRM-050", rule=_ROUTES, needs=["unrecordable"])
async def test_stream_is_opened_on_its_route(trader: Trader, user_stream: UserStream) -> None:
    """The user stream MUST be opened on the route /private: on another it is deaf, and nothing says so."""
    del trader

    user_stream.is_private()


@case.each(
    {"STRM-060": {"loss": RESET}, "STRM-061": {"loss": KEY_EXPIRED}},
    rule=_ROUTES,
    needs=["unrecordable", "venue_acts"],
)
async def test_stream_is_opened_again_on_its_route(
    trader: Trader, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, loss: Loss
) -> None:
    """A user stream that {loss} MUST be opened again on the route /private."""
    await loss.happens(Stream(venue, market, faults, user_stream))
    await user_stream.is_open_again()
    # What some versions take for the sign that it is: the next event.
    await venue.changes_leverage(10)
    await user_stream.is_open_again()
    await trader.settles()

    user_stream.is_private()


@case.each(
    {
        "STRM-610": {"loss": RESET},
        "STRM-611": {"loss": CLOSED},
        "STRM-612": {"loss": KEY_EXPIRED},
        "STRM-613": {"loss": KEEP_ALIVE_REFUSED},
    },
    rule=_RULE,
    card="TC-E84",
    upstream=["#3861"],
    needs=["unrecordable", "venue_acts", "short_keep_alive"],
    trader=_SOON_KEPT,
)
async def test_key_is_kept_alive_after_a_recovery(
    trader: Trader, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, loss: Loss
) -> None:
    """After a stream that {loss} has been opened again, its listen key MUST be kept alive, or it is deaf in an hour."""
    await user_stream.is_kept_alive()

    await loss.happens(Stream(venue, market, faults, user_stream))
    await user_stream.is_open_again()
    await trader.settles()

    await user_stream.is_kept_alive()


@case(
    "STRM-620",
    rule="Keepalive User Data Stream: -1125, use POST /fapi/v1/listenKey to recreate your listenKey",
    upstream=["#3861"],
    needs=["unrecordable", "venue_acts", "short_keep_alive"],
    trader=_SOON_KEPT,
)
async def test_key_that_is_gone_is_replaced_at_the_first_refusal(
    trader: Trader, wire: Wire, venue: Venue, faults: Faults, user_stream: UserStream
) -> None:
    """The first keep-alive refused with -1125 MUST lead to a new key: until the next one, half an hour is unheard."""
    faults.lose("listenKeyExpired")
    since = trader.moment

    await user_stream.ends(venue.expires_listen_key)
    await user_stream.is_given_a_key()

    (replaced, *_) = wire.asked(_NEW_KEY, since=since)
    refused = [each for each in wire.asked(_KEEPING, since=since) if each.seq < replaced.seq]
    require(len(refused) <= 1, "a new key after one refused keep-alive", seen=f"{len(refused)} before it")


@case.each(
    {
        "STRM-630": {"meanwhile": NOTHING},
        "STRM-631": {"meanwhile": CANCELLED},
        "STRM-632": {"meanwhile": STOP_CANCELLED},
    },
    rule="User Data Streams: no replay of events missed while disconnected; All Orders: those of the last seven days",
    card="TC-E84",
    upstream=["#3861"],
    needs=["unrecordable", "venue_acts"],
)
async def test_missed_of_an_old_order_is_learned(
    traders: Traders, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, meanwhile: Meanwhile
) -> None:
    """Of an order two days old, that {meanwhile} unheard MUST be learned once the stream is open again."""
    stream = Stream(venue, market, faults, user_stream)
    trader = await holds_something(traders, stream, meanwhile)
    trader.may_differ("the trader's balance is not the venue's", why="STRM-220 is about the balance")
    await venue.ages(_TWO_DAYS_MS)
    since = trader.moment

    await goes_on_unheard(stream, meanwhile, RESET)

    await trader.settles()
    if meanwhile is NOTHING:
        await trader.stays_quiet(since=since)
    await venue.confirms(trader.order(NAME), meanwhile.status or None)


@case.each(
    {
        "STRM-650": {"when": "that is open"},
        "STRM-651": {"when": "that was reset and is open again"},
    },
    rule="Live Subscribing to streams: a ping every three minutes; without a pong for ten, the connection is closed",
    needs=["unrecordable"],
)
async def test_ping_on_the_user_stream_is_answered(trader: Trader, user_stream: UserStream, when: str) -> None:
    """The venue's ping on a user stream {when} MUST be answered with its pong."""
    if when != "that is open":
        await user_stream.drops()
        await user_stream.is_open_again()

    await user_stream.is_pinged()


@case(
    "WSAPI-410",
    rule="WebSocket API General Info: a ping every three minutes; without a pong for ten, the connection is closed",
    needs=["ws_trading", "unrecordable"],
    trader={"use_ws_trading": True},
)
async def test_ping_on_the_connection_of_orders_is_answered(
    trader: Trader, market: Market, user_stream: UserStream
) -> None:
    """The venue's ping on the connection that orders go over MUST be answered with its pong."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await user_stream.is_pinged("ws-api")


@case.each(
    "STRM-980",
    axes={"failure": (*FAILURES, GONE), "happens": (FILLED, CANCELLED)},
    tier="full",
    core=["gone.cancelled"],
    rule="Keepalive User Data Stream: -1125, use POST /fapi/v1/listenKey to recreate your listenKey",
    needs=["unrecordable", "venue_acts", "market_moves"],
)
async def test_failed_keep_alive_right_after_the_start_costs_no_event(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    failure: Failure,
    happens: Meanwhile,
) -> None:
    """Where the keep-alive of the start {failure}, that {happens} MUST be heard: 2.x asks as soon as it is up."""
    # Versions that ask after minutes do not meet it.
    failure.meets(faults, _KEEPING, times=1, optional=True)
    stream = Stream(venue, market, faults, user_stream)
    trader = await holds_something(traders, stream, happens)
    await user_stream.is_open_again()

    await happens.happens(stream)

    await trader.order(NAME).reaches(happens.status, within_s=3.0)
