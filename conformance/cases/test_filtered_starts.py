"""Starts that are to look at a part of the account: what they name is known as ever."""

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Market, Traders, Venue, case, limit, stop_market


@case(
    "RECON-610",
    rule="Current All Open Orders; Current All Algo Open Orders; Position Information V3",
    upstream=["#3287"],
    needs=["unrecordable", "orders_of_others"],
    trader={"exec_engine": {"reconciliation_instrument_ids": ["BTCUSDT-PERP.BINANCE"]}},
)
async def test_filter_keeps_what_it_names(traders: Traders, venue: Venue, market: Market) -> None:
    """A start that is to reconcile one symbol alone MUST know the orders, the stops and the position of that symbol."""
    await venue.opens_position("BUY", "0.010")
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("FOREIGN-1"))
    await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("4%")).named("FOREIGN-2"))

    trader = await traders.start()

    passes_over_what_is_free(trader)
    # Invariant 8 judges the books.
    await trader.has_open("FOREIGN-1", "FOREIGN-2")
    await trader.holds("0.010")
