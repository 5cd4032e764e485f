"""The largest value of an order that a trader's own risk engine is configured for."""

from decimal import Decimal
from typing import Any

from conformance.kit import Market

WHY = "the limits are the risk engine's, which values orders by prices and may be left out elsewhere"


def largest_value(market: Market) -> dict[str, Any]:
    """Return the config of a trader whose orders may be worth, in USDT, what 0.010 is at 4 % above the last price."""
    worth_0_010 = int(market.above_last("4%") * Decimal("0.010"))
    return {"risk_engine": {"max_notional_per_order": {"BTCUSDT-PERP.BINANCE": worth_0_010}}}
