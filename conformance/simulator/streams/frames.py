"""The frames of the market streams, one function each (Appendix D; key order as on the wire)."""

from decimal import Decimal
from typing import Any

from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.shapes import candle_body, day_row, levels
from conformance.simulator.model.candle import Candle
from conformance.simulator.model.trade import PublicTrade
from conformance.simulator.numbers import padded

UM = 1
"""`st` since the integration of coin-margined futures: 1 says that the symbol is USD-margined."""
Levels = list[tuple[Decimal, Decimal]]


def book_ticker(instrument: Instrument, now_ms: int) -> dict[str, Any]:
    """Return the best bid and ask."""
    symbol = instrument.symbol
    bid, ask = instrument.book.best_level("BUY"), instrument.book.best_level("SELL")
    zero = (Decimal(0), Decimal(0))
    (bid_price, bid_quantity), (ask_price, ask_quantity) = bid or zero, ask or zero
    return {
        "e": "bookTicker",
        "u": instrument.book.version,
        "s": symbol.name,
        "ps": symbol.pair,
        "b": padded(bid_price, symbol.price_precision),
        "B": padded(bid_quantity, symbol.quantity_precision),
        "a": padded(ask_price, symbol.price_precision),
        "A": padded(ask_quantity, symbol.quantity_precision),
        "T": now_ms,
        "E": now_ms,
        "st": UM,
    }


def depth(instrument: Instrument, now_ms: int, updates: tuple[int, int], bids: Levels, asks: Levels) -> dict[str, Any]:
    """Return levels of the book, whole or changed, with the update ids of the first change and of the frame before."""
    first, previous = updates
    return {
        "e": "depthUpdate",
        "E": now_ms,
        "T": now_ms,
        "s": instrument.symbol.name,
        "U": first,
        "u": instrument.book.version,
        "pu": previous,
        "b": levels(bids, instrument),
        "a": levels(asks, instrument),
        "ps": instrument.symbol.pair,
        "st": UM,
    }


def mark_price(instrument: Instrument, now_ms: int, next_funding_ms: int) -> dict[str, Any]:
    """Return mark and index price, and the funding ahead."""
    delivery = instrument.symbol.is_delivery
    return {
        "e": "markPriceUpdate",
        "E": now_ms,
        "s": instrument.symbol.name,
        "p": padded(instrument.mark, 8),
        "ap": padded(instrument.mark, 8),
        "i": padded(instrument.index, 8),
        "P": padded(instrument.index, 8),
        "r": "" if delivery else f"{instrument.funding_rate:.8f}",
        "T": 0 if delivery else next_funding_ms,
        "st": UM,
    }


def day_ticker(instrument: Instrument, now_ms: int, *, mini: bool) -> dict[str, Any]:
    """Return the last day, in full or in short."""
    row = day_row(instrument, now_ms)
    body = {"e": "24hrMiniTicker" if mini else "24hrTicker", "E": now_ms, "s": row["symbol"]}
    full = {"p": "priceChange", "P": "priceChangePercent", "w": "weightedAvgPrice", "Q": "lastQty"}
    short = {
        "c": "lastPrice",
        "o": "openPrice",
        "h": "highPrice",
        "l": "lowPrice",
        "v": "volume",
        "q": "quoteVolume",
    }
    times = {"O": "openTime", "C": "closeTime", "F": "firstId", "L": "lastId", "n": "count"}
    keys = short if mini else full | short | times
    body |= {key: row[name] for key, name in keys.items()}
    return body | {"ps": instrument.symbol.pair, "st": UM}


def kline(instrument: Instrument, candle: Candle, interval: str, now_ms: int) -> dict[str, Any]:
    """Return a candle of a symbol."""
    shown = candle_body(candle, instrument, interval, now_ms)
    body = {"t": shown.pop("t"), "T": shown.pop("T"), "s": instrument.symbol.name} | shown
    return {"e": "kline", "E": now_ms, "s": instrument.symbol.name, "k": body}


def continuous_kline(instrument: Instrument, candle: Candle, interval: str, now_ms: int) -> dict[str, Any]:
    """Return a candle of a pair's contract, whichever symbol is that contract at present."""
    symbol = instrument.symbol
    body = candle_body(candle, instrument, interval, now_ms)
    return {"e": "continuous_kline", "E": now_ms, "ps": symbol.pair, "ct": symbol.contract_type, "k": body}


def _trade(trade: PublicTrade, instrument: Instrument) -> dict[str, Any]:
    symbol = instrument.symbol
    return {
        "E": trade.time_ms,
        "T": trade.time_ms,
        "s": symbol.name,
        "p": padded(trade.price, symbol.price_precision),
        "q": padded(trade.quantity, symbol.quantity_precision),
        "m": trade.buyer_is_maker,
    }


def agg_trade(trade: PublicTrade, instrument: Instrument) -> dict[str, Any]:
    """Return an aggregated trade; every trade stands alone here."""
    body = {"e": "aggTrade", **_trade(trade, instrument)}
    return body | {"nq": body["q"], "a": trade.id, "f": trade.id, "l": trade.id, "st": UM}


def single_trade(trade: PublicTrade, instrument: Instrument) -> dict[str, Any]:
    """Return a single trade."""
    return {"e": "trade", **_trade(trade, instrument), "t": trade.id, "X": "MARKET"}


def asset_index(row: dict[str, Any], now_ms: int) -> dict[str, Any]:
    """Return an asset's index of multi-assets mode, from its row of GET /assetIndex."""
    return {
        "e": "assetIndexUpdate",
        "E": now_ms,
        "s": row["symbol"],
        "i": row["index"],
        "b": row["bidBuffer"],
        "a": row["askBuffer"],
        "B": row["bidRate"],
        "A": row["askRate"],
        "q": row["autoExchangeBidBuffer"],
        "g": row["autoExchangeAskBuffer"],
        "Q": row["autoExchangeBidRate"],
        "G": row["autoExchangeAskRate"],
    }


def liquidation(order: dict[str, Any], now_ms: int) -> dict[str, Any]:
    """Return a liquidation that everyone sees, from the body of its ORDER_TRADE_UPDATE."""
    keys = ("s", "S", "f", "q", "p", "ap", "X", "l", "z", "T")
    body = {"s": order["s"], "S": order["S"], "o": "LIMIT"} | {key: order[key] for key in keys}
    return {"e": "forceOrder", "E": now_ms, "o": body}
