"""Contract-tested conformance suite for NautilusTrader's Binance USDⓈ-M futures execution client."""
