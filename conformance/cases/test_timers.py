"""What strategies do when timers of their own ring: each its own, once, whatever another calls its timers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.held_dates import HOLDS_DATES, is_not_before, resting_limit, until
from conformance.cases.held_dates import RULE as GOOD_TILL
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Order, Trader, Traders, Wire, case, equal, limit
from conformance.kit.waiting import comes_true

_RULE = "Clock.set_timer: names are of one component's clock; Component.stop: its timers are cancelled"
_NAME = "rebalance"
_EVERY_MS = 100
_RINGS = 3


@dataclass(frozen=True, kw_only=True)
class Way(AxisValue):
    """How a timer reaches its strategy."""

    by_default: bool


_WAYS = (
    Way(name="callback", words="a callback", by_default=False),
    Way(name="handler", words="the handler of events", by_default=True),
)


async def _places(desk: Trader, market: Market, away: int) -> tuple[Order, str]:
    return await desk.rings(_NAME).submit(limit("BUY", "0.010", market.below_last(f"{away}%"))), "ACCEPTED"


async def _cancels(desk: Trader, market: Market, away: int) -> tuple[Order, str]:
    order = await desk.submit(limit("BUY", "0.010", market.below_last(f"{away}%")))
    await order.reaches("ACCEPTED")
    await desk.rings(_NAME).order(order.id).cancel()
    return order, "CANCELED"


@dataclass(frozen=True, kw_only=True)
class Deed(AxisValue):
    """What a strategy does when its timer rings, to which order, and what this comes to."""

    does: Callable[[Trader, Market, int], Awaitable[tuple[Order, str]]]


@case.each(
    "STRAT-090",
    axes={
        "deed": (
            Deed(name="place", words="places an order", does=_places),
            Deed(name="cancel", words="cancels its order", does=_cancels),
        ),
        "way": _WAYS,
    },
    tier="full",
    core=["place.handler"],
    rule=_RULE,
    upstream=["a15eb02c66"],
    needs=["unrecordable"],
)
async def test_timers_of_one_name_are_their_strategies_own(
    traders: Traders, wire: Wire, market: Market, deed: Deed, way: Way
) -> None:
    """Of two strategies with a timer of one name, each that {deed} in {way} MUST have done so itself, once."""
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    desks = {f"CASE-00{number}": trader.strategy(number) for number in (1, 2)}
    done = {owner: await deed.does(desk, market, 2 + away) for away, (owner, desk) in enumerate(desks.items())}

    for desk in desks.values():
        await desk.sets_timer(_NAME, _EVERY_MS, by_default=way.by_default)

    for owner, (order, comes_to) in done.items():
        await order.reaches(comes_to)
        equal("strategies that its events are told to", _told_to(order), {owner})
        await _rings_on(trader, desks[owner])
    await trader.settles()
    for order, _ in done.values():
        if deed.name == "place":
            await wire.one("place order", newClientOrderId=order.id)
        else:
            await wire.one("cancel order", origClientOrderId=order.id)


def _told_to(order: Order) -> set[str]:
    return {str(event.more.get("strategy")) for event in order.events}


async def _rings_on(trader: Trader, desk: Trader) -> None:
    """Wait until the strategy's timer has rung a few times more."""
    before = await desk.rung(_NAME)

    async def rung() -> bool:
        return await desk.rung(_NAME) >= before + _RINGS

    equal("its timer rings", await comes_true(trader.history, rung, within_s=5.0), True)


async def _is_stopped(desk: Trader) -> None:
    await desk.pauses()


async def _cancels_it(desk: Trader) -> None:
    await desk.cancels_timer(_NAME)


@dataclass(frozen=True, kw_only=True)
class End(AxisValue):
    """How one strategy's timer ends."""

    comes: Callable[[Trader], Awaitable[None]]


@case.each(
    "STRAT-091",
    axes={
        "end": (
            End(name="stopped", words="is stopped", comes=_is_stopped),
            End(name="cancelled", words="cancels its timer", comes=_cancels_it),
        ),
        "number": (AxisValue(name="first", words="the first"), AxisValue(name="second", words="the second")),
        "way": _WAYS,
    },
    tier="full",
    core=["stopped.first.callback", "cancelled.second.handler"],
    rule=_RULE,
    upstream=["a15eb02c66", "026389187e"],
    needs=["unrecordable"],
)
async def test_timer_that_ends_is_one_strategys(
    traders: Traders, market: Market, end: End, number: AxisValue, way: Way
) -> None:
    """Where {number} of two strategies {end}, its timer MUST ring no more until set again, the other's ring on."""
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    one, other = (trader.strategy(each) for each in ((1, 2) if number.name == "first" else (2, 1)))
    for desk in (one, other):
        await desk.sets_timer(_NAME, _EVERY_MS, by_default=way.by_default)
    await _rings_on(trader, one)

    await end.comes(one)
    await trader.settles()
    rung = await one.rung(_NAME)
    later, _ = await _places(one, market, 3)
    order, _ = await _places(other, market, 2)

    await order.reaches("ACCEPTED")
    await _rings_on(trader, other)
    equal("how often the timer has rung that ended", await one.rung(_NAME), rung)
    if end.name == "stopped":
        await one.resumes()
    await one.sets_timer(_NAME, _EVERY_MS, by_default=way.by_default)
    await later.reaches("ACCEPTED")
    await _rings_on(trader, one)


@case.each(
    "STRAT-092",
    axes={
        "other": (
            AxisValue(name="runs", words="runs"),
            AxisValue(name="stopped", words="is stopped"),
        ),
        "number": (AxisValue(name="first", words="the first"), AxisValue(name="second", words="the second")),
    },
    tier="full",
    core=["stopped.first"],
    rule=GOOD_TILL,
    needs=["gtd", "managed_dates", "unrecordable"],
    trader=HOLDS_DATES,
)
async def test_date_is_held_by_its_own_strategy(
    traders: Traders, wire: Wire, market: Market, other: AxisValue, number: AxisValue
) -> None:
    """Where {number} of two that hold dates {other}, the other's order MUST be CANCELED at its date, once."""
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    mine, its = (1, 2) if number.name == "first" else (2, 1)
    asked = until(resting_limit(market), 4)
    first = await trader.strategy(mine).submit(asked)
    second = await trader.strategy(its).submit(asked)
    for order in (first, second):
        await order.reaches("ACCEPTED")

    if other.name == "stopped":
        await trader.strategy(mine).pauses()

    await second.reaches("CANCELED", within_s=6.0)
    is_not_before(wire, asked)
    equal("strategies that its events are told to", _told_to(second), {f"CASE-00{its}"})
    if other.name == "runs":
        await first.reaches("CANCELED", within_s=6.0)
    await trader.settles()
    await wire.one("cancel order", origClientOrderId=second.id)
