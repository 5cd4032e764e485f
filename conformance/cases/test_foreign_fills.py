"""Fills of orders that the trader did not place, learned by asking before the stream tells them: each counts once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import CLAIMED, LIMIT, NAME, Estate, Memory, venue_id
from conformance.cases.situations import OF_ORDERS, UNCHECKED, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Traders, Venue, case, require
from conformance.kit.waiting import comes_true

_RULE = (
    "Event: Order Update beside Query Order, Current All Open Orders and Position Information: an answer and an event "
    "tell of one trade, whoever placed the order; no event of the venue's takes a trade back"
)


@dataclass(frozen=True, kw_only=True)
class _Whose(AxisValue):
    """Whose order it is; without a memory another client places it while the trader runs."""

    memory: Memory | None = None


_WHOSE = (
    _Whose(name="running", words="that another client has placed since the start"),
    _Whose(
        name="claimed",
        words="of another client that the strategy claims",
        memory=CLAIMED,
        needs=CLAIMED.needs,
        trader=CLAIMED.trader,
    ),
)


async def _asks_for_it(order: Order) -> None:
    await order.is_queried()


async def _waits(order: Order) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class _Learned(AxisValue):
    """By which question the trader learns of the fill; `asks` is what the case has to do for it."""

    asks: Callable[[Order], Awaitable[None]]


_LEARNED = (
    _Learned(name="query", words="a query", asks=_asks_for_it, trader=UNCHECKED),
    _Learned(
        name="orders",
        words="the open-order check",
        asks=_waits,
        needs=("open_check",),
        trader={"exec_engine": {"position_check_interval_secs": None}},
    ),
    _Learned(
        name="positions",
        words="the position check",
        asks=_waits,
        needs=("position_check",),
        trader=UNCHECKED,
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Filled(AxisValue):
    """What has filled, trade by trade."""

    trades: tuple[str, ...]

    @property
    def quantity(self) -> Decimal:
        """All of it."""
        return sum((Decimal(each) for each in self.trades), Decimal(0))


_FILLED = (
    _Filled(name="in-part", words="a part", trades=("0.004",)),
    _Filled(name="in-parts", words="two parts", trades=("0.003", "0.004")),
    _Filled(name="whole", words="the whole", trades=("0.010",)),
)
_TOLD = (
    AxisValue(name="late", words="late"),
    AxisValue(name="twice", words="late and twice"),
)


@case.each(
    "OTH-560",
    axes={"whose": _WHOSE, "learned": _LEARNED, "filled": _FILLED, "told": _TOLD},
    but={
        "what is told twice is one trade in every case": {"told": "twice", "filled": ("in-parts", "whole")},
        "a strategy sees the events of what it claims": {"told": "twice", "whose": "running"},
        "what a query tells of an order that nobody claims, a version may tell nobody": {
            "whose": "running",
            "learned": "query",
        },
    },
    tier="full",
    core=["claimed.query.in-part.late"],
    rule=_RULE,
    needs=["unrecordable", "market_moves", "orders_of_others"],
    profile="checks",
    why="two of the three ways to learn of it are periodic checks",
)
async def test_fill_of_an_order_of_others_counts_once(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    whose: _Whose,
    learned: _Learned,
    filled: _Filled,
    told: AxisValue,
) -> None:
    """Of an order {whose}, {filled} that {learned} tells first and the stream {told} MUST count once, as the rest."""
    trader, order = await _starts(traders, venue, market, whose)
    over = asyncio.Event()
    if told.name == "twice":
        faults.duplicate("ORDER_TRADE_UPDATE", times=None, x="TRADE")
    for event in (*OF_ORDERS, "ACCOUNT_UPDATE"):
        faults.delay_frame(event, until=over, optional=True)
    number = await venue_id(venue, NAME)
    for quantity in filled.trades:
        await market.takes(number, quantity)
    await learned.asks(order)
    await _has_learned(trader, order, filled.quantity)
    over.set()
    await trader.settles()

    events = [event.name for event in order.events]
    require("OrderFillVoided" not in events, "no fill that is taken back", seen=events)
    await venue.confirms(order)
    await trader.holds(f"{filled.quantity}", within_s=2.0)
    if filled.quantity < Decimal("0.010"):
        await market.takes(number, f"{Decimal('0.010') - filled.quantity}")
        await venue.confirms(order, "FILLED")
    await trader.holds("0.010", within_s=2.0)


async def _starts(traders: Traders, venue: Venue, market: Market, whose: _Whose) -> tuple[Trader, Order]:
    """Start a trader that has the order open."""
    if whose.memory is not None:
        return await Estate(traders, venue, market).finds(LIMIT, whose.memory)
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await venue.places(LIMIT.request(market).named(NAME))
    await trader.has_open(NAME)
    await trader.settles()
    return trader, trader.order(NAME)


async def _has_learned(trader: Trader, order: Order, quantity: Decimal) -> None:
    """Wait until the trader has asked and knows; a version that does not learn it so is told of it alone."""

    async def knows() -> bool:
        position = sum(Decimal(row["signed_qty"]) for row in (await trader.books())["positions"])
        return Decimal((await order.row()).get("filled_qty") or 0) == quantity or position == quantity

    await comes_true(trader.history, knows, within_s=2.0)
