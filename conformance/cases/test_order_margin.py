"""What an order costs: it is sent where the account has the margin for it, and an exit is sent whatever is free."""

import asyncio
from collections.abc import Callable

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    Faults,
    Market,
    OrderRequest,
    Traders,
    Venue,
    case,
    limit,
    market_order,
    stop_market,
)

_RULE = "New Order: the initial margin of an order is its notional by the leverage; reduce-only orders need none"


EXITS: dict[str, tuple[Callable[[Market], OrderRequest], str]] = {
    "market order": (lambda _: market_order("SELL", "0.010", reduce_only=True), "FILLED"),
    "LIMIT order": (lambda m: limit("SELL", "0.010", m.above_last("2%"), reduce_only=True), "ACCEPTED"),
    "stop": (lambda m: stop_market("SELL", "0.010", trigger=m.below_last("2%"), reduce_only=True), "ACCEPTED"),
}
"""Orders that close a long position of 0.010, and what each comes to."""


@case("ACC-310", rule=_RULE, upstream=["#3420"], needs=["account_leverage", "unrecordable", "venue_acts"])
async def test_order_that_the_account_can_pay_is_sent(traders: Traders, venue: Venue, market: Market) -> None:
    """An order for 490 USDT at 20 times leverage MUST be sent by an account of 40 USDT, and rest at the venue."""
    await venue.changes_leverage(20)
    await venue.transfers("-9960")
    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("ACCEPTED")


@case.each(
    {"ACC-320": {"kind": "market order"}, "ACC-321": {"kind": "LIMIT order"}, "ACC-322": {"kind": "stop"}},
    tier="full",
    core=["ACC-320", "ACC-322"],
    rule=_RULE,
    needs=["unrecordable", "venue_acts"],
)
async def test_exit_is_sent_whatever_is_free(traders: Traders, venue: Venue, market: Market, kind: str) -> None:
    """A reduce-only {kind} that closes the position MUST be sent, though next to nothing of the account is free."""
    await venue.changes_leverage(20)
    trader = await traders.start()
    passes_over_what_is_free(trader)
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    await venue.transfers("-9970")
    await trader.settles()

    make, reached = EXITS[kind]
    order = await trader.submit(make(market))

    await order.reaches(reached)


@case.each(
    {"ACC-330": {"how": "at once"}, "ACC-331": {"how": "one after the other"}, "ACC-332": {"how": "as a list"}},
    tier="full",
    core=["ACC-330"],
    rule=_RULE,
    upstream=["#3420"],
    needs=["account_leverage", "order_lists", "unrecordable", "venue_acts"],
)
async def test_orders_that_the_account_can_pay_together_are_sent(
    traders: Traders, venue: Venue, market: Market, faults: Faults, how: str
) -> None:
    """Two orders for 490 USDT each, at 20 times leverage, MUST both be sent {how} by an account of 80 USDT."""
    await venue.changes_leverage(20)
    await venue.transfers("-9920")
    trader = await traders.start()
    asked = [limit("BUY", "0.010", market.below_last(percent)) for percent in ("2%", "3%")]
    both = asyncio.Event()

    if how == "as a list":
        orders = await trader.submit_list(asked)
    else:
        if how == "at once":
            faults.delay("place order", until=both, times=2, optional=True)
        orders = []
        for request in asked:
            orders.append(await trader.submit(request))
            if how != "at once":
                await orders[-1].reaches("ACCEPTED")
        both.set()

    for order in orders:
        await order.stands("ACCEPTED")


@case.each(
    {"ACC-340": {"to": "0.012", "much": "29.40"}, "ACC-341": {"to": "0.006", "much": "14.70"}},
    tier="full",
    core=["ACC-340"],
    rule=_RULE,
    needs=["account_leverage", "unrecordable", "venue_acts"],
)
async def test_amendment_that_the_account_can_pay_is_sent(
    traders: Traders, venue: Venue, market: Market, to: str, much: str
) -> None:
    """An amendment by which an order costs {much} USDT, at 20 times leverage, MUST be done by an account of 30 USDT."""
    await venue.changes_leverage(20)
    await venue.transfers("-9970")
    trader = await traders.start()
    order = await trader.submit(limit("BUY", "0.005", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await order.modify(quantity=to)

    await order.reaches("UPDATED")
    await venue.confirms(order)
