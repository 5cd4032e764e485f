"""USDⓈ-M futures: every endpoint that a trader may use (binance-usdm, 4: counts, 6: REST, 7: WS API).

Endpoints that other rooms name are constants; `USDM` says what any request does.
"""

from conformance.binance.endpoint import WS, Act, Endpoint, Security, Weight
from conformance.binance.table import Table

_ONE = (1, 1)
_BATCH = (5, 1)


def _order(method: str, path: str, act: Act, *, algo: bool = False) -> Endpoint:
    counted = act in ("place", "modify")
    return Endpoint(method, path, act, "TRADE", 0 if counted else 1, algo=algo, orders=_ONE if counted else None)


def _batch(method: str, act: Act, weight: int) -> Endpoint:
    orders = None if act == "cancel" else _BATCH
    return Endpoint(method, "/fapi/v1/batchOrders", act, "TRADE", weight, batch=True, orders=orders)


def _read(path: str, act: Act, weight: Weight, *, algo: bool = False, security: Security = "USER_DATA") -> Endpoint:
    return Endpoint("GET", path, act, security, weight, algo=algo)


def _change(path: str, weight: int = 1, security: Security = "TRADE") -> Endpoint:
    return Endpoint("POST", path, "change setting", security, weight)


def _public(path: str, weight: Weight, act: Act = "market") -> Endpoint:
    return Endpoint("GET", path, act, "NONE", weight)


def _ws(path: str, act: Act, weight: Weight, security: Security = "USER_DATA") -> Endpoint:
    return Endpoint(WS, path, act, security, weight)


PLACE = _order("POST", "/fapi/v1/order", "place")
MODIFY = _order("PUT", "/fapi/v1/order", "modify")
CANCEL = _order("DELETE", "/fapi/v1/order", "cancel")
QUERY = _read("/fapi/v1/order", "query", 1)
QUERY_OPEN = _read("/fapi/v1/openOrder", "query", 1)
PLACE_BATCH = _batch("POST", "place", 5)
MODIFY_BATCH = _batch("PUT", "modify", 5)
CANCEL_BATCH = _batch("DELETE", "cancel", 1)
CANCEL_ALL = Endpoint("DELETE", "/fapi/v1/allOpenOrders", "cancel all", "TRADE", 1)
OPEN_ORDERS = _read("/fapi/v1/openOrders", "open orders", (1, 40))
ALL_ORDERS = _read("/fapi/v1/allOrders", "all orders", 5)
USER_TRADES = _read("/fapi/v1/userTrades", "trades", 5)

PLACE_ALGO = _order("POST", "/fapi/v1/algoOrder", "place", algo=True)
CANCEL_ALGO = _order("DELETE", "/fapi/v1/algoOrder", "cancel", algo=True)
QUERY_ALGO = _read("/fapi/v1/algoOrder", "query", 1, algo=True)
CANCEL_ALL_ALGO = Endpoint("DELETE", "/fapi/v1/algoOpenOrders", "cancel all", "TRADE", 1, algo=True)
OPEN_ALGO_ORDERS = _read("/fapi/v1/openAlgoOrders", "open orders", (1, 40), algo=True)

ACCOUNT_V3 = _read("/fapi/v3/account", "account", 5)
BALANCE_V3 = _read("/fapi/v3/balance", "balances", 5)
POSITION_RISK_V2 = _read("/fapi/v2/positionRisk", "positions", 5)
POSITION_RISK_V3 = _read("/fapi/v3/positionRisk", "positions", 5)
SYMBOL_CONFIG = _read("/fapi/v1/symbolConfig", "setting", 5)
COMMISSION_RATE = _read("/fapi/v1/commissionRate", "setting", 20)
CHANGE_LEVERAGE = _change("/fapi/v1/leverage")
CHANGE_FEE_BURN = _change("/fapi/v1/feeBurn")
CHANGE_MARGIN_TYPE = _change("/fapi/v1/marginType")
CHANGE_POSITION_MODE = _change("/fapi/v1/positionSide/dual")
CHANGE_ASSETS_MODE = _change("/fapi/v1/multiAssetsMargin")
CHANGE_POSITION_MARGIN = _change("/fapi/v1/positionMargin")
LISTEN_KEY = Endpoint("POST", "/fapi/v1/listenKey", "listen key", "USER_STREAM", 1)
KEEP_LISTEN_KEY = Endpoint("PUT", "/fapi/v1/listenKey", "listen key", "USER_STREAM", 1)

TIME = _public("/fapi/v1/time", 1, "reference")
EXCHANGE_INFO = _public("/fapi/v1/exchangeInfo", 1, "reference")
TICKER_PRICE = _public("/fapi/v1/ticker/price", (1, 2))

WS_PLACE = _order(WS, "order.place", "place")
WS_PLACE_ALGO = _order(WS, "algoOrder.place", "place", algo=True)
LOGON = _ws("session.logon", "session", 2, "NONE")
LOGOUT = _ws("session.logout", "session", 1, "NONE")

