"""Order lists, brackets and batches: sent or refused as a whole, and each order told its own fate."""

import asyncio
from dataclasses import dataclass

from conformance.binance.usdm import USDM
from conformance.cases.stops import KINDS, QUANTITY, TRAILING, Kind
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
    Trader,
    Venue,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)
from conformance.kit.waiting import comes_true

_BATCH = "DELETE /fapi/v1/batchOrders"
_REFUSED = ("DENIED", "REJECTED")
_TOLD_NOTHING = ("(none)", "INITIALIZED", "SUBMITTED", "RELEASED")


def _resting(kind: Kind, market: Market) -> OrderRequest:
    """Return a stop that waits 2 % away."""
    if kind is TRAILING:
        return kind.make("SELL", QUANTITY, callback_rate="1.0", activation=market.above_last("2%"))
    terms = {"trigger": market.above_last("2%") if kind.takes_profit else market.below_last("2%")}
    if kind.is_limit:
        terms["price"] = market.above_last("1.9%") if kind.takes_profit else market.below_last("2.1%")
    return kind.make("SELL", QUANTITY, **terms)


@case(
    "LIST-010",
    rule="Place Multiple Orders, New Order",
    upstream=["#2994"],
    needs=["order_lists", "unrecordable"],
)
async def test_list_of_limit_orders_is_accepted(trader: Trader, venue: Venue, market: Market) -> None:
    """A list of two LIMIT orders MUST be accepted order by order, each under its own id, and stand at the venue."""
    orders = await trader.submit_list(
        [limit("BUY", "0.010", market.below_last("2%")), limit("SELL", "0.020", market.above_last("2%"))]
    )

    for order in orders:
        await order.reaches("ACCEPTED")
        await venue.confirms(order)


@case.each(
    {
        "LIST-020": {"contingency": "OUO", "entry": "limit"},
        "LIST-030": {"contingency": "OCO", "entry": "limit"},
        "LIST-040": {"contingency": "OUO", "entry": "market"},
    },
    rule="New Order has no contingencies",
    card="TC-E50",
    upstream=["#4043"],
    needs=["brackets", "order_lists", "unrecordable"],
)
async def test_bracket_is_sent_or_refused_as_a_whole(
    trader: Trader, venue: Venue, market: Market, contingency: str, entry: str
) -> None:
    """A bracket of {contingency} with a {entry} entry MUST be sent whole or refused whole: each order has an event.

    No order that is at the venue may be DENIED, and no exit be refused, or at the venue, while its entry rests.
    """
    first = limit("BUY", "0.010", market.below_last("2%")) if entry == "limit" else market_order("BUY", "0.010")
    take = limit("SELL", "0.010", market.above_last("2%"))
    stop = stop_market("SELL", "0.010", trigger=market.below_last("4%"))
    orders = await trader.bracket(first, take, stop, contingency=contingency)

    await _all_are_told(trader, orders[:1])

    await _none_is_denied_at_the_venue(venue, orders)
    if orders[0].state in _REFUSED:
        await _all_are_told(trader, orders)
        states = [order.state for order in orders]
        require(all(state in _REFUSED for state in states), "refused as a whole", seen=states)
        return
    await trader.has_its_answers()
    await trader.settles()
    states = [order.state for order in orders]
    require(not any(state in _REFUSED for state in states), "none of the bracket refused beside its entry", seen=states)
    if entry == "limit":
        there = [await venue.standing(leaving.id) for leaving in orders[1:]]
        require(not any(each.state for each in there), "exits that wait until the entry fills", seen=there)


@case.each(
    {"LIST-110": {"count": 6}, "LIST-120": {"count": 11}},
    rule="Place Multiple Orders: batchOrders max 5",
    needs=["order_lists", "unrecordable"],
)
async def test_long_list_is_sent_or_refused_as_a_whole(
    trader: Trader, venue: Venue, market: Market, count: int
) -> None:
    """A list of {count} LIMIT orders, more than a batch takes, MUST be sent whole or refused whole."""
    asked = [limit("BUY", "0.003", market.below_last(f"{2 + number * 0.1:g}%")) for number in range(count)]
    orders = await trader.submit_list(asked)

    await _all_are_told(trader, orders)

    await _none_is_denied_at_the_venue(venue, orders)
    states = [order.state for order in orders]
    require(len({state in _REFUSED for state in states}) == 1, "one fate for all of the list", seen=states)


@case.each(
    "LIST-130",
    axes={"kind": KINDS, "place": ("first", "last")},
    tier="full",
    core=["stop-market.last", "take-limit.first"],
    rule="Place Multiple Orders has no conditional types: those are of New Algo Order",
    needs=["order_lists", "unrecordable"],
)
async def test_list_with_a_stop_is_sent_or_refused_as_a_whole(
    trader: Trader, venue: Venue, market: Market, kind: Kind, place: str
) -> None:
    """A list of a LIMIT order and {kind}, the stop {place}, MUST be sent, the stop to the Algo service, or refused.

    Its orders have no contingencies: each is an order by itself.
    """
    beside = limit("BUY", "0.010", market.below_last("3%"))
    asked = [_resting(kind, market), beside]
    orders = await trader.submit_list(asked if place == "first" else asked[::-1])

    await _all_are_told(trader, orders)

    await _none_is_denied_at_the_venue(venue, orders)
    states = [order.state for order in orders]
    require(len({state in _REFUSED for state in states}) == 1, "one fate for all of the list", seen=states)
    if states[0] not in _REFUSED:
        for order in orders:
            await venue.confirms(order)


