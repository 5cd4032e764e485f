"""The asset indexes of multi-assets mode: what each margin asset is worth in USD, and its buffers (assetIndex)."""

from decimal import Decimal
from typing import Any

from conformance.simulator.market.market import Market
from conformance.simulator.numbers import ZERO, padded

BUFFERS = {"USDT": (ZERO, ZERO), "USDC": (ZERO, ZERO)}
"""Bid and ask buffer by asset, as fractions; 0.05 for every other one ([INF] in its amount)."""


def asset_indexes(market: Market, now_ms: int) -> list[dict[str, Any]]:
    """Return a row for every margin asset but USD itself, as GET /assetIndex shows it."""
    rows = []
    for row in market.document.get("assets", []):
        asset = str(row.get("asset", ""))
        index = market.price_of_asset(asset)
        bid, ask = BUFFERS.get(asset, (Decimal("0.05"), Decimal("0.05")))
        lower, upper = padded(index * (1 - bid), 8), padded(index * (1 + ask), 8)
        rows.append(
            {
                "symbol": f"{asset}USD",
                "time": now_ms,
                "index": padded(index, 8),
                "bidBuffer": padded(bid, 8),
                "askBuffer": padded(ask, 8),
                "bidRate": lower,
                "askRate": upper,
                "autoExchangeBidBuffer": padded(bid, 8),
                "autoExchangeAskBuffer": padded(ask, 8),
                "autoExchangeBidRate": lower,
                "autoExchangeAskRate": upper,
            }
        )
    return rows
