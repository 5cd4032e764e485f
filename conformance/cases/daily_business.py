"""A node that is told to stop the native way at an error, and what may happen to it on any day."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    MarketStreams,
    Order,
    Trader,
    UserStream,
    Venue,
    Wire,
    limit,
)
from conformance.kit.waiting import silence

#: A node that ends cancels its strategy's orders: what rests is gone then.
ENDS = {"ends_on_error": True, "at_stop": ["cancel"], "post_stop_s": 1.0}
#: Where an order in a symbol is live at the venue of which the trader may not know.
UNKNOWN = "an order is live at the venue but unknown in the trader"


@dataclass(frozen=True)
class Day:
    """What a case has at hand: a trader with an order that rests, and what may happen to both."""

    trader: Trader
    resting: Order
    wire: Wire
    market: Market
    venue: Venue
    faults: Faults
    user_stream: UserStream
    market_streams: MarketStreams

    def refuses(self, asked: str, code: int, status: int = 400, times: int | None = 1) -> None:
        """Have the venue refuse requests that do what is `asked`, and carry none of them out."""
        self.faults.answer(asked, status, {"code": code, "msg": "Refused."}, times=times, optional=True)


@dataclass(frozen=True, kw_only=True)
class Business(AxisValue):
    """Something that happens on any day, and returns once it is told.

    `leaves` is the state that the order which rests is left in, None where its end is asked for; `lists` the symbol
    that is listed only after the start.
    """

    happens: Callable[[Day], Awaitable[None]]
    leaves: str | None = "ACCEPTED"
    lists: str | None = None


async def goes_on(trader: Trader, market: Market, resting: Order, leaves: str | None = "ACCEPTED") -> None:
    """Require that the node has not ended: the order that rests is as it was, and another one is placed and fills."""
    # A node that ends has cancelled its orders half a second later: one pause is enough to see that none does.
    if leaves:
        await resting.stands(leaves, after_s=0.5)
    else:
        await silence(trader.history, lambda event: event.client_order_id == resting.id, 0.5)
    # Above all that rests, which the trade would fill or trigger too.
    another = await trader.submit(limit("BUY", "0.010", market.below_last("1%")))
    accepted = await another.reaches("ACCEPTED")
    await market.takes(accepted["venue_order_id"], "0.010")
    await another.reaches("FILLED")
