"""What one strategy hears of another's orders on the symbol, as a hedger does that follows a desk's fills."""

from dataclasses import dataclass

from conformance.kit import AxisValue, Market, Traders, case, limit, stop_market


@dataclass(frozen=True, kw_only=True)
class Way(AxisValue):
    """How a strategy comes to hear of the others' orders."""

    hears: str


_RULE = "Event: Order Update: every fill and the end of each order, of which the whole account is told"


@case.each(
    {
        "STRAT-070": {
            "way": Way(
                name="subscribed",
                words="has subscribed to a symbol's fills",
                hears="fills",
                needs=("fills_of_others",),
            )
        },
        "STRAT-072": {
            "way": Way(
                name="topic",
                words="has subscribed to the topic of a symbol's fills",
                hears="fills_topic",
                needs=("bus_topics",),
            )
        },
    },
    rule=_RULE,
    needs=["market_moves", "unrecordable"],
)
async def test_fills_of_another_strategy_are_heard(traders: Traders, market: Market, way: Way) -> None:
    """A strategy that {way} MUST be told each fill of another strategy's order, once, with its trade id."""
    trader = await traders.start(strategies=2, hears=[way.hears])
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")

    await market.takes(accepted["venue_order_id"], "0.004")
    first = await order.reaches("PARTIALLY_FILLED")
    await market.takes(accepted["venue_order_id"], "0.006")
    second = await order.reaches("FILLED")

    await trader.has_heard(*(("OrderFilled", order.id, each["trade_id"]) for each in (first, second)))


@case.each(
    {
        "STRAT-071": {
            "way": Way(
                name="subscribed",
                words="has subscribed to a symbol's cancellations",
                hears="cancels",
                needs=("cancels_of_others",),
            )
        },
        "STRAT-073": {
            "way": Way(
                name="topic",
                words="has subscribed to the topic of a symbol's cancellations",
                hears="cancels_topic",
                needs=("bus_topics",),
            )
        },
    },
    tier="full",
    core=["STRAT-071"],
    rule=_RULE,
    needs=["unrecordable"],
)
async def test_cancellations_of_another_strategy_are_heard(traders: Traders, market: Market, way: Way) -> None:
    """A strategy that {way} MUST be told of each of another strategy's orders that is cancelled, once."""
    trader = await traders.start(strategies=2, hears=[way.hears])
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%")))
    for order in (resting, stop):
        await order.reaches("ACCEPTED")
        await order.cancel()
        await order.reaches("CANCELED")

    await trader.has_heard(*(("OrderCanceled", order.id, None) for order in (resting, stop)))
