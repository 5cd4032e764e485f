"""How a trader learns that a stop triggered: two services tell of it, in no fixed order, at once, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.stops import KINDS, STOP_LIMIT, STOP_MARKET, TRAILING, Kind, Stop, is_reconnected
from conformance.kit import AxisValue, Faults, Market, Order, Trader, UserStream, Venue, Wire, case, equal

_OF_ORDERS = ("ORDER_TRADE_UPDATE", "ALGO_UPDATE", "TRADE_LITE", "ACCOUNT_UPDATE")


@dataclass(frozen=True, kw_only=True)
class _Triggered:
    """A stop that is accepted and about to trigger, and what stands between the venue's word and the trader."""

    stop: Stop
    order: Order
    faults: Faults
    user_stream: UserStream

    async def all_at_once(self) -> None:
        await self.stop.trader.is_busy(300)
        await self.stop.triggers()

    async def triggered_first(self) -> None:
        for told in ("NEW", "TRADE"):
            self._after("TRIGGERED", told)
        await self.stop.trader.is_busy(300)
        await self.stop.triggers()

    async def triggered_before(self) -> None:
        # Each waits for the other, until both are let go in the order in which they came.
        for told in ("NEW", "TRADE"):
            self._after("FINISHED", told)
        self.faults.reorder("ALGO_UPDATE", after="ORDER_TRADE_UPDATE", X="FINISHED")
        await self._is_told_of_the_trigger()
        await self.user_stream.delivers_what_is_kept_back()

    async def finished_first(self) -> None:
        dealt_with = asyncio.Event()
        for told in ("NEW", "TRADE"):
            self._after("FINISHED", told)
        # Else it is chance whether the trader has dealt with the trigger when it reads what follows.
        self.faults.delay_frame("ALGO_UPDATE", until=dealt_with, X="FINISHED")
        await self._is_told_of_the_trigger()
        dealt_with.set()

    async def finished_before_trade(self) -> None:
        self._after("FINISHED", "TRADE")
        await self.stop.triggers()

    async def by_query(self) -> None:
        self._unheard()
        await self.stop.triggers()
        await self.order.query()

    async def after_reconnect(self) -> None:
        self._unheard()
        await self.stop.triggers()
        await is_reconnected(self.stop.trader, self.user_stream)

    async def _is_told_of_the_trigger(self) -> None:
        await self.stop.triggers()
        await self.stop.wire.frame("ALGO_UPDATE", caid=self.order.id, X="TRIGGERED")
        await self.stop.trader.has_its_answers()

    def _after(self, word: str, told: str) -> None:
        self.faults.reorder("ORDER_TRADE_UPDATE", after="ALGO_UPDATE", after_fields={"X": word}, x=told)

    def _unheard(self) -> None:
        for event in _OF_ORDERS:
            self.faults.lose(event, times=None, optional=True)


@dataclass(frozen=True, kw_only=True)
class Told(AxisValue):
    """How the trader learns of it."""

    happens: Callable[[_Triggered], Awaitable[None]]


TOLD = (
    Told(name="at-once", words="is told all at once, to a trader that was busy", happens=_Triggered.all_at_once),
    Told(
        name="triggered-first", words="is told at once, by the Algo service first", happens=_Triggered.triggered_first
    ),
    Told(
        name="triggered-before",
        words="is told by the Algo service some time before",
        happens=_Triggered.triggered_before,
    ),
    Told(name="finished-first", words="is told as FINISHED before its order", happens=_Triggered.finished_first),
    Told(name="finished-early", words="is told as FINISHED before its trade", happens=_Triggered.finished_before_trade),
    Told(name="query", words="is learned by a query", happens=_Triggered.by_query),
    Told(name="reconnect", words="is learned after a reconnect", happens=_Triggered.after_reconnect),
)


