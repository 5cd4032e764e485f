"""What differs from what the trader took it for at its start: ticks and steps, symbols, ids, and how an order ends."""

from conformance.cases.listed import INFORMATION, exchange_info_without
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    Faults,
    Market,
    Trader,
    Traders,
    Venue,
    case,
    limit,
    market_order,
    stop_market,
)


@case.each(
    {
        "OTH-230": {"name": "x-aHRE4BCj-"},
        "OTH-231": {"name": "x-aHRE4BCj-T--"},
        "OTH-232": {"name": "x-aHRE4BCj-Uzz"},
        "OTH-233": {"name": "123456789012345678"},
        "OTH-234": {"name": "electron_AbCdEfGhIjKlMnOpQrStUvWxYz1"},
        "OTH-235": {"name": "x-aHRE4BCj-Rx"},
    },
    tier="full",
    core=["OTH-230", "OTH-231"],
    rule="New Order, newClientOrderId: any of 36 letters, digits and . : / _ -, whoever makes them",
    needs=["unrecordable", "orders_of_others"],
)
async def test_fill_under_any_id_is_a_fill(traders: Traders, venue: Venue, name: str) -> None:
    """A fill of another client whose order is called {name} MUST be in the position, while it runs and at a start."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await venue.places(market_order("BUY", "0.010").named(name))
    await trader.settles()
    await trader.holds("0.010", within_s=2.0)

    again = await traders.restart()

    passes_over_what_is_free(again)
    await again.holds("0.010", within_s=2.0)


@case.each(
    {
        "RECON-510": {"what": "an order"},
        "RECON-511": {"what": "a stop"},
        "RECON-512": {"what": "a position"},
    },
    rule="Exchange Information: a symbol that is delisted is told no more; what was left in it is settled",
    upstream=["#4772"],
    needs=["unrecordable", "other_symbols", "market_moves", "orders_of_others"],
    tier="full",
    core=["RECON-510", "RECON-512"],
    trader={"timeout_connection_s": 5.0},
)
async def test_row_of_an_unknown_symbol_hides_no_other(
    traders: Traders, market: Market, venue: Venue, faults: Faults, what: str
) -> None:
    """Where {what} is in a symbol that the venue no longer lists, a start MUST know all others, or fail and say so."""
    requests = {
        "an order": limit("BUY", "0.100", "2000.00"),
        "a stop": stop_market("SELL", "0.100", trigger="2000.00"),
        "a position": market_order("BUY", "0.010"),
    }
    await venue.places(requests[what].but(symbol="ETHUSDT").named("FOREIGN-ETH"))
    await venue.opens_position("BUY", "0.010")
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("EARLIER-LIMIT"))
    faults.rewrite_answer(INFORMATION, exchange_info_without("ETHUSDT"), times=None)

    trader = await traders.try_to_start()

    if trader is None:
        return
    passes_over_what_is_free(trader)
    await trader.holds("0.010", within_s=2.0)
    await trader.order("EARLIER-LIMIT").stands("ACCEPTED")


@case.each(
    {"LMT-240": {"told": "by its event"}, "LMT-241": {"told": "by a query"}},
    rule="Order status EXPIRED_IN_MATCH: expired by self-trade prevention; Event: Order Update, Query Order",
    needs=["unrecordable", "venue_acts"],
)
async def test_order_expired_in_match_is_closed(
    trader: Trader, market: Market, venue: Venue, faults: Faults, told: str
) -> None:
    """An order that the venue expires to prevent a self-trade MUST be closed, told {told}."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    if told == "by its event":
        faults.rewrite("ORDER_TRADE_UPDATE", {"X": "EXPIRED_IN_MATCH"}, X="EXPIRED")
    else:
        faults.lose("ORDER_TRADE_UPDATE", X="EXPIRED")
        faults.rewrite_answer("query order", {"status": "EXPIRED_IN_MATCH"}, times=None, optional=True)
        faults.rewrite_answer("all orders order", {"status": "EXPIRED_IN_MATCH"}, times=None, optional=True)
    await venue.expires(accepted["venue_order_id"])
    await trader.is_told()
    if told == "by a query":
        await order.query()

    await order.reaches("EXPIRED", "CANCELED", within_s=2.0)
