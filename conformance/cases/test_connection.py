"""Connecting: what a trader does before its first order, and what it then knows."""

from conformance.cases.case import case
from conformance.checks.trader import Trader
from conformance.checks.wire import Wire
from conformance.fixtures import Traders
from conformance.subject.orders import limit, stop_market
from conformance.subject.orders import market as market_order
from conformance.worlds.market import Market
from conformance.worlds.venue import Venue


@case("CONN-010", rule="Account Information, Start User Data Stream", card="TC-E84")
async def test_empty_account_is_reconciled(trader: Trader, wire: Wire, venue: Venue) -> None:
    """A trader that connects to an empty account MUST hold no order and no position, and the venue's balance."""
    books = await trader.books()
    assert books["orders"] == []
    assert books["positions"] == []
    assert [row["currency"] for row in books["balances"] if float(row["total"])], "the trader knows no balance"
    wire.none("POST /fapi/v1/order")


@case("CONN-020", rule="Current All Open Orders, Current All Algo Open Orders", card="TC-E84", upstream=["#3287"])
async def test_open_orders_are_reconciled(traders: Traders, venue: Venue, market: Market) -> None:
    """Open limit and stop orders of an earlier session MUST be open in the trader once it has connected."""
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("EARLIER-LIMIT"))
    await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("3%")).named("EARLIER-STOP"))

    trader = await traders.start()

    await trader.has_open("EARLIER-LIMIT", "EARLIER-STOP")


@case("CONN-030", rule="Position Information V3", card="TC-E86")
async def test_open_position_is_reconciled(traders: Traders, venue: Venue) -> None:
    """An open position of an earlier session MUST be held by the trader once it has connected."""
    await venue.opens_position("BUY", "0.010")

    trader = await traders.start()

    await trader.holds("0.010")


# Not on the testnet: the defect comes and goes with the trades that an account has had before.
@case(
    "CONN-040",
    rule="Position Information V3",
    card="TC-E86",
    upstream=["#4736"],
    needs=["cache_database"],
    worlds=["simulator", "cassettes"],
)
async def test_warm_restart_invents_nothing(traders: Traders) -> None:
    """A restart with nothing changed at the venue MUST change no position and apply no fill."""
    trader = await traders.start()
    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")
    await trader.holds("0.010")

    again = await traders.restart()

    await again.stays_quiet()
    await again.holds("0.010")
