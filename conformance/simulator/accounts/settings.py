"""What the account may choose: leverage, margin type, position mode, assets mode, isolated margin (sections 5, 9.4)."""

from collections.abc import Callable
from decimal import Decimal

from conformance.simulator.accounts.account import Account, MarginChange
from conformance.simulator.accounts.margin import Margin, worst_notional
from conformance.simulator.accounts.reports import AccountReports
from conformance.simulator.clock import Clock
from conformance.simulator.errors import (
    AMOUNT_POSITIVE,
    CROSS_INSUFFICIENT,
    INVALID_LEVERAGE,
    ISOLATED_INSUFFICIENT,
    ISOLATED_LEVERAGE,
    ISOLATED_MULTI_ASSETS,
    LEVERAGE_TOO_LOW,
    MARGIN_TYPE_ORDERS,
    MARGIN_TYPE_POSITION,
    MAX_POSITION,
    MULTI_ASSETS_ISOLATED,
    MULTI_ASSETS_ORDERS,
    NO_POSITION,
    NOT_ISOLATED,
    POSITION_MODE_ORDERS,
    POSITION_MODE_POSITION,
    SAME_MARGIN_TYPE,
    SAME_MULTI_ASSETS,
    SAME_POSITION_SIDE,
    Refusal,
)
from conformance.simulator.events.account import leverage_changed, multi_assets_changed
from conformance.simulator.events.bus import Bus
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.model.words import PositionSide
from conformance.simulator.numbers import ZERO, truncated

ADD, REDUCE = 1, 2


class AccountSettings:
    """Changes settings, or refuses to."""

    def __init__(
        self,
        clock: Clock,
        account: Account,
        margin: Margin,
        reports: AccountReports,
        bus: Bus,
        *,
        has_orders: Callable[[str | None], bool],
    ) -> None:
        self._clock = clock
        self._account = account
        self._margin = margin
        self._reports = reports
        self._bus = bus
        self._has_orders = has_orders
        """Whether a symbol (None: any) has open orders of either kind."""

    def _has_position(self, symbol: str | None = None) -> bool:
        return any(
            position.amount and symbol in (None, position.symbol) for position in self._account.positions.values()
        )

    def leverage(self, instrument: Instrument, leverage: int) -> None:
        """Choose a symbol's leverage and emit ACCOUNT_CONFIG_UPDATE."""
        if not 1 <= leverage <= instrument.max_leverage:
            raise Refusal(INVALID_LEVERAGE, leverage)
        name = instrument.symbol.name
        settings = self._account.settings_of(name, instrument.max_leverage)
        held = [row for row in self._margin.active() if row.instrument is instrument]
        if settings.isolated and leverage < settings.leverage and any(row.position.amount for row in held):
            raise Refusal(ISOLATED_LEVERAGE)
        for row in held:
            worst = worst_notional(row.position.side, row.notional, row.bid, row.ask)
            if worst > instrument.max_notional(leverage):
                raise Refusal(MAX_POSITION)
            extra = worst / leverage - worst / settings.leverage
            if extra > ZERO and extra > self._margin.free(instrument.symbol.margin_asset):
                raise Refusal(LEVERAGE_TOO_LOW)
        settings.leverage = leverage
        self._bus.emit(leverage_changed(name, leverage, self._clock.now_ms()))

    def margin_type(self, instrument: Instrument, *, isolated: bool) -> None:
        """Choose cross or isolated margin for a symbol and emit ACCOUNT_UPDATE with MARGIN_TYPE_CHANGE."""
        name = instrument.symbol.name
        settings = self._account.settings_of(name, instrument.max_leverage)
        if settings.isolated == isolated:
            raise Refusal(SAME_MARGIN_TYPE)
        if isolated and self._account.multi_assets:
            raise Refusal(ISOLATED_MULTI_ASSETS)
        if self._has_orders(name):
            raise Refusal(MARGIN_TYPE_ORDERS)
        if self._has_position(name):
            raise Refusal(MARGIN_TYPE_POSITION)
        settings.isolated = isolated
        positions = [self._account.position(name, side) for side in self._account.sides()]
        self._reports.changed("MARGIN_TYPE_CHANGE", set(), positions, self._clock.now_ms())

    def position_mode(self, *, hedged: bool) -> None:
        """Choose hedge or one-way mode. No event is documented (9.4)."""
        if self._account.hedged == hedged:
            raise Refusal(SAME_POSITION_SIDE)
        if self._has_orders(None):
            raise Refusal(POSITION_MODE_ORDERS)
        if self._has_position():
            raise Refusal(POSITION_MODE_POSITION)
        self._account.hedged = hedged

    def assets_mode(self, *, multi_assets: bool) -> None:
        """Choose multi-assets or single-asset mode and emit ACCOUNT_CONFIG_UPDATE."""
        if self._account.multi_assets == multi_assets:
            raise Refusal(SAME_MULTI_ASSETS)
        if any(settings.isolated for settings in self._account.settings.values()):
            raise Refusal(MULTI_ASSETS_ISOLATED)
        if self._has_orders(None):
            raise Refusal(MULTI_ASSETS_ORDERS)
        self._account.multi_assets = multi_assets
        self._bus.emit(multi_assets_changed(multi_assets=multi_assets, now_ms=self._clock.now_ms()))

    def isolated_margin(self, instrument: Instrument, position_side: PositionSide, amount: Decimal, kind: int) -> None:
        """Add to (1) or take from (2) an isolated position's margin and emit ACCOUNT_UPDATE."""
        name, asset = instrument.symbol.name, instrument.symbol.margin_asset
        settings = self._account.settings_of(name, instrument.max_leverage)
        if amount <= 0:
            raise Refusal(AMOUNT_POSITIVE)
        if not settings.isolated:
            raise Refusal(NOT_ISOLATED)
        position = self._account.position(name, position_side)
        if position.amount == 0:
            raise Refusal(NO_POSITION)
        amount = truncated(amount)
        if kind == ADD:
            if amount > self._margin.free(asset):
                raise Refusal(CROSS_INSUFFICIENT)
            position.isolated_wallet += amount
        else:
            row = self._margin.of(name, position_side)
            removable = position.isolated_wallet + min(ZERO, row.unrealised) - row.position_initial
            if amount > removable:
                raise Refusal(ISOLATED_INSUFFICIENT)
            position.isolated_wallet -= amount
        now_ms = self._clock.now_ms()
        position.update_ms = now_ms
        self._account.margin_changes.append(MarginChange(name, kind, amount, asset, now_ms, position_side))
        change = -amount if kind == ADD else amount
        self._reports.changed("MARGIN_TRANSFER", {asset}, [position], now_ms, change)
