"""Lives of orders as the user stream tells them, whatever is done to its frames."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    Venue,
    limit,
    market_order,
    require,
    stop_market,
)

#: What the stream tells takes milliseconds; on a busy machine some hundred.
_HEARD_WITHIN_S = 2.0


@dataclass(frozen=True)
class Told:
    """An order that is told of, and the parties to it."""

    trader: Trader
    market: Market
    venue: Venue

    async def is_accepted(self, request: OrderRequest) -> tuple[Order, str]:
        """Submit; return the order and the venue's id of it."""
        order = await self.trader.submit(request)
        accepted = await order.reaches("ACCEPTED", within_s=_HEARD_WITHIN_S)
        return order, accepted["venue_order_id"]

    async def rests(self) -> tuple[Order, str]:
        """Return a LIMIT order that rests."""
        return await self.is_accepted(limit("BUY", "0.010", self.market.below_last("2%")))

    async def waits(self) -> tuple[Order, str]:
        """Return a stop that waits."""
        return await self.is_accepted(stop_market("SELL", "0.010", trigger=self.market.below_last("2%")))


async def _filled_in_parts(told: Told) -> Order:
    order, venue_id = await told.rests()
    await told.market.takes(venue_id, "0.004")
    await order.reaches("PARTIALLY_FILLED", within_s=_HEARD_WITHIN_S)
    await told.market.takes(venue_id, "0.006")
    return order


async def _filled_at_once(told: Told) -> Order:
    return await told.trader.submit(market_order("BUY", "0.010"))


async def _amended_and_cancelled(told: Told) -> Order:
    order, _ = await told.rests()
    await order.modify(quantity="0.008", price=str(told.market.below_last("3%")))
    await order.reaches("UPDATED", within_s=_HEARD_WITHIN_S)
    await order.cancel()
    return order


async def _filled_in_part_and_cancelled(told: Told) -> Order:
    order, venue_id = await told.rests()
    await told.market.takes(venue_id, "0.004")
    await order.reaches("PARTIALLY_FILLED", within_s=_HEARD_WITHIN_S)
    await order.cancel()
    return order


async def _expired(told: Told) -> Order:
    order, venue_id = await told.rests()
    await told.venue.expires(venue_id, 7)
    return order


async def _stop_cancelled(told: Told) -> Order:
    order, _ = await told.waits()
    await order.cancel()
    return order


async def _stop_expired(told: Told) -> Order:
    order, algo_id = await told.waits()
    await told.venue.expires_stop(algo_id, "Expired by the venue.")
    return order


async def _stop_filled(told: Told) -> Order:
    order, _ = await told.waits()
    await told.market.moves_to(told.market.below_last("3%"))
    return order


@dataclass(frozen=True, kw_only=True)
class Life(AxisValue):
    """What an order lives through, how it ends, and what the trader tells its strategy of that: event → how often."""

    is_lived: Callable[[Told], Awaitable[Order]]
    status: str
    told: Mapping[str, int]
    held: str = "0"


IN_PARTS = Life(
    name="in-parts",
    words="an order that fills in two parts",
    is_lived=_filled_in_parts,
    status="FILLED",
    told={"OrderAccepted": 1, "OrderFilled": 2},
    held="0.010",
)
AT_ONCE = Life(
    name="at-once",
    words="a MARKET order",
    is_lived=_filled_at_once,
    status="FILLED",
    told={"OrderAccepted": 1, "OrderFilled": 1},
    held="0.010",
)
AMENDED = Life(
    name="amended",
    words="an order that is amended and cancelled",
    is_lived=_amended_and_cancelled,
    status="CANCELED",
    told={"OrderAccepted": 1, "OrderUpdated": 1, "OrderCanceled": 1},
)
PART_CANCELLED = Life(
    name="part-cancelled",
    words="an order that fills in part and is cancelled",
    is_lived=_filled_in_part_and_cancelled,
    status="CANCELED",
    told={"OrderAccepted": 1, "OrderFilled": 1, "OrderCanceled": 1},
    held="0.004",
)
EXPIRED = Life(
    name="expired",
    words="an order that the venue expires",
    is_lived=_expired,
    status="EXPIRED",
    told={"OrderAccepted": 1, "OrderExpired": 1},
)
STOP_CANCELLED = Life(
    name="stop-cancelled",
    words="a stop that is cancelled",
    is_lived=_stop_cancelled,
    status="CANCELED",
    told={"OrderAccepted": 1, "OrderCanceled": 1},
)
STOP_EXPIRED = Life(
    name="stop-expired",
    words="a stop that the venue expires",
    is_lived=_stop_expired,
    status="EXPIRED",
    told={"OrderAccepted": 1, "OrderExpired": 1},
)
STOP_FILLED = Life(
    name="stop-filled",
    words="a stop that triggers and fills",
    is_lived=_stop_filled,
    status="FILLED",
    told={"OrderAccepted": 1, "OrderFilled": 1},
    held="-0.010",
)
LIVES = (IN_PARTS, AT_ONCE, AMENDED, PART_CANCELLED, EXPIRED, STOP_CANCELLED, STOP_EXPIRED, STOP_FILLED)


async def is_lived_once(told: Told, life: Life) -> Order:
    """Let an order live its life, and require that it ended as at the venue, and that each event happened once."""
    told.trader.may_differ(
        "the trader's free balance is more than the venue has available", why="ACC-210 is about what is free"
    )
    order = await life.is_lived(told)
    # The one that brings along whatever waits for another event.
    other, _ = await told.is_accepted(limit("BUY", "0.010", told.market.below_last("4%")).named("OTHER-1"))

    await order.stands(life.status)
    counts = [event.name for event in order.events]
    # Fills first, which move money, then what came first: it is what a failure is to be told by.
    for name, times in sorted(life.told.items(), key=lambda each: each[0] != "OrderFilled"):
        require(counts.count(name) == times, f"{name} as often as it happened", seen=counts)
    await other.stands("ACCEPTED")
    await told.trader.holds(life.held)
    return order
