"""How a trader keeps its cache: a start that is to forget what was kept, and writes that wait in a buffer."""

import time
from collections.abc import Mapping
from typing import Any

from conformance.cases.inherited import CRASH, NAME, WARM, Estate, Memory
from conformance.kit import Market, Trader, Traders, Venue, case, limit, market_order, require

_FLUSH: Mapping[str, Any] = {"flush_on_start": True}
_OF_AN_INSTANCE: Mapping[str, Any] = {
    "cache": {"use_instance_id": True},
    "node": {"instance_id": "0d5a31d4-4c80-4a08-b0ab-6a7c9a1a3b11"},
}
_KEEP: Mapping[str, Any] = {"flush_on_start": False}
#: What of an order a session keeps for the next one.
_TERMS = (
    *("venue_order_id", "status", "side", "type", "quantity", "filled_qty", "price"),
    *("time_in_force", "expire_time_ms", "post_only", "reduce_only"),
)


async def _leaves_what_others_end(estate: Estate, memory: Memory) -> None:
    """Leave a position and an order; another client ends both, and months later the venue tells of neither."""
    trader = await estate.traders.start()
    entry = await trader.submit(market_order("BUY", "0.010").named("ENTRY-1"))
    await entry.reaches("FILLED")
    resting = await trader.submit(limit("BUY", "0.010", estate.market.below_last("4%")).named(NAME))
    await resting.reaches("ACCEPTED")
    await estate.ends(trader, memory)
    await estate.venue.cancels_all()
    await estate.venue.closes_position()
    await estate.venue.forgets_trades()


async def _knows_nothing(trader: Trader) -> None:
    await trader.settles()
    books = await trader.books()
    require(not books["orders"], "no order known", seen=[row["client_order_id"] for row in books["orders"]])
    require(not books["positions"], "no position held", seen=[row["signed_qty"] for row in books["positions"]])


@case.each(
    {"INH-310": {"memory": WARM}, "INH-311": {"memory": CRASH}},
    rule="Current All Open Orders; Position Information V3: what is there, whatever was kept of it",
    upstream=["#3550"],
    needs=["cache_database", "own_cache_database", "venue_acts", "orders_of_others"],
    tier="full",
    core=["INH-310"],
)
async def test_start_that_is_to_flush_knows_nothing_of_before(
    traders: Traders, venue: Venue, market: Market, memory: Memory
) -> None:
    """A start that is to flush the cache MUST have none of the orders and positions left {memory} and ended since."""
    await _leaves_what_others_end(Estate(traders, venue, market), memory)

    trader = await traders.start_again(cache=_FLUSH)

    await _knows_nothing(trader)


@case.each(
    {"INH-320": {"memory": WARM}, "INH-321": {"memory": CRASH}},
    rule="Current All Open Orders; Position Information V3: what is there, whatever was kept of it",
    upstream=["#3550"],
    needs=["cache_database", "own_cache_database", "venue_acts", "orders_of_others"],
    tier="full",
    core=["INH-321"],
)
async def test_flush_is_for_good(traders: Traders, venue: Venue, market: Market, memory: Memory) -> None:
    """What was left {memory} and ended since MUST be gone in the session after one that was to flush the cache."""
    await _leaves_what_others_end(Estate(traders, venue, market), memory)
    await traders.start_again(cache=_FLUSH)
    await traders.stop()

    trader = await traders.start_again(cache=_KEEP)

    await _knows_nothing(trader)


#: Longer than two orders of one command take to be accepted, so that the second of them waits in the buffer as a whole.
_BUFFERED: Mapping[str, Any] = {"cache": {"buffer_interval_ms": 500}}


@case(
    "INH-410",
    rule="Current All Open Orders; one account, several sessions",
    upstream=["#3426"],
    needs=["cache_database", "order_lists", "orders_of_others", "unrecordable"],
    trader=_BUFFERED,
)
async def test_orders_that_waited_in_the_buffer_survive_a_crash(traders: Traders, market: Market) -> None:
    """Orders accepted long before a crash MUST be the strategy's own in the next session, where writes are buffered."""
    trader = await traders.start()
    orders = await trader.submit_list(
        [
            limit("BUY", "0.010", market.below_last("4%")).named("LEFT-1"),
            limit("BUY", "0.010", market.below_last("5%")).named("LEFT-2"),
        ]
    )
    accepted = [await order.reaches("ACCEPTED") for order in orders]
    await trader.settles()
    await traders.have_time_to_keep(*(event["venue_order_id"] for event in accepted))
    await traders.kill()

    again = await traders.start_again()

    await again.has_open("LEFT-1", "LEFT-2")
    await again.cancel_all()
    # Of the first one the beginning may have been written before the buffer filled.
    await again.order("LEFT-2").reaches("CANCELED")
    await again.order("LEFT-1").reaches("CANCELED")


