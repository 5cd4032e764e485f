"""What happens on an account while a trader waits for an answer, and the questions that it asks of that."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.inherited import venue_id
from conformance.cases.situations import UNCHECKED
from conformance.kit import AxisValue, Market, Venue, market_order

LEFT_LIMIT, LEFT_STOP = "EARLIER-LIMIT", "EARLIER-STOP"


@dataclass(frozen=True)
class Account:
    """An account with a long position of 0.010, on which something happens while the trader asks."""

    venue: Venue
    market: Market

    async def grows(self) -> None:
        """Let another client add to the position."""
        await self.venue.places(market_order("BUY", "0.004").named("FOREIGN-ENTRY"))

    async def is_closed(self) -> None:
        """Let another client close the position."""
        await self.venue.closes_position()

    async def limit_fills(self) -> None:
        """Let the limit order fill."""
        await self.market.takes(await venue_id(self.venue, LEFT_LIMIT), "0.010")

    async def limit_fills_in_part(self) -> None:
        """Let a part of the limit order fill."""
        await self.market.takes(await venue_id(self.venue, LEFT_LIMIT), "0.004")

    async def limit_fills_by_another_part(self) -> None:
        """Let some more of the limit order fill, not all."""
        await self.market.takes(await venue_id(self.venue, LEFT_LIMIT), "0.002")

    async def limit_is_amended(self) -> None:
        """Let another client amend the limit order."""
        price = self.market.below_last("3%")
        await self.venue.amends(await venue_id(self.venue, LEFT_LIMIT), "BUY", quantity="0.012", price=price)

    async def limit_is_cancelled(self) -> None:
        """Let another client cancel the limit order."""
        await self.venue.cancels(await venue_id(self.venue, LEFT_LIMIT))

    async def stop_is_cancelled(self) -> None:
        """Let another client cancel the stop."""
        await self.venue.cancels_stop(await venue_id(self.venue, LEFT_STOP))


@dataclass(frozen=True, kw_only=True)
class Happens(AxisValue):
    """What happens, and which order it leaves in which state, if any."""

    does: Callable[[Account], Awaitable[None]]
    order: str = ""
    status: str = ""
    before: Callable[[Account], Awaitable[None]] | None = None
    """What has happened, and been told, before anybody asks."""


FILLED = Happens(
    name="filled", words="its limit order fills", does=Account.limit_fills, order=LEFT_LIMIT, status="FILLED"
)
IN_PART = Happens(
    name="in-part",
    words="a part of its limit order fills",
    does=Account.limit_fills_in_part,
    order=LEFT_LIMIT,
    status="PARTIALLY_FILLED",
)
CANCELLED = Happens(
    name="cancelled",
    words="its limit order is cancelled",
    does=Account.limit_is_cancelled,
    order=LEFT_LIMIT,
    status="CANCELED",
)
CLOSED = Happens(
    name="closed", words="another client closes its position", does=Account.is_closed, needs=("orders_of_others",)
)
GROWN = Happens(
    name="grown", words="another client adds to its position", does=Account.grows, needs=("orders_of_others",)
)
STOP_CANCELLED = Happens(
    name="stop-cancelled",
    words="its stop is cancelled",
    does=Account.stop_is_cancelled,
    order=LEFT_STOP,
    status="CANCELED",
)
MORE = Happens(
    name="more",
    words="another part of its limit order fills",
    before=Account.limit_fills_in_part,
    does=Account.limit_fills_by_another_part,
    order=LEFT_LIMIT,
    status="PARTIALLY_FILLED",
)
AMENDED = Happens(
    name="amended",
    words="another client amends its limit order",
    does=Account.limit_is_amended,
    order=LEFT_LIMIT,
    status="ACCEPTED",
)
HAPPENS = (FILLED, IN_PART, CANCELLED, CLOSED, GROWN, STOP_CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Question(AxisValue):
    """What is asked."""

    asked: tuple[str, ...]
    one: str = ""
    """How a single one is asked for, if it is."""

    def about(self, order: str) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
        """Return the questions that may tell of `order`, each with its parameters; "" stands for any order.

        A trader that asks for each of its orders takes them in any sequence, and waits for the answer to each.
        """
        if not order or not self.one:
            return [(self.asked, {})]
        return [(self.lists, {}), ((self.one,), {"origClientOrderId": order})]

    @property
    def lists(self) -> tuple[str, ...]:
        """The questions for all of them."""
        return tuple(asked for asked in self.asked if asked != self.one)


ORDERS = Question(
    name="orders", words="its orders", asked=("open orders order", "all orders order", "query order"), one="query order"
)
STOPS = Question(name="stops", words="its stops", asked=("open orders stop", "all orders stop", "query stop"))
POSITIONS = Question(name="positions", words="its positions", asked=("positions",))
#: Each by the only check that there is: which of two learns of something first is their own race.
BY_ONE_CHECK = (
    replace(POSITIONS, trader=UNCHECKED),
    replace(ORDERS, trader={"exec_engine": {"position_check_interval_secs": None}}),
)
