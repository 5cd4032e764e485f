"""A trader that tells other programs what happens, by a message bus in a Redis."""

from typing import Literal

from conformance.kit import Market, Traders, case, limit, market_order, require


@case.each(
    {"BUS-010": {"streams": "a stream for each topic"}, "BUS-020": {"streams": "one stream for all"}},
    rule="Event: Order Update: what a program that hears of the account from the trader alone goes by",
    upstream=["#4482", "#4601"],
    tier="full",
    core=["BUS-010"],
    needs=["message_bus", "cache_database", "unrecordable"],
)
async def test_what_happens_is_published(traders: Traders, market: Market, streams: str) -> None:
    """A trader with a message bus in a Redis MUST start, trade, and publish its orders' ids and trades in {streams}."""
    trader = await traders.start(node={"message_bus": {"stream_per_topic": streams != "one stream for all"}})

    resting = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await resting.reaches("ACCEPTED")
    entry = await trader.submit(market_order("BUY", "0.010"))
    filled = await entry.reaches("FILLED")
    await trader.holds("0.010")
    await resting.cancel()
    await resting.reaches("CANCELED")

    ids = (resting.id, entry.id, accepted["venue_order_id"])
    await traders.have_published(*ids, filled["trade_id"], "OrderCanceled", "PositionOpened")
    names = await traders.streams()
    if streams == "one stream for all":
        require(len(names) == 1, streams, seen=names)
    else:
        found = [any(topic in name for name in names) for topic in ("events.order", "events.position")]
        require(all(found), f"{streams}, of orders and of positions", seen=names)


@case.each(
    {"BUS-030": {"encoding": "json"}, "BUS-031": {"encoding": "msgpack"}},
    rule="Event: Order Update: what a program that hears of the account from the trader alone goes by",
    upstream=["#4482", "#4601"],
    tier="full",
    core=["BUS-030"],
    needs=["message_bus", "cache_database", "unrecordable"],
)
async def test_messages_are_in_the_encoding_that_is_configured(
    traders: Traders, market: Market, encoding: Literal["json", "msgpack"]
) -> None:
    """A message bus that is configured for {encoding} MUST publish each event of an order as an object in it."""
    trader = await traders.start(node={"message_bus": {"encoding": encoding}})

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await traders.have_published(order.id, "OrderAccepted")
    await traders.are_read_as(encoding, order.id)
