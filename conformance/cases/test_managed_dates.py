"""Orders good till date whose date the strategy keeps: they end at it, whatever has happened to them before."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.kit import Faults, Market, Order, OrderRequest, Trader, Traders, Venue, case, limit, stop_limit
from conformance.kit.needs import Need

_NEEDS: tuple[Need, ...] = ("gtd", "managed_dates", "unrecordable")
_UNTOLD = {"client": {"use_gtd": False}}
_KEPT = {**_UNTOLD, "strategy": {"manage_gtd_expiry": True}}
_RULE = "New Order: goodTillDate with timeInForce GTD only; what is sent as GTC stays until it is cancelled"
_SOON_S = 2.0


def _till(asked: OrderRequest, seconds: float) -> OrderRequest:
    return asked.but(time_in_force="GTD", expire_time_ms=int((time.time() + seconds) * 1000))


@dataclass(frozen=True)
class _Desk:
    market: Market
    faults: Faults
    order: Order
    venue_order_id: str


async def _nothing(desk: _Desk) -> None:
    """It rests as it was sent."""


async def _fills_in_part(desk: _Desk) -> None:
    await desk.market.takes(desk.venue_order_id, "0.004")
    await desk.order.reaches("PARTIALLY_FILLED")


async def _is_amended(desk: _Desk) -> None:
    await desk.order.modify(price=str(desk.market.below_last("3%")))
    await desk.order.reaches("UPDATED")


async def _is_not_cancelled(desk: _Desk) -> None:
    refused = asyncio.Event()
    told = {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}
    desk.faults.answer("DELETE /fapi/v1/order", 401, told, times=None, until=refused)
    await desk.order.cancel()
    await desk.order.reaches("CANCEL_REJECTED")
    refused.set()


@case.each(
    {
        "DATE-010": {"before": "nothing has happened", "happens": _nothing},
        "DATE-020": {"before": "a part has filled", "happens": _fills_in_part},
        "DATE-030": {"before": "it was amended", "happens": _is_amended},
        "DATE-040": {"before": "a cancellation was refused", "happens": _is_not_cancelled},
    },
    rule=_RULE,
    upstream=["#4974"],
    tier="full",
    core=["DATE-040"],
    needs=[*_NEEDS, "market_moves"],
    trader=_KEPT,
)
async def test_order_ends_at_its_date(
    trader: Trader,
    venue: Venue,
    market: Market,
    faults: Faults,
    before: str,
    happens: Callable[[_Desk], Awaitable[None]],
) -> None:
    """A LIMIT order whose date the strategy keeps MUST be cancelled at it, also where {before} before."""
    order = await trader.submit(_till(limit("BUY", "0.010", market.below_last("2%")), _SOON_S))
    accepted = await order.reaches("ACCEPTED")
    await happens(_Desk(market, faults, order, accepted["venue_order_id"]))

    await order.reaches("CANCELED", within_s=_SOON_S + 3.0)
    await venue.confirms(order)


@case("DATE-110", rule=f"{_RULE}; Cancel Algo Order", tier="full", needs=_NEEDS, trader=_KEPT)
async def test_stop_ends_at_its_date(trader: Trader, venue: Venue, market: Market) -> None:
    """A stop limit order whose date the strategy keeps MUST be cancelled at it, at the Algo service."""
    asked = stop_limit("SELL", "0.010", trigger=market.below_last("4%"), price=market.below_last("5%"))
    order = await trader.submit(_till(asked, _SOON_S))
    await order.reaches("ACCEPTED")

    await order.reaches("CANCELED", within_s=_SOON_S + 3.0)
    await venue.confirms(order)


@case.each(
    {
        "DATE-210": {"seconds": 3.0, "when": "comes after a restart"},
        "DATE-220": {"seconds": 0.5, "when": "passed while nobody kept it"},
    },
    rule=_RULE,
    tier="full",
    needs=[*_NEEDS, "cache_database", "orders_of_others"],
    trader=_UNTOLD,
)
async def test_order_of_an_earlier_session_ends_at_its_date(
    traders: Traders, venue: Venue, market: Market, seconds: float, when: str
) -> None:
    """An order of an earlier session whose date {when} MUST be cancelled by a session that keeps dates."""
    trader = await traders.start()
    order = await trader.submit(_till(limit("BUY", "0.010", market.below_last("2%")), seconds).named("LEFT-1"))
    await order.reaches("ACCEPTED")
    await order.stands("ACCEPTED", after_s=seconds if seconds < 1 else 0)
    await traders.stop()

    again = await traders.start_again(**_KEPT)

    inherited = again.order("LEFT-1")
    await inherited.reaches("CANCELED", within_s=seconds + 3.0)
    await venue.confirms(inherited)