@case(
    "LIST-210",
    rule="New Order, timeInForce GTX (-5022)",
    card="TC-E78",
    needs=["order_lists", "unrecordable"],
)
async def test_refusal_in_a_list_is_of_one_order(trader: Trader, market: Market) -> None:
    """A post-only order of a list that would take MUST be REJECTED as such, and the others of the list stand."""
    resting, crossing = await trader.submit_list(
        [
            limit("BUY", "0.010", market.below_last("2%"), post_only=True),
            limit("BUY", "0.010", market.above_last("2%"), post_only=True),
        ]
    )

    rejected = await crossing.reaches("REJECTED")
    await resting.reaches("ACCEPTED")

    equal("due_post_only", rejected.get("due_post_only"), True)
    await resting.stands("ACCEPTED")


@case(
    "LIST-220",
    rule="New Order (-2019), item by item",
    card="TC-E78",
    needs=["order_lists", "unrecordable", "large_orders"],
)
async def test_unaffordable_order_of_a_list_leaves_the_others(trader: Trader, market: Market) -> None:
    """An order of a list that the account cannot pay MUST be refused; a local refusal takes the whole list."""
    resting, large = await trader.submit_list(
        [limit("BUY", "0.010", market.below_last("2%")), limit("BUY", "90", market.below_last("2%"))]
    )

    await _all_are_told(trader, [resting, large])

    require(large.state in _REFUSED, "the order refused that the account cannot pay", seen=large.state)
    await resting.stands("DENIED" if large.state == "DENIED" else "ACCEPTED")


@dataclass(frozen=True, kw_only=True)
class Wrong(AxisValue):
    """What makes an order one that no venue takes."""

    terms: dict[str, str]


WRONG = (
    Wrong(name="price", words="a price finer than its symbol has", terms={"price": "48000.123"}),
    Wrong(name="quantity", words="a quantity finer than its symbol has", terms={"quantity": "0.0105"}),
)


@case.each(
    "LIST-230",
    axes={"wrong": WRONG, "place": ("first", "last")},
    tier="full",
    core=["price.last", "quantity.first"],
    rule="PRICE_FILTER, LOT_SIZE; NautilusTrader: an order is denied by an event",
    card="TC-E78",
    needs=["order_lists", "risk_engine", "unrecordable"],
)
async def test_order_that_no_venue_takes_leaves_none_of_its_list_untold(
    trader: Trader, venue: Venue, market: Market, wrong: Wrong, place: str
) -> None:
    """A list whose {place} order has {wrong} MUST tell the fate of each of its orders, and that one's be a refusal."""
    bad = limit("BUY", "0.010", market.below_last("2%")).but(**wrong.terms)
    good = limit("BUY", "0.010", market.below_last("3%"))
    orders = await trader.submit_list([bad, good] if place == "first" else [good, bad])
    refused, beside = orders if place == "first" else orders[::-1]

    await _all_are_told(trader, orders)

    require(refused.state in _REFUSED, "the order refused that no venue takes", seen=refused.state)
    await _none_is_denied_at_the_venue(venue, orders)
    await beside.stands("DENIED" if beside.state == "DENIED" else "ACCEPTED")


@case("LIST-310", rule="Cancel Multiple Orders", card="TC-E43", needs=["batch_cancel", "unrecordable"])
async def test_batch_cancel_ends_each_order_once(trader: Trader, market: Market) -> None:
    """Each order of a batch cancellation MUST end CANCELED by one event, whoever tells of it first."""
    orders = [await trader.submit(limit("BUY", "0.010", market.below_last(f"{n}%"))) for n in (2, 3)]
    for order in orders:
        await order.reaches("ACCEPTED")

    await trader.cancel_batch(orders)
    for order in orders:
        await order.reaches("CANCELED")

    await trader.settles()
    for order in orders:
        times = sum(event.name == "OrderCanceled" for event in order.events)
        require(times == 1, "one OrderCanceled for each order", seen=times)


@case.each(
    {
        "LIST-320": {"code": -1021, "status": 400},
        "LIST-330": {"code": -2015, "status": 401},
        "LIST-340": {"code": -1121, "status": 400},
    },
    rule="Cancel Multiple Orders: an error of the whole request",
    card="TC-E77",
    needs=["batch_cancel", "unrecordable"],
    trader={"max_retries": 0},
)
async def test_refused_batch_cancel_is_told_to_each_order(
    trader: Trader, market: Market, faults: Faults, code: int, status: int
) -> None:
    """A batch cancellation that the venue refuses as a whole ({code}) MUST leave each order open, and say so."""
    orders = [await trader.submit(limit("BUY", "0.010", market.below_last(f"{n}%"))) for n in (2, 3)]
    for order in orders:
        await order.reaches("ACCEPTED")
    faults.answer(USDM_CANCELS, status, {"code": code, "msg": "Refused."}, times=None)

    await trader.cancel_batch(orders)

    for order in orders:
        await order.reaches("CANCEL_REJECTED")
        await order.stands("ACCEPTED")


