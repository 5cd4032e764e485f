"""Limits that the trader's own risk engine is configured for: what is beyond them is refused here, and never sent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.largest import WHY, largest_value
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    Traders,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_limit,
    stop_market,
)

_RULE = "New Order, Modify Order: whatever margin and filters allow is taken; a lower limit is the trader's own"


@dataclass(frozen=True, kw_only=True)
class Way(AxisValue):
    """How an order of more than the limit is asked for, and the event that refuses it."""

    asked: Callable[[Trader, Market], Awaitable[Order]]
    refused: str = "DENIED"


def _submission(request: Callable[[Market], OrderRequest]) -> Callable[[Trader, Market], Awaitable[Order]]:
    async def asked(trader: Trader, market: Market) -> Order:
        return await trader.submit(request(market))

    return asked


async def _in_a_list(trader: Trader, market: Market) -> Order:
    price = market.below_last("2%")
    first, _ = await trader.submit_list([limit("BUY", "0.020", price), limit("BUY", "0.002", price)])
    return first


async def _amended(trader: Trader, market: Market) -> Order:
    order = await trader.submit(limit("BUY", "0.002", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await order.modify(quantity="0.020")
    return order


_WAYS = {
    "RISK-010": Way(
        name="limit",
        words="A limit order",
        asked=_submission(lambda m: limit("BUY", "0.020", m.below_last("2%"))),
    ),
    "RISK-020": Way(name="market", words="A market order", asked=_submission(lambda _: market_order("BUY", "0.020"))),
    "RISK-030": Way(
        name="stop",
        words="A stop",
        asked=_submission(lambda m: stop_market("BUY", "0.020", trigger=m.above_last("2%"))),
    ),
    "RISK-040": Way(
        name="stop-limit",
        words="A stop limit order",
        asked=_submission(lambda m: stop_limit("BUY", "0.020", trigger=m.above_last("2%"), price=m.above_last("3%"))),
    ),
    "RISK-050": Way(name="list", words="An order of a list", asked=_in_a_list, needs=("order_lists",)),
    "RISK-060": Way(name="amended", words="An amendment", asked=_amended, refused="MODIFY_REJECTED"),
}


@case.each(
    {case_id: {"way": way} for case_id, way in _WAYS.items()},
    tier="full",
    core=["RISK-010", "RISK-060"],
    rule=_RULE,
    needs=["risk_engine", "unrecordable"],
    profile="default",
    why=WHY,
)
async def test_order_beyond_the_largest_value_is_refused(
    traders: Traders, wire: Wire, market: Market, way: Way
) -> None:
    """{way} of more than the trader's largest value of an order MUST be refused with an event, and never be sent."""
    trader = await traders.start(**largest_value(market))

    order = await way.asked(trader, market)

    await order.reaches(way.refused)
    await trader.settles()
    sent = wire.asked(("place order", "place stop", "batch place", "modify order"))
    equal("requests of 0.020", len([each for each in sent if "0.020" in str(each.params)]), 0)


@case("RISK-070", rule=_RULE, needs=["risk_engine", "unrecordable"], profile="default", why=WHY)
async def test_order_within_the_largest_value_is_sent(traders: Traders, market: Market) -> None:
    """An order of less than the trader's largest value of an order MUST be sent, and rest."""
    trader = await traders.start(**largest_value(market))

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("ACCEPTED")


@case(
    "RISK-110",
    rule=_RULE,
    needs=["risk_engine", "unrecordable"],
    profile="default",
    why=WHY,
    trader={"risk_engine": {"max_order_submit_rate": "2/00:01:00"}},
)
async def test_orders_beyond_the_rate_are_denied(trader: Trader, wire: Wire, market: Market) -> None:
    """Where a trader may send two orders a minute, the third MUST be DENIED, and not be sent, then or later."""
    price = market.below_last("2%")
    first, second, third = [await trader.submit(limit("BUY", "0.010", price)) for _ in range(3)]

    await first.reaches("ACCEPTED")
    await second.reaches("ACCEPTED")
    await third.reaches("DENIED")
    await trader.settles()
    wire.none("place order", newClientOrderId=third.id)


@case(
    "RISK-120",
    rule=_RULE,
    needs=["risk_engine", "unrecordable"],
    profile="default",
    why=WHY,
    trader={"risk_engine": {"max_order_modify_rate": "1/00:01:00"}},
)
async def test_amendments_beyond_the_rate_are_refused(trader: Trader, wire: Wire, market: Market) -> None:
    """Where a trader may amend once a minute, the second MUST be MODIFY_REJECTED, and the order stay as it was."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await order.modify(price=str(market.below_last("3%")))
    await order.reaches("UPDATED")

    await order.modify(price=str(market.below_last("4%")))

    await order.reaches("MODIFY_REJECTED")
    equal("price", Decimal((await order.row())["price"]), market.below_last("3%"))
    await order.cancel()
    await order.reaches("CANCELED")
    equal("amendments", len(wire.asked("modify order")), 1)


@case(
    "RISK-910",
    tier="full",
    rule=_RULE,
    needs=["risk_engine", "unrecordable"],
    profile="default",
    why=WHY,
    trader={"risk_engine": {"max_order_submit_rate": "2/00:00:02"}},
)
async def test_orders_are_sent_again_once_the_time_of_the_rate_is_over(trader: Trader, market: Market) -> None:
    """Where a trader may send two orders in two seconds, the third MUST be DENIED, and one of two seconds later not."""
    price = market.below_last("2%")
    first, second, third = [await trader.submit(limit("BUY", "0.010", price)) for _ in range(3)]
    await first.reaches("ACCEPTED")
    await second.reaches("ACCEPTED")
    await third.reaches("DENIED")
    await second.stands("ACCEPTED", after_s=2.2)

    later = await trader.submit(limit("BUY", "0.010", price))

    await later.reaches("ACCEPTED")


@case(
    "RISK-920",
    rule=_RULE,
    needs=["unrecordable"],
    profile="default",
    why=WHY,
    trader={"risk_engine": {"bypass": True, "max_order_submit_rate": "1/00:01:00"}},
)
async def test_bypassed_limit_keeps_no_order_back(trader: Trader, market: Market) -> None:
    """Where the risk engine is bypassed, an order beyond the rate that is set MUST be sent, and rest."""
    price = market.below_last("2%")
    orders = [await trader.submit(limit("BUY", "0.010", price)) for _ in range(2)]

    for order in orders:
        await order.reaches("ACCEPTED")
