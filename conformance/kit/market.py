"""The market as a case sees it: the last price to measure from, and moves of it where the world allows them."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

Move = Callable[[tuple[Decimal, ...]], Awaitable[None]]
Act = Callable[..., Awaitable[None]]
Others = Callable[[str], Awaitable["Market"]]
Level = tuple[Decimal, str]


class Market:
    """One symbol's market. Prices given are `Decimal`, rounded to the tick away from the last price."""

    def __init__(
        self,
        symbol: str,
        last: Decimal,
        tick: Decimal,
        move: Move,
        act: Act | None = None,
        *,
        others: Others | None = None,
    ) -> None:
        self.symbol = symbol
        self.last = last
        self.tick = tick
        self._move = move
        self._act = act or _cannot
        self._others = others

    async def of(self, symbol: str) -> "Market":
        """Return the market of another symbol as it is now (needs `other_symbols`)."""
        if self._others is None:
            raise RuntimeError(f"this market was made without a venue that has {symbol}")
        return await self._others(symbol)

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

    async def marks(self, price: Decimal) -> None:
        """Move the mark price alone: orders that watch it trigger, and no trade is printed."""
        await self._act("set_mark", symbol=self.symbol, price=str(self._round(price, ROUND_HALF_UP)))

    async def numbers_trades_from(self, trade_id: int) -> None:
        """Let the symbol's next trade have this id, above those that it has had: each symbol counts its own, from 1."""
        await self._act("number_trades", symbol=self.symbol, trade_id=trade_id)

    async def offers(self, *, bids: Sequence[Level] = (), asks: Sequence[Level] = ()) -> None:
        """Let other traders offer exactly these (price, quantity) levels until the price is moved again."""
        sides = {"bids": bids, "asks": asks}
        book: dict[str, Any] = {
            side: [[str(price), quantity] for price, quantity in levels] for side, levels in sides.items()
        }
        await self._act("set_book", symbol=self.symbol, **book)

    async def takes(self, venue_order_id: str, quantity: str) -> None:
        """Let another trader take `quantity` of a resting order, at its own price."""
        await self._act("fill", symbol=self.symbol, order_id=venue_order_id, quantity=quantity)

    def _at(self, fraction: Decimal, rounding: str) -> Decimal:
        return self._round(self.last * (1 + fraction), rounding)

    def _round(self, price: Decimal, rounding: str) -> Decimal:
        return (price / self.tick).quantize(Decimal(1), rounding=rounding) * self.tick


async def _cannot(what: str, **_given: Any) -> None:
    raise RuntimeError(f"this market was made without a venue that can {what}")


def _fraction(percent: str) -> Decimal:
    if not percent.endswith("%"):
        raise ValueError(f"distance {percent!r}: expected a percentage such as '2%'")
    return Decimal(percent.removesuffix("%")) / 100
