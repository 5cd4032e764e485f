"""The stage: what a program's steps act on, and how its consequences pass before the next step."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.binance.client_order_id import id_in
from conformance.explore.account import TradedAccount
from conformance.explore.impossible import Impossible
from conformance.gateway.faults.armed import Faults
from conformance.gateway.faults.fault import Fault
from conformance.history.entries import Answer, Connection, Entry, Event, FaultApplied, Request
from conformance.history.history import DeadlineError, History
from conformance.history.order_states import IN_FLIGHT, TERMINAL, state_after
from conformance.kit.market import Market
from conformance.kit.order import Order
from conformance.kit.trader import Trader
from conformance.kit.traders import Traders
from conformance.kit.user_stream import UserStream
from conformance.kit.venue import Venue
from conformance.subject.orders import OrderRequest, Side, limit, market, stop_market

#: Beyond the profile: retries come, and orders in flight are asked about, before a program has lasted for long. On a
#: busy machine an answer takes 0.2 s: what is asked about by then is not what the program is about, and may break it.
CONFIG: dict[str, Any] = {
    "inflight_check": {"interval_ms": 100, "threshold_ms": 400, "retries": 2},
    "client": {"retry_delay_initial_ms": 5, "retry_delay_max_ms": 20},
}
#: As by default, for what is held back for longer than that.
_UNHURRIED: dict[str, Any] = {**CONFIG, "inflight_check": {"interval_ms": 2000, "threshold_ms": 5000, "retries": 5}}
#: A request that met a fault may be made again after so long at most; twice the longest delay, and a margin.
_RETRIED_WITHIN_S = 0.08
#: The in-flight check begins after 0.4 s, asks twice and concludes after 1.2 to 1.4 s: twice as long.
_CONCLUDED_WITHIN_S = 3.0
_PREFIX = "PRG"


@dataclass(frozen=True)
class AtVenue:
    """An open order of the trader's as the venue has it."""

    venue_order_id: str
    side: Side
    quantity: str
    left: str
    conditional: bool


