"""The two positions of a symbol in hedge mode, by what a trader itself opens."""

from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import OrderRequest, Side, Trader, Traders, Venue, market_order, require

HEDGED = {"hedge": True}
_POSITION = "BTCUSDT-PERP.BINANCE-{}"


def of_leg(request: OrderRequest, leg: str) -> OrderRequest:
    """Return the order as one for this leg (`LONG`, `SHORT`)."""
    return request.but(position_id=_POSITION.format(leg))


async def starts_with_legs(traders: Traders, venue: Venue, **legs: str) -> Trader:
    """Start in hedge mode and open these legs with the trader's own orders."""
    await venue.turns_hedge_mode_on()
    trader = await traders.start()
    passes_over_what_is_free(trader)
    for leg, quantity in legs.items():
        side: Side = "BUY" if leg == "LONG" else "SELL"
        await fills_leg(trader, market_order(side, quantity), leg)
    return trader


async def fills_leg(trader: Trader, request: OrderRequest, leg: str) -> None:
    """Have an order for this leg fill."""
    order = await trader.submit(of_leg(request, leg))
    await order.reaches("FILLED")


async def holds_legs(trader: Trader, **legs: str) -> None:
    """Require that the trader comes to hold exactly these legs, each by its own position id."""
    await trader.holds(f"{sum(Decimal(each) for each in legs.values())}")
    held = {row["position_id"]: Decimal(row["signed_qty"]) for row in (await trader.books())["positions"]}
    wanted = {_POSITION.format(leg): Decimal(quantity) for leg, quantity in legs.items()}
    require(held == wanted, "each leg held as at the venue", seen={leg: str(each) for leg, each in held.items()})
