"""Hedge mode, by what a trader itself has opened: stops that close a leg, and orders of both legs on one side."""

from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    Market,
    OrderRequest,
    Side,
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

_HEDGED = {"hedge": True}
_LEG = "BTCUSDT-PERP.BINANCE-{}"


async def _starts(traders: Traders, venue: Venue, **legs: str) -> Trader:
    """Start in hedge mode and open these legs with the trader's own orders."""
    await venue.turns_hedge_mode_on()
    trader = await traders.start()
    passes_over_what_is_free(trader)
    for leg, quantity in legs.items():
        side: Side = "BUY" if leg == "LONG" else "SELL"
        await _fills(trader, market_order(side, quantity), leg)
    return trader


async def _fills(trader: Trader, request: OrderRequest, leg: str) -> None:
    order = await trader.submit(request.but(position_id=_LEG.format(leg)))
    await order.reaches("FILLED")


async def _holds(trader: Trader, **legs: str) -> None:
    await trader.holds(f"{sum(Decimal(each) for each in legs.values())}")
    held = {row["position_id"]: Decimal(row["signed_qty"]) for row in (await trader.books())["positions"]}
    wanted = {_LEG.format(leg): Decimal(quantity) for leg, quantity in legs.items()}
    require(held == wanted, "each leg held as at the venue", seen={leg: str(each) for leg, each in held.items()})


@case.each(
    {"HEDGE-310": {"leg": "LONG", "side": "SELL"}, "HEDGE-311": {"leg": "SHORT", "side": "BUY"}},
    rule="New Order, closePosition: in hedge mode not with BUY of LONG, nor with SELL of SHORT",
    upstream=["#4732"],
    needs=["hedge", "close_position_stops", "market_moves", "unrecordable"],
    trader=_HEDGED,
)
async def test_stop_closes_the_whole_leg(
    traders: Traders, venue: Venue, market: Market, wire: Wire, leg: str, side: Side
) -> None:
    """In hedge mode a stop that closes the {leg} position MUST be sent for it, close it whole, and leave the other."""
    trader = await _starts(traders, venue, LONG="0.010", SHORT="0.004")
    trigger, beyond = ("2%", "3%")
    falls = leg == "LONG"
    price = market.below_last(trigger) if falls else market.above_last(trigger)
    request = stop_market(side, "0.010" if falls else "0.004", trigger=price)

    stop = await trader.submit(request.but(close_position=True, position_id=_LEG.format(leg)))
    await stop.reaches("ACCEPTED")
    await market.moves_to(market.below_last(beyond) if falls else market.above_last(beyond))
    await stop.reaches("FILLED")

    equal("positionSide", (await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=stop.id)).params["positionSide"], leg)
    await _holds(trader, **({"SHORT": "-0.004"} if falls else {"LONG": "0.010"}))


@case.each(
    {"HEDGE-320": {"first": "the opening one"}, "HEDGE-321": {"first": "the closing one"}},
    rule="New Order, positionSide",
    upstream=["#4422"],
    needs=["hedge", "unrecordable"],
    trader=_HEDGED,
)
async def test_sells_of_both_legs(traders: Traders, venue: Venue, first: str) -> None:
    """In hedge mode two sells, one to close LONG and one to open SHORT, {first} first, MUST each be of its leg."""
    trader = await _starts(traders, venue, LONG="0.010")
    closing = (market_order("SELL", "0.010", reduce_only=True), "LONG")
    opening = (market_order("SELL", "0.006"), "SHORT")

    for request, leg in (opening, closing) if first == "the opening one" else (closing, opening):
        await _fills(trader, request, leg)

    await _holds(trader, SHORT="-0.006")


@case(
    "HEDGE-330",
    rule="Event: Order Update, ps",
    needs=["hedge", "market_moves", "unrecordable", "orders_of_others"],
    trader=_HEDGED,
)
async def test_inherited_order_fills_its_leg(traders: Traders, venue: Venue, market: Market) -> None:
    """In hedge mode an order of the SHORT leg from before the start MUST fill that leg, in each of its parts."""
    await venue.turns_hedge_mode_on()
    request = limit("SELL", "0.006", market.above_last("2%")).named("LEFT-1")
    row = await venue.places(request, positionSide="SHORT", reduceOnly="")
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await _fills(trader, market_order("BUY", "0.010"), "LONG")

    await market.takes(str(row["orderId"]), "0.002")
    await trader.holds("0.008")
    await market.takes(str(row["orderId"]), "0.004")

    await _holds(trader, LONG="0.010", SHORT="-0.006")
