"""Another client's orders, and what it amends, term by term: the trader's books have each as the venue has it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases.inherited import LIMIT, NAME, STOP_LIMIT, Left, venue_id
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    case,
    equal,
    limit,
    market_order,
    require,
    trailing_stop_market,
)

_RULE = "User data streams: every event of the account, whichever client caused it"
_MAKER = Left(
    name="limit", words="a LIMIT order", request=lambda m: limit("BUY", "0.010", m.below_last("4%"), post_only=True)
)
_STOP_MAKER = Left(
    name="stop-limit", words="a stop limit order", request=lambda m: STOP_LIMIT.request(m).but(post_only=True)
)


@case.each(
    {"OTH-210": {"left": _MAKER}, "OTH-211": {"left": _STOP_MAKER}},
    rule=f"{_RULE}; f (timeInForce) of ORDER_TRADE_UPDATE and of ALGO_UPDATE: GTX is post-only",
    needs=["orders_of_others"],
)
async def test_post_only_order_of_another_client_is_known_as_such(
    trader: Trader, venue: Venue, market: Market, left: Left
) -> None:
    """{left} that another client places as post-only (GTX) MUST be post-only in the trader's books."""
    await venue.places(left.request(market).named(NAME))

    await trader.has_open(NAME)

    equal("post_only", (await trader.order(NAME).row())["post_only"], True)


@case.each(
    {"OTH-217": {"told": "by its event"}, "OTH-218": {"told": "at a start"}},
    rule=f"{_RULE}; New Order, timeInForce RPI: post-only, rests until the app's orders take it",
    needs=["unrecordable", "market_moves", "orders_of_others"],
)
async def test_retail_price_improvement_order_is_one_that_rests(
    traders: Traders, venue: Venue, market: Market, told: str
) -> None:
    """An order with RPI of another client, told {told}, MUST be one that rests and never takes, to its last fill."""
    trader = await traders.start() if told == "by its event" else None
    placed = await venue.places(limit("BUY", "0.010", market.below_last("4%")).named(NAME), timeInForce="RPI")
    trader = trader or await traders.start()

    passes_over_what_is_free(trader)
    await trader.has_open(NAME)
    row = await trader.order(NAME).row()
    require(row["time_in_force"] == "GTC", "a time in force of an order that rests", seen=row["time_in_force"])
    equal("post_only", row["post_only"], True)
    await market.takes(str(placed["orderId"]), "0.004")
    await trader.holds("0.004")
    await market.takes(str(placed["orderId"]), "0.006")
    await venue.confirms(trader.order(NAME), "FILLED")


def _in_an_hour() -> dict[str, Any]:
    return {"time_in_force": "GTD", "expire_time_ms": (int(time.time()) + 3600) * 1000}


def _limit_of_many_terms(market: Market) -> OrderRequest:
    return limit("SELL", "0.010", market.above_last("4%"), reduce_only=True).but(**_in_an_hour())


def _stop_of_many_terms(market: Market) -> OrderRequest:
    return STOP_LIMIT.request(market).but(reduce_only=True, trigger_type="MARK_PRICE", **_in_an_hour())


def _trailing_of_many_terms(market: Market) -> OrderRequest:
    return trailing_stop_market("SELL", "0.010", callback_rate="0.7", activation=market.above_last("1%")).but(
        reduce_only=True
    )


