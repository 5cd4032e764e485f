"""The order desk: takes new orders in, matches them, and lets the rest stand in the book."""

from dataclasses import dataclass
from decimal import Decimal

from conformance.simulator.accounts.margin import worst_notional
from conformance.simulator.books.book import Plan
from conformance.simulator.clock import Clock
from conformance.simulator.errors import (
    CLIENT_ID_DUPLICATE,
    FOK_REJECTED,
    MARGIN_INSUFFICIENT,
    MAX_ORDERS,
    MAX_POSITION,
    NO_DEPTH,
    OPENING_FORBIDDEN,
    PERCENT_PRICE_MARKET,
    POST_ONLY_REJECTED,
    REDUCE_ONLY,
    REDUCE_ONLY_NO_ROOM,
    SYMBOL_CLOSED,
    Refusal,
)
from conformance.simulator.events.orders import trade_lite
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.model.order import Order, Parent
from conformance.simulator.model.words import PositionSide, opposite
from conformance.simulator.numbers import ONE, ZERO
from conformance.simulator.orders.filters import check_notional, check_percent_price, check_price, check_quantity
from conformance.simulator.orders.request import NewOrder
from conformance.simulator.orders.settlement import Settlement

POST_ONLY = ("GTX", "RPI")
MARKET_BUY_MARGIN = Decimal("1.0005")
"""A market buy is assumed to pay this much of the best ask when its margin is checked ([INF], Binance's formula)."""


@dataclass(slots=True)
class Prepared:
    """A valid order, and what its placement will cause."""

    order: Order
    plan: Plan[Order]


