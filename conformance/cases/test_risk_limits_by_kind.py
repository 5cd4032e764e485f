"""The largest value of an order that a trader is configured for, on orders whose value is not price times quantity."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.cases.largest import WHY, largest_value
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Traders,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_market,
    take_profit_market,
    trailing_stop_market,
)


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """An order that is worth about twice the largest value."""

    asked: Callable[[Market], OrderRequest]


_KINDS = {
    "RISK-230": Kind(
        name="market-amount",
        words="A market order of an amount of USDT",
        asked=lambda _: market_order("BUY", "1000.000").but(quote_quantity=True),
    ),
    "RISK-231": Kind(
        name="limit-amount",
        words="A LIMIT order of an amount of USDT",
        asked=lambda m: limit("BUY", "1000.000", m.below_last("2%")).but(quote_quantity=True),
    ),
    "RISK-232": Kind(
        name="trailing",
        words="A trailing stop",
        asked=lambda m: trailing_stop_market("SELL", "0.020", callback_rate="1", activation=m.above_last("2%")),
    ),
    "RISK-233": Kind(
        name="take-profit",
        words="A take-profit",
        asked=lambda m: take_profit_market("SELL", "0.020", trigger=m.above_last("2%")),
    ),
}


_RULE = "New Order, New Algo Order: whatever margin and filters allow is taken; a lower limit is the trader's own"


@case.each(
    {case_id: {"kind": kind} for case_id, kind in _KINDS.items()},
    tier="full",
    core=["RISK-230"],
    rule=_RULE,
    needs=["risk_engine", "unrecordable"],
    profile="default",
    why=WHY,
)
async def test_order_of_any_kind_beyond_the_largest_value_is_denied(
    traders: Traders, wire: Wire, market: Market, kind: Kind
) -> None:
    """{kind} of more than the trader's largest value of an order MUST be DENIED, and nothing be sent."""
    trader = await traders.start(**largest_value(market))

    order = await trader.submit(kind.asked(market))

    await order.reaches("DENIED")
    await trader.settles()
    equal("orders sent", len(wire.asked("place")), 0)


@case(
    "RISK-234",
    rule=_RULE,
    needs=["risk_engine", "emulation", "market_moves", "unrecordable"],
    profile="default",
    why=WHY,
)
async def test_held_order_beyond_the_largest_value_is_never_sent(traders: Traders, wire: Wire, market: Market) -> None:
    """A stop of more than the largest value that the trader holds back MUST be DENIED, at its release at the latest."""
    trader = await traders.start(**largest_value(market))
    stop = stop_market("SELL", "0.020", trigger=market.below_last("2%")).but(emulation_trigger="LAST_PRICE")
    order = await trader.submit(stop)
    await trader.settles()

    await market.moves_to(market.below_last("3%"))

    await order.reaches("DENIED")
    equal("orders sent", len(wire.asked("place")), 0)
