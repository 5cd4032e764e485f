"""The Algo service: takes conditional orders, watches prices, and sends children to the order desk (section 11)."""

import itertools
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from conformance.simulator.algo.triggers import Triggers, trail, would_trigger
from conformance.simulator.clock import Clock
from conformance.simulator.errors import (
    CLIENT_ID_DUPLICATE,
    GTE_CLASH,
    MAX_ALGO_ORDERS,
    MAX_ORDERS,
    ME_DENIED,
    NO_POSITION_FOR_GTE,
    NO_SUCH_ORDER,
    OPENING_FORBIDDEN,
    REDUCE_ONLY,
    UNKNOWN_ORDER,
    WOULD_TRIGGER,
    Refusal,
)
from conformance.simulator.events.algo import algo_update, trigger_rejected
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.model.algo_order import AlgoOrder
from conformance.simulator.model.order import Order
from conformance.simulator.model.words import AlgoStatus
from conformance.simulator.orders.desk import OrderDesk
from conformance.simulator.orders.register import ClientIds
from conformance.simulator.orders.request import NewOrder
from conformance.simulator.orders.settlement import Settlement

FIRST_ALGO_ID = 4_000_001_910_058_351
"""16 digits, as in the production captures of 2026."""
REDUCE_ONLY_REASON = "Reduce Only reject"


@dataclass(slots=True)
class _Link:
    """From a child order back to its algo order."""

    service: "AlgoService"
    algo: AlgoOrder

    def child_changed(self, order: Order, now_ms: int) -> None:
        self.service.follow(self.algo, order, now_ms)


