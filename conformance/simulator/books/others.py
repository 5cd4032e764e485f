"""What other traders offer: a ladder around a price that refills by itself, or explicit levels that get used up."""

from collections.abc import Iterator
from decimal import Decimal

from sortedcontainers import SortedDict

from conformance.simulator.numbers import ZERO

Level = tuple[Decimal, Decimal]


class Others:
    """The liquidity of all other traders on one symbol.

    As a ladder: `levels` prices a tick apart on each side of the anchor, each with the same quantity, as if refilled
    after every trade. As explicit levels: exactly what a control has set, less what was traded since.
    """

    def __init__(self, anchor: Decimal, tick: Decimal, quantity: Decimal, levels: int) -> None:
        self._tick = tick
        self._levels = levels
        self._quantity = quantity
        self._anchor = anchor
        self._explicit: dict[str, SortedDict[Decimal, Decimal]] | None = None

    def anchor(self, price: Decimal) -> None:
        """Put the ladder around `price`; explicit levels are forgotten."""
        self._anchor = price
        self._explicit = None

    def set(self, bids: list[Level], asks: list[Level]) -> None:
        """Let the liquidity be these levels, (price, quantity), and nothing else."""
        self._explicit = {"BUY": SortedDict(bids), "SELL": SortedDict(asks)}

    def levels(self, side: str) -> Iterator[Level]:
        """Yield the levels of `side`, best first."""
        if self._explicit is not None:
            book = self._explicit[side]
            yield from (reversed(book.items()) if side == "BUY" else iter(book.items()))
            return
        step = -self._tick if side == "BUY" else self._tick
        price = self._anchor
        for _ in range(self._levels):
            price += step
            if price <= 0:
                return
            yield price, self._quantity

    def best(self, side: str) -> Level | None:
        """Return the best level of `side`, or None."""
        if self._explicit is None:
            price = self._anchor - self._tick if side == "BUY" else self._anchor + self._tick
            return (price, self._quantity) if price > 0 and self._levels else None
        book = self._explicit[side]
        return (book.peekitem(-1) if side == "BUY" else book.peekitem(0)) if book else None

    def take(self, side: str, price: Decimal, quantity: Decimal) -> None:
        """Remove what was traded at a level of `side`; a ladder refills at once."""
        if self._explicit is None:
            return
        book = self._explicit[side]
        left = book.get(price, ZERO) - quantity
        if left > 0:
            book[price] = left
        else:
            book.pop(price, None)
