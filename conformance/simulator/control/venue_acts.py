"""The venue's own acts: liquidation, deleveraging, delisting, statuses, funding, transfers, its own bots."""

from conformance.simulator.control.acts import Acts, ControlError, Number, decimal, positive, word
from conformance.simulator.events.strategy import grid_update, strategy_update
from conformance.simulator.model.words import SYMBOL_STATUSES


class VenueActs(Acts):
    """Acts of the venue."""

    def liquidate(self, symbol: str, position_side: str = "BOTH") -> None:
        """Liquidate a position at the mark price, whatever its margin (order `autoclose-…`)."""
        position = self._held(symbol, position_side)
        self._venue.forced.liquidate(self._instrument(symbol), [position])
        self._venue.conclude()

    def deleverage(self, symbol: str, quantity: Number | None = None, position_side: str = "BOTH") -> None:
        """Close (part of) a position by auto-deleveraging at the mark price (order `adl_autoclose`)."""
        position = self._held(symbol, position_side)
        amount = None if quantity is None else positive(quantity, "quantity")
        self._venue.forced.close(position, "adl", self._instrument(symbol).mark, amount)
        self._venue.conclude()

    def delist(self, symbol: str, price: Number | None = None) -> None:
        """Settle and close a symbol at `price`, default its index: orders expire, positions close."""
        self._venue.settle(self._instrument(symbol), None if price is None else positive(price, "price"))

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

    def deposit(self, asset: str, amount: Number) -> None:
        """Move an amount into (or, negative, out of) the account and tell it by ACCOUNT_UPDATE."""
        number = decimal(amount, "amount")
        if self._venue.account.wallet(asset).balance + number < 0:
            balance = self._venue.account.wallet(asset).balance
            raise ControlError(f"{asset}: {-number} cannot leave a balance of {balance}")
        now_ms = self._venue.clock.now_ms()
        self._venue.account.book("TRANSFER", asset, number, now_ms)
        self._venue.reports.changed("DEPOSIT" if number > 0 else "WITHDRAW", {asset}, [], now_ms, number)

    def announce_strategy(self, symbol: str, status: str = "WORKING", strategy_id: int = 176057039) -> None:
        """Let one of Binance's own grid bots of the account tell its status: STRATEGY_UPDATE, then GRID_UPDATE."""
        name, now_ms = self._instrument(symbol).symbol.name, self._venue.clock.now_ms()
        self._venue.bus.emit(strategy_update(strategy_id, status, name, now_ms))
        self._venue.bus.emit(grid_update(strategy_id, status, name, now_ms))