class AlgoService:
    """All conditional orders of the account."""

    def __init__(self, clock: Clock, settlement: Settlement, desk: OrderDesk) -> None:
        self._clock = clock
        self._settlement = settlement
        self._options = settlement.options
        self._account = settlement.account
        self._desk = desk
        self._ids = itertools.count(FIRST_ALGO_ID)
        self._client_ids = ClientIds("alg")
        self.orders: dict[int, AlgoOrder] = {}
        """By algo id, oldest first."""
        self.by_symbol: dict[str, dict[int, AlgoOrder]] = defaultdict(dict)
        self.open: dict[int, AlgoOrder] = {}
        self._by_client: dict[str, AlgoOrder] = {}
        self._triggers: dict[str, Triggers] = defaultdict(Triggers)
        self._closing: dict[str, dict[int, AlgoOrder]] = defaultdict(dict)

    # --- requests

    def place(self, instrument: Instrument, algo: AlgoOrder) -> AlgoOrder:
        """Take a conditional order in, or raise `Refusal`. No margin is checked here (11)."""
        self._check(instrument, algo)
        algo.id = next(self._ids)
        algo.client_id = algo.client_id or self._client_ids.take()
        if algo.is_trailing:
            trail(algo, self._working_price(instrument, algo))
        self._wait(algo)
        self._announce(algo, algo.create_ms)
        return algo

    def age(self, ms: int) -> None:
        """Let every conditional order be older by `ms`."""
        for algo in self.orders.values():
            algo.create_ms -= ms
            algo.update_ms -= ms
            algo.trigger_ms -= ms if algo.trigger_ms else 0

    def adopt(self, algo: AlgoOrder) -> None:
        """Let a conditional order of a saved account wait again; later ids come after its own."""
        self._ids = itertools.count(max(algo.id + 1, next(self._ids)))
        self._wait(algo)

    def _wait(self, algo: AlgoOrder) -> None:
        self.orders[algo.id] = algo
        self.by_symbol[algo.symbol.name][algo.id] = algo
        self.open[algo.id] = algo
        self._by_client[algo.client_id] = algo
        self._triggers[algo.symbol.name].add(algo)
        if algo.needs_position:
            self._closing[algo.symbol.name][algo.id] = algo
        if algo.good_till_ms:
            self._clock.at(algo.good_till_ms, lambda: self._expire(algo))

    def _check(self, instrument: Instrument, algo: AlgoOrder) -> None:
        if instrument.symbol.status != "TRADING":
            raise Refusal(OPENING_FORBIDDEN)
        known = self._by_client.get(algo.client_id) if algo.client_id else None
        if known is not None and known.is_open:
            raise Refusal(CLIENT_ID_DUPLICATE)
        if len(self.open) >= self._options.max_algo_orders:
            raise Refusal(MAX_ALGO_ORDERS)
        if self._options.algo_orders_count_as_orders:
            standing = len(self._settlement.register.open[instrument.symbol.name])
            waiting = sum(1 for other in self.open.values() if other.symbol is algo.symbol)
            if standing + waiting >= instrument.symbol.max_orders:
                raise Refusal(MAX_ORDERS)
        if algo.needs_position:
            position = self._account.position(algo.symbol.name, algo.position_side)
            if position.amount == 0 or (position.amount > 0) == (algo.side == "BUY"):
                raise Refusal(NO_POSITION_FOR_GTE)
            for other in self._closing[algo.symbol.name].values() if algo.close_position else ():
                if other.close_position and (other.side, other.type, other.position_side) == (
                    algo.side,
                    algo.type,
                    algo.position_side,
                ):
                    raise Refusal(GTE_CLASH)
        price = self._working_price(instrument, algo)
        if algo.is_trailing:
            if algo.activate and (algo.activate >= price if algo.side == "BUY" else algo.activate <= price):
                raise Refusal(WOULD_TRIGGER)
        elif would_trigger(algo, price):
            raise Refusal(WOULD_TRIGGER)

    def find(self, algo_id: int | None, client_id: str | None) -> AlgoOrder:
        """Return the algo order, open or not; refuses an unknown one with -2013."""
        algo = self.orders.get(algo_id) if algo_id is not None else self._by_client.get(client_id or "")
        if algo is None:
            raise Refusal(NO_SUCH_ORDER)
        return algo

    def cancel(self, algo_id: int | None, client_id: str | None) -> AlgoOrder:
        """Cancel a waiting algo order; refuses an unknown one with -2013, one that waits no longer with -2011 (11)."""
        algo = self.find(algo_id, client_id)
        if not algo.is_open:
            raise Refusal(UNKNOWN_ORDER)
        self._finish(algo, "CANCELED", self._clock.now_ms())
        return algo

    def cancel_all(self, symbol: str) -> list[AlgoOrder]:
        """Cancel every waiting algo order of a symbol."""
        algos = [algo for algo in self.open.values() if algo.symbol.name == symbol]
        now_ms = self._clock.now_ms()
        for algo in algos:
            self._finish(algo, "CANCELED", now_ms)
        return algos

    # --- prices

    def react(self, instrument: Instrument) -> None:
        """Trigger what the instrument's present prices set off, in the order of placement."""
        triggers = self._triggers.get(instrument.symbol.name)
        if triggers is None:
            return
        fired = [
            *triggers.fired("CONTRACT_PRICE", instrument.last),
            *triggers.fired("MARK_PRICE", instrument.mark),
        ]
        for algo in list(triggers.trailing.values()):
            became_active, triggered = trail(algo, self._working_price(instrument, algo))
            if became_active:
                algo.update_ms = self._clock.now_ms()
                self._announce(algo, algo.update_ms)
            if triggered:
                fired.append(algo)
        for algo in sorted(fired, key=lambda item: item.id):
            if algo.is_open and not self._is_protected(instrument, algo):
                self._trigger(instrument, algo)

    def _is_protected(self, instrument: Instrument, algo: AlgoOrder) -> bool:
        """Return whether price protection keeps it from triggering: mark and last price too far apart."""
        difference = abs(instrument.mark - instrument.last) / instrument.mark
        return algo.price_protect and difference > instrument.symbol.trigger_protect

    def _trigger(self, instrument: Instrument, algo: AlgoOrder) -> None:
        now_ms = self._clock.now_ms()
        self._rest_no_longer(algo)
        algo.status = "TRIGGERING"
        algo.trigger_ms = algo.update_ms = now_ms
        self._announce(algo, now_ms)
        try:
            if algo.denial:
                raise Refusal(ME_DENIED, algo.denial)
            prepared = self._desk.prepare(self._child(instrument, algo), child_of=_Link(self, algo))
        except Refusal as refusal:
            algo.reason = REDUCE_ONLY_REASON if refusal.code == REDUCE_ONLY.code else refusal.message
            algo.status = "REJECTED"
            self._announce(algo, now_ms)
            if self._options.legacy_trigger_reject:
                self._settlement.bus.emit(trigger_rejected(algo, now_ms))
            return
        algo.child_id, algo.child_type = prepared.order.id, prepared.order.type
        before = self._options.algo_triggered_event == "before_child"
        if before:
            self._triggered(algo, now_ms)
        child = self._desk.accept(prepared)
        if not before:
            self._triggered(algo, now_ms)
            self.follow(algo, child, now_ms)

    def _triggered(self, algo: AlgoOrder, now_ms: int) -> None:
        algo.status = "TRIGGERED"
        self._announce(algo, now_ms)

    def _child(self, instrument: Instrument, algo: AlgoOrder) -> NewOrder:
        limit = algo.type in ("STOP", "TAKE_PROFIT")
        quantity, reduce_only = algo.quantity, algo.reduce_only
        if algo.close_position:
            quantity = abs(self._account.position(algo.symbol.name, algo.position_side).amount)
            if quantity == 0:
                raise Refusal(REDUCE_ONLY)
        return NewOrder(
            instrument=instrument,
            side=algo.side,
            position_side=algo.position_side,
            type="LIMIT" if limit else "MARKET",
            tif=algo.tif if limit and algo.tif != "GTE_GTC" else "GTC",
            quantity=quantity,
            price=algo.price if limit and algo.price_match == "NONE" else None,
            reduce_only=reduce_only,
            close_position=algo.close_position,
            client_id=algo.client_id,
            price_match=algo.price_match if limit else "NONE",
            stp=algo.stp,
            good_till_ms=algo.good_till_ms if limit else 0,
            working_type=algo.working_type,
            price_protect=algo.price_protect,
        )

    def follow(self, algo: AlgoOrder, child: Order, now_ms: int) -> None:
        """Take note of the child's fills and end; a triggered algo order finishes with its child."""
        algo.child_executed, algo.child_average = child.executed, child.average
        if algo.status == "TRIGGERED" and not child.is_open:
            if self._options.algo_lag_ms:
                self._clock.at(now_ms + self._options.algo_lag_ms, lambda: self._finish_with_child(algo))
            else:
                self._finish_with_child(algo)

    def _finish_with_child(self, algo: AlgoOrder) -> None:
        if algo.status == "TRIGGERED":
            algo.status = "FINISHED"
            algo.update_ms = self._clock.now_ms()
            self._announce(algo, algo.update_ms)

    def position_changed(self, symbol: str) -> None:
        """Expire closePosition and GTE_GTC orders whose position was closed by other means (10.4)."""
        if not self._options.algo_expired_on_close:
            return
        for algo in list(self._closing.get(symbol, {}).values()):
            amount = self._account.position(symbol, algo.position_side).amount
            if amount == 0 or (amount > 0) == (algo.side == "BUY"):
                self._finish(algo, "EXPIRED", self._clock.now_ms())

    def expire_all(self, symbol: str) -> None:
        """Expire every waiting algo order of a symbol, as the venue does when it delists or liquidates."""
        for algo in [algo for algo in self.open.values() if algo.symbol.name == symbol]:
            self._finish(algo, "EXPIRED", self._clock.now_ms())

    def expire(self, algo: AlgoOrder, reason: str) -> None:
        """Expire one waiting algo order, as the system does for reasons of its own."""
        algo.reason = reason
        self._finish(algo, "EXPIRED", self._clock.now_ms())

    # --- ends

    def _expire(self, algo: AlgoOrder) -> None:
        if algo.is_open:
            self._finish(algo, "EXPIRED", self._clock.now_ms())

    def _finish(self, algo: AlgoOrder, status: AlgoStatus, now_ms: int) -> None:
        self._rest_no_longer(algo)
        algo.status = status
        algo.update_ms = now_ms
        self._announce(algo, now_ms)

    def _rest_no_longer(self, algo: AlgoOrder) -> None:
        self.open.pop(algo.id, None)
        self._triggers[algo.symbol.name].remove(algo)
        self._closing[algo.symbol.name].pop(algo.id, None)

    def _announce(self, algo: AlgoOrder, now_ms: int) -> None:
        self._settlement.bus.emit(algo_update(algo, now_ms))

    @staticmethod
    def _working_price(instrument: Instrument, algo: AlgoOrder) -> Decimal:
        return instrument.mark if algo.working_type == "MARK_PRICE" else instrument.last
