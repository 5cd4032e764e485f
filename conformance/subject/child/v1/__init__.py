"""Drives a NautilusTrader 1.x: a full `TradingNode`, many of them one after another in one process."""
