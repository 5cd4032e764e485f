"""The market as a case sees it: the last price to measure from, and moves of it where the world allows them."""

from collections.abc import Awaitable, Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

Move = Callable[[tuple[Decimal, ...]], Awaitable[None]]


class Market:
    """One symbol's market. Prices given are `Decimal`, rounded to the tick away from the last price."""

    def __init__(self, symbol: str, last: Decimal, tick: Decimal, move: Move) -> None:
        self.symbol = symbol
        self.last = last
        self.tick = tick
        self._move = move

    def below_last(self, percent: str) -> Decimal:
        """Return the price that lies `percent` ("2%") below the last one."""
        return self._at(-_fraction(percent), ROUND_DOWN)

    def above_last(self, percent: str) -> Decimal:
        """Return the price that lies `percent` ("2%") above the last one."""
        return self._at(_fraction(percent), ROUND_UP)

    async def moves_to(self, *path: Decimal) -> None:
        """Move the last and mark price along `path`; what it crosses fills and triggers."""
        rounded = tuple(self._round(price, ROUND_HALF_UP) for price in path)
        await self._move(rounded)
        self.last = rounded[-1]

    def _at(self, fraction: Decimal, rounding: str) -> Decimal:
        return self._round(self.last * (1 + fraction), rounding)

    def _round(self, price: Decimal, rounding: str) -> Decimal:
        return (price / self.tick).quantize(Decimal(1), rounding=rounding) * self.tick


def _fraction(percent: str) -> Decimal:
    if not percent.endswith("%"):
        raise ValueError(f"distance {percent!r}: expected a percentage such as '2%'")
    return Decimal(percent.removesuffix("%")) / 100
