"""Execution algorithms: an order that the trader itself cuts up, and sends slice by slice as orders of their own."""

from decimal import Decimal

from conformance.cases.legs import HEDGED, of_leg
from conformance.kit import OrderRequest, Trader, Traders, Venue, Wire, case, equal, market_order, require

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
