"""Which model of Binance's SDK describes which payload.

Rows are named as in the reference: "POST /fapi/v1/order", "order.place", "ORDER_TRADE_UPDATE", "<symbol>@aggTrade".
"""

from importlib import import_module
from typing import Any

PACKAGE = "binance_sdk_derivatives_trading_usds_futures"

REST: dict[str, str] = {
    "POST /fapi/v1/order": "NewOrderResponse",
    "PUT /fapi/v1/order": "ModifyOrderResponse",
    "DELETE /fapi/v1/order": "CancelOrderResponse",
    "GET /fapi/v1/order": "QueryOrderResponse",
    "POST /fapi/v1/order/test": "TestOrderResponse",
    "POST /fapi/v1/batchOrders": "PlaceMultipleOrdersResponse",
    "PUT /fapi/v1/batchOrders": "ModifyMultipleOrdersResponse",
    "DELETE /fapi/v1/batchOrders": "CancelMultipleOrdersResponse",
    "DELETE /fapi/v1/allOpenOrders": "CancelAllOpenOrdersResponse",
    "POST /fapi/v1/countdownCancelAll": "AutoCancelAllOpenOrdersResponse",
    "GET /fapi/v1/openOrder": "QueryCurrentOpenOrderResponse",
    "GET /fapi/v1/openOrders": "CurrentAllOpenOrdersResponse",
    "GET /fapi/v1/allOrders": "AllOrdersResponse",
    "GET /fapi/v1/userTrades": "AccountTradeListResponse",
    "GET /fapi/v1/orderAmendment": "GetOrderModifyHistoryResponse",
    "GET /fapi/v1/forceOrders": "UsersForceOrdersResponse",
    "POST /fapi/v1/algoOrder": "NewAlgoOrderResponse",
    "DELETE /fapi/v1/algoOrder": "CancelAlgoOrderResponse",
    "GET /fapi/v1/algoOrder": "QueryAlgoOrderResponse",
    "DELETE /fapi/v1/algoOpenOrders": "CancelAllAlgoOpenOrdersResponse",
    "GET /fapi/v1/openAlgoOrders": "CurrentAllAlgoOpenOrdersResponse",
    "GET /fapi/v1/allAlgoOrders": "QueryAllAlgoOrdersResponse",
    "GET /fapi/v2/account": "AccountInformationV2Response",
    "GET /fapi/v3/account": "AccountInformationV3Response",
    "GET /fapi/v2/balance": "FuturesAccountBalanceV2Response",
    "GET /fapi/v3/balance": "FuturesAccountBalanceV3Response",
    "GET /fapi/v2/positionRisk": "PositionInformationV2Response",
    "GET /fapi/v3/positionRisk": "PositionInformationV3Response",
    "GET /fapi/v1/symbolConfig": "SymbolConfigurationResponse",
    "GET /fapi/v1/accountConfig": "FuturesAccountConfigurationResponse",
    "GET /fapi/v1/commissionRate": "UserCommissionRateResponse",
    "GET /fapi/v1/leverageBracket": "NotionalAndLeverageBracketsResponse",
    "POST /fapi/v1/leverage": "ChangeInitialLeverageResponse",
    "POST /fapi/v1/marginType": "ChangeMarginTypeResponse",
    "GET /fapi/v1/positionSide/dual": "GetCurrentPositionModeResponse",
    "POST /fapi/v1/positionSide/dual": "ChangePositionModeResponse",
    "GET /fapi/v1/multiAssetsMargin": "GetCurrentMultiAssetsModeResponse",
    "POST /fapi/v1/multiAssetsMargin": "ChangeMultiAssetsModeResponse",
    "GET /fapi/v1/feeBurn": "GetBnbBurnStatusResponse",
    "POST /fapi/v1/feeBurn": "ToggleBnbBurnOnFuturesTradeResponse",
    "POST /fapi/v1/positionMargin": "ModifyIsolatedPositionMarginResponse",
    "GET /fapi/v1/positionMargin/history": "GetPositionMarginChangeHistoryResponse",
    "GET /fapi/v1/income": "GetIncomeHistoryResponse",
    "GET /fapi/v1/adlQuantile": "PositionAdlQuantileEstimationResponse",
    "GET /fapi/v1/rateLimit/order": "QueryUserRateLimitResponse",
    "GET /fapi/v1/apiTradingStatus": "FuturesTradingQuantitativeRulesIndicatorsResponse",
    "GET /fapi/v1/pmAccountInfo": "ClassicPortfolioMarginAccountInformationResponse",
    "POST /fapi/v1/stock/contract": "FuturesTradfiPerpsContractResponse",
    "POST /fapi/v1/listenKey": "StartUserDataStreamResponse",
    "PUT /fapi/v1/listenKey": "KeepaliveUserDataStreamResponse",
    "GET /fapi/v1/time": "CheckServerTimeResponse",
    "GET /fapi/v1/exchangeInfo": "ExchangeInformationResponse",
    "GET /fapi/v1/depth": "OrderBookResponse",
    "GET /fapi/v1/rpiDepth": "RpiOrderBookResponse",
    "GET /fapi/v1/trades": "RecentTradesListResponse",
    "GET /fapi/v1/historicalTrades": "OldTradesLookupResponse",
    "GET /fapi/v1/aggTrades": "CompressedAggregateTradesListResponse",
    "GET /fapi/v1/assetIndex": "AssetIndexResponse",
    "GET /fapi/v1/indexInfo": "CompositeIndexSymbolInformationResponse",
    "GET /fapi/v1/constituents": "QueryIndexPriceConstituentsResponse",
    "GET /fapi/v1/insuranceBalance": "QueryInsuranceFundBalanceSnapshotResponse",
    "GET /fapi/v1/ticker/24hr": "Ticker24hrPriceChangeStatisticsResponse",
    "GET /fapi/v1/ticker/price": "SymbolPriceTickerResponse",
    "GET /fapi/v2/ticker/price": "SymbolPriceTickerV2Response",
    "GET /fapi/v1/ticker/bookTicker": "SymbolOrderBookTickerResponse",
    "GET /fapi/v1/premiumIndex": "MarkPriceResponse",
    "GET /fapi/v1/fundingRate": "GetFundingRateHistoryResponse",
    "GET /fapi/v1/fundingInfo": "GetFundingRateInfoResponse",
    "GET /fapi/v1/openInterest": "OpenInterestResponse",
    "GET /fapi/v1/symbolAdlRisk": "AdlRiskResponse",
    "GET /fapi/v1/tradingSchedule": "TradingScheduleResponse",
}

