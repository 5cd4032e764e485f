"""An order that its strategy ends in the very handler that submitted it: nothing of it stays live unheard of."""

from dataclasses import dataclass

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, OrderRequest, Trader, Venue, case, equal, limit, stop_market
from conformance.kit.trader import Ending


@dataclass(frozen=True, kw_only=True)
class Ended(AxisValue):
    """The command by which the strategy ends it."""

    then: Ending


KINDS = (AxisValue(name="limit", words="a LIMIT order"), AxisValue(name="stop", words="a stop"))
BY = (
    Ended(name="cancel", words="cancelled", then="cancel"),
    Ended(name="cancel-all", words="cancelled with all others", then="cancel_all"),
    Ended(name="market-exit", words="ended by a market exit", then="market_exit", needs=("market_exit",)),
)


def _request(kind: str, market: Market) -> OrderRequest:
    if kind == "stop":
        return stop_market("SELL", "0.010", trigger=market.below_last("4%"))
    return limit("BUY", "0.010", market.below_last("2%"))


@case.each(
    "CXL-180",
    axes={"kind": KINDS, "by": BY},
    tier="full",
    core=["limit.cancel-all", "stop.cancel-all", "limit.market-exit", "limit.cancel"],
    rule="NautilusTrader, cancel_all_orders: all of the strategy's orders; New Order; Cancel Order",
    needs=["unrecordable"],
)
async def test_order_is_ended_in_the_handler_that_submits_it(
    trader: Trader, market: Market, venue: Venue, kind: AxisValue, by: Ended
) -> None:
    """{kind} that is {by} in the handler that submitted it MUST end, or be told as not cancelled and end the next time.

    Which of the two it is may depend on what the venue has first.
    """
    passes_over_what_is_free(trader)
    order = await trader.submit(_request(kind.name, market), then=by.then)

    await order.reaches("CANCELED", "CANCEL_REJECTED", "DENIED", "REJECTED", within_s=3.0)

    await trader.settles()
    if (await order.row())["open"]:
        await order.cancel()
        await order.reaches("CANCELED")
    await venue.confirms(order)
    equal("open orders of the venue", len((await venue.books())["orders"]), 0)
