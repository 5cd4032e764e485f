"""The venue: its rooms joined up, and the consequences of each act, applied before the next one."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

from conformance.simulator.accounts.account import Account
from conformance.simulator.accounts.funding import Funding
from conformance.simulator.accounts.margin import Margin
from conformance.simulator.accounts.reports import AccountReports
from conformance.simulator.accounts.watch import MarginWatch
from conformance.simulator.algo.service import AlgoService
from conformance.simulator.books.book import Fill, Plan
from conformance.simulator.clock import Clock, Timer
from conformance.simulator.events.bus import Bus
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.market import Market
from conformance.simulator.model.exposure import Exposures
from conformance.simulator.model.order import Order
from conformance.simulator.model.trade import PublicTrade
from conformance.simulator.model.words import PositionSide, Side
from conformance.simulator.numbers import ZERO
from conformance.simulator.options import Options
from conformance.simulator.orders.changes import OrderChanges
from conformance.simulator.orders.desk import OrderDesk, Prepared
from conformance.simulator.orders.forced import ForcedOrders
from conformance.simulator.orders.register import Register
from conformance.simulator.orders.settlement import Settlement
from conformance.simulator.orders.upkeep import Upkeep

FARTHEST = Decimal("1e18")
LONGEST_CHAIN = 1000
"""How many rounds of consequences one act may have; a chain of triggers cannot be longer than the orders waiting."""


class Venue:
    """One account on one market. Knows nothing of sockets."""

    def __init__(self, options: Options, exchange_info: Path | None = None) -> None:
        self.options = options
        self.clock = Clock()
        self.opened_ms = self.clock.now_ms()
        self.market = Market(options, self.clock, exchange_info)
        self.account = Account(options.default_leverage)
        exposures = Exposures()
        self.register = Register(exposures)
        self.bus = Bus(options.events_kept)
        self.margin = Margin(self.account, self.market, exposures)
        self.reports = AccountReports(options, self.market, self.account, self.margin, self.bus)
        self.settlement = Settlement(
            options, self.market, self.account, self.register, self.margin, self.reports, self.bus
        )
        self.desk = OrderDesk(self.clock, self.settlement)
        self.changes = OrderChanges(self.clock, self.settlement, self.desk)
        self.algo = AlgoService(self.clock, self.settlement, self.desk)
        self.upkeep = Upkeep(self.settlement)
        self.forced = ForcedOrders(self.clock, self.settlement, self.algo.expire_all)
        self.funding = Funding(self.clock, options, self.market, self.account, self.reports)
        self.watch = MarginWatch(self.clock, options, self.account, self.margin, self.bus)
        for instrument in self.market.instruments.values():
            if instrument.symbol.is_delivery and instrument.symbol.delivery_ms > self.clock.now_ms():
                self.clock.at(instrument.symbol.delivery_ms, partial(self.settle, instrument))
        self._countdowns: dict[str, Timer] = {}
        self.on_settled: Callable[[], None] = lambda: None
        """Called after every act, when nothing follows from it any more."""
        self.account.book("TRANSFER", "USDT", options.deposit, self.clock.now_ms())

    def has_orders(self, symbol: str | None = None) -> bool:
        """Return whether a symbol (None: any) has open orders, in the book or waiting at the Algo service."""
        waiting = any(symbol in (None, algo.symbol.name) for algo in self.algo.open.values())
        standing = any(self.register.open.values()) if symbol is None else bool(self.register.open_orders(symbol))
        return waiting or standing

    def conclude(self) -> None:
        """Let everything follow that the last act set off: triggers, reduce-only upkeep."""
        for _ in range(LONGEST_CHAIN):
            if not self.market.moved and not self.account.disturbed:
                break
            moved, disturbed = sorted(self.market.moved), sorted(self.account.disturbed)
            self.market.moved.clear()
            self.account.disturbed.clear()
            for name in disturbed:
                self.algo.position_changed(name)
                self.upkeep.reduce_only(name, self.clock.now_ms())
            for name in moved:
                self.algo.react(self.market.instruments[name])
            if any(position.amount for position in self.account.positions.values()):
                self._watch_margins()
        self.on_settled()

    def _watch_margins(self) -> None:
        """Warn about positions close to liquidation, and liquidate the others where the venue does so by itself."""
        for rows in self.watch.endangered():
            if self.options.liquidation_automatic:
                self.forced.liquidate(rows[0].instrument, [row.position for row in rows])

    def count_down(self, symbol: str, after_ms: int) -> None:
        """Cancel a symbol's open orders once `after_ms` have passed without another call; 0 calls it off (10.11)."""
        running = self._countdowns.pop(symbol, None)
        if running is not None:
            running.cancel()
        if after_ms:
            self._countdowns[symbol] = self.clock.at(self.clock.now_ms() + after_ms, lambda: self._time_out(symbol))

    def _time_out(self, symbol: str) -> None:
        self._countdowns.pop(symbol, None)
        self.changes.cancel_all(symbol)
        self.conclude()

    def settle(self, instrument: Instrument, price: Decimal | None = None) -> None:
        """End a contract at its index price, or at `price`."""
        self.forced.settle(instrument, instrument.index if price is None else price)
        self.conclude()

    # --- what the rest of the market does

    def move_price(self, instrument: Instrument, price: Decimal) -> None:
        """Let the market trade at `price`: resting orders that it reaches fill, then last, mark and ladder follow."""
        self._sweep(instrument, price)
        now_ms = self.clock.now_ms()
        trade_id = instrument.take_trade_id()
        buyer_is_maker = price < instrument.last
        instrument.traded(PublicTrade(trade_id, price, instrument.symbol.min_quantity, now_ms, buyer_is_maker))
        if self.options.mark_follows_last:
            instrument.set_mark(price)
        instrument.book.others.anchor(price)
        instrument.book.version += 1
        self.conclude()

    def print_trade(self, instrument: Instrument) -> None:
        """Let others trade among themselves at the last price: public news, which touches no order of the account."""
        trade_id, now_ms = instrument.take_trade_id(), self.clock.now_ms()
        instrument.traded(PublicTrade(trade_id, instrument.last, instrument.symbol.min_quantity, now_ms, False))
        self.conclude()

    def _sweep(self, instrument: Instrument, price: Decimal) -> None:
        through = not self.options.fill_on_touch
        for side in ("SELL", "BUY"):
            for order in instrument.book.touched(side, price, through=through):
                if order.is_open:
                    self.desk.trade_with(order, order.remaining, order.price)

    def set_book(
        self, instrument: Instrument, bids: list[tuple[Decimal, Decimal]], asks: list[tuple[Decimal, Decimal]]
    ) -> None:
        """Let other traders offer exactly these levels; where they cross resting orders they trade with them first."""
        left_bids = self._arrive(instrument, "BUY", sorted(bids, reverse=True))
        left_asks = self._arrive(instrument, "SELL", sorted(asks))
        instrument.book.others.set(left_bids, left_asks)
        instrument.book.version += 1
        self.conclude()

    def _arrive(
        self, instrument: Instrument, side: str, levels: list[tuple[Decimal, Decimal]]
    ) -> list[tuple[Decimal, Decimal]]:
        left: list[tuple[Decimal, Decimal]] = []
        resting_side = "SELL" if side == "BUY" else "BUY"
        for price, quantity in levels:
            remaining = quantity
            for order in instrument.book.touched(resting_side, price, through=False):
                if remaining <= 0:
                    break
                taken = min(remaining, order.remaining)
                self.desk.trade_with(order, taken, order.price)
                remaining -= taken
            if remaining > 0:
                left.append((price, remaining))
        return left

    def take(self, instrument: Instrument, side: str, quantity: Decimal) -> None:
        """Let another trader's market order of `side` take the account's resting orders, best first."""
        resting_side = "SELL" if side == "BUY" else "BUY"
        far = FARTHEST if side == "BUY" else ZERO
        for order in instrument.book.touched(resting_side, far, through=False):
            if quantity <= 0:
                break
            taken = min(quantity, order.remaining)
            self.desk.trade_with(order, taken, order.price)
            quantity -= taken
        self.conclude()

    def trade_at(
        self,
        instrument: Instrument,
        side: Side,
        quantity: Decimal,
        price: Decimal,
        position_side: PositionSide | None = None,
    ) -> Order:
        """Let another client of the account trade `quantity` at `price` with someone, past the book and the margin.

        In hedge mode a buy opens LONG and a sell SHORT, unless `position_side` says otherwise.
        """
        if position_side is None:
            position_side = "BOTH" if not self.account.hedged else "LONG" if side == "BUY" else "SHORT"
        now_ms = self.clock.now_ms()
        order = Order(
            id=self.register.take_id(instrument.symbol),
            client_id=self.register.client_ids.take(),
            symbol=instrument.symbol,
            side=side,
            position_side=position_side,
            type="MARKET",
            tif="GTC",
            quantity=quantity,
            price=ZERO,
            time_ms=now_ms,
            update_ms=now_ms,
            stp=self.options.default_stp,
        )
        self.desk.accept(Prepared(order, Plan(fills=[Fill(price, quantity)], filled=quantity)))
        self.conclude()
        return order