@case.each(
    {"LIST-350": {"first": "answer"}, "LIST-360": {"first": "event"}},
    rule="Cancel Multiple Orders: an answer for each order",
    card="TC-E78",
    needs=["batch_cancel", "unrecordable"],
)
async def test_batch_cancel_item_of_unknown_fate_is_no_refusal(
    trader: Trader, market: Market, faults: Faults, first: str
) -> None:
    """An item of a batch cancellation answered -1007 though it was done MUST end CANCELED, the {first} coming first."""
    orders = [await trader.submit(limit("BUY", "0.010", market.below_last(f"{n}%"))) for n in (2, 3)]
    for order in orders:
        await order.reaches("ACCEPTED")
    unknown = {"code": -1007, "msg": "Timeout waiting for response from backend server. Send status unknown."}
    faults.answer(_BATCH, 200, [unknown, unknown], processed=True, optional=True)
    # Whichever is told first, a race would choose: the other one waits.
    told = asyncio.Event()
    if first == "answer":
        later = faults.delay_frame("ORDER_TRADE_UPDATE", until=told, x="CANCELED")
        await trader.cancel_batch(orders)
        await later.happens()
        await trader.has_its_answers()
        told.set()
    else:
        faults.delay(USDM_CANCELS, until=told, processed=True, times=None)
        await trader.cancel_batch(orders)

    for order in orders:
        await order.reaches("CANCELED")
    told.set()
    await trader.settles()
    for order in orders:
        order.never("CANCEL_REJECTED")


USDM_CANCELS = [endpoint.route for endpoint in USDM.doing("cancel") if not endpoint.algo]


async def _all_are_told(trader: Trader, orders: tuple[Order, ...] | list[Order]) -> None:
    async def told() -> bool:
        return all(order.state not in _TOLD_NOTHING for order in orders)

    await comes_true(trader.history, told, within_s=5.0)
    require(
        all(order.state not in _TOLD_NOTHING for order in orders),
        "an event that tells the fate of each order",
        seen=[order.state for order in orders],
    )


async def _none_is_denied_at_the_venue(venue: Venue, orders: tuple[Order, ...] | list[Order]) -> None:
    for order in orders:
        if order.state == "DENIED":
            there = await venue.standing(order.id)
            require(there.status == "REJECTED" or not there.status, "what is DENIED is not at the venue", seen=there)


@case(
    "LIST-510",
    rule="New Order: symbol; orders are independent of each other",
    upstream=["0a9678a6ac"],
    needs=["order_lists", "other_symbols", "unrecordable"],
    trader={"symbols": ["BTCUSDT", "ETHUSDT"]},
)
async def test_list_of_two_symbols_is_accepted(trader: Trader, venue: Venue, market: Market) -> None:
    """A list of two LIMIT orders of different symbols MUST be accepted, each at the venue under its own symbol."""
    its_market, its_venue = await market.of("ETHUSDT"), venue.of("ETHUSDT")

    first, other = await trader.submit_list(
        [
            limit("BUY", "0.010", market.below_last("2%")),
            limit("BUY", "0.123", its_market.below_last("2%")).but(symbol="ETHUSDT"),
        ]
    )

    for order, there in ((first, venue), (other, its_venue)):
        await order.reaches("ACCEPTED")
        await there.confirms(order)


@case.each(
    {"LIST-700": {"first": "the larger"}, "LIST-701": {"first": "the smaller"}},
    tier="full",
    core=["LIST-700"],
    rule="Exchange Information, LOT_SIZE: the least and the largest quantity are each symbol's own",
    needs=["order_lists", "other_symbols", "unrecordable"],
    trader={"symbols": ["BTCUSDT", "DOGEUSDT"]},
)
async def test_list_is_held_to_the_filters_of_each_symbol(
    trader: Trader, venue: Venue, market: Market, first: str
) -> None:
    """A list of 0.010 of one symbol and 2000 of another, {first} price first, MUST be accepted, both orders of it."""
    its_market, its_venue = await market.of("DOGEUSDT"), venue.of("DOGEUSDT")
    asked = [
        (limit("BUY", "0.010", market.below_last("2%")), venue),
        (limit("BUY", "2000", its_market.below_last("2%")).but(symbol="DOGEUSDT"), its_venue),
    ]
    if first != "the larger":
        asked.reverse()

    orders = await trader.submit_list([request for request, _ in asked])

    for order, (_, there) in zip(orders, asked, strict=True):
        await order.reaches("ACCEPTED")
        await there.confirms(order)
