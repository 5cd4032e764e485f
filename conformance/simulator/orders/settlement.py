"""What a fill or an end of an order does: to the order, the position, the wallets, and as events.

The one place where positions and wallets change because of trading, so that the books always balance.
"""

from dataclasses import dataclass
from decimal import Decimal

from conformance.simulator.accounts.account import Account
from conformance.simulator.accounts.margin import Margin
from conformance.simulator.accounts.reports import AccountReports
from conformance.simulator.events.bus import Bus
from conformance.simulator.events.orders import order_trade_update
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.market import Market
from conformance.simulator.model.order import Order
from conformance.simulator.model.position import Position
from conformance.simulator.model.trade import PublicTrade, Trade
from conformance.simulator.model.words import Execution, OrderStatus
from conformance.simulator.numbers import ONE, truncated
from conformance.simulator.options import Options
from conformance.simulator.orders.register import Register


@dataclass(slots=True)
class Settlement:
    """Settles fills and ends of orders."""

    options: Options
    market: Market
    account: Account
    register: Register
    margin: Margin
    reports: AccountReports
    bus: Bus

    def announce(self, order: Order, execution: Execution, now_ms: int, modify_id: int | None = None) -> None:
        """Emit ORDER_TRADE_UPDATE for a change that is no fill."""
        exposure = self.register.exposure(order)
        self.bus.emit(order_trade_update(order, execution, now_ms, exposure, modify_id=modify_id))

    def fill(
        self,
        order: Order,
        price: Decimal,
        quantity: Decimal,
        now_ms: int,
        *,
        trade_id: int,
        maker: bool,
        execution: Execution = "TRADE",
        fee_rate: Decimal | None = None,
    ) -> Trade:
        """Fill `quantity` of an order at `price` and emit ACCOUNT_UPDATE, then ORDER_TRADE_UPDATE."""
        instrument = self.market.instruments[order.symbol.name]
        order.executed += quantity
        order.quote += price * quantity
        order.update_ms = now_ms
        order.status = "FILLED" if order.remaining <= 0 else "PARTIALLY_FILLED"
        position = self.account.position(order.symbol.name, order.position_side)
        if fee_rate is None:
            fee_rate = self._fee_rate(order, maker=maker)
        realised = self._move_position(
            position, instrument, quantity * order.direction, price, fee_rate=fee_rate, now_ms=now_ms
        )
        commission, asset = self._commission(price * quantity, fee_rate, order.symbol.margin_asset)
        trade = Trade(trade_id, order, price, quantity, realised, commission, asset, now_ms, maker)
        self._book(trade, instrument)
        if order.is_open:
            self.register.weigh(order)
        else:
            instrument.book.remove(order)
            self.register.close(order)
        changed = {order.symbol.margin_asset, asset} if realised else {asset}
        self.reports.changed("ORDER", changed, [position], now_ms)
        exposure = self.register.exposure(order)
        self.bus.emit(order_trade_update(order, execution, now_ms, exposure, trade))
        if order.parent is not None:
            order.parent.child_changed(order, now_ms)
        return trade

    def _book(self, trade: Trade, instrument: Instrument) -> None:
        """Book a trade's profit and commission, keep it, and print it on the public tape."""
        reference = {"symbol": trade.order.symbol.name, "trade_id": str(trade.id), "info": str(trade.id)}
        self.account.book("REALIZED_PNL", trade.order.symbol.margin_asset, trade.realised, trade.time_ms, **reference)
        self.account.book("COMMISSION", trade.commission_asset, -trade.commission, trade.time_ms, **reference)
        self.register.note_trade(trade)
        buyer_made = trade.maker == (trade.order.side == "BUY")
        instrument.traded(PublicTrade(trade.id, trade.price, trade.quantity, trade.time_ms, buyer_made))

    def end(
        self, order: Order, status: OrderStatus, now_ms: int, *, execution: Execution | None = None, reason: int = 0
    ) -> None:
        """End an open order as CANCELED, EXPIRED or EXPIRED_IN_MATCH and emit its event."""
        self.market.instruments[order.symbol.name].book.remove(order)
        order.status = status
        order.expiry_reason = reason
        order.update_ms = now_ms
        self.register.close(order)
        self.announce(order, execution or ("CANCELED" if status == "CANCELED" else "EXPIRED"), now_ms)
        if order.parent is not None:
            order.parent.child_changed(order, now_ms)

    def _fee_rate(self, order: Order, *, maker: bool) -> Decimal:
        if order.tif == "RPI" and maker:
            return self.options.rpi_rate
        return self.options.maker_rate if maker else self.options.taker_rate

    def _move_position(
        self,
        position: Position,
        instrument: Instrument,
        quantity: Decimal,
        price: Decimal,
        *,
        fee_rate: Decimal,
        now_ms: int,
    ) -> Decimal:
        before = position.amount
        realised, closed = position.trade(quantity, price, price * abs(quantity) * fee_rate)
        position.update_ms = now_ms
        self.account.disturbed.add(position.symbol)
        settings = self.account.settings_of(position.symbol, instrument.max_leverage)
        if settings.isolated:
            if closed:
                position.isolated_wallet -= (
                    position.isolated_wallet
                    if closed == abs(before)
                    else truncated(position.isolated_wallet * closed / abs(before))
                )
            opened = abs(quantity) - closed
            position.isolated_wallet += truncated(opened * price / settings.leverage)
        return realised

    def _commission(self, notional: Decimal, rate: Decimal, margin_asset: str) -> tuple[Decimal, str]:
        """Return the commission and the asset it is paid in: BNB where switched on and enough is there (13)."""
        commission = truncated(notional * rate)
        if self.account.fee_burn and commission > 0:
            in_bnb = truncated(notional * rate * (ONE - self.options.bnb_discount) / self.market.price_of_asset("BNB"))
            wallet = self.account.wallets.get("BNB")
            if wallet is not None and wallet.balance >= in_bnb:
                return in_bnb, "BNB"
        return commission, margin_asset