USDM = Table(
    # trading
    PLACE,
    MODIFY,
    CANCEL,
    QUERY,
    QUERY_OPEN,
    Endpoint("POST", "/fapi/v1/order/test", "test", "TRADE", 0),
    PLACE_BATCH,
    MODIFY_BATCH,
    CANCEL_BATCH,
    CANCEL_ALL,
    Endpoint("POST", "/fapi/v1/countdownCancelAll", "countdown", "TRADE", 10),
    OPEN_ORDERS,
    ALL_ORDERS,
    USER_TRADES,
    _read("/fapi/v1/orderAmendment", "amendments", 1),
    _read("/fapi/v1/forceOrders", "forced orders", (20, 50)),
    # the Algo service
    PLACE_ALGO,
    CANCEL_ALGO,
    QUERY_ALGO,
    CANCEL_ALL_ALGO,
    OPEN_ALGO_ORDERS,
    _read("/fapi/v1/allAlgoOrders", "all orders", 5, algo=True),
    # account and positions
    _read("/fapi/v2/account", "account", 5),
    ACCOUNT_V3,
    _read("/fapi/v2/balance", "balances", 5),
    BALANCE_V3,
    POSITION_RISK_V2,
    POSITION_RISK_V3,
    SYMBOL_CONFIG,
    _read("/fapi/v1/accountConfig", "setting", 5),
    COMMISSION_RATE,
    _read("/fapi/v1/leverageBracket", "setting", 1),
    CHANGE_LEVERAGE,
    CHANGE_MARGIN_TYPE,
    _read("/fapi/v1/positionSide/dual", "setting", 30),
    CHANGE_POSITION_MODE,
    _read("/fapi/v1/multiAssetsMargin", "setting", 30),
    CHANGE_ASSETS_MODE,
    _read("/fapi/v1/feeBurn", "setting", 30),
    CHANGE_FEE_BURN,
    CHANGE_POSITION_MARGIN,
    _read("/fapi/v1/positionMargin/history", "setting", 1, security="TRADE"),
    _read("/fapi/v1/income", "setting", 30),
    _read("/fapi/v1/adlQuantile", "setting", 5),
    _read("/fapi/v1/rateLimit/order", "setting", 1),
    _read("/fapi/v1/apiTradingStatus", "setting", (1, 10)),
    _read("/fapi/v1/pmAccountInfo", "setting", 5),
    _change("/fapi/v1/stock/contract", 50, "USER_DATA"),
    # user stream
    LISTEN_KEY,
    KEEP_LISTEN_KEY,
    Endpoint("DELETE", "/fapi/v1/listenKey", "listen key", "USER_STREAM", 1),
    # reference and market data
    _public("/fapi/v1/ping", 1, "reference"),
    TIME,
    EXCHANGE_INFO,
    _public("/fapi/v1/depth", "by limit"),
    _public("/fapi/v1/rpiDepth", 20),
    _public("/fapi/v1/trades", 5),
    Endpoint("GET", "/fapi/v1/historicalTrades", "market", "USER_STREAM", 200),
    _public("/fapi/v1/aggTrades", 20),
    _public("/fapi/v1/klines", "by limit"),
    _public("/fapi/v1/continuousKlines", "by limit"),
    _public("/fapi/v1/indexPriceKlines", "by limit"),
    _public("/fapi/v1/markPriceKlines", "by limit"),
    _public("/fapi/v1/premiumIndexKlines", "by limit"),
    _public("/fapi/v1/assetIndex", (1, 10)),
    _public("/fapi/v1/indexInfo", 1),
    _public("/fapi/v1/constituents", 2),
    _public("/fapi/v1/insuranceBalance", 1),
    _public("/fapi/v1/ticker/24hr", (1, 40)),
    TICKER_PRICE,
    _public("/fapi/v2/ticker/price", (1, 2)),
    _public("/fapi/v1/ticker/bookTicker", (2, 5)),
    _public("/fapi/v1/premiumIndex", (1, 10)),
    _public("/fapi/v1/fundingRate", 0),
    _public("/fapi/v1/fundingInfo", 0),
    _public("/fapi/v1/openInterest", 1),
    _public("/fapi/v1/symbolAdlRisk", 1),
    _public("/fapi/v1/tradingSchedule", 5),
    # the WS API
    WS_PLACE,
    _order(WS, "order.modify", "modify"),
    _order(WS, "order.cancel", "cancel"),
    _ws("order.status", "query", 1),
    WS_PLACE_ALGO,
    _order(WS, "algoOrder.cancel", "cancel", algo=True),
    _ws("account.status", "account", 5),
    _ws("v2/account.status", "account", 5),
    _ws("account.balance", "balances", 5),
    _ws("v2/account.balance", "balances", 5),
    _ws("account.position", "positions", 5),
    _ws("v2/account.position", "positions", 5),
    _ws("userDataStream.start", "listen key", 1, "USER_STREAM"),
    _ws("userDataStream.ping", "listen key", 1, "USER_STREAM"),
    _ws("userDataStream.stop", "listen key", 1, "USER_STREAM"),
    LOGON,
    _ws("session.status", "session", 1, "NONE"),
    LOGOUT,
    _ws("depth", "market", "by limit", "NONE"),
    _ws("ticker.price", "market", (1, 2), "NONE"),
    _ws("ticker.book", "market", (2, 5), "NONE"),
    _ws("ping", "reference", 1, "NONE"),
    _ws("time", "reference", 1, "NONE"),
)


def writes(method: str, path: str) -> bool:
    """Say whether a request may change something at the venue; by its method where the table does not have it."""
    endpoint = USDM.of(method, path)
    return endpoint.writes if endpoint is not None else method not in ("GET", WS)


def is_plumbing(method: str, path: str) -> bool:
    """Say whether a request only keeps the session alive."""
    endpoint = USDM.of(method, path)
    return endpoint is not None and endpoint.is_plumbing
