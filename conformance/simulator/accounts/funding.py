"""Funding: what longs pay shorts at every interval (section 13)."""

from typing import Any

from conformance.simulator.accounts.account import Account
from conformance.simulator.accounts.reports import AccountReports
from conformance.simulator.clock import Clock
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.market import Market
from conformance.simulator.model.position import Position
from conformance.simulator.numbers import padded, truncated
from conformance.simulator.options import Options


class Funding:
    """Exchanges funding on perpetual contracts."""

    def __init__(
        self, clock: Clock, options: Options, market: Market, account: Account, reports: AccountReports
    ) -> None:
        self._clock = clock
        self._options = options
        self._market = market
        self._account = account
        self._reports = reports
        self.history: list[dict[str, Any]] = []
        """What GET /fundingRate shows, oldest first."""
        if self._options.funding_automatic:
            self._wait()

    def next_ms(self, now_ms: int) -> int:
        """Return when funding is exchanged next."""
        interval = self._options.funding_interval_ms
        return (now_ms // interval + 1) * interval

    def _wait(self) -> None:
        self._clock.at(self.next_ms(self._clock.now_ms()), self._due)

    def _due(self) -> None:
        for instrument in self._market.instruments.values():
            if not instrument.symbol.is_delivery and instrument.symbol.status == "TRADING":
                self.exchange(instrument)
        self._wait()

    def exchange(self, instrument: Instrument) -> None:
        """Exchange funding on one symbol now: a position pays amount × mark × rate, a short receives it."""
        symbol, now_ms = instrument.symbol, self._clock.now_ms()
        self.history.append(
            {
                "symbol": symbol.name,
                "fundingTime": now_ms,
                "fundingRate": f"{instrument.funding_rate:.8f}",
                "markPrice": padded(instrument.mark, 8),
                "rateType": "Regular",
            }
        )
        for position in list(self._account.positions.values()):
            if position.symbol == symbol.name and position.amount:
                self._pay(instrument, position, now_ms)

    def _pay(self, instrument: Instrument, position: Position, now_ms: int) -> None:
        amount = truncated(-position.amount * instrument.mark * instrument.funding_rate)
        if amount == 0:
            return
        account, asset = self._account, instrument.symbol.margin_asset
        account.book("FUNDING_FEE", asset, amount, now_ms, symbol=position.symbol)
        isolated = account.settings_of(position.symbol).isolated
        if isolated:
            position.isolated_wallet += amount
            position.update_ms = now_ms
        self._reports.changed(
            "FUNDING_FEE", {asset}, [position] if isolated else [], now_ms, amount, symbol=position.symbol
        )
        self._account.disturbed.add(position.symbol)
