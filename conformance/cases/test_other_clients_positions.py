"""Another client changes the position, and how the trader's own view follows."""

from conformance.cases.positions_of_others import CHANGES, Change, reduces
from conformance.cases.situations import OF_ORDERS, SEVERAL_POSITIONS, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Trader, Traders, Venue, case, market_order

_RULE = "User data streams: every event of the account, whichever client caused it"


HELD = (
    AxisValue(name="session", words="that the trader opened"),
    AxisValue(name="earlier", words="that was there when the trader started"),
)


async def _holds_long(held: AxisValue, traders: Traders, venue: Venue) -> Trader:
    if held.name == "earlier":
        await venue.opens_position("BUY", "0.010")
        trader = await traders.start()
    else:
        trader = await traders.start()
        entry = await trader.submit(market_order("BUY", "0.010"))
        await entry.reaches("FILLED")
    passes_over_what_is_free(trader)
    await trader.holds("0.010")
    return trader


@case.each(
    "OTH-040",
    axes={"held": HELD, "change": CHANGES},
    tier="full",
    core=["session.closed", "session.flipped", "earlier.reduced", "earlier.grown"],
    rule=f"{_RULE}; one position a symbol in one-way mode",
    upstream=["#3861", "#3815"],
    needs=["orders_of_others"],
)
async def test_position_follows_what_another_client_does(
    traders: Traders, venue: Venue, held: AxisValue, change: Change
) -> None:
    """A position {held} MUST be held as at the venue, as one, when another client {change}."""
    trader = await _holds_long(held, traders, venue)

    await change.does(venue)

    await trader.holds(change.of_long)


@case.each(
    "OTH-050",
    axes={"held": HELD, "change": CHANGES},
    tier="full",
    core=["session.closed", "earlier.closed", "session.reduced"],
    rule="Position Information V3: what a position is, whatever was heard of it",
    upstream=["#3622"],
    needs=["position_check", "orders_of_others"],
    profile="checks",
    why="what the stream did not tell, the position check has to find",
)
async def test_position_is_repaired_by_the_check(
    traders: Traders, venue: Venue, faults: Faults, held: AxisValue, change: Change
) -> None:
    """A position {held} MUST come to be the venue's by the position check when another client {change} unheard."""
    trader = await _holds_long(held, traders, venue)
    await trader.settles()
    for event in (*OF_ORDERS, "ACCOUNT_UPDATE"):
        faults.lose(event, times=None, optional=True)
    trader.may_differ("the trader's balance is not the venue's", why="no event and no check tells of the balance")
    trader.may_differ(SEVERAL_POSITIONS, why="OTH-058 is about what it consists of")

    await change.does(venue)

    await trader.holds(change.of_long)


@case(
    "OTH-058",
    rule="Position Information V3: one position a symbol in one-way mode",
    upstream=["#3861"],
    needs=["position_check", "orders_of_others"],
    profile="checks",
    why="what the stream did not tell, the position check has to find",
)
async def test_position_repaired_by_the_check_is_one(traders: Traders, venue: Venue, faults: Faults) -> None:
    """A position that the position check repairs MUST be one, not one for the trader and another for what it missed."""
    trader = await _holds_long(HELD[0], traders, venue)
    await trader.settles()
    for event in (*OF_ORDERS, "ACCOUNT_UPDATE"):
        faults.lose(event, times=None, optional=True)
    trader.may_differ("the trader's balance is not the venue's", why="no event and no check tells of the balance")

    await reduces(venue)

    await trader.holds("0.006")
