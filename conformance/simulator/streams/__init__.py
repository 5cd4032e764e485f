"""The stream room: listen keys, who is subscribed to what, and market data frames. It knows no socket."""
