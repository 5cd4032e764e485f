"""Positions that a strategy claims, of which the venue tells no trade any more: they are its own all the same."""

from decimal import Decimal

from conformance.cases.inherited import CLAIMED, Estate
from conformance.kit import Market, Traders, Venue, case, equal


@case.each(
    {"INH-900": {"side": "long"}, "INH-901": {"side": "short"}},
    tier="full",
    core=["INH-900"],
    rule="Position Information V3: what the account holds; Account Trade List: seven days at most without a start time",
    needs=[*CLAIMED.needs, "venue_acts", "close_position", "orders_of_others"],
    trader=CLAIMED.trader,
)
async def test_claimed_position_without_trades_is_closed_by_its_strategy(
    traders: Traders, venue: Venue, market: Market, side: str
) -> None:
    """A {side} position that a strategy claims, its trades told no more, MUST be closed when it closes its own."""
    estate = Estate(traders, venue, market)
    await estate.leaves_position(side, CLAIMED)
    await venue.forgets_trades()
    trader, _ = await estate.starts(CLAIMED)
    await trader.settles()
    await trader.holds(await venue.position())

    await trader.close_all_positions()

    await trader.holds("0")
    equal("position at the venue", await venue.position(), Decimal(0))
