"""Limits that a house sets itself, on the value of an order and on how many it sends: its risk engine holds to them."""

from collections.abc import Callable
from decimal import Decimal

from conformance.kit import Market, OrderRequest, Trader, Venue, Wire, case, equal, limit, market_order, stop_market

_PLACING = ("place order", "place stop")


def _limit(market: Market, quantity: str) -> OrderRequest:
    return limit("BUY", quantity, market.below_last("2%"))


def _market(market: Market, quantity: str) -> OrderRequest:
    return market_order("BUY", quantity)


def _stop(market: Market, quantity: str) -> OrderRequest:
    return stop_market("BUY", quantity, trigger=market.above_last("2%"))


@case.each(
    {
        "RISK-010": {"kind": "LIMIT", "make": _limit},
        "RISK-020": {"kind": "MARKET", "make": _market},
        "RISK-030": {"kind": "STOP_MARKET", "make": _stop},
    },
    rule="New Order, New Algo Order: the venue takes what the account can pay, whatever the house allows",
    upstream=["#4011"],
    tier="full",
    core=["RISK-010"],
    needs=["risk_engine", "unrecordable"],
    trader={"risk_engine": {"max_notional_per_order": {"BTCUSDT-PERP.BINANCE": 1000}}},
)
async def test_order_above_the_house_limit_is_not_sent(
    trader: Trader, wire: Wire, market: Market, kind: str, make: Callable[[Market, str], OrderRequest]
) -> None:
    """Where an order may be worth 1000 USDT at most, a {kind} order of 1500 MUST be DENIED, and one of 500 sent."""
    small = await trader.submit(make(market, "0.010"))
    await small.reaches("FILLED" if kind == "MARKET" else "ACCEPTED")

    large = await trader.submit(make(market, "0.030"))
    await large.reaches("DENIED")

    equal("orders sent", len(wire.asked(_PLACING)), 1)


@case(
    "RISK-110",
    rule="General info, LIMITS: a house's own limit is stricter",
    tier="full",
    needs=["risk_engine", "unrecordable"],
    trader={"risk_engine": {"max_order_submit_rate": "2/00:01:00"}},
)
async def test_order_above_the_house_rate_is_not_sent(trader: Trader, wire: Wire, market: Market, venue: Venue) -> None:
    """Where two orders a minute may be sent, a third MUST be DENIED, and the two stay as they are."""
    first, second, third = [
        await trader.submit(limit("BUY", "0.010", market.below_last(f"{away}%"))) for away in (2, 3, 4)
    ]

    await third.reaches("DENIED")

    for order in (first, second):
        await order.reaches("ACCEPTED")
        await venue.confirms(order)
    equal("orders sent", len(wire.asked(_PLACING)), 2)


@case(
    "RISK-120",
    rule="General info, LIMITS: a house's own limit is stricter; Modify Order",
    tier="full",
    needs=["risk_engine", "unrecordable"],
    trader={"risk_engine": {"max_order_modify_rate": "1/00:01:00"}},
)
async def test_amendment_above_the_house_rate_is_not_sent(
    trader: Trader, wire: Wire, market: Market, venue: Venue
) -> None:
    """Where one amendment a minute may be sent, a second MUST be refused, and the order keep the first one's price."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    price: Decimal = market.below_last("3%")
    await order.modify(price=str(price))
    await order.reaches("UPDATED")

    await order.modify(price=str(market.below_last("4%")))
    await order.reaches("MODIFY_REJECTED")

    await venue.confirms(order, price=price)
    equal("amendments sent", len(wire.asked(("modify",))), 1)
