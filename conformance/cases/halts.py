"""How a node is told to stop, and what a strategy is to have done at the venue by then."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import Left
from conformance.kit import AxisValue, Market, Trader, Venue, equal, market_order
from conformance.subject.signals import StopSignal


@dataclass(frozen=True, kw_only=True)
class Halt(AxisValue):
    """What tells the node to stop: a call, unless it is a signal."""

    by: StopSignal | None = None


CALL = Halt(name="call", words="by a call")
SIGTERM = Halt(name="sigterm", words="by SIGTERM, as service managers do", by="SIGTERM")
SIGINT = Halt(name="sigint", words="by SIGINT, as Ctrl-C does", by="SIGINT")
HALTS = (CALL, SIGTERM, SIGINT)


@dataclass(frozen=True, kw_only=True)
class Clearing(AxisValue):
    """What the strategy does in its `on_stop`, unless its stop is managed, and the position that this leaves."""

    at_stop: Sequence[str] = ()
    left: str = "0"


CANCELS = Clearing(name="cancels", words="cancels in its on_stop", at_stop=("cancel",), left="0.010")
CANCELS_CLOSES = Clearing(name="cancels-closes", words="cancels and closes in its on_stop", at_stop=("cancel", "close"))
CLOSES_CANCELS = Clearing(name="closes-cancels", words="closes and cancels in its on_stop", at_stop=("close", "cancel"))
MANAGED = Clearing(
    name="managed",
    words="leaves its stop to the node (manage_stop)",
    needs=("market_exit",),
    trader={"strategy": {"manage_stop": True}},
)
CLEARINGS = (CANCELS, CANCELS_CLOSES, CLOSES_CANCELS, MANAGED)


async def is_long_beside(trader: Trader, market: Market, resting: Left) -> None:
    """Have the trader long 0.010, with an order at rest beside it."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    order = await trader.submit(resting.request(market))
    await order.reaches("ACCEPTED")


async def has_left(venue: Venue, position: str) -> None:
    """Require that this position is left at the venue, and no order."""
    equal("position at the venue", Decimal(await venue.position()), Decimal(position))
    equal("open orders at the venue", (await venue.books())["orders"], [])
