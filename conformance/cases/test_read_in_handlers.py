"""What a strategy reads of its cache and its portfolio inside its handlers, by which it sizes what it does next."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.emulated import UNASKED
from conformance.cases.situations import passes_over_what_is_free
from conformance.history.entries import Event
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Side,
    Trader,
    Traders,
    case,
    limit,
    market_order,
    require,
    stop_limit,
    stop_market,
)

_RULE = "Event: Order Update: what an event says is so when it is told"
_READS: Mapping[str, Any] = {"hears": ["readings"]}

#: What an order is after an event of this name, where the event alone says it.
_STATES = {
    "OrderSubmitted": "SUBMITTED",
    "OrderAccepted": "ACCEPTED",
    "OrderDenied": "DENIED",
    "OrderRejected": "REJECTED",
    "OrderTriggered": "TRIGGERED",
    "OrderPendingUpdate": "PENDING_UPDATE",
    "OrderPendingCancel": "PENDING_CANCEL",
    "OrderCanceled": "CANCELED",
    "OrderExpired": "EXPIRED",
}
#: The lists of the cache that an order is in.
_LISTS = {
    "SUBMITTED": "inflight",
    "ACCEPTED": "open",
    "TRIGGERED": "open",
    "PARTIALLY_FILLED": "open",
    "PENDING_UPDATE": "open+inflight",
    "PENDING_CANCEL": "open+inflight",
    **dict.fromkeys(("DENIED", "REJECTED", "CANCELED", "EXPIRED", "FILLED"), "closed"),
}


@dataclass(frozen=True, kw_only=True)
class Life(AxisValue):
    """What becomes of an order of 0.010, from its submission to its end."""

    comes: Callable[[Trader, Market, OrderRequest], Awaitable[None]]
    asked: Callable[[Market], OrderRequest]


def _resting(market: Market) -> OrderRequest:
    return limit("BUY", "0.010", market.below_last("2%"))


async def _is_cancelled(trader: Trader, market: Market, asked: OrderRequest) -> None:
    order = await trader.submit(asked)
    await order.reaches("ACCEPTED")
    if asked.type == "LIMIT":
        await order.modify(price=str(market.below_last("3%")))
        await order.reaches("UPDATED")
    await order.cancel()
    await order.reaches("CANCELED")


async def _fills_in_parts(trader: Trader, market: Market, asked: OrderRequest) -> None:
    order = await trader.submit(asked)
    accepted = await order.reaches("ACCEPTED")
    await market.takes(accepted["venue_order_id"], "0.004")
    await order.reaches("PARTIALLY_FILLED")
    await market.takes(accepted["venue_order_id"], "0.006")
    await order.reaches("FILLED")


async def _fills_in_part_and_is_cancelled(trader: Trader, market: Market, asked: OrderRequest) -> None:
    order = await trader.submit(asked)
    accepted = await order.reaches("ACCEPTED")
    await market.takes(accepted["venue_order_id"], "0.004")
    await order.reaches("PARTIALLY_FILLED")
    await order.cancel()
    await order.reaches("CANCELED")


async def _ends_at_once(trader: Trader, _: Market, asked: OrderRequest) -> None:
    await (await trader.submit(asked)).reaches("FILLED", "REJECTED", "DENIED", "EXPIRED", "CANCELED")


async def _triggers(trader: Trader, market: Market, asked: OrderRequest) -> None:
    order = await trader.submit(asked)
    await order.reaches("ACCEPTED")
    await market.moves_to(market.below_last("3%"))
    await order.reaches("FILLED")


_LIVES = (
    Life(name="cancelled", words="is amended and cancelled", comes=_is_cancelled, asked=_resting),
    Life(name="filled", words="fills in two parts", comes=_fills_in_parts, asked=_resting),
    Life(name="part", words="fills in part and is cancelled", comes=_fills_in_part_and_is_cancelled, asked=_resting),
    Life(name="market", words="fills at once", comes=_ends_at_once, asked=lambda _: market_order("BUY", "0.010")),
    Life(
        name="rejected",
        words="is rejected",
        comes=_ends_at_once,
        asked=lambda m: limit("BUY", "0.010", m.above_last("1%"), post_only=True),
    ),
    Life(
        name="denied",
        words="is denied",
        comes=_ends_at_once,
        asked=lambda m: limit("BUY", "0.0100001", m.below_last("2%")),
    ),
    Life(
        name="expired",
        words="expires",
        comes=_ends_at_once,
        asked=lambda m: limit("BUY", "0.010", m.below_last("2%"), time_in_force="IOC"),
    ),
    Life(
        name="stop",
        words="waits and triggers",
        comes=_triggers,
        asked=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("2%")),
    ),
    Life(
        name="stop-cancelled",
        words="waits and is cancelled",
        comes=_is_cancelled,
        asked=lambda m: stop_limit("SELL", "0.010", trigger=m.below_last("2%"), price=m.below_last("2%")),
    ),
)


@case.each(
    {f"HND-{40 + number:03}": {"life": life} for number, life in enumerate(_LIVES)},
    tier="full",
    core=["HND-041"],
    rule=_RULE,
    upstream=["c4700fabc0", "e7953dbf12"],
    needs=["market_moves", "unrecordable"],
    trader=UNASKED,
)
async def test_handler_reads_the_order_as_its_event_left_it(traders: Traders, market: Market, life: Life) -> None:
    """In each handler of an order that {life} the cache MUST have it as the event says, in the lists of its state."""
    trader = await traders.start(**_READS)
    passes_over_what_is_free(trader)

    await life.comes(trader, market, life.asked(market))

    await trader.settles()
    read = [row for row in await trader.readings() if row["event"].startswith("Order")]
    filled = [event for event in trader.history.of(Event) if event.name == "OrderFilled"]
    booked = Decimal(0)
    for row in read:
        if row["event"] == "OrderFilled":
            booked += Decimal(filled.pop(0).last_qty or 0)
        _is_as_told(row, booked)
    require(len(read) > 1, "handlers of orders", seen=read)


def _is_as_told(row: Mapping[str, str], booked: Decimal) -> None:
    # The first event of an order is told before any book has it.
    if row["event"] == "OrderInitialized":
        return
    wanted = _STATES.get(row["event"], row["status"])
    if row["event"] == "OrderFilled":
        wanted = "FILLED" if booked == Decimal("0.010") else "PARTIALLY_FILLED"
    require(row["status"] == wanted, f"an order that is {wanted} in the handler of {row['event']}", seen=row)
    lists = _LISTS.get(wanted, row["lists"])
    require(row["lists"] == lists, f"an order that is {wanted} among those that are {lists}", seen=row)
    require(Decimal(row["filled"]) == booked, f"what has filled in the handler of {row['event']}", seen=row)


@dataclass(frozen=True, kw_only=True)
class Course(AxisValue):
    """Orders that fill at once, each with what is held after it."""

    orders: tuple[tuple[Side, str, str], ...]


_COURSES = (
    Course(name="opens", words="opens", orders=(("BUY", "0.010", "0.01"),)),
    Course(name="grows", words="grows", orders=(("BUY", "0.010", "0.01"), ("BUY", "0.004", "0.014"))),
    Course(name="shrinks", words="is reduced", orders=(("SELL", "0.010", "-0.01"), ("BUY", "0.004", "-0.006"))),
    Course(name="closes", words="is closed", orders=(("BUY", "0.010", "0.01"), ("SELL", "0.010", "0"))),
    Course(name="turns", words="is turned around", orders=(("BUY", "0.010", "0.01"), ("SELL", "0.014", "-0.004"))),
)


@case.each(
    {f"HND-{60 + number:03}": {"course": course} for number, course in enumerate(_COURSES)},
    tier="full",
    core=["HND-064"],
    rule=f"{_RULE}; Event: Balance and Position Update",
    upstream=["472b877512"],
    needs=["unrecordable", "venue_positions"],
)
async def test_handler_reads_the_position_that_its_trade_made(traders: Traders, course: Course) -> None:
    """Where a position {course}, the handlers of the fill and of the position MUST read what is held from then on."""
    trader = await traders.start(**_READS)
    passes_over_what_is_free(trader)

    for side, quantity, _ in course.orders:
        await (await trader.submit(market_order(side, quantity))).reaches("FILLED")
        await trader.settles()

    read = await trader.readings()
    require(_fills(read) == [held for *_, held in course.orders], "what is held in handlers of fills", seen=read)
    of_positions = [row for row in read if row["event"].startswith("Position")]
    require(len(of_positions) >= len(course.orders), "handlers of positions", seen=read)
    before = "0"
    for row in read:
        if row["event"] == "OrderFilled":
            before = row["held"]
        elif row["event"].startswith("Position"):
            name = row["event"]
            require(row["held"] == before, f"what the cache holds in the handler of {name}", seen=row)
            require(row["net"] == before, f"what the portfolio holds in the handler of {name}", seen=row)


def _fills(read: Sequence[Mapping[str, str]]) -> list[str]:
    return [row["held"] for row in read if row["event"] == "OrderFilled"]


@case("HND-070", rule=_RULE, upstream=["ec0b1e681a"], needs=["order_lists", "unrecordable"])
async def test_handler_reads_all_orders_of_a_list(traders: Traders, market: Market) -> None:
    """In each handler of an order of a list, its first event apart, the cache MUST have all orders of that list."""
    trader = await traders.start(**_READS)
    asked = [limit("BUY", "0.010", market.below_last(f"{away}%")) for away in (2, 3, 4)]

    orders = await trader.submit_list(asked)

    for order in orders:
        await order.reaches("ACCEPTED")
    await trader.settles()
    whole = {order.id for order in orders}
    later = [row for row in await trader.readings() if row["event"] != "OrderInitialized"]
    require(len(later) > len(orders), "handlers of its orders", seen=later)
    for row in later:
        known = set(row["known"].split())
        require(whole <= known, f"all orders of the list in the handler of {row['event']}", seen=row)
