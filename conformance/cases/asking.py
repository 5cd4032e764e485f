"""What a trader asks the venue by that has not heard of something: after a reconnect, and by its periodic checks."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.stops import is_reconnected
from conformance.kit import AxisValue, Trader, UserStream, Wire

#: A check asks two questions in turn, of orders and of stops.
_SEVERAL = 4


@dataclass(frozen=True)
class Asking:
    """A trader that has not heard what others did, and what it asks the venue then."""

    trader: Trader
    wire: Wire
    user_stream: UserStream
    heard: asyncio.Event

    async def reconnects(self) -> None:
        """Let the stream be lost, and be heard again once it is back."""
        self.heard.set()
        await is_reconnected(self.trader, self.user_stream)

    async def checks_orders(self) -> None:
        """Wait for several checks of open orders."""
        await self._asks("open orders order")

    async def checks_positions(self) -> None:
        """Wait for several checks of positions."""
        await self._asks("positions")

    async def _asks(self, question: str) -> None:
        since = self.trader.moment

        async def asked() -> bool:
            return len(self.wire.asked(question, since=since)) >= _SEVERAL

        await self.trader.asks_until(asked, question)
        await self.trader.has_its_answers()


@dataclass(frozen=True, kw_only=True)
class By(AxisValue):
    """What the trader asks the venue by."""

    asks: Callable[[Asking], Awaitable[None]]
    engine: Mapping[str, Any] = field(default_factory=dict)


BY_RECONNECT = By(name="reconnect", words="after its stream was lost and is back", asks=Asking.reconnects)
BY_OPEN_CHECK = By(
    name="open-check",
    words="by its open-order check",
    asks=Asking.checks_orders,
    engine={"open_check_interval_secs": 0.3, "open_check_threshold_ms": 100, "open_check_open_only": False},
    needs=("open_check",),
    trader={"inflight_check": None},
)
BY_POSITION_CHECK = By(
    name="position-check",
    words="by its position check",
    asks=Asking.checks_positions,
    engine={"position_check_interval_secs": 0.3, "position_check_threshold_ms": 100},
    needs=("position_check",),
    trader={"inflight_check": None},
)
BY = (BY_RECONNECT, BY_OPEN_CHECK, BY_POSITION_CHECK)
