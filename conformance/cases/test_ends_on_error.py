"""A node that is told to stop the native way at an error: what is one, and what is the business of any day."""

from conformance.cases.daily_business import ENDS, UNKNOWN, Business, Day, goes_on
from conformance.cases.listed import exchange_info_without
from conformance.cases.situations import passes_over_what_is_free
from conformance.cases.symbols import INFORMATION
from conformance.kit import Faults, Market, MarketStreams, Traders, UserStream, Venue, Wire, case, limit, stop_market

_NEW, _THERE = "ETHUSDT", "FOREIGN-ETH"


async def _order(day: Day) -> None:
    day.refuses("place", -2019)
    await (await day.trader.submit(limit("BUY", "0.010", day.market.below_last("3%")))).reaches("REJECTED")


async def _stop(day: Day) -> None:
    trigger = day.market.above_last("3%")
    await (await day.trader.submit(stop_market("SELL", "0.010", trigger=trigger))).reaches("REJECTED")


async def _cancellation(day: Day) -> None:
    # Refused for good: -5028 and -2011, which are more common, lead 1.x to send it again.
    day.refuses("cancel", -2015, status=401)
    await day.resting.cancel()
    await day.resting.reaches("CANCEL_REJECTED")


async def _amendment(day: Day) -> None:
    day.refuses("modify", -4014)
    await day.resting.modify(price=str(day.market.below_last("3%")))
    await day.resting.reaches("MODIFY_REJECTED")


async def _cancelling_all(day: Day) -> None:
    for each in ("cancel all", "batch cancel", "cancel"):
        day.refuses(each, -1021, times=None)
    await day.trader.cancel_all()
    await day.trader.settles()


async def _cancelling_all_of_others(day: Day) -> None:
    day.refuses("cancel all", -1021, times=None)
    await day.trader.cancel_all(strategy_only=False)
    await day.trader.settles()


async def _user_stream_cut(day: Day) -> None:
    await day.user_stream.drops()
    await day.user_stream.is_open_again()


async def _prices_cut(day: Day) -> None:
    await day.market_streams.drop()
    await day.market_streams.are_open_again()


async def _fill_twice(day: Day) -> None:
    day.faults.duplicate("ORDER_TRADE_UPDATE", x="TRADE")
    await day.market.takes((await day.resting.row())["venue_order_id"], "0.004")
    await day.resting.reaches("PARTIALLY_FILLED")


async def _order_in_a_new_symbol(day: Day) -> None:
    await day.venue.of(_NEW).places(limit("BUY", "0.100", "2000.00").but(symbol=_NEW).named(_THERE))
    await day.trader.settles()


_BUSINESS = {
    "LIFE-700": Business(name="order", words="an order is refused", happens=_order),
    "LIFE-701": Business(name="stop", words="a stop is refused", happens=_stop),
    "LIFE-702": Business(name="cancellation", words="a cancellation is refused", happens=_cancellation),
    "LIFE-703": Business(name="amendment", words="an amendment is refused", happens=_amendment),
    "LIFE-704": Business(
        name="cancelling-all", words="the cancellation of all orders is refused", happens=_cancelling_all, leaves=None
    ),
    "LIFE-705": Business(name="user-stream", words="the user stream is cut", happens=_user_stream_cut),
    "LIFE-706": Business(name="prices", words="the market streams are cut", happens=_prices_cut),
    "LIFE-707": Business(
        name="fill-twice", words="a fill is told twice", happens=_fill_twice, leaves="PARTIALLY_FILLED"
    ),
    "LIFE-708": Business(
        name="new-symbol",
        words="another client has an order in a symbol that was listed since the start",
        happens=_order_in_a_new_symbol,
        lists=_NEW,
        needs=("other_symbols", "orders_of_others"),
    ),
    "LIFE-709": Business(
        name="cancelling-all-of-others",
        words="the cancellation of all orders, those of others among them, is refused",
        happens=_cancelling_all_of_others,
        leaves=None,
        needs=("cancel_all_of_others",),
    ),
}


@case.each(
    {case_id: {"business": business} for case_id, business in _BUSINESS.items()},
    tier="full",
    core=["LIFE-708"],
    rule="Errors -1021, -2015, -2019, -2021, -4014; Connect: a stream ends after 24 hours; symbols may come later",
    needs=["ends_on_error", "market_moves", "unrecordable"],
    trader=ENDS,
)
async def test_daily_business_ends_no_node(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    market_streams: MarketStreams,
    business: Business,
) -> None:
    """A node that is to stop at an error MUST go on, its orders with it, when {business}."""
    if business.lists:
        faults.rewrite_answer(INFORMATION, exchange_info_without(business.lists), times=None)
    trader = await traders.start()
    passes_over_what_is_free(trader)
    if business.lists:
        trader.may_differ(UNKNOWN, about=_THERE, why="whether the new symbol is known is no matter here")
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await resting.reaches("ACCEPTED")

    await business.happens(Day(trader, resting, wire, market, venue, faults, user_stream, market_streams))

    await goes_on(trader, market, resting, business.leaves)


@case(
    "LIFE-710",
    rule="Cancel All Open Orders: what a strategy leaves is live until somebody cancels it",
    needs=["ends_on_error", "unrecordable"],
    trader=ENDS,
)
async def test_error_in_a_handler_ends_the_node_in_order(
    traders: Traders, wire: Wire, market: Market, venue: Venue
) -> None:
    """A node that is to stop at an error MUST do so, its strategy's `on_stop` included, when a handler raises one."""
    trader = await traders.start()
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await resting.reaches("ACCEPTED")
    failing = limit("BUY", "0.010", market.below_last("4%")).named("LIFE-710-F")
    await trader.when("OrderAccepted", trader.order(failing.client_order_id)).fails()

    last = await trader.submit(failing)

    for order in (resting, last):
        await venue.confirms(order, "CANCELED")
