"""Orders that the venue prices (priceMatch): sent without a price, and then known at the venue's."""

from conformance.kit import Market, Side, Trader, Venue, Wire, case, limit

_RULE = "New Order, priceMatch: cannot be passed together with price"
_RESTS, _FILLED = ("ACCEPTED",), ("FILLED",)
#: Binance has switched these two words off in October 2025, and does not say until when: -5037.
_FILLED_OR_OFF = ("FILLED", "REJECTED")


@case.each(
    {
        "KIND-910": {"side": "BUY", "match": "QUEUE", "reached": _RESTS},
        "KIND-920": {"side": "SELL", "match": "QUEUE_5", "reached": _RESTS},
        "KIND-930": {"side": "BUY", "match": "OPPONENT", "reached": _FILLED},
        "KIND-940": {"side": "BUY", "match": "QUEUE_10", "reached": _RESTS},
        "KIND-950": {"side": "SELL", "match": "QUEUE_20", "reached": _RESTS},
        "KIND-960": {"side": "SELL", "match": "OPPONENT_5", "reached": _FILLED},
        "KIND-970": {"side": "BUY", "match": "OPPONENT_10", "reached": _FILLED_OR_OFF},
        "KIND-980": {"side": "SELL", "match": "OPPONENT_20", "reached": _FILLED_OR_OFF},
    },
    rule=_RULE,
    upstream=["#3074"],
    needs=["price_match", "unrecordable"],
)
async def test_order_has_the_price_that_the_venue_chose(
    trader: Trader, venue: Venue, wire: Wire, market: Market, side: Side, match: str, reached: tuple[str, ...]
) -> None:
    """A {side} order that the venue prices by {match} MUST be sent without a price, and be known at the venue's."""
    asked = limit(side, "0.010", market.below_last("2%") if side == "BUY" else market.above_last("2%"))
    order = await trader.submit(asked.but(price_match=match))
    await order.reaches(*reached)

    await wire.one("place order", newClientOrderId=order.id)
    await venue.confirms(order)
