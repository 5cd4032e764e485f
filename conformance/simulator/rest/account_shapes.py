"""How account, balances and positions look in answers (section 14, Appendix D)."""

from decimal import Decimal
from typing import Any

from conformance.simulator.accounts.margin import AssetMargin, Margin, SymbolMargin
from conformance.simulator.model.words import POSITION_SIDES, PositionSide
from conformance.simulator.numbers import ZERO, money, padded, trimmed, trimmed_float
from conformance.simulator.venue import Venue

TOTALS = (
    "totalInitialMargin",
    "totalMaintMargin",
    "totalWalletBalance",
    "totalUnrealizedProfit",
    "totalMarginBalance",
    "totalPositionInitialMargin",
    "totalOpenOrderInitialMargin",
    "totalCrossWalletBalance",
    "totalCrossUnPnl",
    "availableBalance",
    "maxWithdrawAmount",
)


def _asset_numbers(row: AssetMargin) -> dict[str, Decimal]:
    return {
        "walletBalance": row.wallet,
        "unrealizedProfit": row.unrealised,
        "marginBalance": row.balance,
        "maintMargin": row.maintenance,
        "initialMargin": row.initial,
        "positionInitialMargin": row.position_initial,
        "openOrderInitialMargin": row.order_initial,
        "crossWalletBalance": row.cross_wallet,
        "crossUnPnl": row.cross_unrealised,
        "availableBalance": row.available,
        "maxWithdrawAmount": row.withdrawable,
    }


def _assets(venue: Venue) -> list[AssetMargin]:
    return list(venue.margin.assets().values())


def _totals(venue: Venue, assets: list[AssetMargin]) -> dict[str, Any]:
    """Return the account's sums: of USDT alone in single-asset mode, in USD over all assets in multi-assets mode."""
    sums = dict.fromkeys(TOTALS, ZERO)
    for row in assets:
        rate = venue.market.price_of_asset(row.asset)
        if not venue.account.multi_assets and row.asset != "USDT":
            continue
        numbers = (
            row.initial,
            row.maintenance,
            row.wallet,
            row.unrealised,
            row.balance,
            row.position_initial,
            row.order_initial,
            row.cross_wallet,
            row.cross_unrealised,
            row.available,
            row.withdrawable,
        )
        for name, number in zip(TOTALS, numbers, strict=True):
            pooled = venue.account.multi_assets and name in ("availableBalance", "maxWithdrawAmount")
            sums[name] = number * rate if pooled else sums[name] + number * rate
    return {name: money(number) for name, number in sums.items()}


def _asset_row(row: AssetMargin, venue: Venue, *, v2: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"asset": row.asset}
    body |= {name: money(number) for name, number in _asset_numbers(row).items()}
    if v2:
        body["marginAvailable"] = margin_available(venue, row.asset)
    body["updateTime"] = row.update_ms
    return body


def margin_available(venue: Venue, asset: str) -> bool:
    """Return whether the asset counts as margin in multi-assets mode, as exchangeInfo says."""
    for row in venue.market.document.get("assets", []):
        if row.get("asset") == asset:
            return bool(row.get("marginAvailable"))
    return False


def account_v2(venue: Venue) -> dict[str, Any]:
    """Return GET /v2/account: every symbol's rows, whether held or not."""
    assets = _assets(venue)
    account = venue.account
    return {
        "feeTier": 0,
        "feeBurn": account.fee_burn,
        "canTrade": True,
        "canDeposit": True,
        "canWithdraw": True,
        "updateTime": 0,
        "multiAssetsMargin": account.multi_assets,
        "tradeGroupId": -1,
        **_totals(venue, assets),
        "assets": [_asset_row(row, venue, v2=True) for row in assets],
        "positions": [_position_v2(venue.margin.of(*key), venue) for key in every_position(venue)],
    }


def account_v3(venue: Venue) -> dict[str, Any]:
    """Return GET /v3/account: only symbols with a position or open orders."""
    assets = _assets(venue)
    return {
        **_totals(venue, assets),
        "assets": [_asset_row(row, venue, v2=False) for row in assets],
        "positions": [_position_v3(row) for row in active(venue)],
    }


def account_status(venue: Venue) -> dict[str, Any]:
    """Return account.status of the WS API: as GET /v2/account, less three fields (Appendix D.3)."""
    body = account_v2(venue)
    del body["feeBurn"]
    for row in body["positions"]:
        del row["notional"], row["isolatedWallet"]
    return body


def account_status_v2(venue: Venue) -> dict[str, Any]:
    """Return v2/account.status of the WS API: as GET /v3/account, with `marginAvailable` (Appendix D.3)."""
    return account_v3(venue) | {"assets": [_asset_row(row, venue, v2=True) for row in _assets(venue)]}


def every_position(venue: Venue) -> list[tuple[str, PositionSide]]:
    """Return all (symbol, side) pairs: BOTH in one-way mode, BOTH, LONG and SHORT in hedge mode."""
    sides: tuple[PositionSide, ...] = POSITION_SIDES if venue.account.hedged else ("BOTH",)
    return [(name, side) for name in venue.market.instruments for side in sides]


def active(venue: Venue, symbol: str | None = None) -> list[SymbolMargin]:
    """Return position sides with an amount or open orders; reduce-only orders count as open orders too."""
    rows = {
        (row.instrument.symbol.name, row.position.side): row
        for row in venue.margin.active()
        if symbol in (None, row.instrument.symbol.name)
    }
    for name, orders in venue.register.open.items():
        if symbol in (None, name):
            for side in {order.position_side for order in orders.values()} if len(orders) < 1000 else ():
                if (name, side) not in rows:
                    rows[name, side] = venue.margin.of(name, side)
    return list(rows.values())


