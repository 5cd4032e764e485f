"""What a trader concludes from an account that it asks for after the user stream was away."""

from conformance.kit import Trader, UserStream, case, market_order, require


@case(
    "STRM-140",
    rule="User Data Streams: no replay of events missed while disconnected",
    card="TC-E84",
    needs=["unrecordable"],
    upstream=["#4736"],
)
async def test_reopened_stream_with_nothing_missed_changes_nothing(trader: Trader, user_stream: UserStream) -> None:
    """When the stream is open again and nothing has changed meanwhile, the trader MUST fill and change nothing."""
    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")
    await trader.holds("0.010")
    since = trader.moment

    await user_stream.drops()
    await user_stream.is_open_again()

    await trader.stays_quiet(since=since)
    positions = (await trader.books())["positions"]
    require(len(positions) == 1, "one position a symbol", seen=positions)
