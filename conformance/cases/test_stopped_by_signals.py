"""A node that is stopped by a signal: service managers and containers send SIGTERM, a terminal's Ctrl-C SIGINT."""

from conformance.cases.halts import CLEARINGS, SIGINT, SIGTERM, Clearing, Halt, has_left, is_long_beside
from conformance.cases.inherited import LIMIT as A_LIMIT
from conformance.cases.inherited import STOP as A_STOP
from conformance.cases.inherited import Left
from conformance.kit import Market, Traders, Venue, case


@case.each(
    "LIFE-650",
    axes={"halt": (SIGTERM, SIGINT), "clearing": CLEARINGS, "resting": (A_LIMIT, A_STOP)},
    tier="full",
    core=["sigterm.cancels-closes.limit"],
    rule="Open orders and positions outlive a client",
    card="TC-E82",
    needs=["graceful_stop", "close_position", "unrecordable"],
    trader={"post_stop_s": 1.0, "own_run": True},
)
async def test_stop_by_a_signal_is_a_stop(
    traders: Traders, market: Market, venue: Venue, halt: Halt, clearing: Clearing, resting: Left
) -> None:
    """What a strategy that {clearing} is to end, such as {resting}, MUST have ended once it is stopped {halt}."""
    trader = await traders.start(at_stop=list(clearing.at_stop))
    await is_long_beside(trader, market, resting)

    await traders.stop(halt.by)

    await has_left(venue, clearing.left)
