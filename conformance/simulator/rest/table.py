"""The table of routes: every endpoint of section 6 in scope."""

from conformance.simulator.limits import weight_of_depth
from conformance.simulator.params import Params
from conformance.simulator.rest import account, algo, candles, market, order_queries, orders
from conformance.simulator.rest.route import Route, by_symbol

ONE_ORDER = (1, 1)
BATCH = (5, 1)


def _depth_weight(params: Params) -> int:
    return weight_of_depth(params.text("limit"))


def _candle_weight(params: Params) -> int:
    return candles.weight_of_candles(params.text("limit"))


ROUTES: tuple[Route, ...] = (
    # trading
    Route("POST", "/fapi/v1/order", "TRADE", 0, orders.place, ONE_ORDER),
    Route("PUT", "/fapi/v1/order", "TRADE", 0, orders.amend, ONE_ORDER),
    Route("DELETE", "/fapi/v1/order", "TRADE", 1, orders.cancel),
    Route("GET", "/fapi/v1/order", "USER_DATA", 1, order_queries.query),
    Route("POST", "/fapi/v1/order/test", "TRADE", 0, orders.test),
    Route("POST", "/fapi/v1/batchOrders", "TRADE", 5, orders.place_batch, BATCH),
    Route("PUT", "/fapi/v1/batchOrders", "TRADE", 5, orders.amend_batch, BATCH),
    Route("DELETE", "/fapi/v1/batchOrders", "TRADE", 1, orders.cancel_batch),
    Route("DELETE", "/fapi/v1/allOpenOrders", "TRADE", 1, orders.cancel_all),
    Route("POST", "/fapi/v1/countdownCancelAll", "TRADE", 10, orders.countdown),
    Route("GET", "/fapi/v1/openOrder", "USER_DATA", 1, order_queries.query_open),
    Route("GET", "/fapi/v1/openOrders", "USER_DATA", by_symbol(1, 40), order_queries.open_orders),
    Route("GET", "/fapi/v1/allOrders", "USER_DATA", 5, order_queries.all_orders),
    Route("GET", "/fapi/v1/userTrades", "USER_DATA", 5, order_queries.user_trades),
    Route("GET", "/fapi/v1/orderAmendment", "USER_DATA", 1, order_queries.amendments),
    Route("GET", "/fapi/v1/forceOrders", "USER_DATA", by_symbol(20, 50), order_queries.force_orders),
    # the Algo service
    Route("POST", "/fapi/v1/algoOrder", "TRADE", 0, algo.place, ONE_ORDER),
    Route("DELETE", "/fapi/v1/algoOrder", "TRADE", 1, algo.cancel),
    Route("GET", "/fapi/v1/algoOrder", "USER_DATA", 1, algo.query),
    Route("DELETE", "/fapi/v1/algoOpenOrders", "TRADE", 1, algo.cancel_all),
    Route("GET", "/fapi/v1/openAlgoOrders", "USER_DATA", by_symbol(1, 40), algo.open_orders),
    Route("GET", "/fapi/v1/allAlgoOrders", "USER_DATA", 5, algo.all_orders),
    # account and positions
    Route("GET", "/fapi/v2/account", "USER_DATA", 5, account.account_v2),
    Route("GET", "/fapi/v3/account", "USER_DATA", 5, account.account_v3),
    Route("GET", "/fapi/v2/balance", "USER_DATA", 5, account.balances),
    Route("GET", "/fapi/v3/balance", "USER_DATA", 5, account.balances),
    Route("GET", "/fapi/v2/positionRisk", "USER_DATA", 5, account.risk_v2),
    Route("GET", "/fapi/v3/positionRisk", "USER_DATA", 5, account.risk_v3),
    Route("GET", "/fapi/v1/symbolConfig", "USER_DATA", 5, account.symbol_config),
    Route("GET", "/fapi/v1/accountConfig", "USER_DATA", 5, account.account_config),
    Route("GET", "/fapi/v1/commissionRate", "USER_DATA", 20, account.commission_rate),
    Route("GET", "/fapi/v1/leverageBracket", "USER_DATA", 1, account.leverage_brackets),
    Route("POST", "/fapi/v1/leverage", "TRADE", 1, account.change_leverage),
    Route("POST", "/fapi/v1/marginType", "TRADE", 1, account.change_margin_type),
    Route("GET", "/fapi/v1/positionSide/dual", "USER_DATA", 30, account.position_mode),
    Route("POST", "/fapi/v1/positionSide/dual", "TRADE", 1, account.change_position_mode),
    Route("GET", "/fapi/v1/multiAssetsMargin", "USER_DATA", 30, account.assets_mode),
    Route("POST", "/fapi/v1/multiAssetsMargin", "TRADE", 1, account.change_assets_mode),
    Route("GET", "/fapi/v1/feeBurn", "USER_DATA", 30, account.fee_burn),
    Route("POST", "/fapi/v1/feeBurn", "TRADE", 1, account.change_fee_burn),
    Route("POST", "/fapi/v1/positionMargin", "TRADE", 1, account.change_position_margin),
    Route("GET", "/fapi/v1/positionMargin/history", "TRADE", 1, account.position_margin_history),
    Route("GET", "/fapi/v1/income", "USER_DATA", 30, account.income),
    Route("GET", "/fapi/v1/adlQuantile", "USER_DATA", 5, account.adl_quantile),
    Route("GET", "/fapi/v1/rateLimit/order", "USER_DATA", 1, account.order_rate_limit),
    Route("GET", "/fapi/v1/apiTradingStatus", "USER_DATA", by_symbol(1, 10), account.trading_status),
    Route("GET", "/fapi/v1/pmAccountInfo", "USER_DATA", 5, account.portfolio_margin),
    Route("POST", "/fapi/v1/stock/contract", "USER_DATA", 50, account.stock_contract),
    # user stream
    Route("POST", "/fapi/v1/listenKey", "USER_STREAM", 1, account.start_listen_key),
    Route("PUT", "/fapi/v1/listenKey", "USER_STREAM", 1, account.keep_listen_key),
    Route("DELETE", "/fapi/v1/listenKey", "USER_STREAM", 1, account.close_listen_key),
    # reference and market data
    Route("GET", "/fapi/v1/ping", "NONE", 1, market.ping),
    Route("GET", "/fapi/v1/time", "NONE", 1, market.time),
    Route("GET", "/fapi/v1/exchangeInfo", "NONE", 1, market.exchange_info),
    Route("GET", "/fapi/v1/depth", "NONE", _depth_weight, market.depth),
    Route("GET", "/fapi/v1/rpiDepth", "NONE", 20, market.depth),
    Route("GET", "/fapi/v1/trades", "NONE", 5, candles.recent_trades),
    Route("GET", "/fapi/v1/historicalTrades", "USER_STREAM", 200, candles.historical_trades),
    Route("GET", "/fapi/v1/aggTrades", "NONE", 20, candles.agg_trades),
    Route("GET", "/fapi/v1/klines", "NONE", _candle_weight, candles.klines),
    Route("GET", "/fapi/v1/continuousKlines", "NONE", _candle_weight, candles.continuous_klines),
    Route("GET", "/fapi/v1/indexPriceKlines", "NONE", _candle_weight, candles.index_klines),
    Route("GET", "/fapi/v1/markPriceKlines", "NONE", _candle_weight, candles.mark_klines),
    Route("GET", "/fapi/v1/premiumIndexKlines", "NONE", _candle_weight, candles.premium_klines),
    Route("GET", "/fapi/v1/assetIndex", "NONE", by_symbol(1, 10), market.asset_index),
    Route("GET", "/fapi/v1/indexInfo", "NONE", 1, market.index_info),
    Route("GET", "/fapi/v1/constituents", "NONE", 2, market.constituents),
    Route("GET", "/fapi/v1/insuranceBalance", "NONE", 1, market.insurance_balance),
    Route("GET", "/fapi/v1/ticker/24hr", "NONE", by_symbol(1, 40), market.day_ticker),
    Route("GET", "/fapi/v1/ticker/price", "NONE", by_symbol(1, 2), market.price_ticker),
    Route("GET", "/fapi/v2/ticker/price", "NONE", by_symbol(1, 2), market.price_ticker),
    Route("GET", "/fapi/v1/ticker/bookTicker", "NONE", by_symbol(2, 5), market.book_ticker),
    Route("GET", "/fapi/v1/premiumIndex", "NONE", by_symbol(1, 10), market.premium_index),
    Route("GET", "/fapi/v1/fundingRate", "NONE", 0, market.funding_history),
    Route("GET", "/fapi/v1/fundingInfo", "NONE", 0, market.funding_info),
    Route("GET", "/fapi/v1/openInterest", "NONE", 1, market.open_interest),
    Route("GET", "/fapi/v1/symbolAdlRisk", "NONE", 1, market.adl_risk),
    Route("GET", "/fapi/v1/tradingSchedule", "NONE", 5, market.trading_schedule),
)

BY_PATH: dict[tuple[str, str], Route] = {(route.method, route.path): route for route in ROUTES}
