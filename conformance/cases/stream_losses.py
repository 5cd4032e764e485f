"""How a trader loses its user stream, and what happens at the venue while no word of it arrives."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases.inherited import NAME, venue_id
from conformance.gateway.faults.request_faults import RequestFault
from conformance.gateway.faults.upgrade_faults import UpgradeFault
from conformance.history.entries import Event
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Trader,
    Traders,
    UserStream,
    Venue,
    limit,
    market_order,
    stop_market,
)
from conformance.kit.waiting import comes_true

#: The events that tell of orders, fills and balances.
TELLING = ("ORDER_TRADE_UPDATE", "TRADE_LITE", "ALGO_UPDATE", "ACCOUNT_UPDATE")
_NEW_KEY = "POST /fapi/v1/listenKey"
#: The last event of a trader that hears how an order came to stand so.
_TOLD = {"": "OrderUpdated", "CANCELED": "OrderCanceled", "FILLED": "OrderFilled", "PARTIALLY_FILLED": "OrderFilled"}
_UNAVAILABLE = {"code": -1000, "msg": "Unknown error, please check your request or try again later."}


@dataclass(frozen=True)
class Stream:
    """The stream that is to be lost, and the parties on both of its ends."""

    venue: Venue
    market: Market
    faults: Faults
    user_stream: UserStream

    async def is_reset(self) -> None:
        """Reset the connection."""
        await self.user_stream.drops()

    async def is_closed(self) -> None:
        """Close it in due form."""
        await self.user_stream.closes()

    async def key_expires(self) -> None:
        """Let its listen key expire."""
        await self.user_stream.ends(self.venue.expires_listen_key)

    async def keep_alive_is_refused(self) -> None:
        """Let its listen key be gone unheard, which the answer to the next keep-alive tells (-1125)."""
        self.faults.lose("listenKeyExpired")
        await self.user_stream.ends(self.venue.expires_listen_key)
        await self.user_stream.is_given_a_key()

    async def is_reset_and_key_refused(self) -> None:
        """Reset the connection, and refuse the trader a listen key once if it asks for one."""
        self.faults.answer(_NEW_KEY, 503, _UNAVAILABLE, optional=True)
        await self.user_stream.drops()

    async def key_expires_and_new_one_is_refused(self) -> None:
        """Let its listen key expire, and refuse the trader another one once."""
        self.faults.answer(_NEW_KEY, 503, _UNAVAILABLE, optional=True)
        await self.user_stream.ends(self.venue.expires_listen_key)


@dataclass(frozen=True, kw_only=True)
class Loss(AxisValue):
    """How the stream is lost."""

    happens: Callable[[Stream], Awaitable[None]]


RESET = Loss(name="reset", words="is reset", happens=Stream.is_reset)
CLOSED = Loss(name="closed", words="is closed, as after 24 hours", happens=Stream.is_closed)
KEY_EXPIRED = Loss(name="key-expired", words="ends with its listen key", happens=Stream.key_expires)
KEEP_ALIVE_REFUSED = Loss(
    name="keep-alive-refused",
    words="has gone mute, which a refused keep-alive tells",
    happens=Stream.keep_alive_is_refused,
    trader={"keep_alive_ms": 300},
    needs=("short_keep_alive",),
    upstream=("#3861",),
)
RESET_AND_REFUSED = Loss(
    name="reset-key-refused",
    words="is reset and once refused a listen key",
    happens=Stream.is_reset_and_key_refused,
)
EXPIRED_AND_REFUSED = Loss(
    name="key-expired-refused",
    words="ends with its listen key and is once refused another",
    happens=Stream.key_expires_and_new_one_is_refused,
)
LOSSES = (RESET, CLOSED, KEY_EXPIRED, KEEP_ALIVE_REFUSED, RESET_AND_REFUSED, EXPIRED_AND_REFUSED)


async def _rests(trader: Trader, stream: Stream) -> None:
    await trader.submit(limit("BUY", "0.010", stream.market.below_last("2%")).named(NAME))


async def _waits(trader: Trader, stream: Stream) -> None:
    await trader.submit(stop_market("SELL", "0.010", trigger=stream.market.below_last("2%")).named(NAME))


async def _rests_with_position(trader: Trader, stream: Stream) -> None:
    entry = await trader.submit(market_order("BUY", "0.010").named("ENTRY-1"))
    await entry.reaches("FILLED")
    await trader.holds("0.010")
    await _rests(trader, stream)


async def _nothing(stream: Stream) -> None:
    pass


async def _fills(stream: Stream) -> None:
    await stream.market.takes(await venue_id(stream.venue, NAME), "0.010")


async def _fills_in_part(stream: Stream) -> None:
    await stream.market.takes(await venue_id(stream.venue, NAME), "0.004")


async def _cancels(stream: Stream) -> None:
    await stream.venue.cancels(await venue_id(stream.venue, NAME))


async def _cancels_after_a_part(stream: Stream) -> None:
    await _fills_in_part(stream)
    await _cancels(stream)


async def _amends(stream: Stream) -> None:
    price = stream.market.below_last("3%")
    await stream.venue.amends(await venue_id(stream.venue, NAME), "BUY", quantity="0.012", price=price)


async def _triggers(stream: Stream) -> None:
    await stream.market.moves_to(stream.market.below_last("3%"))


async def _cancels_stop(stream: Stream) -> None:
    await stream.venue.cancels_stop(await venue_id(stream.venue, NAME))


async def _closes_position(stream: Stream) -> None:
    await stream.venue.closes_position()


@dataclass(frozen=True, kw_only=True)
class Meanwhile(AxisValue):
    """What happens at the venue meanwhile to what the trader was `given`, and how its order then stands ("": open)."""

    given: Callable[[Trader, Stream], Awaitable[None]] = _rests
    happens: Callable[[Stream], Awaitable[None]]
    status: str = ""


NOTHING = Meanwhile(name="nothing", words="nothing happened", happens=_nothing)
HELD = Meanwhile(name="held", words="nothing happened to its position", given=_rests_with_position, happens=_nothing)
FILLED = Meanwhile(name="filled", words="its order filled", happens=_fills, status="FILLED")
IN_PART = Meanwhile(name="in-part", words="its order filled in part", happens=_fills_in_part, status="PARTIALLY_FILLED")
CANCELLED = Meanwhile(name="cancelled", words="its order was cancelled", happens=_cancels, status="CANCELED")
PART_CANCELLED = Meanwhile(
    name="part-cancelled",
    words="its order filled in part and was cancelled",
    happens=_cancels_after_a_part,
    status="CANCELED",
)
AMENDED = Meanwhile(name="amended", words="its order was amended", happens=_amends)
TRIGGERED = Meanwhile(
    name="triggered", words="its stop triggered and filled", given=_waits, happens=_triggers, status="FILLED"
)
STOP_CANCELLED = Meanwhile(
    name="stop-cancelled", words="its stop was cancelled", given=_waits, happens=_cancels_stop, status="CANCELED"
)
POSITION_CLOSED = Meanwhile(
    name="position-closed",
    words="another client closed its position",
    given=_rests_with_position,
    happens=_closes_position,
    needs=("orders_of_others",),
)
MEANWHILE = (
    NOTHING,
    HELD,
    FILLED,
    IN_PART,
    CANCELLED,
    PART_CANCELLED,
    AMENDED,
    TRIGGERED,
    STOP_CANCELLED,
    POSITION_CLOSED,
)


async def holds_something(traders: Traders, stream: Stream, meanwhile: Meanwhile, **config: Any) -> Trader:
    """Start a trader, and give it the order (and position) that something is to happen to."""
    trader = await traders.start(**config)
    await meanwhile.given(trader, stream)
    await trader.has_open(NAME)
    await trader.settles()
    return trader


async def goes_on_unheard(stream: Stream, meanwhile: Meanwhile, loss: Loss) -> None:
    """Let something happen of which no word arrives, and the stream be lost with it; it is open again on return."""
    over = asyncio.Event()
    for event in TELLING:
        stream.faults.lose(event, until=over, optional=True)
    await meanwhile.happens(stream)
    await loss.happens(stream)
    await stream.user_stream.is_open_again(within_s=5.0)
    over.set()


type Gap = Callable[[Faults, asyncio.Event], RequestFault | UpgradeFault]
"""What a trader that has lost its stream is at as something happens: one of its steps, kept from ending until then."""


def while_it_asks(asked: str) -> Gap:
    """Return the gap in which the answer to a question is on its way: it is of before."""
    return lambda faults, until: faults.delay(asked, until=until, processed=True, optional=True)


def while_it_opens_another(faults: Faults, until: asyncio.Event) -> UpgradeFault:
    """Keep from opening the stream that it opens in place of the one that it has again."""
    return faults.upgrade("user", "late", skip=1, until=until, optional=True)


async def goes_on_in_a_gap(traders: Traders, stream: Stream, meanwhile: Meanwhile, loss: Loss, gap: Gap) -> None:
    """Lose the stream, and let something happen in the gap; require that the trader knows of it.

    The stream alone tells of it, or what the trader asks afterwards.
    """
    trader = await holds_something(traders, stream, meanwhile)
    trader.may_differ("the trader's balance is not the venue's", why="STRM-220 is about the balance")
    over = asyncio.Event()
    held = gap(stream.faults, over)

    async def is_in_it() -> bool:
        return bool(held.applied)

    await loss.happens(stream)
    if not await comes_true(trader.history, is_in_it, within_s=1.0):
        await stream.user_stream.is_open_again(within_s=5.0)
        # The next event is what makes some versions ask, and open another stream.
        await stream.venue.changes_leverage(10)
        await comes_true(trader.history, is_in_it, within_s=2.0)
    since = len(trader.history)

    async def has_heard_of_it() -> bool:
        return any(each.name == _TOLD[meanwhile.status] for each in trader.history.of(Event, since=since))

    await meanwhile.happens(stream)
    # Whoever has a stream hears of it first, and then gets the answer, which is older.
    await comes_true(trader.history, has_heard_of_it, within_s=0.5)
    over.set()
    await stream.user_stream.is_open_again(within_s=5.0)

    await trader.settles()
    await stream.venue.confirms(trader.order(NAME), meanwhile.status or None, within_s=3.0)
    await trader.holds(await stream.venue.position(), within_s=2.0)
