"""Reference and market data (section 6, Appendix A.4)."""

from decimal import Decimal
from typing import Any

from conformance.simulator.errors import INVALID_DEPTH, INVALID_SYMBOL, Refusal
from conformance.simulator.exchange import Exchange
from conformance.simulator.market.asset_index import asset_indexes
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.shapes import day_row, levels
from conformance.simulator.numbers import padded
from conformance.simulator.params import Params

DEPTH_LIMITS = (5, 10, 20, 50, 100, 500, 1000)
TRADFI_MARKETS = ("EQUITY", "COMMODITY", "KR_EQUITY", "HK_EQUITY", "CN_EQUITY", "FX")


def ping(_: Exchange, __: Params) -> dict[str, Any]:
    """GET /ping."""
    return {}


def time(exchange: Exchange, _: Params) -> dict[str, Any]:
    """GET /time."""
    return {"serverTime": exchange.venue.clock.now_ms()}


def exchange_info(exchange: Exchange, _: Params) -> dict[str, Any]:
    """GET /exchangeInfo: the loaded document with the present status of every symbol."""
    venue = exchange.venue
    return {
        **venue.market.document,
        "serverTime": venue.clock.now_ms(),
        "symbols": [item.symbol.described() for item in venue.market.instruments.values()],
    }


def _chosen(exchange: Exchange, params: Params) -> tuple[list[Instrument], bool]:
    symbol = params.text("symbol")
    market = exchange.venue.market
    return ([market.find(symbol)], True) if symbol else (list(market.instruments.values()), False)


def depth(exchange: Exchange, params: Params) -> dict[str, Any]:
    """GET /depth, depth."""
    instrument = exchange.venue.market.find(params.required("symbol"))
    limit = params.long("limit")
    limit = 500 if limit is None else limit
    if limit not in DEPTH_LIMITS:
        raise Refusal(INVALID_DEPTH, limit)
    now_ms = exchange.venue.clock.now_ms()
    return {
        "lastUpdateId": instrument.book.version,
        "E": now_ms,
        "T": now_ms,
        "bids": levels(instrument.book.depth("BUY", limit), instrument),
        "asks": levels(instrument.book.depth("SELL", limit), instrument),
    }


def book_ticker_row(instrument: Instrument, now_ms: int) -> dict[str, Any]:
    """Return the best bid and ask of a symbol."""
    symbol = instrument.symbol
    bid, ask = instrument.book.best_level("BUY"), instrument.book.best_level("SELL")
    zero = Decimal(0)
    return {
        "symbol": symbol.name,
        "bidPrice": padded(bid[0] if bid else zero, symbol.price_precision),
        "bidQty": padded(bid[1] if bid else zero, symbol.quantity_precision),
        "askPrice": padded(ask[0] if ask else zero, symbol.price_precision),
        "askQty": padded(ask[1] if ask else zero, symbol.quantity_precision),
        "time": now_ms,
    }


def ws_book_ticker(exchange: Exchange, params: Params) -> Any:
    """ticker.book: as REST's, with the update id before everything else."""
    instruments, one = _chosen(exchange, params)
    now_ms = exchange.venue.clock.now_ms()
    rows = [{"lastUpdateId": item.book.version, **book_ticker_row(item, now_ms)} for item in instruments]
    return rows[0] if one else rows


def book_ticker(exchange: Exchange, params: Params) -> Any:
    """GET /ticker/bookTicker."""
    instruments, one = _chosen(exchange, params)
    rows = [book_ticker_row(item, exchange.venue.clock.now_ms()) for item in instruments]
    return rows[0] if one else rows


def price_ticker(exchange: Exchange, params: Params) -> Any:
    """GET /v1 and /v2/ticker/price, ticker.price."""
    instruments, one = _chosen(exchange, params)
    now_ms = exchange.venue.clock.now_ms()
    rows = [
        {"symbol": i.symbol.name, "price": padded(i.last, i.symbol.price_precision), "time": now_ms}
        for i in instruments
    ]
    return rows[0] if one else rows


def day_ticker(exchange: Exchange, params: Params) -> Any:
    """GET /ticker/24hr, over the simulator's own life."""
    instruments, one = _chosen(exchange, params)
    now_ms = exchange.venue.clock.now_ms()
    rows = [day_row(item, now_ms) for item in instruments]
    return rows[0] if one else rows


def premium_index(exchange: Exchange, params: Params) -> Any:
    """GET /premiumIndex: mark price, index price and funding."""
    instruments, one = _chosen(exchange, params)
    venue = exchange.venue
    now_ms = venue.clock.now_ms()
    rows = [
        {
            "symbol": item.symbol.name,
            "markPrice": padded(item.mark, 8),
            "indexPrice": padded(item.index, 8),
            "estimatedSettlePrice": padded(item.index, 8),
            "lastFundingRate": "" if item.symbol.is_delivery else f"{item.funding_rate:.8f}",
            "interestRate": "" if item.symbol.is_delivery else "0.00010000",
            "nextFundingTime": 0 if item.symbol.is_delivery else venue.funding.next_ms(now_ms),
            "time": now_ms,
        }
        for item in instruments
    ]
    return rows[0] if one else rows


