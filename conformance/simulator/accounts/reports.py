"""Reports of balances and positions: ACCOUNT_UPDATE (9.3, 13)."""

from decimal import Decimal

from conformance.simulator.accounts.account import Account
from conformance.simulator.accounts.margin import Margin
from conformance.simulator.events.account import account_update, balance_row, position_row
from conformance.simulator.events.bus import Bus
from conformance.simulator.market.market import Market
from conformance.simulator.model.position import Position
from conformance.simulator.numbers import ZERO
from conformance.simulator.options import Options


class AccountReports:
    """Tells the streams what changed in the account."""

    def __init__(self, options: Options, market: Market, account: Account, margin: Margin, bus: Bus) -> None:
        self._options = options
        self._market = market
        self._account = account
        self._margin = margin
        self._bus = bus

    def changed(
        self,
        reason: str,
        assets: set[str],
        positions: list[Position],
        now_ms: int,
        change: Decimal = ZERO,
        *,
        symbol: str | None = None,
    ) -> None:
        """Emit ACCOUNT_UPDATE with the present state of these assets and positions."""
        balances = [
            balance_row(asset, self._account.wallet(asset).balance, self._margin.cross_wallet(asset), change)
            for asset in sorted(assets, reverse=True)
        ]
        self._bus.emit(account_update(reason, balances, [self._row(item) for item in positions], now_ms, symbol))

    def _row(self, position: Position) -> dict[str, object]:
        """Return a position as ACCOUNT_UPDATE shows it."""
        instrument = self._market.instruments[position.symbol]
        settings = self._account.settings_of(position.symbol, instrument.max_leverage)
        return position_row(
            position,
            instrument.mark,
            instrument.symbol.margin_asset,
            position.break_even(with_realised=self._options.break_even_includes_realised),
            isolated=settings.isolated,
        )
