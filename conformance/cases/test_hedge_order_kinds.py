"""Hedge mode, kind by kind: whatever an order is, it names its leg, and stands as at the venue."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.cases.legs import of_leg
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_limit,
    stop_market,
    take_profit_limit,
    take_profit_market,
    trailing_stop_market,
)


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """An order for the long position of a hedged account, that rests."""

    asked: Callable[[Market], OrderRequest]


KINDS = (
    Kind(name="limit", words="a LIMIT order", asked=lambda m: limit("BUY", "0.010", m.below_last("3%"))),
    Kind(
        name="stop-limit",
        words="a STOP",
        asked=lambda m: stop_limit("BUY", "0.010", trigger=m.above_last("3%"), price=m.above_last("4%")),
    ),
    Kind(
        name="take-market",
        words="a TAKE_PROFIT_MARKET",
        asked=lambda m: take_profit_market("BUY", "0.010", trigger=m.below_last("3%")),
    ),
    Kind(
        name="take-limit",
        words="a TAKE_PROFIT",
        asked=lambda m: take_profit_limit("BUY", "0.010", trigger=m.below_last("3%"), price=m.below_last("2%")),
    ),
    Kind(
        name="trailing",
        words="a TRAILING_STOP_MARKET",
        asked=lambda m: trailing_stop_market("BUY", "0.010", activation=m.below_last("3%"), callback_rate="1"),
    ),
    Kind(
        name="close",
        words="a stop that closes the position",
        asked=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("3%")).but(close_position=True),
    ),
)


@case.each(
    {f"HEDGE-{210 + number}": {"kind": kind} for number, kind in enumerate(KINDS)},
    rule="New Order, New Algo Order: positionSide must be sent in hedge mode",
    upstream=["#4312", "#4732"],
    needs=["hedge", "unrecordable"],
    trader={"hedge": True},
)
async def test_order_of_any_kind_names_its_leg(
    traders: Traders, venue: Venue, wire: Wire, market: Market, kind: Kind
) -> None:
    """In hedge mode {kind} for the long position MUST be sent with its side of it, and rest there as at the venue."""
    await venue.turns_hedge_mode_on()
    trader = await traders.start()
    passes_over_what_is_free(trader)
    entry = await trader.submit(of_leg(market_order("BUY", "0.010"), "LONG"))
    await entry.reaches("FILLED")

    order = await trader.submit(of_leg(kind.asked(market), "LONG"))
    await order.reaches("ACCEPTED")

    if kind.name == "limit":
        request = await wire.one("POST /fapi/v1/order", newClientOrderId=order.id)
    else:
        request = await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)
    sent = request.params
    equal("positionSide", sent["positionSide"], "LONG")
    require("reduceOnly" not in sent, "no reduceOnly in hedge mode", seen=sent.get("reduceOnly"))
    await trader.settles()
    await order.stands("ACCEPTED")
