"""How market data looks, in answers and in stream frames alike."""

from decimal import Decimal
from typing import Any

from conformance.simulator.market.instrument import Instrument
from conformance.simulator.model.candle import Candle
from conformance.simulator.numbers import padded


def levels(rows: list[tuple[Decimal, Decimal]], instrument: Instrument) -> list[list[str]]:
    """Return book levels as [price, quantity] strings."""
    symbol = instrument.symbol
    return [[padded(p, symbol.price_precision), padded(q, symbol.quantity_precision)] for p, q in rows]


def day_row(item: Instrument, now_ms: int) -> dict[str, Any]:
    """Return a symbol's day as GET /ticker/24hr shows it."""
    places = item.symbol.price_precision
    change = item.last - item.open_24h
    average = item.quote_volume_24h / item.volume_24h if item.volume_24h else item.last
    last_quantity = item.trades[-1].quantity if item.trades else Decimal(0)
    return {
        "symbol": item.symbol.name,
        "priceChange": padded(change, places),
        "priceChangePercent": padded(change * 100 / item.open_24h, 3),
        "weightedAvgPrice": padded(average, places),
        "lastPrice": padded(item.last, places),
        "lastQty": padded(last_quantity, item.symbol.quantity_precision),
        "openPrice": padded(item.open_24h, places),
        "highPrice": padded(item.high_24h, places),
        "lowPrice": padded(item.low_24h, places),
        "volume": padded(item.volume_24h, item.symbol.quantity_precision),
        "quoteVolume": padded(item.quote_volume_24h, 2),
        "openTime": now_ms - 86_400_000,
        "closeTime": now_ms,
        "firstId": item.trades[0].id if item.trades else -1,
        "lastId": item.trades[-1].id if item.trades else -1,
        "count": len(item.trades),
    }


def candle_row(candle: Candle, item: Instrument) -> list[Any]:
    """Return a candle as GET /klines shows it."""
    price, size = item.symbol.price_precision, item.symbol.quantity_precision
    return [
        candle.opens_ms,
        *(padded(value, price) for value in (candle.open, candle.high, candle.low, candle.close)),
        padded(candle.volume, size),
        candle.closes_ms - 1,
        padded(candle.quote, price + size),
        candle.count,
        padded(candle.taker_volume, size),
        padded(candle.taker_quote, price + size),
        "0",
    ]


def price_candle_row(candle: Candle, prices: tuple[Decimal, Decimal, Decimal, Decimal]) -> list[Any]:
    """Return a candle of a price that is not traded: mark, index or premium index; only its prices mean something."""
    seconds = (candle.closes_ms - candle.opens_ms) // 1000
    shown = [padded(price, 8) for price in prices]
    return [candle.opens_ms, *shown, "0", candle.closes_ms - 1, "0", seconds, "0", "0", "0"]


def candle_body(candle: Candle, item: Instrument, interval: str, now_ms: int) -> dict[str, Any]:
    """Return a candle as the streams show it, without its symbol."""
    price, size = item.symbol.price_precision, item.symbol.quantity_precision
    return {
        "t": candle.opens_ms,
        "T": candle.closes_ms - 1,
        "i": interval,
        "f": candle.first_id,
        "L": candle.last_id,
        "o": padded(candle.open, price),
        "c": padded(candle.close, price),
        "h": padded(candle.high, price),
        "l": padded(candle.low, price),
        "v": padded(candle.volume, size),
        "n": candle.count,
        "x": now_ms >= candle.closes_ms,
        "q": padded(candle.quote, 2),
        "V": padded(candle.taker_volume, size),
        "Q": padded(candle.taker_quote, 2),
        "B": "0",
    }
