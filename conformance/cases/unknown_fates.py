"""What a request can meet, what it can ask for, and how the trader can then be told: the axes of the unknown fates.

The fates are those of binance-usdm, section 5, and what a network does: whatever is no answer of the venue's own tells
nothing of what became of the request.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
    Trader,
    Venue,
    Wire,
    limit,
    market_order,
    stop_market,
)

#: In-flight orders are asked for sooner than by default, so that an outage, which has to last for all the questions of
#: the check, stays short.
CHECKED = {"inflight_check": {"interval_ms": 100, "threshold_ms": 200, "retries": 5}}
#: What an in-flight check, a query or a reconciliation may ask.
QUESTIONS = ("query", "open orders", "all orders", "trades")
UNKNOWN_ERROR = {"code": -1000, "msg": "Unknown error, please check your request or try again later."}
TIMEOUT = {"code": -1007, "msg": "Timeout waiting for response from backend server. Send status unknown."}
UNEXPECTED = {
    "code": -1006,
    "msg": "An unexpected response was received from the message bus. Execution status unknown.",
}


class Fault(Protocol):
    """What a fate is armed as."""

    async def happens(self) -> None:
        """Return once it has happened."""
        ...


@dataclass(frozen=True, kw_only=True)
class Fate(AxisValue):
    """What a request meets in place of the venue's answer; `meets` arms it as a fault."""

    meets: Callable[..., Fault]


def _answered(status: int, body: object) -> Callable[..., Fault]:
    return lambda faults, routes, **how: faults.answer(routes, status, body, **how)


def _cut_off(faults: Faults, routes: Sequence[str], **how: Any) -> Fault:
    return faults.drop(routes, **how)


FATES = (
    Fate(name="408", words="is answered 408 (-1007)", meets=_answered(408, TIMEOUT)),
    Fate(name="1006", words="is answered 400 (-1006)", meets=_answered(400, UNEXPECTED)),
    Fate(name="503", words='is answered 503 "Unknown error"', meets=_answered(503, UNKNOWN_ERROR)),
    Fate(
        name="502",
        words="is answered 502 with a page",
        meets=lambda faults, routes, **how: faults.garble(routes, status=502, **how),
    ),
    Fate(name="reset-before", words="is cut off before the venue has it", meets=_cut_off),
    Fate(name="reset-after", words="is cut off before its answer", meets=_cut_off),
    Fate(name="hang", words="is never answered", meets=lambda faults, routes, **how: faults.hang(routes, **how)),
    Fate(
        name="truncated",
        words="is answered by half",
        meets=lambda faults, routes, processed, **how: faults.truncate(routes, **how),
    ),
    Fate(
        name="page",
        words="is answered 200 with a page",
        meets=lambda faults, routes, **how: faults.garble(routes, **how),
    ),
)
DONE = (AxisValue(name="done", words="done"), AxisValue(name="not-done", words="not done"))
#: The events that tell of orders.
_OF_ORDERS = ("ORDER_TRADE_UPDATE", "ALGO_UPDATE", "TRADE_LITE")


@dataclass(frozen=True, kw_only=True)
class Command(AxisValue):
    """What is asked for: `given` are the orders before, `asked` sends the request and returns the orders it is about.

    `told_by` is the venue's event that tells that it was done, `reaches` what the trader's orders then reach,
    `refusal` the trader's event that says that it was refused, `requests` how many requests may meet the fate.
    """

    routes: Sequence[str]
    told_by: str
    reaches: str
    refusal: str
    given: Callable[[Trader, Market], Awaitable[list[Order]]]
    asked: Callable[[Trader, Market, list[Order]], Awaitable[list[Order]]]
    requests: int = 1


def _limit(market: Market, percent: str = "2%") -> OrderRequest:
    return limit("BUY", "0.010", market.below_last(percent))


def _stop(market: Market) -> OrderRequest:
    return stop_market("SELL", "0.010", trigger=market.below_last("4%"))


async def _nothing(trader: Trader, market: Market) -> list[Order]:
    return []


