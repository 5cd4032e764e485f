"""The account: wallets with their ledger, positions, and settings by symbol."""

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from conformance.simulator.model.position import Position
from conformance.simulator.model.words import PositionSide
from conformance.simulator.numbers import ZERO


@dataclass(slots=True)
class Wallet:
    """One asset's balance, and the sums of what made it: balance = their total, always."""

    asset: str
    balance: Decimal = ZERO
    sums: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    """By income type: TRANSFER, REALIZED_PNL, COMMISSION (negative), FUNDING_FEE, INSURANCE_CLEAR, …"""
    update_ms: int = 0


@dataclass(slots=True)
class SymbolSettings:
    """What the account has chosen for a symbol."""

    leverage: int
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class Income:
    """One flow of money into (or, negative, out of) a wallet, as GET /income lists it."""

    id: int
    symbol: str
    type: str
    amount: Decimal
    asset: str
    time_ms: int
    trade_id: str
    info: str


@dataclass(frozen=True, slots=True)
class MarginChange:
    """One change of an isolated position's margin."""

    symbol: str
    type: int
    amount: Decimal
    asset: str
    time_ms: int
    position_side: str


class Account:
    """The one account of the venue."""

    def __init__(self, default_leverage: int) -> None:
        self.wallets: dict[str, Wallet] = {}
        self.positions: dict[tuple[str, PositionSide], Position] = {}
        self.settings: dict[str, SymbolSettings] = {}
        self.incomes: list[Income] = []
        self.margin_changes: list[MarginChange] = []
        self.disturbed: set[str] = set()
        """Symbols whose position changed since the venue last looked after what depends on it."""
        self.hedged = False
        self.multi_assets = False
        self.fee_burn = False
        self.default_leverage = default_leverage
        self._tran_ids = itertools.count(9_000_000_001)

    def wallet(self, asset: str) -> Wallet:
        """Return the wallet of an asset, empty where there was none."""
        found = self.wallets.get(asset)
        if found is None:
            found = self.wallets[asset] = Wallet(asset)
        return found

    def settings_of(self, symbol: str, max_leverage: int = 125) -> SymbolSettings:
        """Return the settings of a symbol, the defaults where nothing was chosen."""
        found = self.settings.get(symbol)
        if found is None:
            found = self.settings[symbol] = SymbolSettings(min(self.default_leverage, max_leverage))
        return found

    def position(self, symbol: str, side: PositionSide) -> Position:
        """Return the position of a symbol and side (BOTH, LONG, SHORT), flat where there was none."""
        found = self.positions.get((symbol, side))
        if found is None:
            found = self.positions[symbol, side] = Position(symbol, side)
        return found

    def sides(self) -> tuple[PositionSide, ...]:
        """Return the position sides that the account's mode uses."""
        return ("LONG", "SHORT") if self.hedged else ("BOTH",)

    def book(
        self,
        type_: str,
        asset: str,
        amount: Decimal,
        now_ms: int,
        *,
        symbol: str = "",
        trade_id: str = "",
        info: str = "",
    ) -> None:
        """Put `amount` into the wallet of `asset` (negative takes it out) and write the flow down."""
        if amount == 0:
            return
        wallet = self.wallet(asset)
        wallet.balance += amount
        wallet.sums[type_] += amount
        wallet.update_ms = now_ms
        self.incomes.append(Income(next(self._tran_ids), symbol, type_, amount, asset, now_ms, trade_id, info or type_))

    def isolated_total(self, asset: str, margin_asset_of: dict[str, str]) -> Decimal:
        """Return how much of an asset is bound in isolated positions."""
        return sum(
            (
                position.isolated_wallet
                for position in self.positions.values()
                if position.isolated_wallet and margin_asset_of.get(position.symbol) == asset
            ),
            ZERO,
        )
