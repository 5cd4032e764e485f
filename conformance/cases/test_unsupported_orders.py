"""Orders of kinds that NautilusTrader has and Binance's futures have not: refused at once, and none is sent instead."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.cases.emulated import UNASKED, WRITING
from conformance.kit import AxisValue, Market, OrderRequest, Trader, Wire, case, equal, limit, market_order, stop_market

_REFUSED = ("DENIED", "REJECTED")


@dataclass(frozen=True, kw_only=True)
class _Asked(AxisValue):
    """An order that the venue has no word for."""

    make: Callable[[Market], OrderRequest]


def _trailing(offset: str, of_type: str, *, kind: str = "TRAILING_STOP_MARKET") -> OrderRequest:
    return OrderRequest(kind, "SELL", "0.010", trailing_offset=offset, trailing_offset_type=of_type)


def _trailing_limit(market: Market) -> OrderRequest:
    asked = _trailing("100", "BASIS_POINTS", kind="TRAILING_STOP_LIMIT")
    prices = {"price": market.below_last("1.2%"), "trigger_price": market.below_last("1%")}
    return asked.but(limit_offset="20", **prices)


_UNKNOWN = (
    _Asked(
        name="market-to-limit",
        words="a MARKET_TO_LIMIT order",
        make=lambda _: OrderRequest("MARKET_TO_LIMIT", "BUY", "0.010"),
    ),
    _Asked(name="trailing-limit", words="a TRAILING_STOP_LIMIT order", make=_trailing_limit),
    _Asked(
        name="trailing-price",
        words="a trailing stop that follows by an amount of money",
        make=lambda m: _trailing("500", "PRICE").but(trigger_price=m.below_last("1%")),
    ),
    _Asked(
        name="trailing-ticks",
        words="a trailing stop that follows by ticks",
        make=lambda m: _trailing("5000", "TICKS").but(trigger_price=m.below_last("1%")),
    ),
    _Asked(
        name="open",
        words="a LIMIT order for the opening",
        make=lambda m: limit("BUY", "0.010", m.below_last("2%"), time_in_force="AT_THE_OPEN"),
    ),
    _Asked(
        name="close",
        words="a LIMIT order for the close",
        make=lambda m: limit("BUY", "0.010", m.below_last("2%"), time_in_force="AT_THE_CLOSE"),
    ),
    _Asked(
        name="market-close",
        words="a MARKET order for the close",
        make=lambda _: market_order("BUY", "0.010").but(time_in_force="AT_THE_CLOSE"),
    ),
    _Asked(
        name="stop-day",
        words="a STOP_MARKET order for the day",
        make=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("2%")).but(time_in_force="DAY"),
    ),
)


@case.each(
    {f"KIND-{380 + number}": {"asked": asked} for number, asked in enumerate(_UNKNOWN)},
    tier="full",
    core=["KIND-380", "KIND-381"],
    rule="New Order, New Algo Order: type, timeInForce, callbackRate: the words that there are",
    card="TC-E72",
    needs=["unrecordable"],
    trader=UNASKED,
)
async def test_order_of_an_unknown_kind_is_refused_at_once(
    trader: Trader, wire: Wire, market: Market, asked: _Asked
) -> None:
    """Asked for {asked}, the trader MUST refuse it by itself, with an event, and send nothing in its place."""
    order = await trader.submit(asked.make(market))

    await order.reaches(*_REFUSED)

    await trader.settles()
    equal("requests that write", [f"{request.method} {request.path}" for request in wire.asked(WRITING)], [])


@case.each(
    {f"KIND-{390 + number}": {"asked": _UNKNOWN[number]} for number in (0, 1, 4)},
    tier="full",
    rule="Place Multiple Orders: a list of orders, each of which stands by itself",
    card="TC-E72",
    needs=["order_lists", "unrecordable"],
    trader=UNASKED,
)
async def test_order_of_an_unknown_kind_leaves_no_other_untold(trader: Trader, market: Market, asked: _Asked) -> None:
    """In a list with {asked}, which is refused, another order MUST be refused too, with an event, or rest."""
    beside = limit("BUY", "0.010", market.below_last("3%"))

    unknown, known = await trader.submit_list([asked.make(market), beside])

    await unknown.reaches(*_REFUSED)
    await known.reaches("ACCEPTED", *_REFUSED)