def _rests(*requests: Callable[[Market], OrderRequest]) -> Callable[[Trader, Market], Awaitable[list[Order]]]:
    async def given(trader: Trader, market: Market) -> list[Order]:
        orders = [await trader.submit(request(market)) for request in requests]
        for order in orders:
            await order.reaches("ACCEPTED")
        await trader.settles()
        return orders

    return given


def _submits(
    request: Callable[[Market], OrderRequest],
) -> Callable[[Trader, Market, list[Order]], Awaitable[list[Order]]]:
    async def asked(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
        return [await trader.submit(request(market))]

    return asked


async def _cancels(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
    await orders[0].cancel()
    return orders


async def _modifies(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
    await orders[0].modify(price=str(market.below_last("3%")))
    return orders


async def _cancels_batch(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
    await trader.cancel_batch(orders)
    return orders


async def _cancels_all(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
    await trader.cancel_all()
    return orders


_TWO = _rests(_limit, partial(_limit, percent="3%"))

LIMIT = Command(
    name="limit",
    words="the submission of a limit order",
    routes=("place order",),
    told_by="ORDER_TRADE_UPDATE",
    reaches="ACCEPTED",
    refusal="REJECTED",
    given=_nothing,
    asked=_submits(_limit),
)
MARKET = Command(
    name="market",
    words="the submission of a market order",
    routes=("place order",),
    told_by="ORDER_TRADE_UPDATE",
    reaches="FILLED",
    refusal="REJECTED",
    given=_nothing,
    asked=_submits(lambda market: market_order("BUY", "0.010")),
)
STOP = Command(
    name="stop",
    words="the submission of a stop",
    # 1.221 has no Algo service.
    routes=("place stop", "place order"),
    told_by="ALGO_UPDATE",
    reaches="ACCEPTED",
    refusal="REJECTED",
    given=_nothing,
    asked=_submits(_stop),
)
CANCEL = Command(
    name="cancel",
    words="the cancellation of a limit order",
    routes=("cancel order",),
    told_by="ORDER_TRADE_UPDATE",
    reaches="CANCELED",
    refusal="CANCEL_REJECTED",
    given=_rests(_limit),
    asked=_cancels,
)
CANCEL_STOP = Command(
    name="cancel-stop",
    words="the cancellation of a stop",
    routes=("cancel stop", "cancel order"),
    told_by="ALGO_UPDATE",
    reaches="CANCELED",
    refusal="CANCEL_REJECTED",
    given=_rests(_stop),
    asked=_cancels,
)
MODIFY = Command(
    name="modify",
    words="the amendment of a limit order",
    routes=("modify",),
    told_by="ORDER_TRADE_UPDATE",
    reaches="UPDATED",
    refusal="MODIFY_REJECTED",
    given=_rests(_limit),
    asked=_modifies,
)
CANCEL_BATCH = Command(
    name="cancel-batch",
    words="the cancellation of two orders at once",
    needs=("batch_cancel",),
    routes=("batch cancel",),
    told_by="ORDER_TRADE_UPDATE",
    reaches="CANCELED",
    refusal="CANCEL_REJECTED",
    given=_TWO,
    asked=_cancels_batch,
)
CANCEL_ALL = Command(
    name="cancel-all",
    words="the cancellation of all orders",
    # 2.x cancels the strategy's orders one by one.
    routes=("cancel all", "cancel order"),
    told_by="ORDER_TRADE_UPDATE",
    reaches="CANCELED",
    refusal="CANCEL_REJECTED",
    given=_TWO,
    asked=_cancels_all,
    requests=2,
)


@dataclass(frozen=True)
class Situation:
    """One command that meets one fate, in one case."""

    trader: Trader
    wire: Wire
    market: Market
    venue: Venue
    faults: Faults
    command: Command
    fate: Fate
    is_done: bool

    async def told_by_stream(self) -> list[Order]:
        """Let the venue's event reach the trader first, and then what it gets for an answer."""
        told = asyncio.Event()
        times = self.command.requests
        given = await self.command.given(self.trader, self.market)
        self.faults.delay(self.command.routes, until=told, processed=True, times=times)
        self.fate.meets(self.faults, self.command.routes, processed=True, times=times)
        orders = await self.command.asked(self.trader, self.market, given)
        for order in orders:
            await order.reaches(self.command.reaches)
        told.set()
        return orders

    async def told_after_answer(self) -> list[Order]:
        """Let the trader read what it gets for an answer before the venue's event reaches it."""
        read = asyncio.Event()
        given = await self.command.given(self.trader, self.market)
        # Not lost, only late: what the stream says of orders, whichever service they are of.
        for event in _OF_ORDERS:
            self.faults.delay_frame(event, until=read, optional=True)
        fate = self.fate.meets(self.faults, self.command.routes, processed=True, times=self.command.requests)
        orders = await self.command.asked(self.trader, self.market, given)
        await fate.happens()
        await self.trader.has_its_answers()
        read.set()
        return orders

    async def told_by_query(self) -> list[Order]:
        """Lose what the stream says of it: the trader has to ask."""
        given = await self.command.given(self.trader, self.market)
        for event in _OF_ORDERS:
            self.faults.lose(event, times=None, optional=True)
        self.fate.meets(self.faults, self.command.routes, processed=self.is_done, times=self.command.requests)
        return await self.command.asked(self.trader, self.market, given)

    async def told_by_nobody(self) -> list[Order]:
        """Let every question fail as well, until the trader asks no more; then let it ask again."""
        over = asyncio.Event()
        given = await self.command.given(self.trader, self.market)
        for event in _OF_ORDERS:
            self.faults.lose(event, until=over, optional=True)
        self.faults.answer(QUESTIONS, 503, UNKNOWN_ERROR, until=over, optional=True)
        fate = self.fate.meets(self.faults, self.command.routes, processed=self.is_done, until=over)
        orders = await self.command.asked(self.trader, self.market, given)
        await fate.happens()
        await self.trader.has_its_answers()
        await self.trader.gives_up(orders, QUESTIONS)
        over.set()
        for order in orders:
            await order.query()
        return orders

    async def ends_as_at_the_venue(self, orders: list[Order]) -> None:
        """Require that no order was refused though it was done, and that each ends as it is at the venue."""
        # What the trader sends again after a while may change its mind once more.
        for after_s in (0.0, 0.15):
            for order in orders:
                await self._ends_as_at_the_venue(order, after_s if order is orders[0] else 0.0)

    async def _ends_as_at_the_venue(self, order: Order, after_s: float) -> None:
        try:
            await order.stands(await self.venue.confirms(order), after_s=after_s)
        finally:
            # Said first: which refusal it was tells more than where it led.
            if self.is_done:
                order.never(self.command.refusal, "REJECTED")


@dataclass(frozen=True, kw_only=True)
class Told(AxisValue):
    """How the trader learns what became of its request: `happens` is what comes to pass."""

    happens: Callable[[Situation], Awaitable[list[Order]]]


TOLD = (
    Told(name="stream", words="by the stream before the answer", happens=Situation.told_by_stream),
    Told(name="answer", words="by the stream after the answer", happens=Situation.told_after_answer),
    Told(name="query", words="by a query alone", needs=("inflight_check",), happens=Situation.told_by_query),
    Told(
        name="outage",
        words="after an outage in which every query fails",
        needs=("inflight_check",),
        happens=Situation.told_by_nobody,
    ),
)
#: Cells that cannot exist, by the reason.
IMPOSSIBLE: dict[str, dict[str, str | tuple[str, ...]]] = {
    "what the venue never had it has not done": {"fate": "reset-before", "done": "done"},
    "a request that is cut off before the venue has it is the cell of its own": {
        "fate": "reset-after",
        "done": "not-done",
    },
    "half of an answer is half of the venue's own, which it gives to what it has done": {
        "fate": "truncated",
        "done": "not-done",
    },
    "the stream tells nothing of what was not done": {"done": "not-done", "told": ("stream", "answer")},
    "an answer that never comes cannot come first": {"fate": "hang", "told": "answer"},
}
