"""Stops as the families cross them: kind, side and price watched, and how the market comes to set one off."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
    Side,
    Trader,
    UserStream,
    Venue,
    Wire,
    event_of,
    stop_limit,
    stop_market,
    take_profit_limit,
    take_profit_market,
    trailing_stop_market,
)

_CANCELLED_WITHIN_S = 2.0
QUANTITY = "0.010"
FILLED = Decimal(QUANTITY)


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """A kind of stop. `takes_profit` says on which side of the market it waits, `becomes` what it is once triggered."""

    make: Callable[..., OrderRequest]
    venue_type: str
    takes_profit: bool = False
    becomes: str = "MARKET"

    @property
    def is_limit(self) -> bool:
        """Whether it becomes a limit order, which can rest."""
        return self.becomes == "LIMIT"


STOP_MARKET = Kind(name="stop-market", words="a STOP_MARKET", make=stop_market, venue_type="STOP_MARKET")
STOP_LIMIT = Kind(name="stop-limit", words="a STOP", make=stop_limit, venue_type="STOP", becomes="LIMIT")
TAKE_MARKET = Kind(
    name="take-market",
    words="a TAKE_PROFIT_MARKET",
    make=take_profit_market,
    venue_type="TAKE_PROFIT_MARKET",
    takes_profit=True,
)
TAKE_LIMIT = Kind(
    name="take-limit",
    words="a TAKE_PROFIT",
    make=take_profit_limit,
    venue_type="TAKE_PROFIT",
    takes_profit=True,
    becomes="LIMIT",
)
TRAILING = Kind(
    name="trailing", words="a TRAILING_STOP_MARKET", make=trailing_stop_market, venue_type="TRAILING_STOP_MARKET"
)
KINDS = (STOP_MARKET, STOP_LIMIT, TAKE_MARKET, TAKE_LIMIT, TRAILING)
#: 2.x takes no price of a take-profit limit that is worse for the market than its trigger.
RESTING_TAKE_LIMIT = replace(TAKE_LIMIT, needs=("take_profit_beyond_trigger",))
LIMITS = (STOP_LIMIT, RESTING_TAKE_LIMIT)


@dataclass(frozen=True, kw_only=True)
class Watched(AxisValue):
    """The price that a stop watches: `trigger_type` as the trader says it, `working_type` as the venue does."""

    trigger_type: str | None
    working_type: str


LAST = Watched(name="last", words="the last price", trigger_type="LAST_PRICE", working_type="CONTRACT_PRICE")
MARK = Watched(name="mark", words="the mark price", trigger_type="MARK_PRICE", working_type="MARK_PRICE")
SIDES = (AxisValue(name="sell", words="sells"), AxisValue(name="buy", words="buys"))


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One stop of a case, from its submission on. All prices follow from kind, side and the price it watches."""

    trader: Trader
    wire: Wire
    market: Market
    venue: Venue
    kind: Kind
    side: Side = "SELL"
    watched: Watched = LAST
    start: Decimal = Decimal(0)

    @classmethod
    def of(cls, trader: Trader, wire: Wire, market: Market, venue: Venue, kind: Kind, **how: Any) -> "Stop":
        """Measure from the market's last price, as it is now."""
        if "side" in how:
            how["side"] = how["side"].upper()
        return cls(trader=trader, wire=wire, market=market, venue=venue, kind=kind, start=market.last, **how)

    def request(self, *, rests: bool = False) -> OrderRequest:
        """Return the order; a limit order is priced to fill once it is triggered, or so that it `rests`."""
        if self.kind is TRAILING:
            terms: dict[str, Any] = {"callback_rate": "1.0"}
        else:
            terms = {"trigger": self._away(2)}
        if self.kind.is_limit:
            terms["price"] = self.limit_price(rests=rests)
        return self.kind.make(self.side, QUANTITY, **terms).but(trigger_type=self.watched.trigger_type)

    def limit_price(self, *, rests: bool) -> Decimal:
        """Return a price that fills at once where the last price is once it triggered, or one that rests there."""
        last = self.start if self.watched is MARK else self._away(3)
        # 1.5 % beyond what it fills at: no better than the trigger, which 2.x (not Binance) wants of a take-profit.
        return self._tick(last * (1 + self._better * (Decimal(2) if rests else Decimal("-1.5")) / 100))

    async def is_accepted(self, *, rests: bool = False) -> Order:
        """Submit it, and wait until the venue has it and the trader knows."""
        order = await self.trader.submit(self.request(rests=rests))
        await order.reaches("ACCEPTED")
        return order

    async def triggers(self) -> None:
        """Let the price that it watches cross its trigger."""
        if self.watched is MARK:
            await self.market.marks(self._away(3))
        else:
            await self.market.moves_to(self._away(3))

    async def child_id(self, order: Order) -> str:
        """Return the venue's id of the order that it became, once the venue has told of it (delivered or not)."""
        frame = await self.wire.frame("ORDER_TRADE_UPDATE", c=order.id, x="NEW")
        return str(event_of(frame)["o"]["i"])

    async def rests_triggered(self) -> Order:
        """Let it be accepted, trigger, and rest in the book as a limit order that the trader knows of."""
        order = await self.is_accepted(rests=True)
        await self.triggers()
        await self.wire.frame("ALGO_UPDATE", caid=order.id, X="TRIGGERED")
        await order.stands("ACCEPTED")
        return order

    async def is_filled(self, order: Order) -> None:
        """Require that it filled once, by the venue's own trades, and ended so."""
        await order.reaches("FILLED")
        await self.is_booked(order)

    async def is_booked(self, order: Order) -> None:
        """Require that the trader has it FILLED, by the venue's trades and no others, and holds what it made."""
        await order.stands("FILLED")
        await self.trader.has_booked(order.id, await self.venue.trades())
        await self.trader.holds(QUANTITY if self.side == "BUY" else f"-{QUANTITY}")

    @property
    def _better(self) -> int:
        """Which way a price gets better for the order's side."""
        return 1 if self.side == "SELL" else -1

    def _away(self, percent: int) -> Decimal:
        """Return the price `percent` away from the start, on the way to the trigger."""
        towards = self._better if self.kind.takes_profit else -self._better
        return self._tick(self.start * (1 + Decimal(towards * percent) / 100))

    def _tick(self, price: Decimal) -> Decimal:
        return (price / self.market.tick).quantize(Decimal(1)) * self.market.tick


