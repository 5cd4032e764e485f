"""Figures that a start meets seldom: exactly one of something, and the most rows to ask for."""

from conformance.cases.questions import ALL_ORDERS, ALL_STOPS, TRADES
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Traders, Venue, Wire, case, equal, limit, market_order, require

_OTHER = "ETHUSDT"
#: By the venue's documents, of each of these questions.
_MOST_ROWS = 1000


@case(
    "CONN-950",
    rule="All Orders, Query All Algo Orders, Account Trade List: limit is 1000 at most",
    needs=["fresh_account", "orders_of_others"],
)
async def test_no_question_asks_for_more_rows_than_there_may_be(traders: Traders, venue: Venue, wire: Wire) -> None:
    """A start that finds a position MUST NOT ask for more rows than the venue gives at most, 1000."""
    await venue.opens_position("BUY", "0.010")

    trader = await traders.start()

    passes_over_what_is_free(trader)
    await trader.holds("0.010")
    asked = [
        request for each in (ALL_ORDERS, ALL_STOPS, TRADES) for route in each.routes for request in wire.requests(route)
    ]
    limits = {int(request.params.get("limit", 0)) for request in asked}
    require(max(limits, default=0) <= _MOST_ROWS, f"at most {_MOST_ROWS} rows", seen=sorted(limits))


@case(
    "INH-955",
    rule="Position Information V3, positionAmt; All Orders, origQty; Account Trade List, qty",
    needs=["fresh_account", "orders_of_others", "other_symbols"],
)
async def test_exactly_one_is_as_much_as_any_other_amount(traders: Traders, venue: Venue) -> None:
    """A position of exactly 1 and an order of exactly 1 MUST be known to a trader that starts, and be queried."""
    other = venue.of(_OTHER)
    await other.places(market_order("BUY", "1.000").but(symbol=_OTHER).named("LEFT-ENTRY"))
    await other.places(limit("BUY", "1.000", "1800.00").but(symbol=_OTHER).named("LEFT-REST"))

    trader = await traders.start()

    passes_over_what_is_free(trader)
    await trader.holds("1.000", _OTHER)
    await trader.has_open("LEFT-REST")
    order = trader.order("LEFT-REST")
    await order.query()
    await trader.has_its_answers()
    equal("status", (await order.row()).get("status"), "ACCEPTED")
