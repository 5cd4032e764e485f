"""A command that meets an unknown fate, and how the trader can learn what became of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.commands import Command
from conformance.kit import AxisValue, CheckError, Faults, Market, Order, Trader, Venue, Wire, require
from conformance.kit.fates import UNKNOWN, Fate

#: In-flight orders are asked for sooner than by default; five questions still take three seconds, so that a busy
#: machine answers the first before the trader has asked its last and concludes without a word of the venue's.
CHECKED = {"inflight_check": {"interval_ms": 200, "threshold_ms": 600, "retries": 5}}
#: As soon as an open-order check of the profile `checks`: beside one as frequent it is put off, which is on record.
CHECKED_BESIDE = {"inflight_check": {"interval_ms": 200, "threshold_ms": 500, "retries": 5}}
#: Sooner still, so that an outage, which has to last for all the questions of the check, stays short. Ten of them take
#: two seconds, so that a busy machine answers the command, and the orders before it, before the check concludes.
HURRIED = {"inflight_check": {"interval_ms": 100, "threshold_ms": 200, "retries": 10}}
#: As by default: where the stream is to tell, a check that asks sooner on a slow machine would tell first.
UNHURRIED = {"inflight_check": {"interval_ms": 2000, "threshold_ms": 5000, "retries": 5}}
#: No periodic question for open orders, whatever the profile has: for what is told while it is held back.
UNCHECKED = {"exec_engine": {"open_check_interval_secs": None}}
#: What an in-flight check, a query or a reconciliation may ask.
QUESTIONS = ("query", "open orders", "all orders", "trades")
DONE = (AxisValue(name="done", words="done"), AxisValue(name="not-done", words="not done"))
#: What a market exit ends beside orders.
BESIDE = (
    AxisValue(name="alone", words="alone"),
    AxisValue(name="position", words="beside a position"),
)
#: The events that tell of orders.
OF_ORDERS = ("ORDER_TRADE_UPDATE", "ALGO_UPDATE", "TRADE_LITE")

#: What invariant 8 says of it, for cases that leave it to others.
SEVERAL_POSITIONS = "the trader holds several positions where the venue has one"


def passes_over_what_is_free(trader: Trader) -> None:
    """Leave the free balance to the cases of the account: these are about orders, of which some fill."""
    what = "the trader's free balance is more than the venue has available"
    trader.may_differ(what, about="USDT", why="the cases of the account are about what is free after a fill")


def hears_no_more(trader: Trader, faults: Faults) -> asyncio.Event:
    """Lose every event of the account's orders, positions and balances until the returned event is set."""
    heard = asyncio.Event()
    for event in (*OF_ORDERS, "ACCOUNT_UPDATE"):
        faults.lose(event, times=None, until=heard, optional=True)
    trader.may_differ("the trader's balance is not the venue's", why="no event and no check tells of the balance")
    return heard


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
        for event in OF_ORDERS:
            self.faults.delay_frame(event, until=read, optional=True)
        times = self.command.requests
        fate = self.fate.meets(self.faults, self.command.routes, processed=True, times=times)
        # What the trader sends again finds the event told: its pace would decide otherwise which of them comes first.
        told = asyncio.Event()
        self.faults.delay(self.command.routes, until=told, times=None, skip=times, optional=True)
        orders = await self.command.asked(self.trader, self.market, given)
        await fate.happens()
        await self.trader.has_its_answers()
        read.set()
        await self.trader.is_told()
        await self.trader.answers_twice()
        told.set()
        return orders

    async def told_by_answer_alone(self) -> list[Order]:
        """Let the command meet its answer, of which nothing else is to be told."""
        given = await self.command.given(self.trader, self.market)
        fate = self.fate.meets(self.faults, self.command.routes, processed=self.is_done)
        orders = await self.command.asked(self.trader, self.market, given)
        await fate.happens()
        return orders

    async def told_by_query(self) -> list[Order]:
        """Lose what the stream says of it: the trader has to ask."""
        given = await self.command.given(self.trader, self.market)
        for event in OF_ORDERS:
            self.faults.lose(event, times=None, optional=True)
        self.fate.meets(self.faults, self.command.routes, processed=self.is_done, times=self.command.requests)
        return await self.command.asked(self.trader, self.market, given)

    async def told_by_nobody(self, failing: Fate = UNKNOWN) -> list[Order]:
        """Let every question fail as well, until the trader asks no more; then let it ask again."""
        orders = await self.is_given_up(failing)
        for order in orders:
            await order.query()
        return orders

    async def is_given_up(self, failing: Fate) -> list[Order]:
        """Let every question fail as well, until the trader asks no more; what comes then is answered and told."""
        over = asyncio.Event()
        given = await self.command.given(self.trader, self.market)
        for event in OF_ORDERS:
            self.faults.lose(event, until=over, optional=True)
        failing.meets(self.faults, QUESTIONS, processed=False, until=over, optional=True)
        fate = self.fate.meets(self.faults, self.command.routes, processed=self.is_done, until=over)
        orders = await self.command.asked(self.trader, self.market, given)
        await fate.happens()
        await self.trader.repeats_nothing(self.command.routes)
        await self.trader.gives_up(orders, QUESTIONS)
        over.set()
        return orders

    async def ends_as_at_the_venue(self, orders: list[Order]) -> None:
        """Require that no order was refused though it was done, and that each ends as it is at the venue."""
        passes_over_what_is_free(self.trader)
        # What the trader sends again after a while may change its mind once more.
        for after_s in (0.0, 0.15):
            for order in orders:
                await self._ends_as_at_the_venue(order, after_s if order is orders[0] else 0.0)

    async def _ends_as_at_the_venue(self, order: Order, after_s: float) -> None:
        # First and last: which refusal it was tells more than where it led, and it may come late.
        self._is_not_refused(order)
        try:
            await self._stands_as_at_the_venue(order, after_s)
        finally:
            self._is_not_refused(order)

    async def _stands_as_at_the_venue(self, order: Order, after_s: float) -> None:
        confirmed = await self.venue.confirms(order)
        try:
            await order.stands(confirmed, after_s=after_s)
        except CheckError:
            # A request that was not done is sent again, and is done then: the venue has another word for the order.
            now = await self.venue.confirms(order)
            if now == confirmed:
                raise
            await order.stands(now, after_s=after_s)

    def _is_not_refused(self, order: Order) -> None:
        if self.is_done:
            order.never(self.command.refusal, "REJECTED")


