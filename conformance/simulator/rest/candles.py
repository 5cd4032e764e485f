"""Candles of every price, and trades of the past (Appendix A.4)."""

from decimal import Decimal
from typing import Any

from conformance.simulator.errors import (
    BAD_COMBINATION,
    INVALID_CONTRACT_TYPE,
    INVALID_INTERVAL,
    INVALID_PAIR,
    START_AFTER_END,
    Refusal,
)
from conformance.simulator.exchange import Exchange
from conformance.simulator.market.candles import MOST, Candles
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.shapes import candle_row, price_candle_row
from conformance.simulator.model.candle import INTERVALS, Candle
from conformance.simulator.model.trade import PublicTrade
from conformance.simulator.numbers import ZERO, padded
from conformance.simulator.params import Params

CONTRACT_TYPES = ("PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER", "TRADIFI_PERPETUAL")
WEIGHTS = ((99, 1), (499, 2), (1000, 5), (MOST, 10))
"""Weights of candles by limit."""
Prices = tuple[Decimal, Decimal, Decimal, Decimal]


def weight_of_candles(limit: str | None) -> int:
    """Return the weight of a request for so many candles."""
    asked = int(limit) if limit and limit.isascii() and limit.isdigit() and len(limit) < 6 else 500
    return next((weight for most, weight in WEIGHTS if asked <= most), WEIGHTS[-1][1])


def _chosen(exchange: Exchange, params: Params, candles: Candles, item: Instrument) -> list[Candle]:
    interval = params.required_choice("interval", INTERVALS, INVALID_INTERVAL)
    start, end = params.long("startTime"), params.long("endTime")
    if start is not None and end is not None and start > end:
        raise Refusal(START_AFTER_END)
    if start is not None:
        listed = item.symbol.raw.get("onboardDate")
        start = max(start, listed if isinstance(listed, int) else 0)
    return candles.rows(interval, start, end, params.limit(500, MOST), exchange.venue.clock.now_ms())


def _of_symbol(exchange: Exchange, params: Params) -> Instrument:
    return exchange.venue.market.find(params.required("symbol"))


def _of_pair(exchange: Exchange, params: Params, contract_type: str = "PERPETUAL") -> Instrument:
    pair = params.required("pair")
    found = [item for item in exchange.venue.market.instruments.values() if item.symbol.pair == pair]
    if not found:
        raise Refusal(INVALID_PAIR)
    for item in found:
        if item.symbol.contract_type == contract_type:
            return item
    raise Refusal(INVALID_CONTRACT_TYPE)


def klines(exchange: Exchange, params: Params) -> list[list[Any]]:
    """GET /klines: candles of the last price."""
    item = _of_symbol(exchange, params)
    return [candle_row(candle, item) for candle in _chosen(exchange, params, item.candles, item)]


def continuous_klines(exchange: Exchange, params: Params) -> list[list[Any]]:
    """GET /continuousKlines: of the symbol that is a pair's contract at present."""
    contract = params.required_choice("contractType", CONTRACT_TYPES, INVALID_CONTRACT_TYPE)
    item = _of_pair(exchange, params, contract)
    return [candle_row(candle, item) for candle in _chosen(exchange, params, item.candles, item)]


def _prices(candle: Candle) -> Prices:
    return candle.open, candle.high, candle.low, candle.close


def index_klines(exchange: Exchange, params: Params) -> list[list[Any]]:
    """GET /indexPriceKlines; the index follows the mark price."""
    item = _of_pair(exchange, params)
    return [price_candle_row(c, _prices(c)) for c in _chosen(exchange, params, item.mark_candles, item)]


def mark_klines(exchange: Exchange, params: Params) -> list[list[Any]]:
    """GET /markPriceKlines."""
    item = _of_symbol(exchange, params)
    return [price_candle_row(c, _prices(c)) for c in _chosen(exchange, params, item.mark_candles, item)]


def premium_klines(exchange: Exchange, params: Params) -> list[list[Any]]:
    """GET /premiumIndexKlines: mark and index are one here, so the premium is 0."""
    item = _of_symbol(exchange, params)
    flat = (ZERO, ZERO, ZERO, ZERO)
    return [price_candle_row(c, flat) for c in _chosen(exchange, params, item.mark_candles, item)]


# --- trades


def _trades(exchange: Exchange, params: Params, most: int) -> tuple[Instrument, list[PublicTrade]]:
    """Return the trades from an id or a time on, oldest first; the latest where neither was sent."""
    item = _of_symbol(exchange, params)
    from_id, start, end = params.long("fromId"), params.long("startTime"), params.long("endTime")
    if from_id is not None and (start is not None or end is not None):
        raise Refusal(BAD_COMBINATION)
    limit = params.limit(500, most)
    rows = [
        trade
        for trade in item.trades
        if (from_id is None or trade.id >= from_id)
        and (start is None or trade.time_ms >= start)
        and (end is None or trade.time_ms <= end)
    ]
    return item, rows[:limit] if from_id is not None or start is not None else rows[-limit:]


def agg_trades(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /aggTrades: every trade stands alone here."""
    item, trades = _trades(exchange, params, 1000)
    symbol = item.symbol
    return [
        {
            "a": trade.id,
            "p": padded(trade.price, symbol.price_precision),
            "q": (quantity := padded(trade.quantity, symbol.quantity_precision)),
            "nq": quantity,
            "f": trade.id,
            "l": trade.id,
            "T": trade.time_ms,
            "m": trade.buyer_is_maker,
        }
        for trade in trades
    ]


def historical_trades(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /historicalTrades, which needs an API key."""
    item, trades = _trades(exchange, params, 500)
    return [trade_row(trade, item) for trade in trades]


def recent_trades(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /trades."""
    item = _of_symbol(exchange, params)
    return [trade_row(trade, item) for trade in list(item.trades)[-params.limit(500, 1000) :]]


def trade_row(trade: PublicTrade, item: Instrument) -> dict[str, Any]:
    """Return a public trade."""
    symbol = item.symbol
    return {
        "id": trade.id,
        "price": padded(trade.price, symbol.price_precision),
        "qty": padded(trade.quantity, symbol.quantity_precision),
        "quoteQty": padded(trade.price * trade.quantity, 2),
        "time": trade.time_ms,
        "isBuyerMaker": trade.buyer_is_maker,
        "isRPITrade": False,
    }
