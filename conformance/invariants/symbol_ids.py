"""Ids that count for their symbol only: those of trades and of orders."""

from collections.abc import Iterable


class SymbolIds:
    """A set of ids, each of a symbol; of one that was told without its symbol the id alone counts."""

    def __init__(self, ids: Iterable[tuple[str | None, str | None]] = ()) -> None:
        self._symbols: dict[str, set[str]] = {}
        for symbol, number in ids:
            self.add(symbol, number)

    def add(self, symbol: str | None, number: str | None) -> None:
        """Put an id of a symbol in."""
        self._symbols.setdefault(str(number), set()).add(symbol or "")

    def has(self, symbol: str | None, number: str | None) -> bool:
        """Whether this id of this symbol is in the set."""
        symbols = self._symbols.get(str(number), set())
        return bool(symbols) and (not symbol or symbol in symbols or "" in symbols)
