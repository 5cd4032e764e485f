"""What a trader keeps in its database beside orders and positions: which of them are open, and which are closed."""

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Market, Side, Traders, case, limit, market_order

_Trade = tuple[Side, str]
_OPENED: tuple[_Trade, ...] = (("BUY", "0.010"),)
_CHANGED: tuple[_Trade, ...] = (*_OPENED, ("BUY", "0.004"), ("SELL", "0.006"))
_CLOSED: tuple[_Trade, ...] = (*_CHANGED, ("SELL", "0.008"))
_AGAIN: tuple[_Trade, ...] = (*_CLOSED, ("SELL", "0.010"))
_TURNED: tuple[_Trade, ...] = (*_CHANGED, ("SELL", "0.018"))


@case.each(
    {
        "INH-340": {"trades": _OPENED, "held": "0.010"},
        "INH-341": {"trades": _CHANGED, "held": "0.008"},
        "INH-342": {"trades": _CLOSED, "held": "0"},
        "INH-343": {"trades": _AGAIN, "held": "-0.010"},
        "INH-344": {"trades": _TURNED, "held": "-0.010"},
        "INH-345": {"trades": (*_AGAIN, ("BUY", "0.010")), "held": "0"},
    },
    rule="NautilusTrader, cache database: an index holds the ids of what is in that state",
    upstream=["#3791"],
    needs=["cache_database", "unrecordable"],
    tier="full",
    core=["INH-342", "INH-343"],
)
async def test_kept_indexes_are_ids_by_state(
    traders: Traders, market: Market, trades: tuple[_Trade, ...], held: str
) -> None:
    """After trades of {trades} the sets of what is open and closed MUST hold just the ids of what is, and no others."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("4%")))
    await resting.reaches("ACCEPTED")
    filled = []
    for side, quantity in trades:
        order = await trader.submit(market_order(side, quantity))
        await order.reaches("FILLED")
        filled.append(order.id)
    await trader.holds(held)
    await trader.settles()

    positions = (await trader.readouts())["positions"]
    is_open = {row["position_id"]: row["side"] != "FLAT" for row in positions}
    await traders.have_indexed(
        positions=is_open,
        positions_open=[name for name, open_ in is_open.items() if open_],
        positions_closed=[name for name, open_ in is_open.items() if not open_],
        orders_open=[resting.id],
        orders_closed=filled,
    )
