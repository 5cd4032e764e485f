"""Unknown fates of commands about orders that fill and grow: what is live stays the strategy's to command."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.commands import CANCEL, CANCEL_ALL, CANCEL_BATCH, LIMIT, MODIFY, STOP, Command
from conformance.cases.situations import CHECKED, DONE, HURRIED, OF_ORDERS, Situation, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Venue, Wire, case, limit, require
from conformance.kit.fates import CUT_OFF, FAILURES, Fate
from conformance.kit.waiting import comes_true

_RULE = "General info: 408, -1007 and 503 leave the execution status unknown: verify by query; Query Order: executedQty"
_SILENCES = tuple(failure for failure in FAILURES if failure.name in ("503", "429", "page", "hang"))
_HEARD = (
    AxisValue(name="heard", words="has filled in part"),
    AxisValue(name="unheard", words="has filled in part, of which nothing is told,"),
)


@dataclass(frozen=True)
class _Resting:
    """A LIMIT order of 0.010 that rests, and what of it goes unheard until `over`."""

    order: Order
    number: str
    faults: Faults
    trader: Trader
    over: asyncio.Event

    @classmethod
    async def of(cls, trader: Trader, market: Market, faults: Faults) -> "_Resting":
        """Have the trader submit it."""
        passes_over_what_is_free(trader)
        order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
        accepted = await order.reaches("ACCEPTED")
        await trader.settles()
        return cls(order, str(accepted["venue_order_id"]), faults, trader, asyncio.Event())

    def is_unheard(self) -> None:
        """Lose what the stream says of it."""
        for event in OF_ORDERS:
            self.faults.lose(event, times=None, until=self.over, optional=True)

    async def has_grown(self, venue: Venue) -> None:
        """Wait until the venue has amended it: its answer is lost, not the amendment."""

        async def amended() -> bool:
            return Decimal((await venue.standing(self.order.id)).quantity) == Decimal("0.015")

        require(await comes_true(self.trader.history, amended, within_s=2.0), "the amendment at the venue", seen="none")

    async def ends_when_cancelled(self, venue: Venue) -> None:
        """Let everything be heard and done again, and require that an order that is still live can be cancelled."""
        self.over.set()
        if (await venue.standing(self.order.id)).status not in ("CANCELED", "FILLED"):
            await self.order.cancel()
            await self.order.reaches("CANCELED")
            await venue.confirms(self.order, "CANCELED")


@case.each(
    "FATE-310",
    axes={"heard": _HEARD, "command": (CANCEL, CANCEL_ALL, CANCEL_BATCH, MODIFY), "done": DONE},
    tier="full",
    core=["heard.cancel.not-done", "heard.modify.not-done", "heard.cancel-all.done", "unheard.cancel.not-done"],
    rule=_RULE,
    card="TC-E74",
    upstream=["#4152", "#3879"],
    needs=["inflight_check", "market_moves", "venue_acts"],
    trader=CHECKED,
)
async def test_partly_filled_order_can_be_commanded_after_an_unknown_fate(
    trader: Trader,
    market: Market,
    venue: Venue,
    faults: Faults,
    heard: AxisValue,
    command: Command,
    done: AxisValue,
) -> None:
    """An order that {heard} MUST be as at the venue once {command} is cut off and {done}, and end when cancelled."""
    resting = await _Resting.of(trader, market, faults)
    if heard.name == "unheard":
        resting.is_unheard()
    await market.takes(resting.number, "0.004")
    if heard.name == "heard":
        await resting.order.reaches("PARTIALLY_FILLED")
    await trader.settles()
    resting.is_unheard()
    lost = faults.drop(command.routes, processed=done.name == "done", times=None, until=resting.over)

    await command.asked(trader, market, [resting.order])

    await lost.happens()
    await venue.confirms(resting.order)
    await trader.holds("0.004")
    await resting.ends_when_cancelled(venue)


@dataclass(frozen=True, kw_only=True)
class Grown(AxisValue):
    """Who amends the order to 0.015, and whose command it then waits for."""

    by_others: bool


_GROWN = (
    Grown(name="own", words="amended to more, of which the answer is lost,", by_others=False),
    Grown(name="others", words="amended to more by another client, while its cancellation is lost,", by_others=True),
)


@dataclass(frozen=True, kw_only=True)
class Filled(AxisValue):
    """How much of it fills."""

    quantity: str


_FILLS = (
    Filled(name="part", words="in part", quantity="0.004"),
    Filled(name="beyond", words="beyond what it was for", quantity="0.012"),
    Filled(name="whole", words="wholly", quantity="0.015"),
)


@case.each(
    "FATE-320",
    axes={"grown": _GROWN, "filled": _FILLS},
    tier="full",
    core=["own.whole", "own.beyond", "others.whole"],
    rule=f"Modify Order; {_RULE}, origQty",
    card="TC-E74",
    upstream=["#4152"],
    needs=["inflight_check", "market_moves", "venue_acts", "orders_of_others"],
    trader=CHECKED,
)
async def test_order_amended_to_more_fills_while_a_command_is_in_flight(
    trader: Trader, market: Market, venue: Venue, faults: Faults, grown: Grown, filled: Filled
) -> None:
    """An order that is {grown} and fills {filled} unheard MUST be as at the venue from the in-flight check.

    Its position is the venue's, and what is still live of it ends when it is cancelled.
    """
    resting = await _Resting.of(trader, market, faults)
    resting.is_unheard()
    happened = asyncio.Event()
    faults.delay("query", until=happened, times=None, optional=True)
    lost = faults.drop(
        CANCEL.routes if grown.by_others else MODIFY.routes,
        processed=not grown.by_others,
        times=None,
        until=resting.over,
    )
    if grown.by_others:
        await venue.amends(resting.number, "BUY", quantity="0.015", price=market.below_last("2%"))
        await resting.order.cancel()
    else:
        await resting.order.modify(quantity="0.015")
    await lost.happens()
    await resting.has_grown(venue)
    await market.takes(resting.number, filled.quantity)
    happened.set()

    await venue.confirms(resting.order)
    await trader.holds(filled.quantity)
    await resting.ends_when_cancelled(venue)


async def _is_queried(situation: Situation, order: Order) -> None:
    await order.query()


async def _fills(situation: Situation, order: Order) -> None:
    await situation.market.moves_to(situation.market.below_last("6%"))


async def _is_cancelled(situation: Situation, order: Order) -> None:
    await situation.venue.cancels_all()


@dataclass(frozen=True, kw_only=True)
class Afterwards(AxisValue):
    """What happens once the trader has given up to ask, and how it comes to know of the order."""

    happens: Callable[[Situation, Order], Awaitable[None]]


_AFTERWARDS = (
    Afterwards(name="query", words="it is queried", happens=_is_queried),
    Afterwards(name="filled", words="it fills", happens=_fills),
    Afterwards(name="cancelled", words="another client cancels it", happens=_is_cancelled),
)


@case.each(
    "FATE-330",
    axes={"command": (LIMIT, STOP), "failure": _SILENCES, "afterwards": _AFTERWARDS},
    tier="full",
    core=["limit.503.query", "limit.429.filled", "stop.hang.filled", "stop.page.cancelled"],
    rule=f"{_RULE}; submission_recovery_policy RETAIN_UNRESOLVED: such an order is kept as it is",
    card="TC-E74",
    upstream=["#4152", "#3879"],
    needs=["inflight_check", "market_moves", "orders_of_others"],
    trader={**HURRIED, "exec_engine": {"submission_recovery_policy": "RETAIN_UNRESOLVED"}},
)
async def test_submission_that_is_retained_is_learned_afterwards(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    command: Command,
    failure: Fate,
    afterwards: Afterwards,
) -> None:
    """When {command} is cut off, every question {failure}, and {afterwards}, the order MUST be as at the venue.

    A trader that is to retain unresolved submissions never concludes before that what became of it.
    """
    situation = Situation(trader, wire, market, venue, faults, command, CUT_OFF, is_done=True)
    (order,) = await situation.is_given_up(failure)
    await order.stands("SUBMITTED")

    await afterwards.happens(situation, order)

    await situation.ends_as_at_the_venue([order])
    await trader.holds(await venue.position())
