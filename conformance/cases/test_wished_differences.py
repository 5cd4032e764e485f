"""What a trader is configured not to take over from the account, and what it is to take over as its own."""

from decimal import Decimal

from conformance.cases.inherited import venue_id
from conformance.kit import Market, Traders, Venue, case, equal, limit, market_order, require

_FREE = "the trader's free balance is more than the venue has available"
_POSITION = "the trader's position is not the venue's"
_SOON = {"timeout_connection_s": 5.0, "timeout_stop_s": 1.0}


@case.each(
    {
        "OTH-110": {"wish": "generate_missing_orders", "value": False},
        "OTH-111": {"wish": "filter_position_reports", "value": True},
    },
    tier="full",
    core=["OTH-110"],
    rule="Position Information V3; a position that the trader is configured not to take over",
    upstream=["#4739"],
    needs=["unrecordable", "venue_acts", "orders_of_others"],
    trader=_SOON,
)
async def test_difference_that_was_asked_for(
    traders: Traders, venue: Venue, market: Market, wish: str, value: bool
) -> None:
    """With {wish} = {value}, a position that no trade explains MUST be left alone, or the start be refused."""
    await venue.opens_position("BUY", "0.010")
    await venue.forgets_trades()

    trader = await traders.try_to_start(exec_engine={wish: value})

    if trader is None:
        return
    trader.may_differ(_POSITION, why="the configuration asks for it")
    trader.may_differ(_FREE, why="ACC-210 is about what is free")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    entry = await trader.submit(market_order("BUY", "0.002"))
    filled = await entry.reaches("FILLED")
    equal("filled_qty", filled["filled_qty"], Decimal("0.002"))
    await trader.settles()
    # Invariants 3 and 11 judge that no fill was invented.
    await trader.holds("0.002", within_s=1.0)


@case.each(
    {"OTH-130": {"claimed": "a claimed order"}, "OTH-131": {"claimed": "an order of another symbol's claim"}},
    tier="full",
    core=["OTH-130"],
    rule="Current All Open Orders; one account, several clients",
    needs=["external_order_claims", "unrecordable", "orders_of_others"],
)
async def test_claimed_order_is_the_strategys(traders: Traders, venue: Venue, market: Market, claimed: str) -> None:
    """{claimed} that was open at the start MUST be the strategy's own, or not be, as configured."""
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("FOREIGN-1"))
    symbols = ["BTCUSDT"] if claimed == "a claimed order" else ["ETHUSDT"]

    trader = await traders.start(external_order_claims=symbols)

    trader.may_differ(_FREE, why="ACC-210 is about what is free")
    await trader.has_open("FOREIGN-1")
    owner = (await trader.order("FOREIGN-1").row())["strategy"]
    equal("whether it is the strategy's", owner.startswith("CASE"), claimed == "a claimed order")


@case(
    "OTH-140",
    rule="Current All Open Orders; Event: Order Update",
    needs=["external_order_claims", "market_moves", "unrecordable", "orders_of_others"],
    trader={"external_order_claims": ["BTCUSDT"]},
)
async def test_fill_of_a_claimed_order_is_the_strategys(traders: Traders, venue: Venue, market: Market) -> None:
    """A claimed order that fills MUST open a position of the strategy's, which its next order closes."""
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("FOREIGN-1"))
    trader = await traders.start()
    await trader.has_open("FOREIGN-1")
    trader.may_differ(_FREE, why="ACC-210 is about what is free")

    await market.takes(await venue_id(venue, "FOREIGN-1"), "0.010")
    await trader.order("FOREIGN-1").reaches("FILLED")
    await trader.holds("0.010")
    leaving = await trader.submit(market_order("SELL", "0.010"))
    await leaving.reaches("FILLED")

    await trader.holds("0")
    positions = (await trader.books())["positions"]
    require(not positions, "no position left", seen=positions)
