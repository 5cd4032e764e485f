"""Purges and lists of orders: one whose orders are all forgotten is forgotten, one that has an order left is not."""

from conformance.cases.purges import EVERYTHING, ORDERS, ORDERS_FIRST, Purge
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    Trader,
    Venue,
    case,
    equal,
    limit,
    market_order,
    stop_market,
)

_NAMES = (("LIST-1-1", "LIST-1-2"), ("LIST-2-1", "LIST-2-2"))
_HOW = (AxisValue(name="beside", words="beside one of which both ended"), AxisValue(name="alone", words="alone"))


async def _lists(trader: Trader, market: Market, names: tuple[str, str]) -> list[Order]:
    prices = (market.below_last("3%"), market.below_last("4%"))
    requests = [limit("BUY", "0.010", price).named(name) for name, price in zip(names, prices, strict=True)]
    orders = await trader.submit_list(requests)
    for order in orders:
        await order.reaches("ACCEPTED")
    return orders


async def _ends(order: Order) -> None:
    await order.cancel()
    await order.reaches("CANCELED")


async def _known(trader: Trader) -> list[tuple[str, ...]]:
    """Return the lists that the cache names, each by the orders that it was made of."""
    return sorted(tuple(row["client_order_ids"]) for row in (await trader.readouts())["order_lists"])


@case.each(
    "PURGE-090",
    axes={"purge": (ORDERS, ORDERS_FIRST, EVERYTHING), "how": _HOW},
    tier="full",
    core=["orders.beside"],
    rule="Current All Open Orders: what is open stays open whatever a client forgets",
    needs=["order_lists", "unrecordable"],
)
async def test_purge_forgets_the_list_of_forgotten_orders(
    trader: Trader, market: Market, venue: Venue, purge: Purge, how: AxisValue
) -> None:
    """After a purge of {purge}, a list of which one order rests, {how}, MUST be named, and none that has none left."""
    first = await _lists(trader, market, _NAMES[0]) if how.name == "beside" else []
    ended, resting = await _lists(trader, market, _NAMES[1])
    for order in (*first, ended):
        await _ends(order)
    await trader.settles()

    await purge.does(trader)

    left = tuple(order.id for order in (ended, resting))
    equal("lists that the trader knows", await _known(trader), [left])
    await resting.stands("ACCEPTED")
    await _ends(resting)
    await venue.confirms(resting, "CANCELED")
    await trader.settles()
    await purge.does(trader)
    equal("lists that the trader knows", await _known(trader), [])


_ENDED = ("CANCELED", "REJECTED", "DENIED")


@case.each(
    "PURGE-095",
    axes={"purge": (ORDERS, EVERYTHING), "contingency": ("ouo", "oco")},
    tier="full",
    core=["orders.ouo"],
    rule="Position Information V3: what trades is held, whatever a client has forgotten of it",
    needs=["brackets", "order_lists", "unrecordable"],
)
async def test_purge_forgets_the_bracket_of_forgotten_orders(
    trader: Trader, market: Market, purge: Purge, contingency: str
) -> None:
    """After a purge of {purge} a bracket of {contingency} whose orders have all ended MUST NOT be named any more."""
    passes_over_what_is_free(trader)
    entry, *exits = await trader.bracket(
        market_order("BUY", "0.010"),
        limit("SELL", "0.010", market.above_last("2%")),
        stop_market("SELL", "0.010", trigger=market.below_last("4%")),
        contingency=contingency.upper(),
    )
    # Most versions refuse it as a whole: LIST-020 is about that.
    await entry.reaches("FILLED", "DENIED")
    await trader.has_its_answers()
    await trader.settles()
    for order in exits:
        if order.state not in _ENDED:
            await order.cancel()
            await trader.settles()
    equal("exits that have not ended", [order.state for order in exits if order.state not in _ENDED], [])

    await purge.does(trader)

    equal("lists that the trader knows", await _known(trader), [])
