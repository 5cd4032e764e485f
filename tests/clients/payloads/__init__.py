"""Every payload of the simulator, against the models of Binance's SDK."""
