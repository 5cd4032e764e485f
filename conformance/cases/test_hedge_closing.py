"""Hedge mode, by what a trader itself has opened: stops that close a leg, and orders of both legs on one side."""

from conformance.cases.legs import HEDGED, fills_leg, holds_legs, of_leg, starts_with_legs
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    Market,
    Side,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_market,
)


@case.each(
    {"HEDGE-310": {"leg": "LONG", "side": "SELL"}, "HEDGE-311": {"leg": "SHORT", "side": "BUY"}},
    rule="New Order, closePosition: in hedge mode not with BUY of LONG, nor with SELL of SHORT",
    upstream=["#4732"],
    needs=["hedge", "close_position_stops", "market_moves", "unrecordable"],
    trader=HEDGED,
)
async def test_stop_closes_the_whole_leg(
    traders: Traders, venue: Venue, market: Market, wire: Wire, leg: str, side: Side
) -> None:
    """In hedge mode a stop that closes the {leg} position MUST be sent for it, close it whole, and leave the other."""
    trader = await starts_with_legs(traders, venue, LONG="0.010", SHORT="0.004")
    trigger, beyond = ("2%", "3%")
    falls = leg == "LONG"
    price = market.below_last(trigger) if falls else market.above_last(trigger)
    request = stop_market(side, "0.010" if falls else "0.004", trigger=price)

    stop = await trader.submit(of_leg(request.but(close_position=True), leg))
    await stop.reaches("ACCEPTED")
    await market.moves_to(market.below_last(beyond) if falls else market.above_last(beyond))
    await stop.reaches("FILLED")

    equal("positionSide", (await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=stop.id)).params["positionSide"], leg)
    await holds_legs(trader, **({"SHORT": "-0.004"} if falls else {"LONG": "0.010"}))


@case.each(
    {"HEDGE-320": {"first": "the opening one"}, "HEDGE-321": {"first": "the closing one"}},
    rule="New Order, positionSide",
    upstream=["#4422"],
    needs=["hedge", "unrecordable"],
    trader=HEDGED,
)
async def test_sells_of_both_legs(traders: Traders, venue: Venue, first: str) -> None:
    """In hedge mode two sells, one to close LONG and one to open SHORT, {first} first, MUST each be of its leg."""
    trader = await starts_with_legs(traders, venue, LONG="0.010")
    closing = (market_order("SELL", "0.010", reduce_only=True), "LONG")
    opening = (market_order("SELL", "0.006"), "SHORT")

    for request, leg in (opening, closing) if first == "the opening one" else (closing, opening):
        await fills_leg(trader, request, leg)

    await holds_legs(trader, SHORT="-0.006")


@case.each(
    {
        "HEDGE-910": {"leg": "LONG", "left": {"SHORT": "-0.004"}},
        "HEDGE-911": {"leg": "SHORT", "left": {"LONG": "0.010"}},
    },
    tier="full",
    core=["HEDGE-910"],
    rule="New Order, positionSide; NautilusTrader, close_all_positions: position_side",
    needs=["hedge", "close_position", "unrecordable"],
    trader=HEDGED,
)
async def test_one_leg_is_closed_by_its_side(traders: Traders, venue: Venue, leg: str, left: dict[str, str]) -> None:
    """In hedge mode closing all positions that are {leg} MUST close that leg, and leave the other as it is."""
    trader = await starts_with_legs(traders, venue, LONG="0.010", SHORT="0.004")

    closing = await trader.close_all_positions(side=leg)

    for order in closing:
        await order.reaches("FILLED")
    await holds_legs(trader, **left)


@case(
    "HEDGE-330",
    rule="Event: Order Update, ps",
    needs=["hedge", "market_moves", "unrecordable", "orders_of_others"],
    trader=HEDGED,
)
async def test_inherited_order_fills_its_leg(traders: Traders, venue: Venue, market: Market) -> None:
    """In hedge mode an order of the SHORT leg from before the start MUST fill that leg, in each of its parts."""
    await venue.turns_hedge_mode_on()
    request = limit("SELL", "0.006", market.above_last("2%")).named("LEFT-1")
    row = await venue.places(request, positionSide="SHORT", reduceOnly="")
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await fills_leg(trader, market_order("BUY", "0.010"), "LONG")

    await market.takes(str(row["orderId"]), "0.002")
    await trader.holds("0.008")
    await market.takes(str(row["orderId"]), "0.004")

    await holds_legs(trader, LONG="0.010", SHORT="-0.006")
