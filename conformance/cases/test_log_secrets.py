"""The trader's log at the levels that firms run: what opens the account is not in it, whatever the trader does."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from conformance.cases.transports import OVER, configured_for
from conformance.kit import AxisValue, Faults, Market, Trader, Traders, UserStream, Venue, case, limit, market_order
from conformance.kit import stop_market as stop
from conformance.kit.failure import CheckError

_RULE = "Request Security: API key and secret are for nobody else; User Data Streams: a listen key needs no signature"
#: At DEBUG many versions log every request, with what it asks for.
_LEVELS = ("info", "debug")
_IN_BOTH = "what is logged at INFO is in the log at DEBUG too, and how a failure is known says at which level it is"


@dataclass(frozen=True)
class _Around:
    """What a life can meet beside its trader."""

    market: Market
    venue: Venue
    faults: Faults
    user_stream: UserStream


async def _trades(trader: Trader, around: _Around) -> None:
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    order = await trader.submit(limit("BUY", "0.010", around.market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await order.modify(price=str(around.market.below_last("3%")))
    await order.reaches("UPDATED")
    await order.cancel()
    await order.reaches("CANCELED")
    waiting = await trader.submit(stop("SELL", "0.010", trigger=around.market.below_last("2%")))
    # The venue takes none of a version that does not know its Algo service, which STOP-010 is about.
    await waiting.reaches("ACCEPTED", "REJECTED")
    if waiting.state == "ACCEPTED":
        await waiting.cancel()
        await waiting.reaches("CANCELED")


async def _is_refused(trader: Trader, around: _Around) -> None:
    order = await trader.submit(limit("BUY", "0.010", around.market.below_last("2%")))
    await order.reaches("ACCEPTED")
    gone = {"code": -2011, "msg": "Unknown order sent."}
    around.faults.answer(("DELETE /fapi/v1/order", "WS order.cancel"), 400, gone, times=None)
    await order.cancel()
    await order.reaches("CANCEL_REJECTED")
    crossing = await trader.submit(limit("BUY", "0.010", around.market.above_last("2%"), post_only=True))
    await crossing.reaches("REJECTED")


async def _loses_its_stream(trader: Trader, around: _Around) -> None:
    await around.user_stream.ends(around.venue.expires_listen_key)
    # Whoever asks for no other key, or opens no other stream, fails STRM cases: here is looked at what it logs.
    with suppress(CheckError):
        await around.user_stream.is_given_a_key(within_s=2.0)
    await around.user_stream.drops()
    with suppress(CheckError):
        await around.user_stream.is_open_again(within_s=3.0)
    await trader.settles()


@dataclass(frozen=True, kw_only=True)
class _Life(AxisValue):
    """What the trader lives through between its start and its stop."""

    lives: Callable[[Trader, _Around], Awaitable[None]]


_TRADES = _Life(name="trades", words="fills, amends and cancels orders and a stop", lives=_trades)
_REFUSED = _Life(name="refused", words="is refused a cancel and an order", lives=_is_refused)
_LOST = _Life(name="stream-lost", words="loses its stream and its key", lives=_loses_its_stream, needs=("venue_acts",))


async def _lives_in_secret(traders: Traders, around: _Around, level: str, life: _Life, over: AxisValue) -> None:
    trader = await traders.start(log_level=level.upper(), **configured_for(over))
    await life.lives(trader, around)
    await traders.stop()
    traders.tell_no_secret()


@case.each(
    "KEY-410",
    axes={"level": _LEVELS, "life": (_TRADES, _REFUSED, _LOST), "over": OVER},
    but={_IN_BOTH: {"level": "info", "life": ("refused", "stream-lost")}},
    tier="full",
    core=["info.trades.http", "debug.trades.ws-api"],
    rule=_RULE,
    needs=["unrecordable", "graceful_stop"],
    profile="default",
    why="another key and another transport are cells of their own",
)
async def test_log_tells_no_secret(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    level: str,
    life: _Life,
    over: AxisValue,
) -> None:
    """At {level} the log of a trader that {life} over {over} MUST hold no API key, secret or listen key."""
    await _lives_in_secret(traders, _Around(market, venue, faults, user_stream), level, life, over)


@case.each(
    "KEY-420",
    axes={"level": _LEVELS, "life": (_TRADES, _LOST), "over": OVER},
    but={_IN_BOTH: {"level": "info", "life": "stream-lost"}},
    tier="full",
    core=["debug.trades.http", "debug.trades.ws-api"],
    rule=f"{_RULE}; WebSocket API General Info: session.logon",
    needs=["unrecordable", "graceful_stop", "ed25519_key"],
    profile="ed25519",
    why="the requirement is about a key of the type Ed25519",
)
async def test_log_tells_no_secret_of_an_ed25519_key(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    level: str,
    life: _Life,
    over: AxisValue,
) -> None:
    """With an Ed25519 key too, at {level} the log of a trader that {life} over {over} MUST hold no secret."""
    await _lives_in_secret(traders, _Around(market, venue, faults, user_stream), level, life, over)
