"""The Algo service: conditional orders before they trigger (section 11). It knows prices and the order room's door."""