@case.each(
    {
        "OTH-212": {
            "left": Left(name="limit", words="a reduce-only LIMIT order, good till date,", request=_limit_of_many_terms)
        },
        "OTH-213": {
            "left": Left(
                name="stop-limit",
                words="a reduce-only stop limit order on the mark price, good till date,",
                request=_stop_of_many_terms,
            )
        },
        "OTH-214": {
            "left": Left(name="trailing", words="a reduce-only trailing stop", request=_trailing_of_many_terms)
        },
    },
    rule=f"{_RULE}; R, f, wt, gtd of ORDER_TRADE_UPDATE and ALGO_UPDATE; Current All Algo Open Orders: callbackRate",
    needs=["unrecordable", "orders_of_others"],
)
async def test_order_of_another_client_has_every_term(
    traders: Traders, venue: Venue, market: Market, left: Left
) -> None:
    """{left} that another client places while the trader runs MUST be open in it with every term that the venue has.

    The terms are judged by invariant 8, which compares the books.
    """
    await venue.opens_position("BUY", "0.010")
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await trader.holds("0.010")

    await venue.places(left.request(market).named(NAME))

    await trader.has_open(NAME)
    row = await trader.order(NAME).row()
    equal("side", row["side"], "SELL")
    equal("reduce_only", row.get("reduce_only", False), True)


@case(
    "OTH-216",
    rule=f"{_RULE}; f (timeInForce) of ORDER_TRADE_UPDATE",
    needs=["unrecordable", "orders_of_others"],
)
async def test_immediate_order_of_another_client_is_known_as_such(trader: Trader, venue: Venue, market: Market) -> None:
    """An IOC order of another client that fills MUST be FILLED in the trader, and be known as IOC."""
    passes_over_what_is_free(trader)
    await venue.places(limit("BUY", "0.010", market.above_last("1%"), time_in_force="IOC").named(NAME))

    await venue.confirms(trader.order(NAME), "FILLED")

    equal("time_in_force", (await trader.order(NAME).row())["time_in_force"], "IOC")
    await trader.holds("0.010")


@dataclass(frozen=True, kw_only=True)
class Amended(AxisValue):
    """The terms after another client's amendment."""

    quantity: str
    price: Callable[[Market], str]


_PRICE = Amended(name="price", words="price alone", quantity="0.010", price=lambda m: str(m.below_last("5%")))
_QUANTITY = Amended(name="quantity", words="quantity alone", quantity="0.012", price=lambda m: str(m.below_last("4%")))


@case.each(
    {
        "OTH-220": {"whose": "own", "amended": _PRICE},
        "OTH-221": {"whose": "own", "amended": _QUANTITY},
        "OTH-222": {"whose": "foreign", "amended": _PRICE},
        "OTH-223": {"whose": "foreign", "amended": _QUANTITY},
    },
    tier="full",
    core=["OTH-220"],
    rule=f"{_RULE}; Event: Order Update, execution type AMENDMENT; Modify Order: price and quantity are both sent",
    needs=["orders_of_others"],
)
async def test_one_term_amended_by_another_client(
    trader: Trader, venue: Venue, market: Market, whose: str, amended: Amended
) -> None:
    """A resting order ({whose}) of which another client amends {amended} MUST have the venue's price and quantity."""
    passes_over_what_is_free(trader)
    request = LIMIT.request(market).named(NAME)
    await (trader.submit(request) if whose == "own" else venue.places(request))
    await trader.has_open(NAME)
    await trader.settles()

    await venue.amends(await venue_id(venue, NAME), "BUY", quantity=amended.quantity, price=amended.price(market))

    await venue.confirms(trader.order(NAME))


@case(
    "OTH-240",
    rule=f"{_RULE}; Event: Order Update: z, ap and X tell of the whole order, l and L of one trade",
    needs=["unrecordable", "market_moves", "orders_of_others"],
)
async def test_order_of_another_client_that_is_first_heard_of_by_its_last_fill(
    trader: Trader, venue: Venue, market: Market, faults: Faults
) -> None:
    """An order of another client of which the last fill is all that is heard MUST be as at the venue, once it is."""
    passes_over_what_is_free(trader)
    near, far = market.above_last("0.1%"), market.above_last("0.2%")
    await market.offers(bids=[(market.below_last("0.1%"), "1")], asks=[(near, "0.004"), (far, "1")])
    faults.lose("ORDER_TRADE_UPDATE", times=2)

    await venue.places(market_order("BUY", "0.010").named(NAME))

    await venue.confirms(trader.order(NAME), "FILLED", within_s=2.0)
    await trader.holds("0.010", within_s=2.0)
