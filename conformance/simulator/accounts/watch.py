"""Watching margins: warns, and says which positions must be liquidated (section 13, [INF] in its details)."""

from decimal import Decimal

from conformance.simulator.accounts.account import Account
from conformance.simulator.accounts.margin import Margin, SymbolMargin
from conformance.simulator.clock import Clock
from conformance.simulator.events.account import margin_call
from conformance.simulator.events.bus import Bus
from conformance.simulator.numbers import ZERO
from conformance.simulator.options import Options

_ALL = ""
"""In the place of a margin asset: all of them together, at their index prices."""


class MarginWatch:
    """Compares maintenance margin with margin balance after every move of a mark price."""

    def __init__(self, clock: Clock, options: Options, account: Account, margin: Margin, bus: Bus) -> None:
        self._clock = clock
        self._options = options
        self._account = account
        self._margin = margin
        self._bus = bus
        self._warned: set[tuple[str, str]] = set()

    def endangered(self) -> list[list[SymbolMargin]]:
        """Return the groups of positions that must be liquidated together; warns about those close to it.

        An isolated position stands alone; the cross positions of a margin asset stand together, and those of all assets
        in multi-assets mode, where each backs every other.
        """
        groups: dict[tuple[str, str], list[SymbolMargin]] = {}
        for row in self._margin.active():
            if row.position.amount:
                asset = _ALL if self._account.multi_assets else row.instrument.symbol.margin_asset
                key = (row.instrument.symbol.name, row.position.side) if row.isolated else (asset, "")
                groups.setdefault(key, []).append(row)
        doomed: list[list[SymbolMargin]] = []
        for key, rows in groups.items():
            maintenance = sum((self._maintenance(row) for row in rows), ZERO)
            if rows[0].isolated:
                balance = rows[0].position.isolated_wallet + rows[0].unrealised
            else:
                balance = self._cross_balance(key[0])
            if maintenance and balance <= maintenance:
                doomed.append(rows)
                if self._options.liquidation_automatic:
                    self._warned.discard(key)
                else:
                    self._warn(key, rows)
            elif maintenance > balance * self._options.margin_call_ratio:
                self._warn(key, rows)
            else:
                self._warned.discard(key)
        return doomed

    def _maintenance(self, row: SymbolMargin) -> Decimal:
        if row.isolated or not self._account.multi_assets:
            return row.maintenance
        return row.maintenance * self._margin.price_of(row.instrument.symbol.margin_asset)

    def _cross_balance(self, asset: str) -> Decimal:
        totals = self._margin.assets()
        if asset == _ALL:
            return sum(
                (
                    (row.cross_wallet + row.cross_unrealised) * self._margin.price_of(name)
                    for name, row in totals.items()
                ),
                ZERO,
            )
        return totals[asset].cross_wallet + totals[asset].cross_unrealised

    def _warn(self, key: tuple[str, str], rows: list[SymbolMargin]) -> None:
        if key in self._warned:
            return
        self._warned.add(key)
        cross = None if rows[0].isolated else self._margin.cross_wallet(rows[0].instrument.symbol.margin_asset)
        self._bus.emit(
            margin_call(
                [(row.position, row.instrument.mark, row.maintenance, row.isolated) for row in rows],
                cross,
                self._clock.now_ms(),
            )
        )
