"""A strategy that is stopped by itself and goes on later, while the trader lives: what it left is still its own."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.emulated import UNASKED
from conformance.cases.held_dates import HOLDS_DATES, RULE, is_not_before, resting_limit, until, waiting_stop
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_market,
)
from conformance.kit.waiting import comes_true

#: By then the timer of a strategy that runs has rung.
_LATE_MS = 200
_OUTLIVES = "Open orders and positions are the account's, whatever a client's strategy does"


@dataclass(frozen=True, kw_only=True)
class Dated(AxisValue):
    """An order whose date the strategy holds."""

    asked: Callable[[Market], OrderRequest]


@dataclass(frozen=True, kw_only=True)
class Resumed(AxisValue):
    """When the strategy goes on that was stopped."""

    after_the_date: bool


@case.each(
    "INH-970",
    axes={
        "order": (
            Dated(name="limit", words="A limit order", asked=resting_limit),
            Dated(name="stop", words="A stop limit order", asked=waiting_stop),
        ),
        "resumed": (
            Resumed(name="before", words="before its date", after_the_date=False),
            Resumed(name="after", words="after its date", after_the_date=True),
        ),
    },
    tier="full",
    core=["limit.before", "limit.after"],
    rule=RULE,
    needs=["gtd", "managed_dates", "unrecordable"],
    trader=HOLDS_DATES,
)
async def test_date_is_held_by_a_strategy_that_was_stopped(
    trader: Trader, wire: Wire, market: Market, venue: Venue, order: Dated, resumed: Resumed
) -> None:
    """{order}, its date held by a strategy that is stopped and goes on {resumed}, MUST be CANCELED at its date or then.

    Whoever stops a strategy to let it go on in a moment does not expect that its orders rest at the venue for good.
    """
    passes_over_what_is_free(trader)
    asked = until(order.asked(market), 4)
    held = await trader.submit(asked)
    await held.reaches("ACCEPTED")

    await trader.pauses()
    if resumed.after_the_date:
        await _is_over(trader, asked)
    await trader.resumes()

    await _is_gone_at_its_date(trader, venue, held, asked)
    is_not_before(wire, asked)


async def _is_over(trader: Trader, asked: OrderRequest) -> None:
    async def over() -> bool:
        return time.time_ns() // 1_000_000 >= (asked.expire_time_ms or 0) + _LATE_MS

    await comes_true(trader.history, over, within_s=6.0)


async def _is_gone_at_its_date(trader: Trader, venue: Venue, held: Order, asked: OrderRequest) -> None:
    await _is_over(trader, asked)
    await held.reaches("CANCELED")
    await venue.confirms(held, "CANCELED")


@dataclass(frozen=True)
class Left:
    """What rests while the strategy is stopped: an order to buy and a stop to sell, both of 0.010."""

    market: Market
    venue: Venue
    order: Order
    stop: Order
    venue_order_id: str


async def _nothing(_: Left) -> None:
    """Let both rest."""


async def _order_fills(left: Left) -> None:
    await left.market.moves_to(left.market.below_last("2%"))


async def _order_fills_in_part(left: Left) -> None:
    await left.market.takes(left.venue_order_id, "0.004")


async def _order_is_cancelled(left: Left) -> None:
    await left.venue.cancels(left.venue_order_id)


async def _both_fill(left: Left) -> None:
    await left.market.moves_to(left.market.below_last("4%"))


@dataclass(frozen=True, kw_only=True)
class Meanwhile(AxisValue):
    """What happens while the strategy is stopped, what it then holds, and which of its two orders are still open."""

    happens: Callable[[Left], Awaitable[None]]
    held: str
    order_rests: bool
    stop_rests: bool = True


async def _ends_all(trader: Trader) -> None:
    await trader.cancel_all()
    await trader.close_all_positions()


async def _exits(trader: Trader) -> None:
    await trader.market_exit()


@dataclass(frozen=True, kw_only=True)
class Then(AxisValue):
    """How the strategy ends all that it has, once it goes on."""

    does: Callable[[Trader], Awaitable[None]]


@case.each(
    "INH-971",
    axes={
        "meanwhile": (
            Meanwhile(name="nothing", words="nothing happens", happens=_nothing, held="0", order_rests=True),
            Meanwhile(name="filled", words="its order fills", happens=_order_fills, held="0.010", order_rests=False),
            Meanwhile(
                name="part",
                words="its order fills in part",
                happens=_order_fills_in_part,
                held="0.004",
                order_rests=True,
            ),
            Meanwhile(
                name="cancelled",
                words="another client cancels its order",
                happens=_order_is_cancelled,
                held="0",
                order_rests=False,
            ),
            Meanwhile(
                name="stopped-out",
                words="its order fills and then its stop",
                happens=_both_fill,
                held="0",
                order_rests=False,
                stop_rests=False,
            ),
        ),
        "then": (
            Then(name="ends", words="cancels and closes all", does=_ends_all),
            Then(name="exits", words="exits", does=_exits, needs=("market_exit",)),
        ),
    },
    tier="full",
    core=["filled.ends"],
    rule=_OUTLIVES,
    needs=["market_moves", "venue_acts", "close_position", "unrecordable"],
)
async def test_strategy_that_goes_on_has_what_happened_meanwhile(
    trader: Trader, market: Market, venue: Venue, meanwhile: Meanwhile, then: Then
) -> None:
    """Where {meanwhile} while a strategy is stopped, it MUST leave nothing when it goes on and {then}, and trade on."""
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("1%")))
    accepted = await order.reaches("ACCEPTED")
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("3%")))
    await stop.reaches("ACCEPTED")

    await trader.pauses()
    await meanwhile.happens(Left(market, venue, order, stop, str(accepted["venue_order_id"])))
    await trader.holds(meanwhile.held)
    rests = [each for each, does in ((order, meanwhile.order_rests), (stop, meanwhile.stop_rests)) if does]
    await trader.has_open(*(each.id for each in rests))
    await trader.resumes()

    await then.does(trader)
    await trader.has_open()
    await trader.holds("0")
    equal("position at the venue", float(await venue.position()), 0.0)
    for each in rests:
        await venue.confirms(each, "CANCELED")
    if then.name == "ends":
        # One that exits denies orders until it has seen that nothing is left.
        await (await trader.submit(limit("BUY", "0.010", market.below_last("6%")))).reaches("ACCEPTED")


@case.each(
    {"INH-972": {"when": "while it is stopped"}, "INH-973": {"when": "after it has gone on"}},
    tier="full",
    core=["INH-972"],
    rule=_OUTLIVES,
    needs=["emulation", "market_moves", "unrecordable"],
    trader=UNASKED,
)
async def test_stop_that_is_held_back_outlives_its_strategys_pause(
    trader: Trader, wire: Wire, market: Market, venue: Venue, when: str
) -> None:
    """A stop that the trader holds back for a strategy that was stopped MUST be released at its price {when}."""
    passes_over_what_is_free(trader)
    await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    held = stop_market("SELL", "0.010", trigger=market.below_last("1%")).but(emulation_trigger="LAST_PRICE")
    stop = await trader.submit(held)
    await trader.settles()

    await trader.pauses()
    if when != "while it is stopped":
        await trader.resumes()
    await market.moves_to(market.below_last("1.5%"))

    await trader.holds("0")
    await wire.one("place order", newClientOrderId=stop.id)
    equal("position at the venue", float(await venue.position()), 0.0)


@case(
    "INH-977",
    rule=_OUTLIVES,
    needs=["market_exit", "close_position", "unrecordable"],
)
async def test_strategy_stopped_in_its_market_exit_trades_on(trader: Trader, market: Market, venue: Venue) -> None:
    """A strategy that is stopped in the middle of a market exit MUST trade when it goes on, and exit again."""
    passes_over_what_is_free(trader)
    await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")

    await trader.market_exit()
    await trader.pauses()
    await trader.resumes()

    await trader.holds("0")
    await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("5%")))
    await order.reaches("ACCEPTED")
    await trader.market_exit()
    await trader.holds("0")
    await venue.confirms(order, "CANCELED")
