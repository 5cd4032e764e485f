"""The venue: its rooms joined up, and what follows from every act before the next one is heard."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from conformance.simulator.accounts.account import Account
from conformance.simulator.accounts.margin import Margin
from conformance.simulator.algo.service import AlgoService
from conformance.simulator.books.book import Fill, Plan
from conformance.simulator.clock import Clock, Timer
from conformance.simulator.events.bus import Bus
from conformance.simulator.market.instrument import Instrument, Market
from conformance.simulator.numbers import ZERO
from conformance.simulator.options import Options
from conformance.simulator.orders.changes import OrderChanges
from conformance.simulator.orders.desk import OrderDesk, Prepared
from conformance.simulator.orders.order import Order
from conformance.simulator.orders.register import Register
from conformance.simulator.orders.settlement import Settlement
from conformance.simulator.orders.upkeep import Upkeep

LONGEST_CHAIN = 1000
"""How many rounds of consequences one act may have; a chain of triggers cannot be longer than the orders waiting."""


class Venue:
    """One account on one market. Knows nothing of sockets."""

    def __init__(self, options: Options, exchange_info: Path | None = None) -> None:
        self.options = options
        self.clock = Clock()
        self.market = Market(options, exchange_info)
        self.account = Account(options.default_leverage)
        self.register = Register()
        self.bus = Bus(options.events_kept)
        self.margin = Margin(self.account, self.market, self.register)
        self.settlement = Settlement(options, self.market, self.account, self.register, self.margin, self.bus)
        self.desk = OrderDesk(self.clock, self.settlement)
        self.changes = OrderChanges(self.clock, self.settlement, self.desk)
        self.algo = AlgoService(self.clock, self.settlement, self.desk)
        self.upkeep = Upkeep(self.settlement)
        self.forced: list[Order] = []
        """Orders that the venue itself placed: liquidation and ADL, oldest first."""
        self.funding_history: list[dict[str, Any]] = []
        self._countdowns: dict[str, Timer] = {}
        self.account.book("TRANSFER", "USDT", options.deposit, self.clock.now_ms())

    def conclude(self) -> None:
        """Let everything follow that the last act set off: triggers, reduce-only upkeep."""
        for _ in range(LONGEST_CHAIN):
            if not self.market.moved and not self.settlement.disturbed:
                return
            moved, disturbed = sorted(self.market.moved), sorted(self.settlement.disturbed)
            self.market.moved.clear()
            self.settlement.disturbed.clear()
            for name in disturbed:
                self.algo.position_changed(name)
                self.upkeep.reduce_only(name, self.clock.now_ms())
            for name in moved:
                self.algo.react(self.market.instruments[name])

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

    def next_funding_ms(self, now_ms: int) -> int:
        """Return when funding is exchanged next."""
        interval = self.options.funding_interval_ms
        return (now_ms // interval + 1) * interval

    # --- what the rest of the market does

    def move_price(self, instrument: Instrument, price: Decimal) -> None:
        """Let the market trade at `price`: resting orders that it reaches fill, then last, mark and ladder follow."""
        self._sweep(instrument, price)
        instrument.set_last(price)
        if self.options.mark_follows_last:
            instrument.set_mark(price)
        instrument.book.others.anchor(price)
        instrument.book.version += 1
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

    def trade_at(self, instrument: Instrument, side: str, quantity: Decimal, price: Decimal) -> Order:
        """Let another client of the account trade `quantity` at `price` with someone, past the book and the margin."""
        amount = quantity if side == "BUY" else -quantity
        position_side = "BOTH"
        if self.account.hedged:
            position_side = "LONG" if amount > 0 else "SHORT"
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
