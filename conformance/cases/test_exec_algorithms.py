"""Execution algorithms: an order that the trader itself cuts up, and sends slice by slice as orders of their own."""

from decimal import Decimal

from conformance.cases.legs import HEDGED, of_leg
from conformance.kit import (
    Faults,
    Market,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
)

_ASKED = market_order("BUY", "0.010").but(
    exec_algorithm_id="TWAP", exec_algorithm_params={"horizon_secs": 0.6, "interval_secs": 0.3}
)


async def _is_cut_in_two(trader: Trader, wire: Wire, asked: OrderRequest, side: str) -> None:
    """Submit what a TWAP cuts in two, and require both slices at the venue, filled, on the right position."""
    order = await trader.submit(asked)

    await order.reaches("FILLED")
    await trader.holds("0.010")
    slices = wire.requests("POST /fapi/v1/order")
    halves = [Decimal(each.params["quantity"]) for each in slices]
    require(halves == [Decimal("0.005")] * 2, "two slices, each of half the quantity", seen=", ".join(map(str, halves)))
    equal("positionSide sent", {each.params.get("positionSide", "BOTH") for each in slices}, {side})
    ids = {each.params["newClientOrderId"] for each in slices}
    require(len(ids) == 2, "a client order id for each slice", seen=", ".join(sorted(ids)))
    held = (await trader.books())["positions"]
    require(len(held) == 1, "one position of both slices", seen=[row["position_id"] for row in held])


@case(
    "ALG-010",
    rule="New Order: newClientOrderId, unique among open orders",
    needs=["twap", "unrecordable"],
    trader={"twap": True},
)
async def test_slices_are_orders_of_their_own(trader: Trader, wire: Wire) -> None:
    """A market order that a TWAP cuts in two MUST come to the venue as two orders, and be one position."""
    await _is_cut_in_two(trader, wire, _ASKED, "BOTH")


@case(
    "ALG-020",
    rule="New Order: positionSide must be sent in hedge mode",
    needs=["twap", "hedge", "unrecordable"],
    trader={"twap": True, **HEDGED},
)
async def test_slices_are_of_one_leg(traders: Traders, venue: Venue, wire: Wire) -> None:
    """In hedge mode each slice of an order for the LONG position MUST be sent for it, and its fill be booked on it."""
    await venue.turns_hedge_mode_on()
    trader = await traders.start()

    await _is_cut_in_two(trader, wire, of_leg(_ASKED, "LONG"), "LONG")


#: Three slices of 0.003.
_IN_THREE = market_order("BUY", "0.009").but(
    exec_algorithm_id="TWAP", exec_algorithm_params={"horizon_secs": 0.9, "interval_secs": 0.3}
)


@case.each(
    {"ALG-030": {"which": "first", "before": 0}, "ALG-031": {"which": "second", "before": 1}},
    rule="Error codes: -2019 Margin is insufficient: the order is not executed",
    upstream=["f64ea98f13"],
    tier="full",
    core=["ALG-030"],
    needs=["twap", "unrecordable"],
    trader={"twap": True},
)
async def test_refused_slice_is_made_up_for(
    trader: Trader, faults: Faults, venue: Venue, which: str, before: int
) -> None:
    """An order of 0.009 whose {which} slice of a TWAP the venue refuses MUST be traded wholly all the same."""
    refusal = {"code": -2019, "msg": "Margin is insufficient."}
    faults.answer("POST /fapi/v1/order", 400, refusal, skip=before)

    order = await trader.submit(_IN_THREE)

    await order.reaches("FILLED")
    equal("the position at the venue", Decimal(await venue.position()), Decimal("0.009"))
    await trader.holds("0.009")


@case.each(
    {
        "ALG-040": {"company": "with no order open", "command": "cancels all its orders"},
        "ALG-041": {"company": "with another order open", "command": "cancels all its orders"},
        "ALG-050": {"company": "with no order open", "command": "cancels the order"},
    },
    rule="Position Information V3: what is traded after a cancellation is held",
    tier="full",
    core=["ALG-040"],
    needs=["twap", "unrecordable"],
    trader={"twap": True},
)
async def test_cancellation_ends_the_slices(
    trader: Trader, wire: Wire, market: Market, venue: Venue, company: str, command: str
) -> None:
    """When a strategy {company} {command} in the midst of a TWAP, no slice MUST be sent any more."""
    if "another" in company:
        await (await trader.submit(limit("BUY", "0.010", market.below_last("2%")))).reaches("ACCEPTED")
    order = await trader.submit(_IN_THREE)
    await trader.holds("0.003")

    await (trader.cancel_all() if "all" in command else order.cancel())

    await order.reaches("CANCELED")
    await order.stands("CANCELED", after_s=1.0)
    equal("slices sent", len(wire.requests("POST /fapi/v1/order", type="MARKET")), 1)
    equal("the position at the venue", Decimal(await venue.position()), Decimal("0.003"))