@dataclass(frozen=True, kw_only=True)
class Life(AxisValue):
    """What a stop lives through: `is_lived` does it, and requires what must come of it."""

    is_lived: Callable[[Stop], Awaitable[Order]]


async def is_reconnected(trader: Trader, user_stream: UserStream) -> None:
    """Drop the user stream, and wait until the trader has it again and has dealt with what it missed.

    NautilusTrader ≥ 1.223 asks what it missed when the first event comes on the stream that it opened again.
    """
    await user_stream.drops()
    await user_stream.is_open_again()
    await trader.settles()
    await user_stream.is_open_again()
    await trader.settles()


async def ends_at_once(trader: Trader, faults: Faults, cancels: Callable[[], Awaitable[None]]) -> None:
    """Cancel a triggered stop so that its order's end and the algo order's come at once, as a busy trader hears them.

    The two come milliseconds apart from two services: without this it is chance whether the first is dealt with before
    the second is read. So the first waits for the second, and the trader for both.
    """
    is_busy = asyncio.Event()
    ended = faults.delay_frame("ORDER_TRADE_UPDATE", until=is_busy, optional=True, x="CANCELED")
    await cancels()
    with suppress(TimeoutError):
        # A version may not get it cancelled at all.
        await asyncio.wait_for(ended.happens(), _CANCELLED_WITHIN_S)
    await trader.is_busy(100)
    is_busy.set()
