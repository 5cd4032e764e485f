"""Margin: what positions and open orders bind, what is left, and where liquidation starts.

The formulas are Binance's published ones for one-way and hedge mode; the reference marks them [INF] (section 13).
"""

from dataclasses import dataclass
from decimal import Decimal

from conformance.simulator.accounts.account import Account
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.market import Market
from conformance.simulator.model.exposure import Exposures
from conformance.simulator.model.position import Position
from conformance.simulator.model.words import PositionSide
from conformance.simulator.numbers import ZERO


@dataclass(slots=True)
class SymbolMargin:
    """What one symbol's position side binds, in the margin asset."""

    instrument: Instrument
    position: Position
    isolated: bool
    leverage: int
    notional: Decimal
    unrealised: Decimal
    bid: Decimal
    ask: Decimal
    worst: Decimal
    """The largest notional that position and open orders can reach together."""
    position_initial: Decimal
    order_initial: Decimal

    @property
    def maintenance(self) -> Decimal:
        """Maintenance margin of the position, by its leverage bracket."""
        if not self.notional:
            return ZERO
        bracket = self.instrument.bracket_for(abs(self.notional))
        return max(ZERO, abs(self.notional) * bracket.ratio - bracket.cum)

    @property
    def initial(self) -> Decimal:
        """Initial margin of position and open orders together."""
        return self.position_initial + self.order_initial


@dataclass(slots=True)
class AssetMargin:
    """The sums of one margin asset."""

    asset: str
    wallet: Decimal
    cross_wallet: Decimal
    unrealised: Decimal
    cross_unrealised: Decimal
    initial: Decimal
    position_initial: Decimal
    order_initial: Decimal
    maintenance: Decimal
    cross_maintenance: Decimal
    available: Decimal
    update_ms: int

    @property
    def balance(self) -> Decimal:
        """The margin balance: wallet plus unrealised profit."""
        return self.wallet + self.unrealised

    @property
    def withdrawable(self) -> Decimal:
        """The largest amount that can be transferred out."""
        return max(ZERO, min(self.available, self.cross_wallet))


def worst_notional(side: str, notional: Decimal, bid: Decimal, ask: Decimal) -> Decimal:
    """Return the largest notional that position and open orders of one side can reach together."""
    if side == "LONG":
        return abs(notional) + bid
    if side == "SHORT":
        return abs(notional) + ask
    return max(abs(notional + bid), abs(notional - ask))


