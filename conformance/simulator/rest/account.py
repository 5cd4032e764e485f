"""Account, balances, positions and settings (sections 6 and 14, Appendix A.2)."""

from typing import Any

from conformance.simulator.errors import INVALID_LEVERAGE, INVALID_PARAMETER, MANDATORY, Refusal
from conformance.simulator.exchange import Exchange
from conformance.simulator.numbers import parse_long, trimmed
from conformance.simulator.orders.request import read_position_side
from conformance.simulator.params import Params
from conformance.simulator.rest import account_shapes
from conformance.simulator.rest.order_queries import DAY_MS, window

SUCCESS = {"code": 200, "msg": "success"}


def account_v2(exchange: Exchange, _: Params) -> dict[str, Any]:
    """GET /v2/account."""
    return account_shapes.account_v2(exchange.venue)


def account_v3(exchange: Exchange, _: Params) -> dict[str, Any]:
    """GET /v3/account."""
    return account_shapes.account_v3(exchange.venue)


def account_status(exchange: Exchange, _: Params) -> dict[str, Any]:
    """account.status."""
    return account_shapes.account_status(exchange.venue)


def account_status_v2(exchange: Exchange, _: Params) -> dict[str, Any]:
    """v2/account.status."""
    return account_shapes.account_status_v2(exchange.venue)


def balances(exchange: Exchange, _: Params) -> list[dict[str, Any]]:
    """GET /v2/balance, /v3/balance, account.balance, v2/account.balance."""
    return account_shapes.balances(exchange.venue)


