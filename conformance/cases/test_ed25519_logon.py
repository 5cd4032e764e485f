"""With an Ed25519 key: the connection of the WS API on which the trader logs on, and from which its stream comes."""

from collections.abc import Awaitable, Callable

from conformance.cases.situations import UNHURRIED
from conformance.cases.stream_upgrades import CUT, HELD, REFUSED, Upgrade
from conformance.kit import Faults, Market, Trader, Traders, UserStream, Venue, case, limit

_RULE = "WebSocket API General Info: session.logon; User Data Streams: userDataStream.start; closed after 24 hours"
_WHY = "the requirement is about a key of the type Ed25519"
_PROFILE = "ed25519"


@case.each(
    {
        "KEY-210": {"how": "reset", "ends": UserStream.logon_drops},
        "KEY-211": {"how": "closed", "ends": UserStream.logon_closes},
    },
    rule=_RULE,
    profile=_PROFILE,
    why=_WHY,
    needs=["ed25519_key", "ws_api_logon", "venue_acts"],
    # A deaf trader would learn of its order by an in-flight check that asks sooner than the default.
    trader=UNHURRIED,
)
async def test_trader_hears_again_after_its_logon_is_lost(
    trader: Trader,
    market: Market,
    venue: Venue,
    user_stream: UserStream,
    how: str,
    ends: Callable[[UserStream], Awaitable[None]],
) -> None:
    """When the connection on which the trader has logged on is {how}, it MUST hear again what follows."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await ends(user_stream)
    await user_stream.is_open_again()
    await venue.changes_leverage(10)
    await user_stream.is_open_again()

    await order.cancel()
    await order.reaches("CANCELED")


@case.each(
    {
        "KEY-230": {"upgrade": REFUSED},
        "KEY-231": {"upgrade": CUT},
        "KEY-232": {"upgrade": HELD},
    },
    rule=_RULE,
    profile=_PROFILE,
    why=_WHY,
    needs=["ed25519_key", "ws_api_logon", "venue_acts"],
    trader=UNHURRIED,
    tier="full",
)
async def test_logon_is_opened_again_at_the_next_try(
    trader: Trader, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, upgrade: Upgrade
) -> None:
    """A lost connection of the logon that is {upgrade} once when opened again MUST be tried again, and events heard."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    faults.upgrade("ws-api", upgrade.opening)

    await user_stream.logon_drops()
    await user_stream.is_open_again(within_s=upgrade.over_within_s)
    await trader.settles()

    await venue.cancels(accepted["venue_order_id"])
    await order.reaches("CANCELED", within_s=3.0)


@case(
    "KEY-220",
    rule=_RULE,
    profile=_PROFILE,
    why=_WHY,
    needs=["ed25519_key", "ws_api_logon"],
    trader=UNHURRIED,
)
async def test_trader_with_an_ed25519_key_starts_again(traders: Traders, market: Market) -> None:
    """A trader with an Ed25519 key that is stopped and started again MUST hear of its orders as before."""
    first = await traders.start()
    order = await first.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await order.cancel()
    await order.reaches("CANCELED")

    trader = await traders.restart()

    again = await trader.submit(limit("BUY", "0.010", market.below_last("3%")).named("AGAIN-1"))
    await again.reaches("ACCEPTED")
    await again.cancel()
    await again.reaches("CANCELED")
