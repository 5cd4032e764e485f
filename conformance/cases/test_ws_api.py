"""The WebSocket API: orders over a socket instead of REST, where a version can."""

from conformance.kit import Market, Trader, Wire, case, limit, require


@case(
    "WSAPI-010", rule="WebSocket API: order.place, order.cancel", needs=["ws_trading"], trader={"use_ws_trading": True}
)
async def test_orders_travel_over_the_socket(trader: Trader, wire: Wire, market: Market) -> None:
    """With WebSocket trading on, a LIMIT order MUST be placed and cancelled over the socket, and nowhere else."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await order.cancel()
    await order.reaches("CANCELED")

    await wire.one("WS order.place", newClientOrderId=order.id)
    await wire.one("WS order.cancel")
    wire.none("POST /fapi/v1/order")
    wire.none("DELETE /fapi/v1/order")


@case("WSAPI-020", rule="WebSocket API: order.place", needs=["ws_trading"], trader={"use_ws_trading": True})
async def test_refusal_over_the_socket_is_a_rejection(trader: Trader, wire: Wire, market: Market) -> None:
    """A post-only order that the venue refuses over the socket MUST end REJECTED with the venue's code."""
    order = await trader.submit(limit("BUY", "0.010", market.above_last("2%"), post_only=True))

    rejected = await order.reaches("REJECTED")

    require("-5022" in rejected["reason"], "the venue's code in the rejection's reason", seen=rejected["reason"])
    await wire.one("WS order.place", newClientOrderId=order.id)
