"""Inherited orders: a trader acts on what an earlier session or another client has left."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import (
    MEMORIES,
    ORDERS,
    STOPS,
    Estate,
    Left,
    Memory,
    told_apart,
    venue_id,
)
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Traders, Venue, case, limit


@dataclass(frozen=True, kw_only=True)
class Act(AxisValue):
    """What happens to an order that was left, once the trader runs, and how the order then stands ("": as before)."""

    does: Callable[[Estate, Trader, Order, Left], Awaitable[None]]
    status: str


async def _cancels(estate: Estate, trader: Trader, order: Order, left: Left) -> None:
    await order.cancel()


async def _cancels_batch(estate: Estate, trader: Trader, order: Order, left: Left) -> None:
    second = await trader.submit(limit("BUY", "0.010", estate.market.below_last("5%")))
    await second.reaches("ACCEPTED")
    await trader.cancel_batch([order, second])
    await second.reaches("CANCELED")


async def _cancels_all(estate: Estate, trader: Trader, order: Order, left: Left) -> None:
    await trader.cancel_all()


async def _amends(estate: Estate, trader: Trader, order: Order, left: Left) -> None:
    price = _further(estate.market, left)
    await order.modify(quantity="0.012", price=str(price))
    await estate.venue.confirms(order, price=price)


async def _fills(estate: Estate, trader: Trader, order: Order, left: Left) -> None:
    await estate.takes(f"{left.rest:f}")


async def _fills_in_parts(estate: Estate, trader: Trader, order: Order, left: Left) -> None:
    await estate.takes("0.002")
    await estate.takes("0.003")
    await trader.settles()
    await estate.takes(f"{left.rest - Decimal('0.005'):f}")


async def _is_cancelled(estate: Estate, trader: Trader, order: Order, left: Left) -> None:
    await estate.venue.cancels(await venue_id(estate.venue, order.id))


async def _is_amended(estate: Estate, trader: Trader, order: Order, left: Left) -> None:
    side = left.request(estate.market).side
    number, price = await venue_id(estate.venue, order.id), _further(estate.market, left)
    await estate.venue.amends(number, side, quantity="0.012", price=price)
    await estate.venue.confirms(order, price=price)


def _further(market: Market, left: Left) -> Decimal:
    return market.below_last("5%") if left.request(market).side == "BUY" else market.above_last("5%")


CANCELS_ALL = Act(name="cancel-all", words="cancels all", does=_cancels_all, status="CANCELED")
AMENDS = Act(name="amend", words="amends it", does=_amends, status="")
ACTS = (
    Act(name="cancel", words="cancels it", does=_cancels, status="CANCELED"),
    Act(
        name="cancel-batch",
        words="cancels it together with one of its own",
        needs=("batch_cancel",),
        does=_cancels_batch,
        status="CANCELED",
    ),
    CANCELS_ALL,
    AMENDS,
    Act(name="filled", words="sees it fill", does=_fills, status="FILLED"),
    Act(name="filled-in-parts", words="sees it fill in parts", does=_fills_in_parts, status="FILLED"),
    Act(name="cancelled", words="sees another client cancel it", does=_is_cancelled, status="CANCELED"),
    Act(name="amended", words="sees another client amend it", does=_is_amended, status=""),
)


@case.each(
    "INH-010",
    axes={"left": ORDERS, "act": ACTS, "memory": MEMORIES},
    but={
        "only what a session remembers, or claims, is its own to cancel with all others": {
            "act": "cancel-all",
            "memory": ("cold", "foreign"),
        }
    },
    tier="full",
    core=[
        "limit.cancel.warm",
        "limit.amend.cold",
        "limit.filled.warm",
        "limit.filled-in-parts.foreign",
        "limit.cancel-batch.foreign",
        "limit.amended.crash",
        "partial.cancel.warm",
        "partial.amend.foreign",
        "partial.filled.cold",
        "child.cancel.warm",
        "child.cancel.foreign",
        "child.amend.crash",
        "child.filled.cold",
        "child.cancelled.warm",
        "limit.amend.claimed",
        "limit.cancel-batch.claimed",
        "limit.cancel-all.claimed",
        "limit.filled-in-parts.claimed",
        "partial.cancel.claimed",
        "partial.filled.claimed",
        "child.cancel.claimed",
        "child.filled.claimed",
    ],
    rule="One account, several sessions and clients; Cancel Order; Modify Order; Event: Order Update",
    needs=["market_moves", "venue_acts", "orders_of_others"],
)
async def test_inherited_order_is_the_traders_to_act_on(
    traders: Traders, venue: Venue, market: Market, faults: Faults, left: Left, act: Act, memory: Memory
) -> None:
    """{left} left {memory} MUST be open in a trader that starts, and stand as at the venue when it {act}."""
    estate = Estate(traders, venue, market)
    trader, order = await estate.finds(left, memory)
    before = (await order.row())["status"]
    apart = told_apart(faults)

    await act.does(estate, trader, order, left)

    await venue.confirms(order, act.status or before)
    apart.set()
    await order.stands(act.status or before)
    await trader.holds(await venue.position())


@dataclass(frozen=True, kw_only=True)
class StopAct(AxisValue):
    """What happens to a stop that was left, once the trader runs, and how it then stands."""

    does: Callable[[Estate, Trader, Order], Awaitable[None]]
    status: str


async def _cancels_stop(estate: Estate, trader: Trader, order: Order) -> None:
    await order.cancel()


async def _stop_is_cancelled(estate: Estate, trader: Trader, order: Order) -> None:
    await estate.venue.cancels_stop(await venue_id(estate.venue, order.id))


async def _stop_expires(estate: Estate, trader: Trader, order: Order) -> None:
    await estate.venue.expires_stop(await venue_id(estate.venue, order.id))


async def _triggers(estate: Estate, trader: Trader, order: Order) -> None:
    # Beyond every trigger and every limit: up first, so that a trailing stop has something to trail from.
    await estate.market.moves_to(estate.market.above_last("3%"))
    await estate.market.moves_to(estate.market.below_last("6%"))
    await estate.market.moves_to(estate.market.above_last("9%"))


async def _triggers_while_busy(estate: Estate, trader: Trader, order: Order) -> None:
    await trader.is_busy(200)
    await _triggers(estate, trader, order)


STOP_ACTS = (
    StopAct(name="cancel", words="cancels it", does=_cancels_stop, status="CANCELED"),
    StopAct(name="cancelled", words="sees another client cancel it", does=_stop_is_cancelled, status="CANCELED"),
    StopAct(name="expired", words="sees it expire", does=_stop_expires, status="EXPIRED"),
    StopAct(name="triggered", words="sees it trigger and fill", does=_triggers, status="FILLED"),
    StopAct(name="busy", words="is busy while it triggers and fills", does=_triggers_while_busy, status="FILLED"),
)


@case.each(
    "INH-020",
    axes={"left": STOPS, "act": STOP_ACTS, "memory": MEMORIES},
    tier="full",
    core=[
        "stop.cancel.warm",
        "stop.cancel.foreign",
        "stop.triggered.warm",
        "stop.triggered.cold",
        "stop.cancelled.crash",
        "stop-limit.triggered.foreign",
        "take-profit.triggered.crash",
        "trailing.cancel.cold",
        "trailing.expired.warm",
        "stop.busy.foreign",
        "stop.cancel.claimed",
        "stop.triggered.claimed",
        "stop-limit.triggered.claimed",
        "trailing.expired.claimed",
    ],
    rule="Algo Order service: ALGO_UPDATE, Cancel Algo Order; one account, several sessions and clients",
    upstream=["#3287", "#4348"],
    needs=["market_moves", "venue_acts", "orders_of_others"],
)
async def test_inherited_stop_is_the_traders_to_act_on(
    traders: Traders, venue: Venue, market: Market, faults: Faults, left: Left, act: StopAct, memory: Memory
) -> None:
    """{left} left {memory} MUST be open in a trader that starts, and stand as at the venue when it {act}."""
    estate = Estate(traders, venue, market)
    trader, order = await estate.finds(left, memory)
    apart = told_apart(faults)
    if act.name == "busy":
        apart.set()

    await act.does(estate, trader, order)

    status = await venue.confirms(order, act.status)
    apart.set()
    await order.stands(status)
    await trader.holds(await venue.position())
