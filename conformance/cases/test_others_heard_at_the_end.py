"""Orders of another client that the trader hears of by their end alone: it was told not to ask at its start."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, OrderRequest, Traders, Venue, case, limit, stop_market

_NAME = "FOREIGN-1"


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """What rests at the venue before the trader starts."""

    request: Callable[[Market], OrderRequest]


@dataclass(frozen=True, kw_only=True)
class End(AxisValue):
    """How it ends; a stop has another way than an order."""

    of_order: Callable[[Venue, str], Awaitable[None]]
    of_stop: Callable[[Venue, str], Awaitable[None]]


_ORDER = Kind(name="limit", words="an order", request=lambda market: limit("BUY", "0.010", market.below_last("2%")))
_STOP = Kind(
    name="stop", words="a stop", request=lambda market: stop_market("SELL", "0.010", trigger=market.below_last("3%"))
)
_CANCELLED = End(name="cancelled", words="is cancelled", of_order=Venue.cancels, of_stop=Venue.cancels_stop)
_EXPIRED = End(name="expired", words="expires", of_order=Venue.expires, of_stop=Venue.expires_stop)


@case.each(
    "OTH-900",
    axes={"kind": (_ORDER, _STOP), "end": (_CANCELLED, _EXPIRED)},
    tier="full",
    core=["limit.cancelled"],
    rule="Event: Order Update, Algo Order Update: X is how the order stands, whatever was heard of it before",
    needs=["orders_of_others", "unclaimed_orders", "venue_acts", "unrecordable"],
    # Nothing is asked: the end is the first that the trader hears of it.
    trader={"exec_engine": {"reconciliation": False, "open_check_interval_secs": None}},
)
async def test_order_first_heard_of_at_its_end_is_not_open(
    traders: Traders, venue: Venue, market: Market, kind: Kind, end: End
) -> None:
    """Of {kind} of another client that {end}, and that it has not heard of before, the trader MUST hold none open."""
    placed = await venue.places(kind.request(market).named(_NAME))
    trader = await traders.start()
    passes_over_what_is_free(trader)

    if kind is _STOP:
        await end.of_stop(venue, str(placed["algoId"]))
    else:
        await end.of_order(venue, str(placed["orderId"]))

    await trader.settles()
    await trader.has_open(within_s=1.0)
