"""Purges of a trader that keeps its cache in a database: what it keeps, and what the next one starts on."""

from conformance.cases.inherited import REMEMBERED, Memory
from conformance.cases.purges import ORDERS, ORDERS_FIRST, POSITIONS_FIRST, Purge
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Market, Trader, Traders, Venue, case, equal, limit, market_order
from conformance.kit.needs import Need

_NEEDS: tuple[Need, ...] = ("cache_database", "orders_of_others", "unrecordable")
_RULE = "Position Information V3; Current All Open Orders: what is open stays open whatever a client forgets"
_PURGES = (ORDERS_FIRST, POSITIONS_FIRST, ORDERS)


async def _goes_round(trader: Trader, number: str) -> None:
    entry = await trader.submit(market_order("BUY", "0.010").named(f"ENTRY-{number}"))
    await entry.reaches("FILLED")
    leaving = await trader.submit(market_order("SELL", "0.010").named(f"EXIT-{number}"))
    await leaving.reaches("FILLED")


@case.each(
    "PURGE-070",
    axes={"purge": _PURGES, "memory": REMEMBERED},
    tier="full",
    rule=_RULE,
    needs=_NEEDS,
)
async def test_next_session_after_a_purge_has_what_is_open(
    traders: Traders, market: Market, venue: Venue, purge: Purge, memory: Memory
) -> None:
    """After a purge of {purge}, what rests, kept {memory}, MUST be the next one's, and nothing else be held."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await _goes_round(trader, "1")
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("4%")).named("RESTING-1"))
    accepted = await resting.reaches("ACCEPTED")
    await trader.settles()
    await traders.have_time_to_keep(accepted["venue_order_id"])
    await purge.does(trader)
    await _goes_round(trader, "2")
    await trader.holds("0")
    await trader.settles()
    await memory.ends(traders)

    again = await traders.start_again()

    passes_over_what_is_free(again)
    await again.settles()
    await again.has_open("RESTING-1")
    await again.holds("0")
    equal("positions held", len((await again.books())["positions"]), 0)
    await again.cancel_all()
    await venue.confirms(again.order("RESTING-1"), "CANCELED")
    entry = await again.submit(market_order("BUY", "0.004"))
    await entry.reaches("FILLED")
    await again.holds("0.004")


@case.each(
    {"PURGE-080": {"keep_s": 600, "kept": True}, "PURGE-081": {"keep_s": 0, "kept": False}},
    tier="full",
    core=["PURGE-080"],
    rule="NautilusTrader, purge_closed_orders_buffer_mins, purge_closed_positions_buffer_mins: what is younger is kept",
    needs=["unrecordable"],
)
async def test_purge_keeps_what_closed_within_its_buffer(trader: Trader, keep_s: int, kept: bool) -> None:
    """A purge with a buffer of {keep_s} s MUST forget orders and positions that closed before it, and no other."""
    passes_over_what_is_free(trader)
    await _goes_round(trader, "1")
    await trader.holds("0")
    await trader.settles()

    await trader.purges("orders", "positions", keep_s=keep_s)

    left = await trader.readouts()
    names = ["ENTRY-1", "EXIT-1"] if kept else []
    equal("orders that are known", sorted(row["client_order_id"] for row in left["orders"]), names)
    equal("positions that are known", len(left["positions"]), 1 if kept else 0)
