"""Changing and ending orders that stand in the book: amend, cancel, cancel all."""

from decimal import Decimal

from conformance.simulator.books.book import Plan
from conformance.simulator.clock import Clock
from conformance.simulator.errors import (
    AMEND_FORBIDDEN,
    AMEND_MIN_NOTIONAL,
    INVALID_SIDE,
    LIMIT_ONLY,
    MAX_AMENDMENTS,
    NO_DEPTH,
    NO_SUCH_ORDER,
    NOT_REDUCE_ONLY,
    SAME_ORDER,
    UNKNOWN_ORDER,
    Refusal,
    Rule,
)
from conformance.simulator.events.orders import trade_lite
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.model.order import Order
from conformance.simulator.model.words import PriceMatch, opposite
from conformance.simulator.numbers import ZERO
from conformance.simulator.orders.desk import POST_ONLY, OrderDesk
from conformance.simulator.orders.filters import check_notional, check_percent_price, check_price, check_quantity
from conformance.simulator.orders.settlement import Settlement


class OrderChanges:
    """Amends and cancels. Every method takes symbol and either id; the order id prevails."""

    def __init__(self, clock: Clock, settlement: Settlement, desk: OrderDesk) -> None:
        self._clock = clock
        self._settlement = settlement
        self._register = settlement.register
        self._options = settlement.options
        self._desk = desk

    def find(self, symbol: str, order_id: int | None, client_id: str | None, unknown: Rule = NO_SUCH_ORDER) -> Order:
        """Return the order, open or not; refuses with `unknown`."""
        order = (
            self._register.by_id(symbol, order_id)
            if order_id is not None
            else self._register.by_client_id(symbol, client_id or "")
        )
        if order is None:
            raise Refusal(unknown)
        return order

    def cancel(self, symbol: str, order_id: int | None, client_id: str | None) -> Order:
        """Cancel an open order; refuses an unknown or finished one with -2011."""
        order = self.find(symbol, order_id, client_id, UNKNOWN_ORDER)
        if not order.is_open:
            raise Refusal(UNKNOWN_ORDER)
        self._settlement.end(order, "CANCELED", self._clock.now_ms())
        return order

    def cancel_all(self, symbol: str) -> list[Order]:
        """Cancel every open order of a symbol."""
        now_ms = self._clock.now_ms()
        orders = self._register.open_orders(symbol)
        for order in orders:
            self._settlement.end(order, "CANCELED", now_ms)
        return orders

    def amend(
        self,
        symbol: str,
        order_id: int | None,
        client_id: str | None,
        *,
        side: str,
        quantity: Decimal,
        price: Decimal | None,
        price_match: PriceMatch = "NONE",
        modify_id: int | None = None,
        reduce_only: bool | None = None,
    ) -> Order:
        """Give an open LIMIT order a new quantity and price; it goes to the end of the queue (10.8)."""
        order = self._amendable(symbol, order_id, client_id, side, reduce_only=reduce_only)
        instrument = self._settlement.market.instruments[symbol]
        price = self._matched_price(order, price_match) if price is None else price
        self._check(order, quantity, price)
        now_ms = self._clock.now_ms()
        if order.executed and quantity <= order.executed:
            self._settlement.end(order, "CANCELED", now_ms)
            return order
        reach = quantity - order.executed
        if order.closing:
            reach = min(reach, self._desk.facing(symbol, order.position_side, order.side))
        plan = instrument.book.plan(order.side, reach, price, self._options.default_stp, order)
        if order.tif in POST_ONLY and plan.fills:
            self._settlement.end(order, self._options.amended_gtx_crossing, now_ms)
            return order
        instrument.book.remove(order)
        self._register.note_amendment(order, now_ms, price, quantity, modify_id)
        order.price, order.quantity, order.update_ms = price, quantity, now_ms
        order.price_match = price_match
        order.stp = self._options.default_stp
        self._register.weigh(order)
        self._settlement.announce(order, "AMENDMENT", now_ms, modify_id)
        self._match(order, instrument, plan, now_ms)
        return order

    def _amendable(
        self, symbol: str, order_id: int | None, client_id: str | None, side: str, *, reduce_only: bool | None
    ) -> Order:
        """Return the order, refused where no amendment of it is allowed, whatever it says."""
        order = self.find(symbol, order_id, client_id)
        if not order.is_open:
            raise Refusal(NO_SUCH_ORDER)
        if order.type != "LIMIT":
            raise Refusal(LIMIT_ONLY)
        if side != order.side:
            raise Refusal(INVALID_SIDE)
        if reduce_only and not order.reduce_only:
            raise Refusal(NOT_REDUCE_ONLY)
        if self._settlement.market.instruments[symbol].symbol.status != "TRADING":
            raise Refusal(AMEND_FORBIDDEN)
        return order

    def _match(self, order: Order, instrument: Instrument, plan: Plan[Order], now_ms: int) -> None:
        """Carry out the plan of an amended order, and put what is left of it into the book."""
        for maker in plan.expired_makers:
            self._settlement.end(maker, "EXPIRED_IN_MATCH", now_ms, reason=1)
        instrument.book.consume(order.side, plan)
        for fill in plan.fills:
            trade_id = instrument.take_trade_id()
            self._settlement.bus.emit(trade_lite(order, trade_id, fill.price, fill.quantity, now_ms, maker=False))
            self._settlement.fill(order, fill.price, fill.quantity, now_ms, trade_id=trade_id, maker=False)
        if order.is_open:
            if plan.taker_expired:
                self._settlement.end(order, "EXPIRED_IN_MATCH", now_ms, reason=1)
            else:
                instrument.book.add(order)

    def _matched_price(self, order: Order, mode: str) -> Decimal:
        kind, _, depth = mode.partition("_")
        book = self._settlement.market.instruments[order.symbol.name].book
        levels = book.depth(opposite(order.side) if kind == "OPPONENT" else order.side, int(depth or 1))
        if len(levels) < int(depth or 1):
            raise Refusal(NO_DEPTH)
        return levels[-1][0]

    def _check(self, order: Order, quantity: Decimal, price: Decimal) -> None:
        """Refuse terms that the order already has, that come too often, or that break a filter or the margin."""
        if price == order.price and quantity == order.quantity:
            raise Refusal(SAME_ORDER)
        if order.amendments >= self._options.max_amendments:
            raise Refusal(MAX_AMENDMENTS)
        instrument = self._settlement.market.instruments[order.symbol.name]
        symbol = instrument.symbol
        check_quantity(symbol, quantity, market=False)
        check_price(symbol, price)
        if not order.reduce_only:
            check_notional(symbol, price, quantity, AMEND_MIN_NOTIONAL)
        if self._options.percent_price_enforced:
            check_percent_price(symbol, order.side, price, instrument.mark)
        if not order.reduce_only:
            extra = (quantity - order.executed) * price - order.reserved
            if extra > ZERO:
                self._desk.check_cost(instrument, order.side, order.position_side, price, extra / price)
