"""A connection of the user stream that is accepted and never becomes one: at the start, and as it is opened again."""

from conformance.cases.stream_losses import KEY_EXPIRED, RESET, Loss, Stream
from conformance.cases.stream_upgrades import CUT, HELD, REFUSED, UPGRADES, Upgrade
from conformance.kit import Faults, Market, Trader, Traders, UserStream, Venue, case, limit


@case.each(
    {
        "STRM-710": {"upgrade": REFUSED},
        "STRM-711": {"upgrade": CUT},
        "STRM-712": {"upgrade": HELD},
    },
    rule="Start User Data Stream: without its connection a trader hears of nothing",
    needs=["unrecordable"],
    tier="full",
)
async def test_start_without_a_stream_is_none(
    traders: Traders, market: Market, venue: Venue, faults: Faults, upgrade: Upgrade
) -> None:
    """A trader whose user stream is {upgrade} at its start MUST NOT come up deaf: it tries again, or fails."""
    opening = faults.upgrade("user", upgrade.opening)

    trader = await traders.try_to_start(timeout_connection_s=1.0)

    await opening.happens()
    if trader is not None:
        order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
        accepted = await order.reaches("ACCEPTED")
        await venue.cancels(accepted["venue_order_id"])
        await order.reaches("CANCELED")


@case.each(
    "STRM-720",
    axes={"loss": (RESET, KEY_EXPIRED), "upgrade": UPGRADES},
    tier="full",
    core=["reset.reset"],
    rule="User Data Streams: a connection may be refused and is to be had again once the venue is well",
    needs=["unrecordable", "venue_acts"],
)
async def test_stream_is_opened_again_at_the_next_try(
    trader: Trader,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    upgrade: Upgrade,
) -> None:
    """A user stream that {loss} and is {upgrade} once when opened again MUST be tried again, and hear what follows."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    # Optional, for a version that opens no other is to be told so.
    faults.upgrade("user", upgrade.opening, optional=True)

    await loss.happens(Stream(venue, market, faults, user_stream))
    await user_stream.is_open_again(within_s=upgrade.over_within_s)
    await trader.settles()
    await user_stream.is_open_again(within_s=upgrade.over_within_s)

    # By another client: of a cancellation of its own the trader would ask.
    await venue.cancels(accepted["venue_order_id"])
    await order.reaches("CANCELED", within_s=3.0)
