"""Execution algorithms: an order that the trader itself cuts up, and sends slice by slice as orders of their own."""

from decimal import Decimal

from conformance.cases.emulated import NEEDS, UNASKED
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
    stop_market,
)

_ASKED = market_order("BUY", "0.010").but(
    exec_algorithm_id="TWAP", exec_algorithm_params={"horizon_secs": 0.6, "interval_secs": 0.3}
)

#: As a factory makes them by `use_uuid_client_order_ids`: as long as the venue takes.
_UUID = "6f1c2d34-9a7b-4c58-8e21-0b9d3f4a5c6e"


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
    "ALG-420",
    rule="New Order: newClientOrderId ^[\\.A-Z\\:/a-z0-9_-]{1,36}$, which a UUID fills",
    # The id is the case's own, and free on an account of its own alone.
    needs=["twap", "unrecordable", "fresh_account"],
    trader={"twap": True},
)
async def test_slices_of_an_order_named_by_a_uuid(trader: Trader, wire: Wire) -> None:
    """An order with a UUID for its id that a TWAP cuts in two MUST come to the venue as two orders, as any other."""
    await _is_cut_in_two(trader, wire, _ASKED.named(_UUID), "BOTH")


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
    # The second slice is a second away: what is asked for meanwhile comes before it, on a busy machine too.
    apart = {"horizon_secs": 3.0, "interval_secs": 1.0}
    order = await trader.submit(_IN_THREE.but(exec_algorithm_params=apart))
    await trader.holds("0.003")

    await (trader.cancel_all() if "all" in command else order.cancel())

    await order.reaches("CANCELED")
    await order.stands("CANCELED", after_s=1.5)
    equal("slices sent", len(wire.requests("POST /fapi/v1/order", type="MARKET")), 1)
    equal("the position at the venue", Decimal(await venue.position()), Decimal("0.003"))


@case.each(
    {
        "ALG-110": {"leaves": "stop", "contingency": "OUO", "refused": "none of which is refused"},
        "ALG-111": {"leaves": "take-profit", "contingency": "OCO", "refused": "none of which is refused"},
        "ALG-112": {"leaves": "stop", "contingency": "OUO", "refused": "one of which is refused"},
        "ALG-113": {"leaves": "take-profit", "contingency": "OCO", "refused": "one of which is refused"},
    },
    rule="New Order has no contingencies; New Order, reduceOnly",
    upstream=["#3435", "f64ea98f13"],
    tier="full",
    core=["ALG-110"],
    needs=[*NEEDS, "brackets", "order_lists", "twap"],
    trader={**UNASKED, "twap": True},
)
async def test_exit_closes_what_the_slices_have_filled(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    leaves: str,
    contingency: str,
    refused: str,
) -> None:
    """The {leaves} of a held {contingency} bracket MUST close what slices, {refused}, have filled of its entry."""
    beyond = market.below_last("5%") if leaves == "stop" else market.above_last("3%")
    if refused.startswith("one"):
        refusal = {"code": -2019, "msg": "Margin is insufficient."}
        faults.answer("POST /fapi/v1/order", 400, refusal, skip=1)
    _, take, stop = await trader.bracket(
        _IN_THREE,
        limit("SELL", "0.009", market.above_last("2%")),
        stop_market("SELL", "0.009", trigger=market.below_last("4%")),
        contingency=contingency,
        emulation_trigger="LAST_PRICE",
    )
    leaving, other = (stop, take) if leaves == "stop" else (take, stop)
    await trader.holds("0.009")
    await leaving.reaches("EMULATED")

    await market.moves_to(beyond)
    await leaving.reaches("FILLED")
    await other.reaches("CANCELED")
    await trader.settles()

    sent = await wire.one("place order", newClientOrderId=leaving.id)
    equal("quantity", Decimal(sent.params["quantity"]), Decimal("0.009"))
    wire.none("place order", newClientOrderId=other.id)
    equal("the position at the venue", Decimal(await venue.position()), Decimal(0))


@case(
    "ALG-120",
    rule="New Order: a price that the trader waits for itself",
    needs=[*NEEDS, "twap"],
    trader={**UNASKED, "twap": True},
)
async def test_held_stop_is_cut_up_once_released(trader: Trader, wire: Wire, market: Market, venue: Venue) -> None:
    """A held stop that a TWAP is to carry out MUST wait for its price, and then be traded in slices, in full."""
    low = market.below_last("2%")
    stop = stop_market("SELL", "0.009", trigger=market.below_last("1%")).but(emulation_trigger="LAST_PRICE")
    order = await trader.submit(
        stop.but(exec_algorithm_id=_IN_THREE.exec_algorithm_id, exec_algorithm_params=_IN_THREE.exec_algorithm_params)
    )
    await order.reaches("EMULATED")
    wire.none("place order")

    await market.moves_to(low)
    await order.reaches("FILLED")

    await trader.holds("-0.009")
    equal("slices sent", len(wire.requests("POST /fapi/v1/order")), 3)
    equal("the position at the venue", Decimal(await venue.position()), Decimal("-0.009"))
