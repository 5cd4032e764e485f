"""The ways in which an order of the book can be asked for, and what becomes of each."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from conformance.kit import AxisValue, Market, OrderRequest, limit, market_order


@dataclass(frozen=True, kw_only=True)
class Way(AxisValue):
    """An order of 0.010, made for a trader that is long 0.020; `reaches` is what it comes to at once."""

    make: Callable[[Market], OrderRequest]
    reaches: str = "ACCEPTED"


def _till_date(market: Market) -> OrderRequest:
    in_an_hour = (int(time.time()) + 3600) * 1000
    return limit("BUY", "0.010", market.below_last("2%"), time_in_force="GTD", expire_time_ms=in_an_hour)


WAYS = (
    Way(name="gtc", words="a LIMIT order", make=lambda m: limit("BUY", "0.010", m.below_last("2%"))),
    Way(
        name="post-only",
        words="a post-only order",
        make=lambda m: limit("BUY", "0.010", m.below_last("2%"), post_only=True),
    ),
    Way(name="gtd", words="an order good till date", make=_till_date),
    Way(
        name="ioc",
        words="an IOC order",
        reaches="FILLED",
        make=lambda m: limit("BUY", "0.010", m.above_last("1%"), time_in_force="IOC"),
    ),
    Way(
        name="fok",
        words="a FOK order",
        reaches="FILLED",
        make=lambda m: limit("BUY", "0.010", m.above_last("1%"), time_in_force="FOK"),
    ),
    Way(
        name="reduce-only",
        words="a reduce-only order",
        make=lambda m: limit("SELL", "0.010", m.above_last("2%"), reduce_only=True),
    ),
    Way(name="market", words="a market order", reaches="FILLED", make=lambda m: market_order("BUY", "0.010")),
)