def risk_v2(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /v2/positionRisk, account.position: every symbol's rows."""
    venue = exchange.venue
    symbol = params.text("symbol")
    if symbol is not None:
        venue.market.find(symbol)
    keys = [key for key in account_shapes.every_position(venue) if symbol in (None, key[0])]
    return [account_shapes.risk_v2(venue.margin.of(*key), venue) for key in keys]


def risk_v3(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /v3/positionRisk, v2/account.position: only where there is a position or an open order."""
    venue = exchange.venue
    symbol = params.text("symbol")
    if symbol is not None:
        venue.market.find(symbol)
    return [account_shapes.risk_v3(row, venue) for row in account_shapes.active(venue, symbol)]


def symbol_config(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /symbolConfig."""
    venue = exchange.venue
    symbol = params.text("symbol")
    names = [venue.market.find(symbol).symbol.name] if symbol else list(venue.market.instruments)
    return [account_shapes.symbol_config(venue, name) for name in names]


def account_config(exchange: Exchange, _: Params) -> dict[str, Any]:
    """GET /accountConfig."""
    account = exchange.venue.account
    return {
        "feeTier": 0,
        "canTrade": True,
        "canDeposit": True,
        "canWithdraw": True,
        "dualSidePosition": account.hedged,
        "updateTime": 0,
        "multiAssetsMargin": account.multi_assets,
        "tradeGroupId": -1,
    }


def commission_rate(exchange: Exchange, params: Params) -> dict[str, Any]:
    """GET /commissionRate."""
    options = exchange.venue.options
    return {
        "symbol": exchange.venue.market.find(params.required("symbol")).symbol.name,
        "makerCommissionRate": f"{options.maker_rate:.6f}",
        "takerCommissionRate": f"{options.taker_rate:.6f}",
        "rpiCommissionRate": f"{options.rpi_rate:.6f}",
    }


def leverage_brackets(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /leverageBracket."""
    venue = exchange.venue
    symbol = params.text("symbol")
    instruments = [venue.market.find(symbol)] if symbol else list(venue.market.instruments.values())
    return [
        {
            "symbol": item.symbol.name,
            "brackets": [
                {
                    "bracket": bracket.number,
                    "initialLeverage": bracket.leverage,
                    "notionalCap": int(bracket.cap),
                    "notionalFloor": int(bracket.floor),
                    "maintMarginRatio": float(bracket.ratio),
                    "cum": float(bracket.cum),
                }
                for bracket in item.brackets
            ],
        }
        for item in instruments
    ]


def change_leverage(exchange: Exchange, params: Params) -> dict[str, Any]:
    """POST /leverage."""
    venue = exchange.venue
    instrument = venue.market.find(params.required("symbol"))
    text = params.required("leverage")
    leverage = parse_long(text)
    if leverage is None:
        raise Refusal(MANDATORY, "leverage")
    if not 1 <= leverage <= 125:
        raise Refusal(INVALID_LEVERAGE, leverage)
    exchange.settings.leverage(instrument, leverage)
    return {
        "leverage": leverage,
        "maxNotionalValue": trimmed(instrument.max_notional(leverage)),
        "symbol": instrument.symbol.name,
    }


def change_margin_type(exchange: Exchange, params: Params) -> dict[str, Any]:
    """POST /marginType."""
    instrument = exchange.venue.market.find(params.required("symbol"))
    params.required("marginType")
    kind = params.choice("marginType", ("ISOLATED", "CROSSED"), INVALID_PARAMETER)
    exchange.settings.margin_type(instrument, isolated=kind == "ISOLATED")
    return SUCCESS


def _required_flag(params: Params, name: str) -> bool:
    params.required(name)
    return bool(params.flag(name))


def position_mode(exchange: Exchange, _: Params) -> dict[str, Any]:
    """GET /positionSide/dual."""
    return {"dualSidePosition": exchange.venue.account.hedged}


def change_position_mode(exchange: Exchange, params: Params) -> dict[str, Any]:
    """POST /positionSide/dual."""
    exchange.settings.position_mode(hedged=_required_flag(params, "dualSidePosition"))
    return SUCCESS


def assets_mode(exchange: Exchange, _: Params) -> dict[str, Any]:
    """GET /multiAssetsMargin."""
    return {"multiAssetsMargin": exchange.venue.account.multi_assets}


def change_assets_mode(exchange: Exchange, params: Params) -> dict[str, Any]:
    """POST /multiAssetsMargin."""
    exchange.settings.assets_mode(multi_assets=_required_flag(params, "multiAssetsMargin"))
    return SUCCESS


def fee_burn(exchange: Exchange, _: Params) -> dict[str, Any]:
    """GET /feeBurn."""
    return {"feeBurn": exchange.venue.account.fee_burn}


def change_fee_burn(exchange: Exchange, params: Params) -> dict[str, Any]:
    """POST /feeBurn."""
    exchange.venue.account.fee_burn = _required_flag(params, "feeBurn")
    return SUCCESS


def change_position_margin(exchange: Exchange, params: Params) -> dict[str, Any]:
    """POST /positionMargin."""
    venue = exchange.venue
    instrument = venue.market.find(params.required("symbol"))
    amount = params.required_decimal("amount")
    kind = params.required_long("type")
    if kind not in (1, 2):
        raise Refusal(INVALID_PARAMETER, "type")
    side = read_position_side(params, venue.account)
    exchange.settings.isolated_margin(instrument, side, amount, kind)
    shown = int(amount) if amount == int(amount) else float(amount)
    return {"amount": shown, "code": 200, "msg": "Successfully modify position margin.", "type": kind}


def position_margin_history(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /positionMargin/history."""
    venue = exchange.venue
    symbol = venue.market.find(params.required("symbol")).symbol.name
    kind = params.long("type")
    start, end = window(params, venue.clock.now_ms(), 30 * DAY_MS)
    rows = [
        {
            "symbol": row.symbol,
            "type": row.type,
            "deltaType": "USER_ADJUST",
            "amount": trimmed(row.amount),
            "asset": row.asset,
            "time": row.time_ms,
            "positionSide": row.position_side,
        }
        for row in venue.account.margin_changes
        if row.symbol == symbol and kind in (None, row.type) and start <= row.time_ms <= end
    ]
    return rows[-params.limit(500, 500) :]


def income(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /income: oldest first; 7 days unless asked otherwise."""
    venue = exchange.venue
    symbol, kind = params.text("symbol"), params.text("incomeType")
    if symbol is not None:
        venue.market.find(symbol)
    start, end = window(params, venue.clock.now_ms(), 90 * DAY_MS if params.has("startTime") else 7 * DAY_MS)
    rows = [
        {
            "symbol": row.symbol,
            "incomeType": row.type,
            "income": f"{row.amount:.8f}",
            "asset": row.asset,
            "info": row.info,
            "time": row.time_ms // 1000 * 1000,
            "tranId": row.id,
            "tradeId": row.trade_id,
        }
        for row in venue.account.incomes
        if symbol in (None, row.symbol) and kind in (None, row.type) and start <= row.time_ms <= end
    ]
    return rows[: params.limit(100, 1000)]


def adl_quantile(exchange: Exchange, params: Params) -> Any:
    """GET /adlQuantile: {} with nothing held."""
    venue = exchange.venue
    symbol = params.text("symbol")
    if symbol is not None:
        venue.market.find(symbol)
    rows: dict[str, dict[str, int]] = {}
    for (name, side), position in venue.account.positions.items():
        if position.amount and symbol in (None, name):
            quantile = rows.setdefault(name, {"LONG": 0, "SHORT": 0})
            if venue.account.hedged:
                quantile.setdefault("HEDGE", 0)
                quantile[side] = 1
            else:
                quantile["BOTH"] = 1
    return [{"symbol": name, "adlQuantile": quantile} for name, quantile in rows.items()] or {}


def order_rate_limit(exchange: Exchange, _: Params) -> list[dict[str, Any]]:
    """GET /rateLimit/order."""
    return [window_.described(count=False) for window_ in exchange.limits.orders]


def trading_status(exchange: Exchange, _: Params) -> dict[str, Any]:
    """GET /apiTradingStatus: no indicator is violated."""
    return {"indicators": {}, "updateTime": exchange.venue.clock.now_ms()}


def portfolio_margin(_: Exchange, params: Params) -> dict[str, Any]:
    """GET /pmAccountInfo: the account is no portfolio margin account."""
    return {"maxWithdrawAmountUSD": "0", "asset": params.required("asset"), "maxWithdrawAmount": "0"}


def stock_contract(_: Exchange, __: Params) -> dict[str, Any]:
    """POST /stock/contract."""
    return SUCCESS


def start_listen_key(exchange: Exchange, _: Params) -> dict[str, Any]:
    """POST /listenKey, userDataStream.start."""
    return {"listenKey": exchange.listen_keys.start()}


def keep_listen_key(exchange: Exchange, _: Params) -> dict[str, Any]:
    """PUT /listenKey, userDataStream.ping."""
    return {"listenKey": exchange.listen_keys.keep_alive()}


def close_listen_key(exchange: Exchange, _: Params) -> dict[str, Any]:
    """DELETE /listenKey, userDataStream.stop."""
    exchange.listen_keys.close()
    return {}
