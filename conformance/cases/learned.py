"""How a trader learns of an order what no event has told it: by a query, after a reconnect, by its open-order check."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.situations import OF_ORDERS
from conformance.cases.stops import is_reconnected
from conformance.kit import AxisValue, Faults, Order, Trader, UserStream, Wire

#: So often a check asks for the open orders before it is taken to have seen them: 1.x asks up to twice in one.
_ASKED = 3
_OPEN_CHECK = {
    "open_check_interval_secs": 0.3,
    "open_check_open_only": False,
    "open_check_threshold_ms": 300,
}


@dataclass(frozen=True)
class Learner:
    """A trader with one order of which something goes unheard, and the way to what it does not know."""

    trader: Trader
    wire: Wire
    faults: Faults
    user_stream: UserStream

    async def by_query(self, order: Order) -> None:
        """Have the order queried."""
        await order.is_queried()

    async def by_reconnect(self, order: Order) -> None:
        """Drop the stream, and wait until the trader has it again."""
        await is_reconnected(self.trader, self.user_stream)

    async def by_check(self, order: Order) -> None:
        """Wait until the open-order check has asked again and again, and has its answers."""
        since = self.trader.moment

        async def asked() -> bool:
            return len(self.wire.asked("open orders order", since=since)) >= _ASKED

        await self.trader.asks_until(asked, "open orders order")
        await self.trader.has_its_answers()

    def is_deaf(self) -> asyncio.Event:
        """Lose every event about orders until the returned event is set."""
        heard = asyncio.Event()
        for event in (*OF_ORDERS, "ACCOUNT_UPDATE"):
            self.faults.lose(event, times=None, until=heard, optional=True)
        return heard


@dataclass(frozen=True, kw_only=True)
class Learned(AxisValue):
    """How it is learned."""

    happens: Callable[[Learner, Order], Awaitable[None]]


BY_QUERY = Learned(name="query", words="it is queried", happens=Learner.by_query)
BY_RECONNECT = Learned(name="reconnect", words="the stream was lost and is back", happens=Learner.by_reconnect)
BY_CHECK = Learned(
    name="check",
    words="the open-order check has asked",
    happens=Learner.by_check,
    trader={"exec_engine": _OPEN_CHECK},
    needs=("open_check",),
)
LEARNED = (BY_QUERY, BY_RECONNECT, BY_CHECK)
