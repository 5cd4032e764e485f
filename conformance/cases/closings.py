"""How the venue closes a position by itself: by liquidation, deleveraging or settlement, and how it tells of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.kit import AxisValue, Venue


@dataclass(frozen=True, kw_only=True)
class Closing(AxisValue):
    """How the venue closes a long position of 0.010 BTCUSDT, and how much it leaves."""

    act: Callable[[Venue], Awaitable[None]]
    left: str = "0"


CLOSINGS = (
    Closing(name="liquidation", words="a liquidation", act=lambda venue: venue.liquidates()),
    Closing(
        name="liquidation-trade",
        words="a liquidation told as a trade",
        act=lambda venue: venue.liquidates(execution="TRADE"),
    ),
    Closing(
        name="liquidation-in-parts",
        words="a liquidation in three trades",
        act=lambda venue: venue.liquidates(parts=3, execution="TRADE"),
    ),
    Closing(
        name="liquidation-step",
        words="a liquidation of a part",
        act=lambda venue: venue.liquidates(quantity="0.004"),
        left="0.006",
    ),
    Closing(name="adl", words="auto-deleveraging", act=lambda venue: venue.deleverages(execution="CALCULATED")),
    Closing(
        name="adl-trade",
        words="auto-deleveraging told as a trade",
        act=lambda venue: venue.deleverages(execution="TRADE"),
    ),
    Closing(
        name="adl-part",
        words="auto-deleveraging of a part",
        act=lambda venue: venue.deleverages("0.004", execution="TRADE"),
        left="0.006",
    ),
    Closing(name="settlement", words="the settlement of a delisted symbol", act=lambda venue: venue.delists()),
)
