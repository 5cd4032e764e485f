"""What is measured: two intervals of an order's way, for each kind of order."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class OrderKind(StrEnum):
    """A kind of order that is measured.

    Market orders that close a position are a kind of their own: 1.231.0 was seen to take four times as long over their
    fills as 1.226.0, and as long as it over any other, which a mixture of the two hides.
    """

    MARKET = "market"
    """A market order that opens a position."""
    CLOSING = "closing-market"
    """A market order that closes it."""
    LIMIT = "limit"
    """Accepted to rest in the book, and cancelled before the next one."""

    @property
    def shown(self) -> str:
        """The kind as reports write it."""
        return self.replace("-", " ")

    @property
    def state(self) -> str:
        """The trader's state that this order is sent to reach, as `conformance.kit.trader.state_after` names it."""
        return "ACCEPTED" if self is OrderKind.LIMIT else "FILLED"

    @property
    def venue_status(self) -> str:
        """The order status (`X`) of the venue's frame that brings the trader to `state`."""
        return "NEW" if self is OrderKind.LIMIT else "FILLED"


class Interval(StrEnum):
    """A stretch of an order's way. Both ends are stamped with CLOCK_MONOTONIC, on one machine."""

    SUBMIT_TO_REQUEST = "submit-to-request"
    """From the strategy's native call to the arrival of the request's head at the gateway."""
    FRAME_TO_EVENT = "frame-to-event"
    """From the passing of the venue's frame at the gateway to the event in the strategy."""

    @property
    def shown(self) -> str:
        """The interval as reports write it."""
        return self.replace("-to-", " → ")


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One interval of one kind of order: what a budget speaks about."""

    orders: OrderKind
    interval: Interval

    @property
    def key(self) -> str:
        """The series in a stored measurement and in benchmark names: `market/submit-to-request`."""
        return f"{self.orders}/{self.interval}"

    @property
    def shown(self) -> str:
        """The series as reports write it: `market submit → request`."""
        return f"{self.orders.shown} {self.interval.shown}"

    @classmethod
    def of(cls, key: str) -> Self:
        """Return the series of a key; raises ValueError for any other text."""
        orders, _, interval = key.partition("/")
        return cls(OrderKind(orders), Interval(interval))


SERIES: tuple[Series, ...] = tuple(Series(orders, interval) for orders in OrderKind for interval in Interval)
"""Everything that is measured."""
