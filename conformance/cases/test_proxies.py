"""Traders behind a proxy, as firms have them: the venue is to be reached through it, and in no other way."""

from typing import Any

from conformance.kit import Market, Trader, Traders, UserStream, case, limit, market_order

_RULE = "General info: the base endpoints, REST and WebSocket, by whatever way they are reached"


async def _trades(trader: Trader, market: Market) -> None:
    """Have an order accepted and cancelled, and another one filled: by requests, their answers and events."""
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await resting.reaches("ACCEPTED")
    await resting.cancel()
    await resting.reaches("CANCELED")
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    leaving = await trader.submit(market_order("SELL", "0.010", reduce_only=True))
    await leaving.reaches("FILLED")
    await trader.holds("0")


@case("CONN-960", rule=_RULE, needs=["unrecordable"])
async def test_requests_come_through_the_proxy(traders: Traders, market: Market) -> None:
    """Where a trader is configured for a proxy, each of its requests MUST come through it."""
    # The venue's name resolves nowhere but in the proxy: what does not come through it does not come at all.
    trader = await traders.start_behind_a_proxy(streams=False)

    await _trades(trader, market)


@case.each(
    {
        "CONN-961": {"over": "http"},
        "CONN-962": {"over": "ws-api"},
    },
    rule=_RULE,
    needs=["proxied_streams", "unrecordable"],
    core=["CONN-961"],
    tier="full",
)
async def test_all_connections_come_through_the_proxy(
    traders: Traders, market: Market, user_stream: UserStream, over: str
) -> None:
    """Where a trader is configured for a proxy, all its connections MUST come through it, over {over}."""
    transport: dict[str, Any] = {"transport": over} if over == "ws-api" else {}
    trader = await traders.start_behind_a_proxy(**transport)
    await _trades(trader, market)

    await user_stream.drops()
    await user_stream.is_open_again()

    await _trades(trader, market)
