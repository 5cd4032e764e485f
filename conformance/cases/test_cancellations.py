"""Cancellations: of one order, of several, of all; granted and refused."""

import asyncio
import json
from collections.abc import Callable, Mapping

from conformance.cases.situations import CHECKED, OF_ORDERS, UNHURRIED, passes_over_what_is_free
from conformance.cases.stops import ends_at_once
from conformance.kit import (
    Faults,
    Market,
    OrderRequest,
    Trader,
    Venue,
    Wire,
    case,
    equal,
    limit,
    require,
    stop_limit,
    stop_market,
)

type Makes = Callable[[Market], OrderRequest]


def _limit(market: Market) -> OrderRequest:
    return limit("BUY", "0.010", market.below_last("2%"))


def _stop(market: Market) -> OrderRequest:
    return stop_market("SELL", "0.010", trigger=market.below_last("4%"))


@case("CXL-010", card="TC-E41", rule="Cancel All Open Orders, Cancel All Algo Open Orders")
async def test_cancel_all_cancels_every_kind(trader: Trader, market: Market) -> None:
    """Cancelling all orders MUST cancel the open limit orders and the resting stop orders of the symbol."""
    orders = [
        await trader.submit(limit("BUY", "0.010", market.below_last("2%"))),
        await trader.submit(limit("BUY", "0.010", market.below_last("3%"))),
        await trader.submit(limit("SELL", "0.010", market.above_last("2%"))),
        await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%"))),
    ]
    for order in orders:
        await order.reaches("ACCEPTED")

    await trader.cancel_all()

    for order in orders:
        await order.reaches("CANCELED")


@case("CXL-020", rule="Cancel All Open Orders: a triggered stop is an order", needs=["market_moves"])
async def test_cancel_all_cancels_a_triggered_stop_limit(
    trader: Trader, wire: Wire, market: Market, faults: Faults
) -> None:
    """Cancelling all orders MUST cancel a stop limit order whose trigger was crossed and that rests in the book."""
    trigger, price = market.below_last("2%"), market.below_last("1%")
    order = await trader.submit(stop_limit("SELL", "0.010", trigger=trigger, price=price))
    await order.reaches("ACCEPTED")
    await market.moves_to(market.below_last("3%"))
    await order.reaches("UPDATED")
    await wire.frame("ALGO_UPDATE", caid=order.id, X="TRIGGERED")
    await order.stands("ACCEPTED")

    await ends_at_once(trader, faults, trader.cancel_all)

    await order.reaches("CANCELED")
    await wire.frame("ALGO_UPDATE", caid=order.id, X="FINISHED")


@case("CXL-030", rule="Cancel Multiple Orders")
async def test_cancelled_batch_is_cancelled(trader: Trader, market: Market) -> None:
    """Orders that are cancelled with one command MUST all end CANCELED, and the others stay open."""
    first = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    second = await trader.submit(limit("BUY", "0.010", market.below_last("3%")))
    third = await trader.submit(limit("BUY", "0.010", market.below_last("4%")))
    await first.reaches("ACCEPTED")
    await second.reaches("ACCEPTED")
    await third.reaches("ACCEPTED")

    await trader.cancel_batch([first, second])

    await first.reaches("CANCELED")
    await second.reaches("CANCELED")
    await trader.has_open(third.id)


# What becomes of a wish that 1.222 … 1.226 take to the wrong service the in-flight check finds.
@case("CXL-035", rule="Cancel Multiple Orders; Cancel Algo Order", upstream=["#3287"], trader=CHECKED)
async def test_cancelled_batch_may_hold_stops(trader: Trader, market: Market) -> None:
    """Orders that are cancelled with one command MUST all end CANCELED, resting stop orders among them."""
    plain = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%")))
    await plain.reaches("ACCEPTED")
    await stop.reaches("ACCEPTED")

    await trader.cancel_batch([plain, stop])

    await plain.reaches("CANCELED")
    await stop.reaches("CANCELED")


@case("CXL-037", rule="Cancel Multiple Orders: at most 10 orders in one request", needs=["batch_cancel"])
async def test_cancelled_batch_may_be_longer_than_a_request(
    trader: Trader, wire: Wire, venue: Venue, market: Market
) -> None:
    """Twelve orders that are cancelled with one command, more than a request takes, MUST all end CANCELED.

    The list that a request names them in is to have no space after a comma.
    """
    orders = [
        await trader.submit(limit("BUY", "0.003", market.below_last(f"{2 + number * 0.1:g}%"))) for number in range(12)
    ]
    for order in orders:
        await order.reaches("ACCEPTED")

    await trader.cancel_batch(orders)

    for order in orders:
        await order.reaches("CANCELED")
    equal("orders left at the venue", len((await venue.books())["orders"]), 0)
    lists = [each.params.get("origClientOrderIdList", "") for each in wire.requests("DELETE /fapi/v1/batchOrders")]
    require(not any(" " in each for each in lists), "lists without a space after a comma", seen=lists)


