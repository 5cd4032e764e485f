"""Traders that are to know no order of other clients: the position is the venue's all the same, and their own stay."""

from collections.abc import Mapping
from typing import Any

from conformance.cases.closings import CLOSINGS, Closing
from conformance.cases.positions_of_others import CHANGES, Change
from conformance.cases.situations import SEVERAL_POSITIONS, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Trader,
    Traders,
    UserStream,
    Venue,
    case,
    limit,
    market_order,
    stop_market,
)

_FILTERED: Mapping[str, Any] = {"exec_engine": {"filter_unclaimed_external_orders": True}}
_BALANCE = "the trader's balance is not the venue's"
_POSITION = "the trader's position is not the venue's"
_UNKNOWN = "an order is live at the venue but unknown in the trader"
_RULE = "Position Information V3: what a position is, whatever was heard of it"


async def _starts_long(traders: Traders) -> Trader:
    """Start a trader that holds 0.010."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    entry = await trader.submit(market_order("BUY", "0.010").named("ENTRY-1"))
    await entry.reaches("FILLED")
    await trader.holds("0.010")
    await trader.settles()
    trader.may_differ(_BALANCE, why="no check tells of what the orders of others have cost")
    trader.may_differ(_POSITION, why="what orders of others filled is made up from the position, at a price near it")
    trader.may_differ(SEVERAL_POSITIONS, why="OTH-058 is about what a repaired position consists of")
    return trader


async def _starts_with_its_own(traders: Traders, market: Market) -> Trader:
    """Start a trader that holds 0.010 and has an order and a stop of its own."""
    trader = await _starts_long(traders)
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("4%")).named("OWN-1"))
    await resting.reaches("ACCEPTED")
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%")).named("OWN-2"))
    await stop.reaches("ACCEPTED")
    await trader.settles()
    return trader


WHEN = (
    AxisValue(name="running", words="while the trader runs"),
    AxisValue(name="away", words="while its user stream is away"),
)


@case.each(
    "OTH-410",
    axes={"when": WHEN, "change": CHANGES},
    tier="full",
    core=["running.closed", "away.reduced"],
    rule=_RULE,
    upstream=["#4736"],
    needs=["position_check", "orders_of_others", "unrecordable"],
    profile="checks",
    why="what is not told of orders that are filtered, the position check has to find",
    trader=_FILTERED,
)
async def test_position_is_the_venues_where_orders_of_others_are_filtered(
    traders: Traders, market: Market, venue: Venue, user_stream: UserStream, when: AxisValue, change: Change
) -> None:
    """Where orders of others are filtered, another client that {change} {when} MUST NOT leave a wrong position."""
    trader = await _starts_with_its_own(traders, market)

    if when.name == "away":
        await user_stream.drops()
    await change.does(venue)
    if when.name == "away":
        await user_stream.is_open_again()

    await trader.holds(change.of_long)
    await trader.has_open("OWN-1", "OWN-2")


ALSO = (
    AxisValue(name="alone", words="and of which no order is open"),
    AxisValue(name="orders", words="and of which orders are open"),
)


@case.each(
    {f"OTH-{number}": {"closing": closing} for number, closing in enumerate(CLOSINGS, 440)},
    tier="full",
    core=["OTH-441", "OTH-446"],
    rule=f"Event: Order Update, c autoclose-, adl_autoclose, settlement_autoclose-; {_RULE}",
    needs=["position_check", "unrecordable", "venue_acts"],
    profile="checks",
    why="what is not told of orders that are filtered, the position check has to find",
    trader=_FILTERED,
)
async def test_what_the_venue_closes_is_known_where_orders_of_others_are_filtered(
    traders: Traders, venue: Venue, closing: Closing
) -> None:
    """Where orders of others are filtered, the trader MUST hold no more of its own than {closing} has left."""
    trader = await _starts_long(traders)

    await closing.act(venue)

    await trader.holds(closing.left)


@case.each(
    "OTH-420",
    axes={"change": CHANGES, "also": ALSO},
    tier="full",
    core=["grown.orders"],
    rule=_RULE,
    needs=["orders_of_others", "unrecordable"],
    trader=_FILTERED,
)
async def test_position_of_others_is_known_at_the_start_where_their_orders_are_filtered(
    traders: Traders, market: Market, venue: Venue, change: Change, also: AxisValue
) -> None:
    """Where orders of others are filtered, a start MUST hold the position of a client that {change} {also}."""
    await venue.opens_position("BUY", "0.010")
    await change.does(venue)
    if also.name == "orders":
        await venue.places(limit("BUY", "0.010", market.below_last("4%")).named("FOREIGN-1"))
        await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("4%")).named("FOREIGN-2"))

    trader = await traders.start()

    passes_over_what_is_free(trader)
    if also.name == "orders":
        trader.may_differ(_UNKNOWN, why="orders of others are filtered")
    await trader.holds(change.of_long)
    await trader.has_open()


@case(
    "OTH-430",
    rule="Current All Open Orders; Query Order",
    needs=["cache_database", "orders_of_others", "unrecordable"],
    trader=_FILTERED,
)
async def test_own_orders_of_an_earlier_session_are_not_filtered(
    traders: Traders, market: Market, venue: Venue
) -> None:
    """Where orders of others are filtered, its own of an earlier session MUST be the next one's, to be cancelled."""
    trader = await traders.start()
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("4%")).named("OWN-1"))
    await resting.reaches("ACCEPTED")
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%")).named("OWN-2"))
    await stop.reaches("ACCEPTED")
    await trader.settles()
    await traders.stop()

    again = await traders.start_again()

    await again.has_open("OWN-1", "OWN-2")
    await again.cancel_all()
    await again.order("OWN-1").reaches("CANCELED")
    await again.order("OWN-2").reaches("CANCELED")
    await venue.confirms(again.order("OWN-1"), "CANCELED")
    await venue.confirms(again.order("OWN-2"), "CANCELED")
