"""The user stream: what a trader does when the venue's one source of events goes away."""

from conformance.kit import Faults, Market, Order, Trader, UserStream, Venue, case, limit


@case("STRM-010", rule="User Data Streams: a connection may be closed at any time")
async def test_dropped_stream_is_opened_again(
    trader: Trader, market: Market, venue: Venue, user_stream: UserStream
) -> None:
    """When the venue drops the user stream, the trader MUST open it again and MUST hear what follows on it."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await user_stream.drops()
    await user_stream.is_open_again()
    await venue.changes_leverage(10)
    await user_stream.is_open_again()

    await order.cancel()
    await order.reaches("CANCELED")


async def missed_cancellation(
    trader: Trader, market: Market, venue: Venue, user_stream: UserStream, faults: Faults
) -> Order:
    """Return an open order that another client cancelled while the stream was down; the stream is open again."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    lost = faults.lose("ORDER_TRADE_UPDATE", x="CANCELED")
    await venue.cancels(accepted["venue_order_id"])
    await lost.happens()
    await user_stream.drops()
    await user_stream.is_open_again()
    return order


@case("STRM-020", rule="User Data Streams: no replay of events missed while disconnected", card="TC-E84")
async def test_missed_cancellation_is_learned_with_the_next_event(
    trader: Trader, market: Market, venue: Venue, user_stream: UserStream, faults: Faults
) -> None:
    """A cancellation whose event was lost with the stream MUST be learned by the next event after it is open again."""
    order = await missed_cancellation(trader, market, venue, user_stream, faults)

    await venue.changes_leverage(10)

    await order.reaches("CANCELED")


@case("STRM-030", rule="User Data Streams: no replay of events missed while disconnected", card="TC-E84")
async def test_missed_cancellation_is_learned_on_a_quiet_stream(
    trader: Trader, market: Market, venue: Venue, user_stream: UserStream, faults: Faults
) -> None:
    """A cancellation whose event was lost with the stream SHOULD be learned once it is open again, event or none."""
    order = await missed_cancellation(trader, market, venue, user_stream, faults)

    await order.reaches("CANCELED", within_s=3)


@case("STRM-040", rule="Event: User Data Stream Expired", needs=["venue_acts"])
async def test_expired_listen_key_is_replaced(
    trader: Trader, market: Market, venue: Venue, user_stream: UserStream
) -> None:
    """When the venue says that the listen key has expired, the trader MUST open a new stream and hear on it."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await user_stream.ends(venue.expires_listen_key)
    await user_stream.is_open_again()
    # What it asks now may be answered with how things were before the cancellation: that is another case.
    await trader.settles()

    await order.cancel()
    await order.reaches("CANCELED")
