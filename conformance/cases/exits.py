"""How a trader leaves a position that it has not opened in this session."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.kit import AxisValue, Side, Trader, market_order


@dataclass(frozen=True, kw_only=True)
class Exit(AxisValue):
    """How a trader leaves a position of 0.010; `does` takes the side of the order that closes it."""

    does: Callable[[Trader, Side], Awaitable[None]]


async def _reduces(trader: Trader, side: Side) -> None:
    leaving = await trader.submit(market_order(side, "0.010", reduce_only=True).named("EXIT-1"))
    await leaving.reaches("FILLED")


async def _closes(trader: Trader, side: Side) -> None:
    await trader.close_all_positions()


async def _exits(trader: Trader, side: Side) -> None:
    await trader.market_exit()


EXITS = (
    Exit(name="reduce-only", words="a reduce-only order", does=_reduces),
    Exit(name="close-all", words="close_all_positions", needs=("close_position",), does=_closes),
    Exit(name="market-exit", words="market_exit", needs=("market_exit",), does=_exits),
)
CLOSES_WHAT_IT_OPENED = "what closes a strategy's positions closes none that it did not open"
"""Why there is no cell of `close-all` and `market-exit` on a position that nobody says is the strategy's."""