@case(
    "INH-420",
    tier="full",
    rule="Position Information V3; one account, several sessions",
    upstream=["#3426"],
    needs=["cache_database", "order_lists", "orders_of_others", "unrecordable"],
    trader=_BUFFERED,
)
async def test_position_that_waited_in_the_buffer_survives_a_crash(
    traders: Traders, market: Market, venue: Venue
) -> None:
    """A position opened long before a crash MUST be held once in the next session, where writes are buffered."""
    trader = await traders.start()
    resting, entry = await trader.submit_list(
        [limit("BUY", "0.010", market.below_last("4%")).named("LEFT-1"), market_order("BUY", "0.010").named("ENTRY-1")]
    )
    accepted = await resting.reaches("ACCEPTED")
    filled = await entry.reaches("FILLED")
    await trader.settles()
    await traders.have_time_to_keep(accepted["venue_order_id"], filled["trade_id"])
    await traders.kill()

    again = await traders.start_again()

    await again.settles()
    await again.holds("0.010")
    positions = (await again.books())["positions"]
    require(len(positions) == 1, "one position", seen=positions)


@case.each(
    {
        "INH-430": {"how": _OF_AN_INSTANCE, "words": "under the id of its instance"},
        "INH-440": {"how": {"cache": {"encoding": "json", "timestamps_as_iso8601": True}}, "words": "as JSON"},
    },
    rule="Current All Open Orders; one account, several sessions",
    upstream=["c2311432c5"],
    tier="full",
    core=["INH-430"],
    needs=["cache_database", "orders_of_others", "gtd", "unrecordable"],
)
async def test_orders_are_known_again_however_they_were_kept(
    traders: Traders, market: Market, venue: Venue, how: Mapping[str, Any], words: str
) -> None:
    """A session that keeps its cache {words} MUST start, and the next one have its orders as they are, and end them."""
    in_an_hour = (int(time.time()) + 3600) * 1000
    asked = {
        "LEFT-1": limit("BUY", "0.010", market.below_last("4%")),
        "LEFT-2": limit("BUY", "0.010", market.below_last("4%"), time_in_force="GTD", expire_time_ms=in_an_hour),
        "LEFT-3": limit("BUY", "0.010", market.below_last("4%"), post_only=True),
    }
    trader = await traders.start(**how)
    for name, request in asked.items():
        await (await trader.submit(request.named(name))).reaches("ACCEPTED")
    await trader.settles()
    before = {name: await trader.order(name).row() for name in asked}

    again = await traders.restart()

    await again.has_open(*asked)
    owners = {row["strategy"] for row in (await again.books())["orders"]}
    require(owners == {"CASE-001"}, "orders of the strategy's own", seen=sorted(owners))
    for name, row in before.items():
        await venue.confirms(again.order(name), "ACCEPTED")
        kept = await again.order(name).row()
        differ = [field for field in _TERMS if kept.get(field) != row.get(field)]
        require(not differ, f"{name} as it was before", seen=f"another {' and '.join(differ)}")
    for name in asked:
        await again.order(name).cancel()
        await again.order(name).reaches("CANCELED")


@case.each(
    {
        "INH-460": {"how": {"use_trader_prefix": False}, "words": "without its own name in the keys"},
        "INH-470": {"how": {"persist_account_events": False}, "words": "without the account's events"},
        "INH-480": {"how": {"save_market_data": True}, "words": "with the market's data"},
    },
    rule="Current All Open Orders; NautilusTrader, CacheConfig: what is kept of a session, and under which names",
    tier="full",
    core=["INH-480"],
    needs=["cache_database", "own_cache_database", "orders_of_others", "unrecordable"],
)
async def test_trader_trades_whatever_it_keeps(
    traders: Traders, market: Market, how: Mapping[str, Any], words: str
) -> None:
    """A trader that keeps its cache {words} MUST trade, and the next one know the order that it left, and end it."""
    trader = await traders.start(cache=how)
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("4%")).named("LEFT-1"))
    await resting.reaches("ACCEPTED")
    for side in ("BUY", "SELL"):
        await (await trader.submit(market_order(side, "0.010"))).reaches("FILLED")
    await trader.settles()

    again = await traders.restart()

    await again.has_open("LEFT-1")
    await again.cancel_all()
    await again.order("LEFT-1").reaches("CANCELED")


@case(
    "INH-960",
    rule="Current All Open Orders; one account, several sessions",
    needs=["cache_database", "orders_of_others", "unrecordable"],
    trader={"cache": {"bulk_read_batch_size": 5}},
)
async def test_cache_that_is_read_in_parts_is_read_wholly(traders: Traders, market: Market) -> None:
    """Where a kept cache is read in parts of five, a restart MUST know each of twelve orders as the strategy's own."""
    names = [f"LEFT-{number}" for number in range(1, 13)]
    trader = await traders.start()
    for number, name in enumerate(names):
        price = market.below_last(f"{2 + number * 0.1:g}%")
        await (await trader.submit(limit("BUY", "0.003", price).named(name))).reaches("ACCEPTED")
    await trader.settles()

    again = await traders.restart()

    await again.has_open(*names)
    owners = {row["strategy"] for row in (await again.books())["orders"]}
    require(owners == {"CASE-001"}, "orders of the strategy's own", seen=sorted(owners))
