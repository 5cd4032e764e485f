"""What a strategy writes down for the next session (`on_save`, `on_load`): steps, levels, sums that no cache has."""

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Market, Traders, case, limit

_KEPT = {"node": {"save_state": True, "load_state": True}}
_RULE = "Strategies, handlers: on_save and on_load; NautilusTrader, save_state and load_state"


@case.each(
    {"INH-450": {"strategies": 1}, "INH-451": {"strategies": 2}},
    rule=_RULE,
    upstream=["#2953"],
    tier="full",
    core=["INH-450"],
    needs=["cache_database", "unrecordable"],
    trader=_KEPT,
)
async def test_strategy_is_given_back_what_it_kept(traders: Traders, strategies: int) -> None:
    """What each of {strategies} strategies kept at the last stop MUST be given back to it, and to it alone."""
    await traders.start(strategies=strategies, state="sold 3 of 8 steps")
    await traders.stop()

    trader = await traders.start_again(state="sold nothing yet")

    kept = (("on_load", "state", f"{number} sold 3 of 8 steps") for number in range(1, strategies + 1))
    await trader.has_heard(*kept)


@case(
    "INH-452",
    rule=_RULE,
    upstream=["#2953"],
    needs=["cache_database", "orders_of_others", "unrecordable"],
    tier="full",
    trader=_KEPT,
)
async def test_what_is_given_back_is_of_the_latest_stop(traders: Traders, market: Market) -> None:
    """Of two sessions before, what the later one kept MUST be given back, beside the order that the first one left."""
    trader = await traders.start(state="sold 3 of 8 steps")
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("4%")))
    await resting.reaches("ACCEPTED")
    await trader.settles()
    await traders.restart(state="sold 5 of 8 steps")

    again = await traders.restart()

    passes_over_what_is_free(again)
    await again.has_heard(("on_load", "state", "1 sold 5 of 8 steps"))
    await again.has_open(resting.id)
