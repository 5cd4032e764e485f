"""Trades by symbol and id: an id counts for its symbol only."""

from collections.abc import Iterable


class TradeIds:
    """A set of trades. Of one that was told without its symbol the id alone counts, as an older history has it."""

    def __init__(self, trades: Iterable[tuple[str | None, str | None]] = ()) -> None:
        self._symbols: dict[str, set[str]] = {}
        for symbol, trade in trades:
            self.add(symbol, trade)

    def add(self, symbol: str | None, trade: str | None) -> None:
        """Put a trade in."""
        self._symbols.setdefault(str(trade), set()).add(symbol or "")

    def has(self, symbol: str | None, trade: str | None) -> bool:
        """Whether this trade of this symbol is in the set."""
        symbols = self._symbols.get(str(trade), set())
        return bool(symbols) and (not symbol or symbol in symbols or "" in symbols)