class OrderDesk:
    """Takes new orders. `prepare` refuses or promises, `accept` does what was promised."""

    def __init__(self, clock: Clock, settlement: Settlement) -> None:
        self._clock = clock
        self._settlement = settlement
        self._options = settlement.options
        self._register = settlement.register
        self._account = settlement.account
        self._margin = settlement.margin
        self._bus = settlement.bus

    def place(self, new: NewOrder) -> Order:
        """Take an order in, or raise `Refusal`."""
        return self.accept(self.prepare(new))

    # --- promises

    def prepare(self, new: NewOrder, *, child_of: Parent | None = None) -> Prepared:
        """Check an order against filters, position, margin and book. Changes nothing but taking an order id."""
        now_ms = self._clock.now_ms()
        instrument = new.instrument
        self._check_status(new)
        price = self._price(new)
        quantity = self._reduced(new)
        self._check_filters(new, price, quantity)
        # 10.9 holds for children too ([INF] that their order is then REJECTED): an id names one open order.
        name = instrument.symbol.name
        if new.client_id is not None and self._register.has_open_client_id(name, new.client_id):
            raise Refusal(CLIENT_ID_DUPLICATE)
        if child_of is None:
            self._check_room(new)
        limit = price if new.type == "LIMIT" else self._market_bound(instrument, new.side)
        if new.type == "MARKET":
            self._check_counterparty(instrument, new.side)
        stp = None if new.tif == "FOK" and self._options.fok_ignores_own_orders else new.stp
        plan = instrument.book.plan(new.side, quantity, limit, stp)
        if new.tif == "FOK" and plan.filled < quantity:
            raise Refusal(FOK_REJECTED)
        if new.tif in POST_ONLY and (plan.fills or plan.expired_makers or plan.taker_expired):
            raise Refusal(POST_ONLY_REJECTED)
        if not new.reduce_only:
            self._check_margin(new, price, quantity)
        return Prepared(self._order(new, price or ZERO, quantity, now_ms, child_of), plan)

    def _order(self, new: NewOrder, price: Decimal, quantity: Decimal, now_ms: int, parent: Parent | None) -> Order:
        symbol = new.instrument.symbol
        return Order(
            id=self._register.take_id(symbol),
            client_id=new.client_id or self._register.client_ids.take(),
            symbol=symbol,
            side=new.side,
            position_side=new.position_side,
            type=new.type,
            tif=new.tif,
            quantity=quantity,
            price=price,
            time_ms=now_ms,
            update_ms=now_ms,
            reduce_only=new.reduce_only,
            close_position=new.close_position,
            working_type=new.working_type,
            price_protect=new.price_protect,
            stp=new.stp,
            price_match=new.price_match,
            good_till_ms=new.good_till_ms,
            parent=parent,
        )

    def _check_status(self, new: NewOrder) -> None:
        status = new.instrument.symbol.status
        if status == "TRADING":
            return
        if status in ("CLOSE", "DELIVERED", "SETTLING", "DELIVERING", "PENDING_TRADING"):
            raise Refusal(SYMBOL_CLOSED)
        if not new.closing or status != "PRE_SETTLE":
            raise Refusal(OPENING_FORBIDDEN)

    def _price(self, new: NewOrder) -> Decimal | None:
        if new.price_match == "NONE":
            return new.price
        kind, _, depth = new.price_match.partition("_")
        book = new.instrument.book
        levels = book.depth(opposite(new.side) if kind == "OPPONENT" else new.side, int(depth or 1))
        if len(levels) < int(depth or 1):
            raise Refusal(NO_DEPTH)
        return levels[-1][0]

    def _reduced(self, new: NewOrder) -> Decimal:
        """Return the quantity that may be ordered: reduce-only is cut to the position (10.3)."""
        position = self._account.positions.get((new.instrument.symbol.name, new.position_side))
        amount = position.amount if position else ZERO
        if new.position_side != "BOTH":
            if (new.position_side == "LONG") != (new.side == "BUY") and new.quantity > abs(amount):
                raise Refusal(REDUCE_ONLY)
            return new.quantity
        if not new.reduce_only:
            return new.quantity
        if amount == 0 or (amount > 0) == (new.side == "BUY"):
            raise Refusal(REDUCE_ONLY)
        room = abs(amount)
        if self._options.open_reduce_only == "counted":
            room -= self._register.reducing_quantity(new.instrument.symbol.name, new.position_side, new.side)
            if room <= 0:
                raise Refusal(REDUCE_ONLY_NO_ROOM)
        return min(new.quantity, room)

    def _check_filters(self, new: NewOrder, price: Decimal | None, quantity: Decimal) -> None:
        symbol, mark = new.instrument.symbol, new.instrument.mark
        check_quantity(symbol, quantity if new.quantity > 0 else new.quantity, market=new.type == "MARKET")
        if price is not None:
            check_price(symbol, price)
        if not new.reduce_only and not new.close_position:
            check_notional(symbol, mark if price is None else price, quantity)
        if price is not None and self._options.percent_price_enforced:
            check_percent_price(symbol, new.side, price, mark)

    def _check_room(self, new: NewOrder) -> None:
        limit = new.instrument.symbol.max_orders
        if limit and len(self._register.open[new.instrument.symbol.name]) >= limit:
            raise Refusal(MAX_ORDERS)

    def _market_bound(self, instrument: Instrument, side: str) -> Decimal | None:
        bound = instrument.symbol.market_take_bound
        if not bound:
            return None
        return instrument.mark * (ONE + bound if side == "BUY" else ONE - bound)

    def _check_counterparty(self, instrument: Instrument, side: str) -> None:
        best = instrument.book.best(opposite(side), seen_by_account=True)
        bound = self._market_bound(instrument, side)
        if best is not None and bound is not None and (best > bound if side == "BUY" else best < bound):
            raise Refusal(PERCENT_PRICE_MARKET)

    def _check_margin(self, new: NewOrder, price: Decimal | None, quantity: Decimal) -> None:
        """Refuse what the free margin or the leverage bracket does not cover (13, [INF] in its details)."""
        instrument = new.instrument
        if price is None:
            best = instrument.book.best(opposite(new.side)) or instrument.mark
            price = best * MARKET_BUY_MARGIN if new.side == "BUY" else max(best, instrument.mark)
        elif new.side == "SELL":
            price = max(price, instrument.book.best("BUY") or price)
        self.check_cost(instrument, new.side, new.position_side, price, quantity)

    def check_cost(
        self, instrument: Instrument, side: str, position_side: PositionSide, price: Decimal, quantity: Decimal
    ) -> None:
        """Refuse with -2019 or -2027 what adding `quantity` at `price` to the open orders would ask too much of."""
        symbol = instrument.symbol
        row = self._margin.of(symbol.name, position_side)
        notional = price * quantity
        bid, ask = (row.bid + notional, row.ask) if side == "BUY" else (row.bid, row.ask + notional)
        before = row.worst
        after = worst_notional(position_side, row.notional, bid, ask)
        if after <= before:
            return
        cost = (after - before) / row.leverage
        if self._options.open_loss_counts:
            loss = price - instrument.mark if side == "BUY" else instrument.mark - price
            if loss > 0:
                cost += loss * min(quantity, (after - before) / price)
        if cost > self._margin.free(symbol.margin_asset, row):
            raise Refusal(MARGIN_INSUFFICIENT)
        if after > instrument.max_notional(row.leverage):
            raise Refusal(MAX_POSITION)

    # --- deeds

    def accept(self, prepared: Prepared) -> Order:
        """Do what was promised: events, fills, and the rest into the book or to its end."""
        order, plan = prepared.order, prepared.plan
        instrument = self._settlement.market.instruments[order.symbol.name]
        now_ms = order.time_ms
        trade_ids = [instrument.take_trade_id() for _ in plan.fills]
        lites = [
            trade_lite(order, trade_id, fill.price, fill.quantity, now_ms, maker=False)
            for trade_id, fill in zip(trade_ids, plan.fills, strict=True)
        ]
        lites_first = self._options.trade_lites_first or len(lites) == 1
        if lites_first:
            for lite in lites:
                self._bus.emit(lite)
        self._register.add(order)
        self._settlement.announce(order, "NEW", now_ms)
        instrument.book.consume(order.side, plan)
        for maker in plan.expired_makers:
            self._settlement.end(maker, "EXPIRED_IN_MATCH", now_ms, reason=1)
        for number, fill in enumerate(plan.fills):
            if not lites_first:
                self._bus.emit(lites[number])
            self._settlement.fill(order, fill.price, fill.quantity, now_ms, trade_id=trade_ids[number], maker=False)
        if order.is_open:
            self._leave(order, plan, now_ms)
        return order

    def _leave(self, order: Order, plan: Plan[Order], now_ms: int) -> None:
        instrument = self._settlement.market.instruments[order.symbol.name]
        if plan.taker_expired:
            self._settlement.end(order, "EXPIRED_IN_MATCH", now_ms, reason=3 if order.tif == "IOC" else 1)
        elif order.type == "MARKET":
            self._settlement.end(order, "EXPIRED", now_ms, reason=9)
        elif order.tif == "IOC":
            self._settlement.end(order, "EXPIRED", now_ms, reason=2)
        else:
            instrument.book.add(order)
            if order.good_till_ms:
                self._clock.at(order.good_till_ms, lambda: self._expire(order))

    def _expire(self, order: Order) -> None:
        if order.is_open:
            self._settlement.end(order, "EXPIRED", self._clock.now_ms())

    def trade_with(self, order: Order, quantity: Decimal, price: Decimal) -> None:
        """Let another trader take `quantity` of a resting order at `price`; the order is the maker."""
        now_ms = self._clock.now_ms()
        instrument = self._settlement.market.instruments[order.symbol.name]
        capped = self._capped(order, min(quantity, order.remaining))
        if capped > 0:
            trade_id = instrument.take_trade_id()
            self._bus.emit(trade_lite(order, trade_id, price, capped, now_ms, maker=True))
            self._settlement.fill(order, price, capped, now_ms, trade_id=trade_id, maker=True)
        if order.is_open and capped < quantity and order.closing:
            self._settlement.end(order, "EXPIRED", now_ms, reason=4)

    def _capped(self, order: Order, quantity: Decimal) -> Decimal:
        if not order.closing:
            return quantity
        return min(quantity, self.facing(order.symbol.name, order.position_side, order.side))

    def facing(self, symbol: str, position_side: PositionSide, side: str) -> Decimal:
        """Return how much of a position an order of `side` could reduce."""
        amount = self._account.position(symbol, position_side).amount
        return max(ZERO, -amount if side == "BUY" else amount)
