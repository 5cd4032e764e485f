"""The venue's own acts: liquidation, deleveraging, delisting, statuses, funding, transfers, its own bots."""

from typing import Any

from conformance.simulator.control.acts import Acts, ControlError, Number, decimal, flag, positive, word
from conformance.simulator.events.strategy import grid_update, strategy_update
from conformance.simulator.market.symbol_row import ExchangeInfoError
from conformance.simulator.model.words import (
    BALANCE_REASONS,
    FORCED_EXECUTIONS,
    SYMBOL_STATUSES,
    ForcedExecution,
)
from conformance.simulator.rest import algo_shapes, order_shapes

MOST_PARTS = 100


class VenueActs(Acts):
    """Acts of the venue."""

    def liquidate(
        self,
        symbol: str,
        position_side: str = "BOTH",
        *,
        quantity: Number | None = None,
        parts: int = 1,
        execution: str | None = None,
        taken: Number | None = None,
    ) -> None:
        """Liquidate a position at the mark price, whatever its margin (order `autoclose-…`).

        `quantity`: only so much of it, as one step. `parts`: in so many trades. `execution`: told as CALCULATED or as
        TRADE (default: `Options.liquidation_execution`). `taken`: no more of the order is, and the rest of it expires.
        """
        position = self._held(symbol, position_side)
        self._venue.forced.liquidate(
            self._instrument(symbol),
            [position],
            None if quantity is None else positive(quantity, "quantity"),
            parts=self._parts(parts),
            execution=self._execution(execution),
            taken=None if taken is None else positive(taken, "taken"),
        )
        self._venue.conclude()

    def deleverage(
        self,
        symbol: str,
        quantity: Number | None = None,
        position_side: str = "BOTH",
        *,
        parts: int = 1,
        execution: str | None = None,
    ) -> None:
        """Close (part of) a position by auto-deleveraging at the mark price (order `adl_autoclose`).

        `parts`: in so many trades. `execution`: told as CALCULATED or as TRADE (default: `Options.adl_execution`).
        """
        self._venue.forced.close(
            self._held(symbol, position_side),
            "adl",
            self._instrument(symbol).mark,
            None if quantity is None else positive(quantity, "quantity"),
            parts=self._parts(parts),
            execution=self._execution(execution),
        )
        self._venue.conclude()

    @staticmethod
    def _parts(given: int | str) -> int:
        number = int(given)
        if not 1 <= number <= MOST_PARTS:
            raise ControlError(f"parts: expected 1 to {MOST_PARTS}, got {given}")
        return number

    @staticmethod
    def _execution(given: str | None) -> ForcedExecution | None:
        return None if given is None else word(given, FORCED_EXECUTIONS, "execution")

    def expire_order(self, symbol: str, order_id: int | str, reason: int = 0) -> dict[str, Any]:
        """Expire an open order with an expiry reason (`er` of 9.1: 4 reduce-only, 5 liquidated, 7 delisted …)."""
        order = self._find(symbol, order_id)
        if not order.is_open:
            raise ControlError(f"order {order_id} is {order.status}: only an open order can expire")
        self._venue.settlement.end(order, "EXPIRED", self._venue.clock.now_ms(), reason=int(reason))
        self._venue.conclude()
        return order_shapes.queried(order)

    def expire_algo(self, algo_id: int | str, reason: str = "") -> dict[str, Any]:
        """Expire a waiting algo order; `reason` becomes the event's `rm`. `algo_id` is the venue's id or the client's.

        Returns the order as GET /algoOrder would.
        """
        algo = self._waiting(algo_id)
        self._venue.algo.expire(algo, reason)
        self._venue.conclude()
        return algo_shapes.queried(algo)

    def reject_at_trigger(self, algo_id: int | str, reason: str = "Margin is insufficient.") -> None:
        """Let the matching engine deny an algo order's child once it triggers: REJECTED, with `reason` as `rm`."""
        self._waiting(algo_id).denial = reason

    def forget(self, symbol: str, *, orders: bool = True, trades: bool = True) -> None:
        """Drop a symbol's finished orders and its trades from every query, as if they were older than its history."""
        name = self._instrument(symbol).symbol.name
        self._venue.register.forget(name, orders=flag(orders, "orders"), trades=flag(trades, "trades"))

    def delist(self, symbol: str, price: Number | None = None) -> None:
        """Settle and close a symbol at `price`, default its index: orders expire, positions close.

        The closing order is `settlement_autoclose-…`, of a delivery contract `delivery_autoclose-…`.
        """
        self._venue.settle(self._instrument(symbol), None if price is None else positive(price, "price"))

    def list_symbol(self, symbol: str, like: str = "DOGEUSDT", **row: str) -> None:
        """List a new symbol: the row of exchangeInfo of `like`, but for `row`, such as `baseAsset`; at its price."""
        known = self._instrument(like)
        raw = {**known.symbol.raw, "pair": symbol, **row, "symbol": symbol}
        try:
            self._venue.market.lists(raw, known.last)
        except ExchangeInfoError as error:
            raise ControlError(str(error)) from None

    def set_status(self, symbol: str, status: str) -> None:
        """Set a symbol's status, such as TRADING_HALT, PRE_SETTLE, TRADING."""
        self._instrument(symbol).symbol.status = word(status, SYMBOL_STATUSES, "status")

    def set_funding_rate(self, symbol: str, rate: Number) -> None:
        """Set the rate that the next funding uses (0.0001 is 1 basis point)."""
        self._instrument(symbol).funding_rate = decimal(rate, "rate")

    def fund(self, symbol: str) -> None:
        """Exchange funding on a symbol now."""
        self._venue.funding.exchange(self._instrument(symbol))
        self._venue.conclude()

    def deposit(self, asset: str, amount: Number, reason: str | None = None) -> None:
        """Move an amount into (or, negative, out of) the account and tell it by ACCOUNT_UPDATE.

        `reason` is its `m`, any of section 9.3; default DEPOSIT or WITHDRAW.
        """
        number = decimal(amount, "amount")
        given = "DEPOSIT" if number > 0 else "WITHDRAW"
        told = word(reason if reason is not None else given, BALANCE_REASONS, "reason")
        if self._venue.account.wallet(asset).balance + number < 0:
            balance = self._venue.account.wallet(asset).balance
            raise ControlError(f"{asset}: {-number} cannot leave a balance of {balance}")
        now_ms = self._venue.clock.now_ms()
        self._venue.account.book("TRANSFER", asset, number, now_ms)
        self._venue.reports.changed(told, {asset}, [], now_ms, number)

    def announce_strategy(self, symbol: str, status: str = "WORKING", strategy_id: int = 176057039) -> None:
        """Let one of Binance's own grid bots of the account tell its status: STRATEGY_UPDATE, then GRID_UPDATE."""
        name, now_ms = self._instrument(symbol).symbol.name, self._venue.clock.now_ms()
        self._venue.bus.emit(strategy_update(strategy_id, status, name, now_ms))
        self._venue.bus.emit(grid_update(strategy_id, status, name, now_ms))