def _position_v2(row: SymbolMargin, venue: Venue) -> dict[str, Any]:
    position = row.position
    return {
        "symbol": row.instrument.symbol.name,
        "initialMargin": trimmed(row.initial),
        "maintMargin": trimmed(row.maintenance),
        "unrealizedProfit": money(row.unrealised),
        "positionInitialMargin": trimmed(row.position_initial),
        "openOrderInitialMargin": trimmed(row.order_initial),
        "leverage": str(row.leverage),
        "isolated": row.isolated,
        "entryPrice": trimmed_float(position.entry),
        "breakEvenPrice": trimmed_float(_break_even(row, venue)),
        "maxNotional": trimmed(row.instrument.max_notional(row.leverage)),
        "positionSide": position.side,
        "positionAmt": padded(position.amount, row.instrument.symbol.quantity_precision),
        "notional": trimmed(row.notional),
        "isolatedWallet": trimmed(position.isolated_wallet),
        "bidNotional": trimmed(row.bid),
        "askNotional": trimmed(row.ask),
        "updateTime": position.update_ms,
    }


def _position_v3(row: SymbolMargin) -> dict[str, Any]:
    position = row.position
    return {
        "symbol": row.instrument.symbol.name,
        "positionSide": position.side,
        "positionAmt": padded(position.amount, row.instrument.symbol.quantity_precision),
        "unrealizedProfit": money(row.unrealised),
        "isolatedMargin": money(isolated_margin(row)),
        "notional": trimmed(row.notional),
        "isolatedWallet": trimmed(position.isolated_wallet),
        "initialMargin": trimmed(row.initial),
        "maintMargin": trimmed(row.maintenance),
        "updateTime": position.update_ms,
    }


def isolated_margin(row: SymbolMargin) -> Decimal:
    """Return the margin balance of an isolated position: its wallet plus its unrealised profit."""
    return row.position.isolated_wallet + row.unrealised if row.isolated else ZERO


def _break_even(row: SymbolMargin, venue: Venue) -> Decimal:
    return row.position.break_even(with_realised=venue.options.break_even_includes_realised)


def risk_v2(row: SymbolMargin, venue: Venue) -> dict[str, Any]:
    """Return a row of GET /v2/positionRisk."""
    position, symbol = row.position, row.instrument.symbol
    return {
        "symbol": symbol.name,
        "positionAmt": padded(position.amount, symbol.quantity_precision),
        "entryPrice": trimmed_float(position.entry),
        "breakEvenPrice": trimmed_float(_break_even(row, venue)),
        "markPrice": padded(row.instrument.mark, 8),
        "unRealizedProfit": money(row.unrealised),
        "liquidationPrice": _liquidation(row, venue.margin),
        "leverage": str(row.leverage),
        "maxNotionalValue": trimmed(row.instrument.max_notional(row.leverage)),
        "marginType": "isolated" if row.isolated else "cross",
        "isolatedMargin": money(isolated_margin(row)),
        "isAutoAddMargin": "false",
        "positionSide": position.side,
        "notional": trimmed(row.notional),
        "isolatedWallet": trimmed(position.isolated_wallet),
        "updateTime": position.update_ms,
    }


def risk_v3(row: SymbolMargin, venue: Venue) -> dict[str, Any]:
    """Return a row of GET /v3/positionRisk."""
    position, symbol = row.position, row.instrument.symbol
    return {
        "symbol": symbol.name,
        "positionSide": position.side,
        "positionAmt": padded(position.amount, symbol.quantity_precision),
        "entryPrice": trimmed_float(position.entry),
        "breakEvenPrice": trimmed_float(_break_even(row, venue)),
        "markPrice": padded(row.instrument.mark, 8),
        "unRealizedProfit": money(row.unrealised),
        "liquidationPrice": _liquidation(row, venue.margin),
        "isolatedMargin": trimmed(isolated_margin(row)),
        "notional": trimmed(row.notional),
        "marginAsset": symbol.margin_asset,
        "isolatedWallet": trimmed(position.isolated_wallet),
        "initialMargin": trimmed(row.initial),
        "maintMargin": trimmed(row.maintenance),
        "positionInitialMargin": trimmed(row.position_initial),
        "openOrderInitialMargin": trimmed(row.order_initial),
        "adl": 1 if position.amount else 0,
        "bidNotional": trimmed(row.bid),
        "askNotional": trimmed(row.ask),
        "updateTime": position.update_ms,
    }


def _liquidation(row: SymbolMargin, margin: Margin) -> str:
    return trimmed(margin.liquidation_price(row))


def balances(venue: Venue) -> list[dict[str, Any]]:
    """Return GET /v2/balance and /v3/balance."""
    return [
        {
            "accountAlias": "SgsR",
            "asset": row.asset,
            "balance": money(row.wallet),
            "crossWalletBalance": money(row.cross_wallet),
            "crossUnPnl": money(row.cross_unrealised),
            "availableBalance": money(row.available),
            "maxWithdrawAmount": money(row.withdrawable),
            "marginAvailable": margin_available(venue, row.asset),
            "updateTime": row.update_ms,
        }
        for row in _assets(venue)
    ]


def symbol_config(venue: Venue, name: str) -> dict[str, Any]:
    """Return a row of GET /symbolConfig."""
    instrument = venue.market.instruments[name]
    settings = venue.account.settings_of(name, instrument.max_leverage)
    return {
        "symbol": name,
        "marginType": "ISOLATED" if settings.isolated else "CROSSED",
        "isAutoAddMargin": False,
        "leverage": settings.leverage,
        "maxNotionalValue": trimmed(instrument.max_notional(settings.leverage)),
    }