class Margin:
    """Computes margins from the account, its open orders and the market's mark prices; keeps nothing."""

    def __init__(self, account: Account, market: Market, exposures: Exposures) -> None:
        self._account = account
        self._market = market
        self._exposures = exposures
        self._flats: dict[tuple[str, PositionSide], Position] = {}
        self.margin_asset_of = {name: item.symbol.margin_asset for name, item in market.instruments.items()}

    def of(self, symbol: str, side: PositionSide) -> SymbolMargin:
        """Return what a symbol's position side binds now."""
        instrument = self._market.instruments[symbol]
        settings = self._account.settings_of(symbol, instrument.max_leverage)
        position = self._account.positions.get((symbol, side)) or self._flat(symbol, side)
        exposure = self._exposures.of(symbol, side)
        notional = position.amount * instrument.mark
        position_initial = abs(notional) / settings.leverage if notional else ZERO
        worst = worst_notional(side, notional, exposure.bid, exposure.ask)
        total = worst / settings.leverage if worst else ZERO
        return SymbolMargin(
            instrument=instrument,
            position=position,
            isolated=settings.isolated,
            leverage=settings.leverage,
            notional=notional,
            unrealised=position.unrealised(instrument.mark) if notional else ZERO,
            bid=exposure.bid,
            ask=exposure.ask,
            worst=worst,
            position_initial=position_initial,
            order_initial=max(ZERO, total - position_initial),
        )

    def _flat(self, symbol: str, side: PositionSide) -> Position:
        """Return a position without an amount, for looking at only; the account does not know it."""
        found = self._flats.get((symbol, side))
        if found is None:
            found = self._flats[symbol, side] = Position(symbol, side)
        return found

    def active(self, known: SymbolMargin | None = None) -> list[SymbolMargin]:
        """Return every position side that has an amount or open orders."""
        keys = {key: None for key, position in self._account.positions.items() if position.amount}
        for symbol, side, exposure in self._exposures:
            if exposure.bid or exposure.ask:
                keys[symbol, side] = None
        key_known = (known.instrument.symbol.name, known.position.side) if known else None
        return [known if known is not None and key == key_known else self.of(*key) for key in keys]

    def assets(self) -> dict[str, AssetMargin]:
        """Return the sums of every asset of the account, and of every margin asset of the market, held or not."""
        sums = {name: self._empty(name) for name in (*self._account.wallets, *self._market.margin_assets)}
        for row in self.active():
            asset = row.instrument.symbol.margin_asset
            total = sums.setdefault(asset, self._empty(asset))
            total.unrealised += row.unrealised
            total.initial += row.initial
            total.position_initial += row.position_initial
            total.order_initial += row.order_initial
            total.maintenance += row.maintenance
            if row.isolated:
                total.cross_wallet -= row.position.isolated_wallet
                total.available -= row.position.isolated_wallet + row.order_initial
            else:
                total.cross_unrealised += row.unrealised
                total.cross_maintenance += row.maintenance
                total.available += row.unrealised - row.initial
        if self._account.multi_assets:
            self._pool(sums)
        return {asset: self._floored(total) for asset, total in sums.items()}

    def _pool(self, sums: dict[str, AssetMargin]) -> None:
        """In multi-assets mode every asset's free collateral, at its index price, backs every position."""
        pooled = sum((row.available * self.price_of(name) for name, row in sums.items()), ZERO)
        for name, row in sums.items():
            row.available = pooled / self.price_of(name)

    def price_of(self, asset: str) -> Decimal:
        """Return what one unit of a margin asset is worth in multi-assets mode."""
        return self._market.price_of_asset(asset)

    def wallets(self, asset: str) -> Decimal:
        """Return what all wallets are worth together at their index prices, in `asset`."""
        total = sum((each.balance * self.price_of(name) for name, each in self._account.wallets.items()), ZERO)
        return total / self.price_of(asset)

    def _empty(self, asset: str) -> AssetMargin:
        wallet = self._account.wallets.get(asset)
        balance = wallet.balance if wallet else ZERO
        updated = wallet.update_ms if wallet else 0
        return AssetMargin(asset, balance, balance, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, balance, updated)

    @staticmethod
    def _floored(total: AssetMargin) -> AssetMargin:
        total.available = max(ZERO, total.available)
        return total

    def free(self, asset: str, known: SymbolMargin | None = None) -> Decimal:
        """Return what is left of an asset for new orders; negative where losses have eaten into bound margin.

        `known` is a row that the caller has at hand, so that it is not computed again.
        """
        wallet = self._account.wallets.get(asset)
        free = wallet.balance if wallet else ZERO
        if self._account.multi_assets:
            total = self.assets().get(asset)
            return total.available if total else ZERO
        for row in self.active(known):
            if row.instrument.symbol.margin_asset != asset:
                continue
            if row.isolated:
                free -= row.position.isolated_wallet + row.order_initial
            elif row.notional:
                free += row.unrealised - row.initial
            else:
                free -= row.order_initial
        return free

    def cross_wallet(self, asset: str) -> Decimal:
        """Return the wallet balance that is not bound in isolated positions."""
        return self._account.wallet(asset).balance - self._account.isolated_total(asset, self.margin_asset_of)

    def liquidation_price(self, row: SymbolMargin) -> Decimal:
        """Return the mark price at which the position would be liquidated, other positions unchanged; 0 for none."""
        amount = row.position.amount
        if amount == 0:
            return ZERO
        bracket = row.instrument.bracket_for(abs(row.notional))
        if row.isolated:
            backing = row.position.isolated_wallet
        else:
            backing = self._backing(row.instrument.symbol.margin_asset)
            backing += row.maintenance - row.unrealised
        # wallet + amount × (p − entry) = |amount| × p × ratio − cum, solved for p
        denominator = abs(amount) * bracket.ratio - amount
        if denominator == 0:
            return ZERO
        price = (backing + bracket.cum - amount * row.position.entry) / denominator
        return max(ZERO, price)

    def _backing(self, asset: str) -> Decimal:
        """Return what is between cross positions and liquidation, in `asset`: in multi-assets mode of all."""
        totals = self.assets()
        left = {name: row.cross_wallet + row.cross_unrealised - row.cross_maintenance for name, row in totals.items()}
        if not self._account.multi_assets:
            return left[asset]
        return sum((amount * self.price_of(name) for name, amount in left.items()), ZERO) / self.price_of(asset)