@case.each(
    "ALGO-100",
    axes={"kind": KINDS, "told": TOLD},
    tier="full",
    core=[
        "stop-market.at-once",
        "stop-limit.at-once",
        "stop-market.triggered-first",
        "stop-market.triggered-before",
        "stop-market.finished-first",
        "stop-market.finished-early",
        "trailing.finished-early",
        "stop-market.query",
        "take-limit.query",
        "stop-limit.reconnect",
    ],
    rule="Event: Algo Order Update comes from a service of its own: its order among the order's events is not promised",
    upstream=["#3287"],
    needs=["market_moves", "unrecordable", "orders_of_others"],
)
async def test_fill_of_a_stop_however_it_is_told(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    kind: Kind,
    told: Told,
) -> None:
    """When {kind} triggers and fills, which {told}, it MUST end FILLED, once, by the venue's own trade."""
    stop = Stop.of(trader, wire, market, venue, kind)
    order = await stop.is_accepted()

    await told.happens(_Triggered(stop=stop, order=order, faults=faults, user_stream=user_stream))

    await stop.is_filled(order)
    order.never("CANCELED", "EXPIRED", "REJECTED")


@case(
    "ALGO-110",
    rule="Event: Algo Order Update, ia: a trailing stop is told as NEW again once it is active",
    needs=["market_moves"],
)
async def test_activation_is_no_second_acceptance(trader: Trader, wire: Wire, market: Market) -> None:
    """The activation of a trailing stop, told as a second NEW, MUST NOT be a second acceptance."""
    order = await trader.submit(TRAILING.make("SELL", "0.010", callback_rate="5.0", activation=market.above_last("1%")))
    await order.reaches("ACCEPTED")

    await market.moves_to(market.above_last("2%"))
    await wire.frame("ALGO_UPDATE", caid=order.id, X="NEW", ia="True")

    await order.stands("ACCEPTED")
    equal("acceptances", [event.name for event in order.events].count("OrderAccepted"), 1)


@case(
    "ALGO-950",
    rule="Event: Algo Order Update, FINISHED, aq: comes from a service of its own, before the order's end or after it",
    needs=["market_moves", "venue_acts", "unrecordable"],
)
async def test_end_of_a_part_filled_stop_is_told_by_the_algo_service_first(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, user_stream: UserStream
) -> None:
    """A triggered stop limit that filled in part MUST end CANCELED with that part, also where FINISHED comes first."""
    stop = Stop.of(trader, wire, market, venue, STOP_LIMIT)
    order = await stop.rests_triggered()
    await market.takes(await stop.child_id(order), "0.004")
    await order.reaches("PARTIALLY_FILLED")
    # It has to have dealt with FINISHED before: told at once, the two would end the order twice (STOP-090).
    faults.reorder("ORDER_TRADE_UPDATE", after="MARGIN_CALL", x="CANCELED")

    await order.cancel()
    await wire.frame("ALGO_UPDATE", caid=order.id, X="FINISHED")
    await trader.has_its_answers()
    await user_stream.delivers_what_is_kept_back()

    await order.reaches("CANCELED")
    await order.stands("CANCELED")
    equal("filled_qty", (await order.row())["filled_qty"], Decimal("0.004"))
    await trader.holds("-0.004")


@case("ALGO-120", rule="Cancel Algo Order: -2011 of one that waits no longer", needs=["market_moves", "unrecordable"])
async def test_cancellation_that_comes_too_late(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults
) -> None:
    """A stop that has filled before its cancellation reached the venue MUST end FILLED, whatever is told first."""
    stop = Stop.of(trader, wire, market, venue, STOP_MARKET)
    order = await stop.is_accepted()
    refused = asyncio.Event()
    faults.delay_frame("ALGO_UPDATE", until=refused, X="TRIGGERING")
    await stop.triggers()

    await order.cancel()
    await order.reaches("CANCEL_REJECTED")
    refused.set()

    await stop.is_filled(order)
    order.never("CANCELED", "EXPIRED", "REJECTED")
