"""A client order id that a strategy submits once more: an order sent again by a program that was not sure of the first.

NautilusTrader refuses it (`Strategy.submit_order`: "If the client order ID is duplicate, then the order will be
denied"), by an event of that id or by an error: what the refusal must not do is change the order that there is.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.emulated import UNASKED
from conformance.cases.inherited import CRASH, WARM, Memory
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)

_RULE = "New Order, newClientOrderId: a unique id among open orders"
_UPSTREAM = ["#4944"]
#: What an order is, whoever asks for another under its id.
_TERMS = ("status", "open", "emulated", "venue_order_id", "side", "quantity", "filled_qty", "price", "trigger_price")
_PLACING = ("place order", "place stop")


@dataclass(frozen=True, kw_only=True)
class First(AxisValue):
    """An order that there is when its id is submitted again: its terms, how much fills, and the state that it is in."""

    asked: Callable[[Market], OrderRequest]
    part: str = ""
    state: str = "ACCEPTED"
    cancelled: bool = False

    async def comes(self, trader: Trader, market: Market) -> Order:
        """Submit it, and bring it where it is to be."""
        order = await trader.submit(self.asked(market))
        if self.state in ("EMULATED", "FILLED"):
            await order.reaches(self.state)
        else:
            accepted = await order.reaches("ACCEPTED")
            if self.part:
                await market.takes(accepted["venue_order_id"], self.part)
                await order.reaches("PARTIALLY_FILLED")
            if self.cancelled:
                await order.cancel()
                await order.reaches("CANCELED")
        await trader.settles()
        return order


def _below(market: Market) -> OrderRequest:
    return limit("BUY", "0.010", market.below_last("2%"))


def _stop(market: Market) -> OrderRequest:
    return stop_market("BUY", "0.010", trigger=market.above_last("1%"))


_RESTS = First(name="rests", words="rests", asked=_below)
_PART = First(
    name="part",
    words="has filled in part",
    asked=_below,
    part="0.004",
    state="PARTIALLY_FILLED",
    needs=("market_moves",),
)
_WAITS = First(name="stop", words="waits at the venue as a stop", asked=_stop)
_HELD = First(
    name="held",
    words="is held back by the trader",
    asked=lambda market: _stop(market).but(emulation_trigger="LAST_PRICE"),
    state="EMULATED",
    needs=("emulation", "market_moves"),
)
_OPEN = (_RESTS, _PART, _WAITS, _HELD)
_FILLED = First(name="filled", words="has filled", asked=lambda _: market_order("BUY", "0.010"), state="FILLED")
_CANCELLED = First(name="cancelled", words="was cancelled", asked=_below, state="CANCELED", cancelled=True)
_STOP_CANCELLED = First(
    name="stop-cancelled", words="was cancelled as a stop", asked=_stop, state="CANCELED", cancelled=True
)
_ENDED = (_FILLED, _CANCELLED, _STOP_CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Again(AxisValue):
    """What is submitted under the id of the first."""

    asked: Callable[[First, Market], OrderRequest]


_SAME = Again(name="same", words="the same", asked=lambda first, market: first.asked(market))
_OTHER = Again(
    name="other", words="another order", asked=lambda _, market: limit("SELL", "0.005", market.above_last("3%"))
)


async def _is_refused(trader: Trader, wire: Wire, order: Order, state: str, request: OrderRequest) -> None:
    """Submit under the id of an order in `state`, and require that nothing comes of it."""
    before, placed = await order.row(), len(wire.asked(_PLACING))
    followed = Order(trader, order.id, order.request, since=trader.moment)

    taken = await trader.try_to_submit(request.named(order.id))

    await order.stands(state)
    equal("orders sent under the id once more", len(wire.asked(_PLACING)) - placed, 0)
    _is_as_before(before, await order.row())
    if taken:
        denied = any(event.name == "OrderDenied" for event in followed.events)
        require(denied, "a second submission that is denied, or refused with an error", seen="neither")


async def _is_asked_again(trader: Trader, market: Market, order: Order, first: First) -> Order:
    """Submit the same under the order's id, whatever comes of it (COID-500 and COID-520 ask that), and let it be told.

    Returns the order, its events from there on.
    """
    await trader.try_to_submit(first.asked(market).named(order.id))
    await trader.settles()
    return Order(trader, order.id, order.request, since=trader.moment)


def _is_as_before(before: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    differ = [f"{field} {row.get(field)}" for field in _TERMS if row.get(field) != before.get(field)]
    what = " and ".join(each.partition(" ")[0] for each in differ)
    require(not differ, "the order as it was before", seen=f"another {what}")


@case.each(
    "COID-500",
    axes={"first": _OPEN, "again": (_SAME, _OTHER)},
    tier="full",
    core=["held.other"],
    rule=_RULE,
    upstream=_UPSTREAM,
    needs=["unrecordable"],
    trader=UNASKED,
)
async def test_id_of_an_open_order_is_refused(
    trader: Trader, wire: Wire, market: Market, first: First, again: Again
) -> None:
    """Where {again} is submitted under the id of an order that {first}, it MUST be refused, and the first one stay."""
    passes_over_what_is_free(trader)
    order = await first.comes(trader, market)

    await _is_refused(trader, wire, order, first.state, again.asked(first, market))


@dataclass(frozen=True)
class Live:
    """An order that is open, under whose id another was submitted, and who can change it."""

    trader: Trader
    venue: Venue
    market: Market
    order: Order
    first: First
    venue_order_id: str


async def _fills(live: Live) -> None:
    if live.first in (_WAITS, _HELD):
        await live.market.moves_to(live.market.above_last("2%"))
    else:
        rest = Decimal("0.010") - Decimal(live.first.part or 0)
        await live.market.takes(live.venue_order_id, f"{rest}")
    await live.order.reaches("FILLED")


async def _is_cancelled_by_others(live: Live) -> None:
    await live.venue.cancels_all()


async def _is_cancelled(live: Live) -> None:
    await live.order.cancel()


async def _is_cancelled_with_all(live: Live) -> None:
    await live.trader.cancel_all()


@dataclass(frozen=True, kw_only=True)
class Then(AxisValue):
    """What becomes of the first order after that, and what is told of it."""

    happens: Callable[[Live], Awaitable[None]]
    end: str = "CANCELED"
    told: str = "OrderCanceled"


_THEN = (
    Then(name="fills", words="fills", happens=_fills, end="FILLED", told="OrderFilled", needs=("market_moves",)),
    Then(name="cancelled", words="is cancelled by its strategy", happens=_is_cancelled),
    Then(name="cancel-all", words="is cancelled with all others", happens=_is_cancelled_with_all),
    Then(
        name="by-others",
        words="is cancelled by another client",
        happens=_is_cancelled_by_others,
        needs=("orders_of_others",),
    ),
)


@case.each(
    "COID-505",
    axes={"first": _OPEN, "then": _THEN},
    but={"what is held back no other client can cancel": {"first": "held", "then": "by-others"}},
    tier="full",
    core=["rests.cancel-all"],
    rule=_RULE,
    upstream=_UPSTREAM,
    needs=["unrecordable"],
    trader=UNASKED,
)
async def test_order_whose_id_was_refused_lives_on(
    trader: Trader, market: Market, venue: Venue, first: First, then: Then
) -> None:
    """An order that {first}, and whose id was submitted again, MUST be told of when it then {then}, and end at once."""
    passes_over_what_is_free(trader)
    order = await first.comes(trader, market)
    venue_order_id = str((await order.row()).get("venue_order_id"))
    lives = await _is_asked_again(trader, market, order, first)

    await then.happens(Live(trader, venue, market, lives, first, venue_order_id))

    await lives.stands(then.end)
    require(any(event.name == then.told for event in lives.events), f"{then.told} told of it", seen=lives.state)
    await trader.has_open()
    await trader.holds(await venue.position())


@case.each(
    "COID-510",
    axes={"first": _OPEN, "memory": (WARM, CRASH)},
    tier="full",
    core=["held.crash"],
    rule=_RULE,
    upstream=_UPSTREAM,
    needs=["unrecordable", "cache_database"],
    trader=UNASKED,
)
async def test_order_whose_id_was_refused_is_there_after_a_restart(
    traders: Traders, market: Market, first: First, memory: Memory
) -> None:
    """The session after one {memory}, with an order that {first} and its id refused, MUST start and have the order."""
    order, again = await _goes_on(traders, market, first, memory)

    await again.order(order.id).stands(first.state)
    lives = again.order(order.id)
    await lives.cancel()
    await lives.reaches("CANCELED")
    await again.has_open()


@case.each(
    "COID-520",
    axes={"first": _ENDED, "again": (_SAME, _OTHER)},
    tier="full",
    rule=_RULE,
    upstream=_UPSTREAM,
    needs=["unrecordable"],
    trader=UNASKED,
)
async def test_id_of_an_ended_order_is_refused(
    trader: Trader, wire: Wire, market: Market, venue: Venue, first: First, again: Again
) -> None:
    """Where {again} is submitted under the id of an order that {first}, it MUST be refused, and nothing be traded."""
    passes_over_what_is_free(trader)
    order = await first.comes(trader, market)
    held = await venue.position()

    await _is_refused(trader, wire, order, first.state, again.asked(first, market))

    equal("the position at the venue", Decimal(await venue.position()), Decimal(held))
    await trader.holds(held)


@case.each(
    "COID-525",
    axes={"first": _ENDED, "memory": (WARM, CRASH)},
    tier="full",
    rule=_RULE,
    upstream=_UPSTREAM,
    needs=["unrecordable", "cache_database"],
    trader=UNASKED,
)
async def test_session_after_a_refused_id_of_an_ended_order_starts(
    traders: Traders, market: Market, venue: Venue, first: First, memory: Memory
) -> None:
    """The session after one {memory}, with the id of an order refused that {first}, MUST start and have it as ended."""
    order, again = await _goes_on(traders, market, first, memory)

    await again.order(order.id).stands(first.state)
    await again.has_open()
    await again.holds(await venue.position())


async def _goes_on(traders: Traders, market: Market, first: First, memory: Memory) -> tuple[Order, Trader]:
    """Submit an order's id again, end the session, and return the order and the trader of the next session."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    order = await first.comes(trader, market)
    await _is_asked_again(trader, market, order, first)
    row = await order.row()
    last = ["OrderCanceled"] if first.cancelled else row.get("trade_ids", [])
    await traders.have_time_to_keep(order.id, str(row.get("venue_order_id") or order.id), *last)

    await memory.ends(traders)

    return order, await traders.start_again()
