"""Cancelling all orders of a symbol, or of one side of it: what an algorithm carries out elsewhere goes on."""

from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Market, Trader, Venue, case, equal, limit, market_order

_RULE = "Cancel All Open Orders: all of a symbol's; one side of it is cancelled by order"


@case(
    "CXL-290",
    rule=_RULE,
    needs=["exec_algorithms", "unrecordable", "other_symbols"],
    trader={"slices": True},
)
async def test_what_an_algorithm_has_in_another_symbol_is_left(trader: Trader, market: Market, venue: Venue) -> None:
    """When all orders of a symbol are cancelled, a slice in another MUST rest on, and the rest of it be held back."""
    # What the suite compares in the end is of that symbol too.
    elsewhere, there = venue.of("ETHUSDT"), await market.of("ETHUSDT")
    in_slices = {"quantity": "0.040", "price": str(there.below_last("2%"))}
    asked = limit("BUY", "0.100", there.below_last("3%")).but(symbol="ETHUSDT")
    order = await trader.submit(asked.but(exec_algorithm_id="SLICES", exec_algorithm_params=in_slices))
    ahead = trader.order(f"{order.id}-E1")
    await ahead.reaches("ACCEPTED")
    named = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await named.reaches("ACCEPTED")

    await trader.cancel_all("BTCUSDT")

    await named.reaches("CANCELED")
    await ahead.stands("ACCEPTED")
    equal("the slice at the venue", (await elsewhere.standing(ahead.id)).status, "ACCEPTED")
    equal("the state of what is held back", (await order.row())["status"], "INITIALIZED")


@case(
    "CXL-291",
    rule=_RULE,
    needs=["twap", "unrecordable"],
    trader={"twap": True},
)
async def test_algorithm_on_the_other_side_goes_on(trader: Trader, market: Market, venue: Venue) -> None:
    """When all orders to sell are cancelled in the midst of a TWAP that buys, it MUST go on until all is bought."""
    passes_over_what_is_free(trader)
    # Slices so far apart that what is asked for after the first comes before the second, on a busy machine too.
    apart = {"horizon_secs": 3.0, "interval_secs": 1.0}
    named = await trader.submit(limit("SELL", "0.010", market.above_last("2%")))
    await named.reaches("ACCEPTED")
    asked = market_order("BUY", "0.009").but(exec_algorithm_id="TWAP", exec_algorithm_params=apart)
    order = await trader.submit(asked)
    await trader.holds("0.003")

    await trader.cancel_all(side="SELL")

    await named.reaches("CANCELED")
    await order.reaches("FILLED", within_s=5.0)
    await trader.holds("0.009")
    equal("the position at the venue", Decimal(await venue.position()), Decimal("0.009"))
