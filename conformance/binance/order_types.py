"""Order types: what NautilusTrader calls them, and what the venue does."""

#: NautilusTrader's types that the venue has, by the venue's name (binance-usdm, 10.1).
VENUE_TYPE = {
    "MARKET": "MARKET",
    "LIMIT": "LIMIT",
    "STOP_MARKET": "STOP_MARKET",
    "STOP_LIMIT": "STOP",
    "MARKET_IF_TOUCHED": "TAKE_PROFIT_MARKET",
    "LIMIT_IF_TOUCHED": "TAKE_PROFIT",
    "TRAILING_STOP_MARKET": "TRAILING_STOP_MARKET",
}
#: The venue's types that wait for a trigger, and so belong to the Algo service (change log 2025-12-09).
CONDITIONAL = frozenset(VENUE_TYPE.values()) - {"MARKET", "LIMIT"}
#: The types that may close a whole position (binance-usdm, 10.4).
CLOSES_POSITION = frozenset({"STOP_MARKET", "TAKE_PROFIT_MARKET"})
