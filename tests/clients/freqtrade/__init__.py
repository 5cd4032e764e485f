"""freqtrade in live mode on the simulator: a bot that was not built for it, from PyPI as it is."""
