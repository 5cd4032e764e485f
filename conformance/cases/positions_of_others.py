"""What another client of the account does to a long position of 0.010, and what there is of it afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.kit import AxisValue, Venue, market_order


@dataclass(frozen=True, kw_only=True)
class Change(AxisValue):
    """What another client does to the position, and what there is of it afterwards."""

    does: Callable[[Venue], Awaitable[None]]
    of_long: str


async def _grows(venue: Venue) -> None:
    await venue.places(market_order("BUY", "0.005").named("FOREIGN-BUY"))


async def reduces(venue: Venue) -> None:
    """Sell 0.004 of it."""
    await venue.closes_position("0.004")


async def _closes(venue: Venue) -> None:
    await venue.closes_position()


async def _flips(venue: Venue) -> None:
    await venue.places(market_order("SELL", "0.015").named("FOREIGN-SELL"))


async def _closes_and_opens(venue: Venue) -> None:
    await venue.closes_position()
    await venue.places(market_order("SELL", "0.003").named("FOREIGN-SELL"))


GROWN = Change(name="grown", words="adds to it", does=_grows, of_long="0.015")
REDUCED = Change(name="reduced", words="reduces it", does=reduces, of_long="0.006")
CLOSED = Change(name="closed", words="closes it", does=_closes, of_long="0")
FLIPPED = Change(name="flipped", words="turns it around", does=_flips, of_long="-0.005")
REPLACED = Change(name="replaced", words="closes it and opens the opposite", does=_closes_and_opens, of_long="-0.003")
CHANGES = (GROWN, REDUCED, CLOSED, FLIPPED, REPLACED)