WS_API: dict[str, str] = {
    "order.place": "NewOrderResponse",
    "order.modify": "ModifyOrderResponse",
    "order.cancel": "CancelOrderResponse",
    "order.status": "QueryOrderResponse",
    "algoOrder.place": "NewAlgoOrderResponse",
    "algoOrder.cancel": "CancelAlgoOrderResponse",
    "account.status": "AccountInformationResponse",
    "v2/account.status": "AccountInformationV2Response",
    "account.balance": "FuturesAccountBalanceResponse",
    "v2/account.balance": "FuturesAccountBalanceV2Response",
    "account.position": "PositionInformationResponse",
    "v2/account.position": "PositionInformationV2Response",
    "userDataStream.start": "StartUserDataStreamResponse",
    "userDataStream.ping": "KeepaliveUserDataStreamResponse",
    "userDataStream.stop": "CloseUserDataStreamResponse",
    "depth": "OrderBookResponse",
    "ticker.price": "SymbolPriceTickerResponse",
    "ticker.book": "SymbolOrderBookTickerResponse",
}

EVENTS: dict[str, str] = {
    "ORDER_TRADE_UPDATE": "OrderTradeUpdate",
    "TRADE_LITE": "TradeLite",
    "ACCOUNT_UPDATE": "AccountUpdate",
    "ACCOUNT_CONFIG_UPDATE": "AccountConfigUpdate",
    "ALGO_UPDATE": "AlgoUpdate",
    "MARGIN_CALL": "MarginCall",
    "listenKeyExpired": "ListenKeyExpired",
    "CONDITIONAL_ORDER_TRIGGER_REJECT": "ConditionalOrderTriggerReject",
    "STRATEGY_UPDATE": "StrategyUpdate",
    "GRID_UPDATE": "GridUpdate",
}

MARKET_STREAMS: dict[str, str] = {
    "<symbol>@aggTrade": "AggregateTradeStreamsResponse",
    "<symbol>@bookTicker": "IndividualSymbolBookTickerStreamsResponse",
    "<symbol>@depth": "DiffBookDepthStreamsResponse",
    "<symbol>@depth5": "PartialBookDepthStreamsResponse",
    "<symbol>@kline_1m": "KlineCandlestickStreamsResponse",
    "<symbol>@continuousKline_1m": "ContinuousContractKlineCandlestickStreamsResponse",
    "<symbol>@rpiDepth@500ms": "RpiDiffBookDepthStreamsResponse",
    "<symbol>@forceOrder": "LiquidationOrderStreamsResponse",
    "!markPrice@arr": "MarkPriceStreamForAllMarketResponseInner",
    "!ticker@arr": "AllMarketTickersStreamsResponseInner",
    "!miniTicker@arr": "AllMarketMiniTickersStreamResponseInner",
    "!assetIndex@arr": "AssetIndexResponseInner",
    "<symbol>@markPrice": "MarkPriceStreamResponse",
    "<symbol>@miniTicker": "IndividualSymbolMiniTickerStreamResponse",
    "<symbol>@ticker": "IndividualSymbolTickerStreamsResponse",
}

WITHOUT_MODEL: dict[str, str] = {
    **dict.fromkeys(
        (
            "GET /fapi/v1/klines",
            "GET /fapi/v1/continuousKlines",
            "GET /fapi/v1/indexPriceKlines",
            "GET /fapi/v1/markPriceKlines",
            "GET /fapi/v1/premiumIndexKlines",
        ),
        "arrays without names: nothing to compare",
    ),
    "DELETE /fapi/v1/listenKey": "answers {}",
    "GET /fapi/v1/ping": "answers {}",
    "ping": "no method of the SDK",
    "time": "no method of the SDK",
    "session.logon": "no method of the SDK; its shape is the reference's section 7",
    "session.status": "no method of the SDK; its shape is the reference's section 7",
    "session.logout": "no method of the SDK; its shape is the reference's section 7",
}
"""Rows for which the SDK declares nothing, and why."""

_KINDS = (
    ("rest_api", REST),
    ("websocket_api", WS_API),
    ("websocket_streams", EVENTS),
    ("websocket_streams", MARKET_STREAMS),
)


def model_of(row: str) -> Any:
    """Return the SDK's model class of a row; raises `KeyError` where it has none."""
    for part, names in _KINDS:
        if row in names:
            return getattr(import_module(f"{PACKAGE}.{part}.models"), names[row])
    raise KeyError(f"the SDK has no model of {row!r}: give it one in sdk_models.py, or a reason in WITHOUT_MODEL")
