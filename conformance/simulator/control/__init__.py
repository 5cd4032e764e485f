"""The control room: what a test does to the venue that no client of Binance can do, and the page that serves it."""