def funding_history(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /fundingRate."""
    symbol = params.text("symbol")
    if symbol is not None:
        exchange.venue.market.find(symbol)
    start, end = params.long("startTime"), params.long("endTime")
    rows = [
        row
        for row in exchange.venue.funding.history
        if symbol in (None, row["symbol"])
        and (start is None or row["fundingTime"] >= start)
        and (end is None or row["fundingTime"] <= end)
    ]
    return rows[-params.limit(100, 1000) :]


def funding_info(exchange: Exchange, _: Params) -> list[dict[str, Any]]:
    """GET /fundingInfo."""
    hours = exchange.venue.options.funding_interval_ms // 3_600_000
    return [
        {
            "symbol": item.symbol.name,
            "adjustedFundingRateCap": "0.02000000",
            "adjustedFundingRateFloor": "-0.02000000",
            "fundingIntervalHours": hours,
            "disclaimer": False,
            "updateTime": exchange.venue.opened_ms,
        }
        for item in exchange.venue.market.instruments.values()
        if not item.symbol.is_delivery
    ]


def open_interest(exchange: Exchange, params: Params) -> dict[str, Any]:
    """GET /openInterest: what the account holds; other traders' positions are not modelled."""
    item = exchange.venue.market.find(params.required("symbol"))
    held = sum(
        (abs(p.amount) for (name, _), p in exchange.venue.account.positions.items() if name == item.symbol.name),
        Decimal(0),
    )
    return {
        "openInterest": padded(held, item.symbol.quantity_precision),
        "symbol": item.symbol.name,
        "time": exchange.venue.clock.now_ms(),
    }


def adl_risk(exchange: Exchange, params: Params) -> Any:
    """GET /symbolAdlRisk."""
    instruments, one = _chosen(exchange, params)
    now_ms = exchange.venue.clock.now_ms()
    rows = [{"symbol": item.symbol.name, "adlRisk": "low", "updateTime": now_ms} for item in instruments]
    return rows[0] if one else rows


def trading_schedule(exchange: Exchange, _: Params) -> dict[str, Any]:
    """GET /tradingSchedule: no TradFi perpetuals are listed, so no sessions in any of their markets."""
    schedules: dict[str, Any] = {market: {"sessions": []} for market in TRADFI_MARKETS}
    return {"updateTime": exchange.venue.clock.now_ms(), "marketSchedules": schedules}


def asset_index(exchange: Exchange, params: Params) -> Any:
    """GET /assetIndex."""
    symbol = params.text("symbol")
    rows = asset_indexes(exchange.venue.market, exchange.venue.clock.now_ms())
    if symbol is None:
        return rows
    for row in rows:
        if row["symbol"] == symbol:
            return row
    raise Refusal(INVALID_SYMBOL)


def index_info(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /indexInfo: the composition of composite index symbols, such as BTCDOMUSDT."""
    symbol = params.text("symbol")
    if symbol is not None:
        exchange.venue.market.find(symbol)
    return [
        {
            "symbol": item.symbol.name,
            "time": exchange.venue.clock.now_ms(),
            "component": "baseAsset",
            "baseAssetList": [
                {
                    "baseAsset": base,
                    "quoteAsset": item.symbol.quote,
                    "weightInQuantity": "1.00000000",
                    "weightInPercentage": "0.50000000",
                }
                for base in ("BTC", "ETH")
            ],
        }
        for item in exchange.venue.market.instruments.values()
        if item.symbol.raw.get("underlyingType") == "INDEX" and symbol in (None, item.symbol.name)
    ]


def constituents(exchange: Exchange, params: Params) -> dict[str, Any]:
    """GET /constituents: the spot markets behind an index price; Binance's own alone here."""
    item = exchange.venue.market.find(params.required("symbol"))
    price = padded(item.index, 8)
    row = {"exchange": "binance", "symbol": item.symbol.pair, "price": price, "weight": "1.00000000"}
    return {"symbol": item.symbol.name, "time": exchange.venue.clock.now_ms(), "constituents": [row]}


def insurance_balance(exchange: Exchange, params: Params) -> Any:
    """GET /insuranceBalance: one fund for all symbols."""
    symbol = params.text("symbol")
    market, now_ms = exchange.venue.market, exchange.venue.clock.now_ms()
    if symbol is not None:
        market.find(symbol)
    fund = {"asset": "USDT", "marginBalance": "100000000.00000000", "updateTime": now_ms}
    body = {"symbols": list(market.instruments), "assets": [fund]}
    return [body] if symbol is None else body