def _named(params: Mapping[str, str]) -> set[str]:
    """Return the ids of the orders that a request to cancel several names."""
    lists = (params[key] for key in ("orderIdList", "origClientOrderIdList") if key in params)
    return {str(each) for ids in lists for each in json.loads(ids)}


@case.each(
    {
        "CXL-038": {"status": 503, "code": -1000, "what": "503"},
        "CXL-039": {"status": 429, "code": -1003, "what": "429"},
    },
    rule="Cancel Multiple Orders: at most 10 orders in one request; each request has a fate of its own",
    needs=["batch_cancel", "unrecordable"],
    # What the check of what is in flight makes of the refused ones is FATE-020's.
    trader=UNHURRIED,
)
async def test_refused_request_of_a_batch_does_not_keep_back_the_next(
    trader: Trader, wire: Wire, venue: Venue, market: Market, faults: Faults, status: int, code: int, what: str
) -> None:
    """Twelve orders that are cancelled with one command MUST end but for those whose request is answered {what}."""
    orders = [
        await trader.submit(limit("BUY", "0.003", market.below_last(f"{2 + number * 0.1:g}%"))) for number in range(12)
    ]
    for order in orders:
        await order.reaches("ACCEPTED")
    refused = faults.answer("batch cancel", status, {"code": code, "msg": "Not done."}, processed=False, times=1)

    await trader.cancel_batch(orders)

    await refused.happens()
    named = _named(wire.requests("batch cancel")[0].params)
    rest = [order for order in orders if not {order.id, str((await order.row())["venue_order_id"])} & named]
    require(len(rest) >= 2, "a next request for the orders that the refused one did not name", seen=len(rest))
    for order in rest:
        await venue.confirms(order, "CANCELED")


@case("CXL-040", rule="Error codes: -2011 CANCEL_REJECTED")
async def test_refused_cancellation_leaves_the_order(trader: Trader, market: Market, faults: Faults) -> None:
    """A cancellation that the venue refuses MUST be CANCEL_REJECTED and leave the order open, not end it."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    faults.answer("cancel order", 400, {"code": -2011, "msg": "Unknown order sent."}, times=None)

    await order.cancel()
    await order.reaches("CANCEL_REJECTED")

    await order.stands("ACCEPTED")


@case("CXL-042", rule="Error codes: -2011 CANCEL_REJECTED is for good", needs=["unrecordable"])
async def test_cancellation_refused_for_good_is_asked_for_once(
    trader: Trader, wire: Wire, market: Market, faults: Faults
) -> None:
    """A cancellation that is refused for good (-2011) MUST be asked for once, whatever the trader's retries are."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    faults.answer("cancel order", 400, {"code": -2011, "msg": "Unknown order sent."}, times=None)

    await order.cancel()
    await order.reaches("CANCEL_REJECTED")

    asked = wire.requests("DELETE /fapi/v1/order") + wire.requests("WS order.cancel")
    equal("requests", len(asked), 1)


# Where nothing is told the in-flight check ends the wait: the refusal is missed, not the order.
@case("CXL-045", rule="Error codes: -2011; Cancel Multiple Orders", trader=CHECKED)
async def test_refused_item_of_a_batch_is_told(trader: Trader, market: Market, faults: Faults) -> None:
    """An order of a cancelled batch that the venue refuses to cancel MUST be CANCEL_REJECTED."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    faults.answer("DELETE /fapi/v1/batchOrders", 200, [{"code": -2011, "msg": "Unknown order sent."}])

    await trader.cancel_batch([order])
    await order.reaches("CANCEL_REJECTED")

    await order.stands("ACCEPTED")


@case.each(
    {
        "CXL-210": {"what": "an order", "makes": _limit, "cancelled": "cancel order"},
        "CXL-211": {"what": "a stop", "makes": _stop, "cancelled": "cancel stop"},
    },
    rule="Cancel Order, Cancel Algo Order: by origClientOrderId or clientAlgoId where the venue's id is not known",
    needs=["unrecordable"],
    trader={"inflight_check": None},
)
async def test_cancellation_before_the_answer_names_its_order(
    trader: Trader, wire: Wire, market: Market, faults: Faults, what: str, makes: Makes, cancelled: str
) -> None:
    """The cancellation of {what} of which answer and event are on the way MUST name it by its id, and end it."""
    passes_over_what_is_free(trader)
    told = asyncio.Event()
    held = faults.delay("place", until=told, processed=True)
    for event in OF_ORDERS:
        faults.delay_frame(event, until=told, optional=True)
    order = await trader.submit(makes(market))
    await held.happens()

    await order.cancel()

    if what == "an order":
        await wire.exactly(1, cancelled, origClientOrderId=order.id)
    else:
        await wire.exactly(1, cancelled, clientAlgoId=order.id)
    told.set()
    await order.reaches("CANCELED", within_s=2.0)
