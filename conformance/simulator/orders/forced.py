"""Orders that the venue itself places: liquidation, auto-deleveraging, settlement of a delisted contract (9.1, 13)."""

from collections.abc import Callable
from decimal import Decimal

from conformance.simulator.clock import Clock
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.model.order import Order
from conformance.simulator.model.position import Position
from conformance.simulator.model.words import Cause, ForcedExecution
from conformance.simulator.numbers import ZERO, truncated
from conformance.simulator.orders.settlement import Settlement

_PREFIX: dict[Cause, str] = {
    "liquidation": "autoclose-",
    "adl": "adl_autoclose",
    "settlement": "settlement_autoclose-",
    "delivery": "delivery_autoclose-",
}
"""How the client order ids of the venue's own orders begin; that of a delivery is known from reports only [COMM]."""
LIQUIDATED, DELISTED = 5, 7
"""Expiry reasons of the resting orders that go with it."""
_REMAINDER = 2
"""Expiry reason of an IOC order's remainder."""


class ForcedOrders:
    """Closes positions whether the account wants it or not."""

    def __init__(self, clock: Clock, settlement: Settlement, expire_conditional: Callable[[str], None]) -> None:
        self._clock = clock
        self._settlement = settlement
        self._expire_conditional = expire_conditional
        """Expires every waiting algo order of a symbol."""
        self.history: list[Order] = []
        """Orders of liquidation and ADL, oldest first, as GET /forceOrders shows them."""

    def close(
        self,
        position: Position,
        cause: Cause,
        price: Decimal,
        quantity: Decimal | None = None,
        *,
        parts: int = 1,
        execution: ForcedExecution | None = None,
        taken: Decimal | None = None,
    ) -> Order | None:
        """Close (part of) a position at `price` in so many trades; None where there is nothing to close.

        `execution` overrides how the options have it told. Where no more than `taken` of the order is, its remainder
        expires.
        """
        quantity = abs(position.amount) if quantity is None else min(quantity, abs(position.amount))
        if quantity <= 0:
            return None
        settlement, now_ms = self._settlement, self._clock.now_ms()
        instrument = settlement.market.instruments[position.symbol]
        order = self._order(position, cause, price, quantity)
        settlement.register.add(order)
        settlement.announce(order, "NEW", now_ms)
        filled = quantity if taken is None else min(taken, quantity)
        for part in _parts(filled, parts, instrument.symbol.step):
            settlement.fill(
                order,
                price,
                part,
                now_ms,
                trade_id=instrument.take_trade_id(),
                maker=False,
                execution=execution or self._execution(cause),
                fee_rate=ZERO if cause == "adl" else None,
            )
        if order.is_open:
            settlement.end(order, "EXPIRED", now_ms, reason=_REMAINDER)
        if cause in ("liquidation", "adl"):
            self.history.append(order)
        return order

    def _order(self, position: Position, cause: Cause, price: Decimal, quantity: Decimal) -> Order:
        settlement, now_ms = self._settlement, self._clock.now_ms()
        symbol = settlement.market.instruments[position.symbol].symbol
        order_id = settlement.register.take_id(symbol)
        ends = cause in ("settlement", "delivery")
        return Order(
            id=order_id,
            client_id=_PREFIX[cause] if cause == "adl" else f"{_PREFIX[cause]}{now_ms}{order_id % 1_000_000:06d}",
            symbol=symbol,
            side="SELL" if position.amount > 0 else "BUY",
            position_side=position.side,
            type="MARKET" if ends else "LIQUIDATION" if cause == "liquidation" else "LIMIT",
            tif="IOC" if cause == "liquidation" else "GTC",
            quantity=quantity,
            price=ZERO if ends else price,
            time_ms=now_ms,
            update_ms=now_ms,
            reduce_only=position.side == "BOTH",
            stp=settlement.options.default_stp,
        )

    def _execution(self, cause: Cause) -> ForcedExecution:
        options = self._settlement.options
        if cause == "liquidation":
            return options.liquidation_execution
        return options.adl_execution if cause == "adl" else "TRADE"

    def _pay_insurance(self, instrument: Instrument, amount: Decimal) -> None:
        """Move the clearance fee to the insurance fund, or (positive) let the fund cover a loss."""
        if amount == 0:
            return
        asset, now_ms = instrument.symbol.margin_asset, self._clock.now_ms()
        self._settlement.account.book("INSURANCE_CLEAR", asset, amount, now_ms, symbol=instrument.symbol.name)
        self._settlement.reports.changed("INSURANCE_CLEAR", {asset}, [], now_ms, amount)

    def liquidate(
        self,
        instrument: Instrument,
        positions: list[Position],
        quantity: Decimal | None = None,
        *,
        parts: int = 1,
        execution: ForcedExecution | None = None,
        taken: Decimal | None = None,
    ) -> None:
        """Expire the orders of the positions' symbols, close the positions at the mark, cover what is lost beyond.

        `quantity`: only so much of each, as a step of a larger liquidation. `taken`: no more of an order than this.
        """
        for name in {position.symbol for position in positions}:
            self._expire_orders(name, LIQUIDATED)
        account, asset = self._settlement.account, instrument.symbol.margin_asset
        isolated = account.settings_of(instrument.symbol.name).isolated
        protected = self._settlement.margin.cross_wallet(asset) if isolated else ZERO
        notional = ZERO
        for position in positions:
            mark = self._settlement.market.instruments[position.symbol].mark
            held = abs(position.amount)
            self.close(position, "liquidation", mark, quantity, parts=parts, execution=execution, taken=taken)
            notional += (held - abs(position.amount)) * mark
        # What is left of the margin pays the clearance fee; what is missing the insurance fund pays. An isolated
        # position can lose its own margin only, and in multi-assets mode all wallets stand for what one has lost.
        wallets = self._settlement.margin.wallets(asset) if account.multi_assets else account.wallet(asset).balance
        left = truncated(wallets - protected)
        if left < 0:
            self._pay_insurance(instrument, -left)
        else:
            self._pay_insurance(instrument, -min(left, truncated(notional * instrument.symbol.liquidation_fee)))

    def settle(self, instrument: Instrument, price: Decimal) -> None:
        """End a contract: orders expire, positions are closed at the settlement price, the symbol is closed."""
        name = instrument.symbol.name
        instrument.symbol.status = "SETTLING"
        self._expire_orders(name, DELISTED)
        for position in [p for p in self._settlement.account.positions.values() if p.symbol == name and p.amount]:
            self.close(position, "delivery" if instrument.symbol.is_delivery else "settlement", price)
        instrument.symbol.status = "CLOSE"

    def _expire_orders(self, symbol: str, reason: int) -> None:
        now_ms = self._clock.now_ms()
        for order in self._settlement.register.open_orders(symbol):
            self._settlement.end(order, "EXPIRED", now_ms, reason=reason)
        self._expire_conditional(symbol)


def _parts(quantity: Decimal, number: int, step: Decimal) -> list[Decimal]:
    """Return `quantity` in so many parts of whole steps, the last one taking what is left."""
    part = quantity / number // step * step if step else quantity / number
    if number == 1 or part <= 0:
        return [quantity]
    return [part] * (number - 1) + [quantity - part * (number - 1)]
