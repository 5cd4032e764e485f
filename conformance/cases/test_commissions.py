"""What a trade costs: a fee, nothing at all, or less than nothing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from conformance.kit import Faults, Market, Trader, Venue, case, equal, limit, market_order, require

_RULE = "Event: Order Update, n and N: will not be pushed if there is no commission"


def _free_of_charge(event: Mapping[str, Any]) -> Any:
    return {**event, "o": {name: value for name, value in event["o"].items() if name not in ("n", "N")}}


@case("ACC-150", rule=_RULE, needs=["unrecordable"])
async def test_trade_without_commission_is_booked(trader: Trader, venue: Venue, faults: Faults) -> None:
    """A trade of which no commission is told MUST be booked, at no cost or what the account pays, and be held."""
    faults.rewrite("ORDER_TRADE_UPDATE", _free_of_charge, x="TRADE")
    order = await trader.submit(market_order("BUY", "0.010"))

    filled = await order.reaches("FILLED")

    ((paid, _),) = (await venue.commissions()).values()
    booked = Decimal(filled.get("commission") or 0)
    require(booked in (0, paid), "no commission, or what the account pays", seen=f"{booked}, the account pays {paid}")
    await trader.holds("0.010")


@case("ACC-155", rule=_RULE, needs=["unrecordable", "market_moves"])
async def test_rebate_is_booked_as_less_than_nothing(trader: Trader, market: Market, faults: Faults) -> None:
    """A maker's rebate, a commission below zero, MUST be booked as such."""
    faults.rewrite("ORDER_TRADE_UPDATE", {"n": "-0.02450000"}, x="TRADE")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await market.moves_to(market.below_last("3%"))
    filled = await order.reaches("FILLED")

    equal("commission", filled.get("commission"), Decimal("-0.0245"))