class Stage:
    """One program's trader and surroundings, and the orders that it has made so far, by their letters."""

    def __init__(
        self,
        *,
        traders: Traders,
        market: Market,
        venue: Venue,
        faults: Faults,
        user_stream: UserStream,
        keeps_cache: bool = True,
        unhurried: bool = False,
    ) -> None:
        """`keeps_cache` says whether a trader that is started again finds in a Redis what the one before it knew.

        `unhurried` has the in-flight check come after 5 s, as by default, and not within the program.
        """
        self.market = market
        self.venue = venue
        self.faults = faults
        self.user_stream = user_stream
        self.trader: Trader
        self.keeps_cache = keeps_cache
        self.account = TradedAccount(venue)
        self._traders = traders
        self._config = _UNHURRIED if unhurried else CONFIG
        self._orders: dict[str, Order] = {}
        self._armed: list[Fault[Any]] = []
        self._held: list[asyncio.Event] = []
        self._frames_held = False
        self._stream_is_gone = False
        self._foreign = 0

    @property
    def history(self) -> History:
        """All that has happened."""
        return self.trader.history

    async def begins(self, *, hedged: bool = False) -> None:
        """Start the trader, on an account in hedge mode if asked."""
        self.account = TradedAccount(self.venue, hedged=hedged)
        if hedged:
            await self.venue.turns_hedge_mode_on()
        self.trader = await self._traders.start(**self._config, **self.account.config)

    # --- what steps ask for

    def id_of(self, letter: str) -> str:
        """Return the client order id of an order, whether it was made already or not."""
        return f"{_PREFIX}-{letter}"

    def order(self, letter: str) -> Order:
        """Return the trader's order; after a restart it is the same order, which another trader knows."""
        return self._orders[letter]

    async def submits(self, letter: str, request: OrderRequest) -> None:
        """Have the trader submit an order under its letter's client order id."""
        named = self.account.named(request).named(self.id_of(letter))
        self._orders[letter] = Order(self.trader, named.client_order_id, named, since=self.trader.moment)
        await self.trader.submit(named)
        await self._goes_out(self._orders[letter])

    async def queries(self, letter: str) -> None:
        """Have the trader query an order, and wait until it has asked the venue."""
        since = self.trader.moment
        await self.order(letter).query()
        with suppress(DeadlineError):
            await self.history.wait(_asks_for_an_order, what="a query", within_s=1.0, since=since)

    async def submits_list(self, letters: Sequence[str], side: Side) -> None:
        """Have the trader submit limit orders that rest, with one command."""
        at = self.market.below_last if side == "BUY" else self.market.above_last
        requests = [
            self.account.named(limit(side, "0.010", at(f"{number + 2}%"))).named(self.id_of(letter))
            for number, letter in enumerate(letters)
        ]
        self._makes(letters, requests)
        await self.trader.submit_list(requests)

    async def submits_bracket(self, letters: Sequence[str], side: Side, entry: str) -> None:
        """Have the trader submit an entry with its take-profit and its stop-loss, with one command."""
        near, far = self.market.below_last, self.market.above_last
        exits: Side = "SELL"
        if side == "SELL":
            near, far, exits = far, near, "BUY"
        first = market(side, "0.010") if entry == "market" else limit(side, "0.010", near("2%"))
        asked = (first, limit(exits, "0.010", far("2%")), stop_market(exits, "0.010", trigger=near("4%")))
        requests = [
            self.account.named(request, opened_by=side).named(self.id_of(letter))
            for letter, request in zip(letters, asked, strict=True)
        ]
        self._makes(letters, requests)
        await self.trader.bracket(*requests)

    def _makes(self, letters: Sequence[str], requests: Sequence[OrderRequest]) -> None:
        since = self.trader.moment
        for letter, request in zip(letters, requests, strict=True):
            self._orders[letter] = Order(self.trader, request.client_order_id, request, since=since)

    def amended(self, letter: str, quantity: str | None, to: str | None) -> dict[str, Any]:
        """Return what an amendment asks for: of a stop another trigger, of the others another price."""
        request = self._orders[letter].request
        assert request is not None
        if quantity is not None or to is None:
            return {"quantity": quantity}
        at = request.trigger_price or request.price
        if at is None:
            raise Impossible(f"{letter} has neither a price nor a trigger")
        below = Decimal(at) < self.market.last
        new = str(self.market.below_last(to) if below else self.market.above_last(to))
        if request.trigger_price is None:
            return {"price": new}
        return {"trigger_price": new, **({} if request.price is None else {"price": new})}

    async def at_venue(self, letter: str, *, conditional: bool = False) -> AtVenue:
        """Return an open order as the venue has it; raises `Impossible` for one that is not open there."""
        books = await self.venue.books()
        name = self.id_of(letter)
        row = next((row for row in books["orders"] if str(row["client_order_id"]).endswith(name)), None)
        request = self._orders[letter].request
        assert request is not None
        waits = bool(row and row.get("trigger_price") and request.conditional)
        if row is None or (waits and not conditional):
            raise Impossible(f"{letter} is not open at the venue")
        left = Decimal(row["quantity"]) - Decimal(row.get("filled_qty") or "0")
        return AtVenue(str(row["venue_order_id"]), request.side, row["quantity"], f"{left:f}", waits)

    def foreign_name(self) -> str:
        """Return the client order id of another client's next order."""
        self._foreign += 1
        return f"OTHER-{self._foreign}"

    def arms(self, fault: Fault[Any]) -> None:
        """Remember a fault, so that peace can end it."""
        self._armed.append(fault)

    def hold(self, *, frames: bool = False) -> asyncio.Event:
        """Return the event of a hold that lasts until the next release."""
        self._held.append(asyncio.Event())
        self._frames_held = self._frames_held or frames
        return self._held[-1]

    def releases(self) -> None:
        """Let go of all that is held back."""
        for each in self._held:
            each.set()
        self._held.clear()
        self._frames_held = False

    async def stream_ends(self, act: Callable[[], Awaitable[None]], *, back: bool = True) -> None:
        """Have the user stream end by an act; unless `back` is false, wait until the trader has another."""
        await self.user_stream.ends(act)
        self._stream_is_gone = True
        if back:
            await self.stream_is_back()

    async def stream_is_back(self) -> None:
        """Wait until the trader has a user stream again, if it lost one."""
        if self._stream_is_gone:
            await self.user_stream.is_open_again()
            self._stream_is_gone = False

    async def restarts(self) -> None:
        """Stop the trader and start another one in its place."""
        self.releases()
        self.trader = await self._traders.restart()
        self._stream_is_gone = False
        for letter, order in self._orders.items():
            self._orders[letter] = Order(self.trader, order.id, order.request, since=self.trader.moment)

    # --- how consequences pass

    async def passes(self, since: int) -> None:
        """Return once nothing that follows from what happened since then is still on its way.

        What is held back on purpose is not waited for. A request that failed may be made again after a while, and an
        order in flight is asked about after a while: both belong to the step.
        """
        await self.stream_is_back()
        await self._comes_to_rest()
        if any(_may_be_made_again(entry) for entry in self.history.entries[since:]):
            await self._silence(_RETRIED_WITHIN_S)
            await self._comes_to_rest()
        if not self._held and self.in_flight:
            await self._concludes()

    @property
    def in_flight(self) -> bool:
        """Whether any order of the trader waits for the venue's answer."""
        return any(order.state in IN_FLIGHT for order in self._orders.values())

    async def peace(self) -> None:
        """End every fault and every hold, and deliver what a fault keeps back until something comes."""
        self.releases()
        for fault in self._armed:
            fault.times = fault.applied
        await self.user_stream.delivers_what_is_kept_back()

    @property
    def letters(self) -> Sequence[str]:
        """The letters of the orders made so far."""
        return list(self._orders)

    async def _comes_to_rest(self) -> None:
        """Wait until the barrier is delivered, every answer has come, and the trader sends nothing more."""
        deadline = self.history.now_s() + 5
        while self.history.now_s() < deadline:
            since = len(self.history)
            if not self._frames_held:
                await self.trader.is_told()
            await self.trader.answers_twice()
            if self._is_asking():
                with suppress(DeadlineError):
                    await self.history.wait(_is_answer, what="an answer", within_s=0.2, since=since)
            elif not any(is_of_the_trader(entry) for entry in self.history.entries[since:]):
                return

    async def _goes_out(self, order: Order) -> None:
        """Wait until the trader has asked the venue for the order, or has said that it does not.

        2.x hands the order to a thread of its own: on a busy machine the next step would overtake it.
        """

        def decided(entry: Entry) -> bool:
            if isinstance(entry, Event):
                return entry.client_order_id == order.id and state_after(entry) in TERMINAL
            return isinstance(entry, Request) and entry.by == "trader" and id_in(entry.params) == order.id

        with suppress(DeadlineError):
            await self.history.wait(decided, what="the order's request", within_s=2.0)

    def _is_asking(self) -> bool:
        """Whether a request of the trader waits for its answer, and is not held back on purpose."""
        answered = {answer.to for answer in self.history.of(Answer)}
        held = {fault.to for fault in self.history.of(FaultApplied) if fault.what == "delay"} if self._held else set()
        return any(
            request.by == "trader" and request.id not in answered and request.id not in held
            for request in self.history.of(Request)
        )

    async def _silence(self, for_s: float) -> None:
        while True:
            since = len(self.history)
            try:
                await self.history.wait(is_of_the_trader, what="nothing", within_s=for_s, since=since)
            except DeadlineError:
                return

    async def _concludes(self) -> None:
        """Wait until no order is in flight any more, or the trader has had its time."""
        deadline = self.history.now_s() + _CONCLUDED_WITHIN_S
        while self.in_flight and (left := deadline - self.history.now_s()) > 0:
            since = len(self.history)
            with suppress(DeadlineError):
                await self.history.wait_for(Event, _concerns_an_order, what="an end", within_s=left, since=since)
        await self._comes_to_rest()


def _asks_for_an_order(entry: Entry) -> bool:
    return (
        isinstance(entry, Request)
        and entry.by == "trader"
        and entry.endpoint is not None
        and entry.endpoint.act == "query"
    )


def is_of_the_trader(entry: Entry) -> bool:
    """Say whether it comes from the trader: an event, a request, a connection."""
    return isinstance(entry, Event | Connection) or (isinstance(entry, Request) and entry.by == "trader")


def _may_be_made_again(entry: Entry) -> bool:
    """Whether a request of the trader met a fault, or was refused: some versions repeat what the venue refuses."""
    if isinstance(entry, Answer):
        return entry.by == "trader" and entry.status != 200
    return isinstance(entry, FaultApplied) and entry.to is not None


def _is_answer(entry: Entry) -> bool:
    return isinstance(entry, Answer)


def _concerns_an_order(event: Event) -> bool:
    return bool(state_after(event))