@dataclass(frozen=True, kw_only=True)
class Told(AxisValue):
    """How the trader learns what became of its request: `happens` is what comes to pass."""

    happens: Callable[[Situation], Awaitable[list[Order]]]


TOLD = (
    Told(
        name="stream",
        words="by the stream before the answer",
        trader=UNHURRIED,
        happens=Situation.told_by_stream,
    ),
    Told(
        name="answer",
        words="by the stream after the answer",
        trader=UNHURRIED,
        happens=Situation.told_after_answer,
    ),
    Told(name="query", words="by a query alone", needs=("inflight_check",), happens=Situation.told_by_query),
    Told(
        name="outage",
        words="after an outage in which every query fails",
        needs=("inflight_check",),
        trader=HURRIED,
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
#: Of `IMPOSSIBLE`, what a socket can meet: the others are answers of HTTP.
ON_SOCKETS = {reason: cells for reason, cells in IMPOSSIBLE.items() if cells.get("fate") != "truncated"}


async def holds_one_position(trader: Trader) -> None:
    """Fail unless the trader has one position open: several that add up to the venue's are none of the venue's."""
    held = [row["signed_qty"] for row in (await trader.books())["positions"] if Decimal(row["signed_qty"])]
    require(len(held) == 1, "one position of all that was bought", seen=held)
