"""What becomes of an order or a stop that was left, while no trader runs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.inherited import NAME, TAKE_PROFIT, Estate, Left, venue_id
from conformance.kit import AxisValue


@dataclass(frozen=True, kw_only=True)
class Meanwhile(AxisValue):
    """What happens to the order while no trader runs, and how it then stands ("": open as before)."""

    does: Callable[[Estate, Left], Awaitable[None]]
    status: str


async def _nothing(estate: Estate, left: Left) -> None:
    pass


async def _fills(estate: Estate, left: Left) -> None:
    await estate.takes(f"{left.rest:f}")


async def _fills_in_part(estate: Estate, left: Left) -> None:
    await estate.takes("0.003")


async def _is_cancelled(estate: Estate, left: Left) -> None:
    await estate.venue.cancels(await venue_id(estate.venue, NAME))


async def _fills_and_is_cancelled(estate: Estate, left: Left) -> None:
    await _fills_in_part(estate, left)
    await _is_cancelled(estate, left)


async def _is_amended(estate: Estate, left: Left) -> None:
    number, price = await venue_id(estate.venue, NAME), estate.market.below_last("5%")
    await estate.venue.amends(number, "BUY", quantity="0.012", price=price)


async def _expires(estate: Estate, left: Left) -> None:
    await estate.venue.expires(await venue_id(estate.venue, NAME))


async def _fills_and_expires(estate: Estate, left: Left) -> None:
    await _fills_in_part(estate, left)
    await _expires(estate, left)


MEANWHILE = (
    Meanwhile(name="nothing", words="left alone", does=_nothing, status=""),
    Meanwhile(name="filled", words="filled", does=_fills, status="FILLED"),
    Meanwhile(name="partly-filled", words="filled in part", does=_fills_in_part, status="PARTIALLY_FILLED"),
    Meanwhile(name="cancelled", words="cancelled", does=_is_cancelled, status="CANCELED"),
    Meanwhile(
        name="filled-and-cancelled",
        words="filled in part and cancelled",
        does=_fills_and_is_cancelled,
        status="CANCELED",
    ),
    Meanwhile(name="amended", words="amended", does=_is_amended, status=""),
    Meanwhile(name="expired", words="expired", does=_expires, status="EXPIRED"),
    Meanwhile(name="filled-and-expired", words="filled in part and expired", does=_fills_and_expires, status="EXPIRED"),
)


async def _triggers(estate: Estate, left: Left) -> None:
    if left is TAKE_PROFIT:
        await estate.market.moves_to(estate.market.above_last("4%"))
    else:
        await estate.market.moves_to(estate.market.below_last("6%"))


async def _triggers_and_fills(estate: Estate, left: Left) -> None:
    await _triggers(estate, left)
    await estate.market.moves_to(estate.market.above_last("8%"))


async def _triggers_and_is_cancelled(estate: Estate, left: Left) -> None:
    await _triggers(estate, left)
    await _is_cancelled(estate, left)


async def _stop_is_cancelled(estate: Estate, left: Left) -> None:
    await estate.venue.cancels_stop(await venue_id(estate.venue, NAME))


async def _stop_expires(estate: Estate, left: Left) -> None:
    await estate.venue.expires_stop(await venue_id(estate.venue, NAME))


async def _is_refused(estate: Estate, left: Left) -> None:
    await estate.venue.rejects_at_trigger(await venue_id(estate.venue, NAME))
    await _triggers(estate, left)


STOPPED = (
    Meanwhile(name="nothing", words="left alone", does=_nothing, status="ACCEPTED"),
    Meanwhile(name="filled", words="triggered and filled", does=_triggers_and_fills, status="FILLED"),
    Meanwhile(name="resting", words="triggered, and resting,", does=_triggers, status=""),
    Meanwhile(
        name="triggered-and-cancelled",
        words="triggered and cancelled",
        does=_triggers_and_is_cancelled,
        status="CANCELED",
    ),
    Meanwhile(name="cancelled", words="cancelled", does=_stop_is_cancelled, status="CANCELED"),
    Meanwhile(name="expired", words="expired", does=_stop_expires, status="EXPIRED"),
    Meanwhile(name="rejected", words="refused at its trigger", does=_is_refused, status="REJECTED"),
)
