"""How market data looks, in answers and in stream frames alike."""

from decimal import Decimal
from typing import Any

from conformance.simulator.market.instrument import Instrument
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
