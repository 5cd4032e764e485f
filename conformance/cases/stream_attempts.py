"""How an attempt to get the user stream back fails, by one request of it, and what is to be heard when it is over."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.cases.situations import UNCHECKED
from conformance.cases.stream_losses import KEY_EXPIRED, RESET, Loss, Stream
from conformance.gateway.faults.request_faults import RequestFault
from conformance.kit import AxisValue, Faults, Order, Trader, Wire, limit
from conformance.kit.waiting import comes_true

NEW_KEY = "POST /fapi/v1/listenKey"
KEEPING = "PUT /fapi/v1/listenKey"
CLOSING = "DELETE /fapi/v1/listenKey"
SNAPSHOT = ("GET /fapi/v1/openOrders", "GET /fapi/v1/openAlgoOrders")
#: A question is asked once, so that an attempt fails at once; and no check learns what only the stream is to tell.
ONE_TRY = {"max_retries": 0, **UNCHECKED}

UNAVAILABLE = {"code": -1000, "msg": "Unknown error, please check your request or try again later."}
_GONE = {"code": -1125, "msg": "This listenKey does not exist."}
#: NautilusTrader gives a question 30 s, by its own configuration of retries; whoever gives up then has some seconds
#: left to get the stream back.
_HANGS_WITHIN_S = 40.0
#: Who backs off, rightly, is at it for some seconds after the third refusal.
_WITHIN_S = 15.0


@dataclass(frozen=True, kw_only=True)
class RequestFails(AxisValue):
    """What one request meets, once; `meets` arms it. The stream is to be had again within `over_within_s`."""

    meets: Callable[[Faults, str], RequestFault]
    over_within_s: float = _WITHIN_S


REFUSED = RequestFails(
    name="503",
    words="refused with 503",
    meets=lambda faults, route: faults.answer(route, 503, UNAVAILABLE, optional=True),
)
DONE_UNTOLD = RequestFails(
    name="503-done",
    words="done and answered 503",
    meets=lambda faults, route: faults.answer(route, 503, UNAVAILABLE, processed=True, optional=True),
)
DONE_RESET = RequestFails(
    name="reset-done",
    words="done and cut off before its answer",
    meets=lambda faults, route: faults.drop(route, processed=True, optional=True),
)
GONE = RequestFails(
    name="1125",
    words="refused with -1125, for another client has closed the key",
    meets=lambda faults, route: faults.answer(route, 400, _GONE, processed=True, optional=True),
)
HANGS = RequestFails(
    name="hang",
    words="never answered",
    meets=lambda faults, route: faults.hang(route, processed=False, optional=True),
    over_within_s=_HANGS_WITHIN_S,
)


@dataclass(frozen=True, kw_only=True)
class Attempt(AxisValue):
    """A first attempt to get the stream back, which is given a listen key and fails then; `fails` arms it."""

    loss: Loss
    fails: Callable[[Faults], None]


def _stream_is_refused(faults: Faults) -> None:
    faults.upgrade("user", 503, optional=True)


def _snapshot_is_refused(faults: Faults) -> None:
    for question in SNAPSHOT:
        faults.answer(question, 503, UNAVAILABLE, optional=True)


ATTEMPTS = (
    Attempt(
        name="key-expired-stream",
        words="ended with its listen key and was refused once as it was opened again",
        loss=KEY_EXPIRED,
        fails=_stream_is_refused,
    ),
    Attempt(
        name="key-expired-snapshot",
        words="ended with its listen key, of which open orders and stops were refused once",
        loss=KEY_EXPIRED,
        fails=_snapshot_is_refused,
    ),
    Attempt(
        name="reset-snapshot",
        words="was reset, after which open orders and stops were refused once",
        loss=RESET,
        fails=_snapshot_is_refused,
    ),
)


async def rests(trader: Trader, stream: Stream) -> tuple[Order, str]:
    """Return an order of the trader's that rests, and the venue's id of it."""
    order = await trader.submit(limit("BUY", "0.010", stream.market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    return order, accepted["venue_order_id"]


async def may_ask(trader: Trader, wire: Wire, route: str, *, within_s: float) -> None:
    """Wait for a request that some versions make and others rightly never do."""
    since = trader.moment

    async def asked() -> bool:
        return bool(wire.asked(route, since=since))

    await comes_true(trader.history, asked, within_s=within_s)


async def hears_again(trader: Trader, stream: Stream, order: Order, venue_id: str, *, within_s: float) -> None:
    """Require that what the venue tells reaches the trader again, and that its order is cancelled by another client."""
    await stream.user_stream.tells_again(lambda: stream.venue.changes_leverage(10), within_s=within_s)
    # What some versions take for the sign that it is open, they then open another one.
    await stream.user_stream.is_open_again(within_s=within_s)
    await trader.settles()
    # By another client: of a cancellation of its own the trader would ask.
    await stream.venue.cancels(venue_id)
    await order.reaches("CANCELED", within_s=3.0)
