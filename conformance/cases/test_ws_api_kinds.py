"""The WebSocket API takes orders of every kind of the book, each with the parameters of New Order."""

from conformance.cases.situations import passes_over_what_is_free
from conformance.cases.ways import WAYS, Way
from conformance.kit import Market, Trader, Venue, Wire, case, market_order


@case.each(
    {f"WSAPI-21{number}": {"way": way} for number, way in enumerate(WAYS)},
    rule="WebSocket API: order.place, with the parameters of New Order",
    needs=["ws_trading", "gtd", "unrecordable"],
    trader={"use_ws_trading": True},
)
async def test_order_of_every_kind_is_sent_as_asked(
    trader: Trader, venue: Venue, wire: Wire, market: Market, way: Way
) -> None:
    """Over the WebSocket API {way} MUST be sent as asked, over the socket alone, and stand or fill as at the venue."""
    passes_over_what_is_free(trader)
    await (await trader.submit(market_order("BUY", "0.020"))).reaches("FILLED")

    order = await trader.submit(way.make(market))
    await order.reaches(way.reaches)

    await venue.confirms(order)
    wire.none("POST /fapi/v1/order")
