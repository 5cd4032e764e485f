"""Starts on a position of more trades than the largest answer of Account Trade List holds: it is read page by page."""

from conformance.cases.inherited import NAME
from conformance.cases.situations import holds_one_position, passes_over_what_is_free
from conformance.kit import AxisValue, Market, Traders, Venue, case, limit

#: The largest answer has 1,000 rows: the rest is on a second page.
_TRADES = 1010
_FIRST = 5_000_000
LOOK_BACKS = (
    AxisValue(name="whole", words="looks back as far as it goes"),
    AxisValue(
        name="hour",
        words="looks back for an hour",
        trader={"exec_engine": {"reconciliation_lookback_mins": 60}},
    ),
)


@case.each(
    {"INH-580": {"look_back": LOOK_BACKS[0]}, "INH-581": {"look_back": LOOK_BACKS[1]}},
    tier="full",
    rule="Account Trade List: limit 500, at most 1000; fromId: from this trade on",
    needs=["unrecordable", "market_moves", "orders_of_others"],
)
async def test_position_of_more_trades_than_the_largest_answer_holds(
    traders: Traders, market: Market, venue: Venue, look_back: AxisValue
) -> None:
    """An open order's 1,010 trades MUST each be booked, and their position held, by a start that {look_back}."""
    asks = [(market.above_last("0.1%") + market.tick * step, "0.001") for step in range(_TRADES)]
    await market.offers(bids=[(market.below_last("0.1%"), "1")], asks=asks)
    await market.numbers_trades_from(_FIRST)
    await venue.places(limit("BUY", "1.100", market.above_last("0.5%")).named(NAME))

    trader = await traders.start()

    passes_over_what_is_free(trader)
    await trader.settles()
    await holds_one_position(trader)
    # Invariant 8 compares the entry price, to which each trade has contributed one of its own.
    await trader.holds("1.010", within_s=2.0)
    # A trade that a page leaves out is made up for by the position that is told: its id is not.
    await trader.has_booked(NAME, [str(_FIRST + number) for number in range(_TRADES)])
