"""Exits of a trader that hears few prices, or none: they bind no margin, so that nothing has to be valued."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Trader,
    Wire,
    case,
    limit,
    market_order,
    stop_limit,
    stop_market,
    take_profit_limit,
    take_profit_market,
    trailing_stop_market,
)

_RULE = (
    "New Order, New Algo Order: reduceOnly binds no margin, and no price of the client's is asked for; "
    "NautilusTrader, Execution: of a reduce-only order its risk engine checks that it increases no position, "
    "and market_exit closes all of the strategy's positions"
)
_OPENS = "New Order, New Algo Order; NautilusTrader, Order denied reasons: MARKET_PRICE_UNAVAILABLE"
_WHY = "what the strategy hears is what the cases are about"
_QUANTITY = "0.010"

Does = Callable[[Trader, Market], Awaitable[None]]


def _hearing(name: str, words: str, *kinds: str) -> AxisValue:
    return AxisValue(name=name, words=words, trader={"subscribe": list(kinds)})


PRICES = (
    _hearing("nothing", "no price"),
    _hearing("quotes", "quotes alone", "quotes"),
    _hearing("trades", "trades alone", "trades"),
)
"""What the strategy has subscribed to; every other case has both."""


@dataclass(frozen=True, kw_only=True)
class Way(AxisValue):
    """How a long position of 0.010 is left or protected; `does` waits until that has come about."""

    does: Does


def _sent(request: Callable[[Market], OrderRequest]) -> Does:
    async def does(trader: Trader, market: Market) -> None:
        order = await trader.submit(request(market).but(reduce_only=True))
        await order.reaches("ACCEPTED")
        await trader.has_open(order.id)

    return does


async def _reduces(trader: Trader, _: Market) -> None:
    order = await trader.submit(market_order("SELL", _QUANTITY, reduce_only=True))
    await order.reaches("FILLED")
    await trader.holds("0")


async def _exits(trader: Trader, _: Market) -> None:
    await trader.market_exit()
    await trader.holds("0")


async def _closes_all(trader: Trader, _: Market) -> None:
    await trader.close_all_positions()
    await trader.holds("0")


WAYS = (
    Way(name="market", words="a reduce-only MARKET order", does=_reduces),
    Way(name="market-exit", words="market_exit", needs=("market_exit",), does=_exits),
    Way(name="close-all", words="close_all_positions", needs=("close_position",), does=_closes_all),
    Way(
        name="limit",
        words="a reduce-only LIMIT order",
        does=_sent(lambda m: limit("SELL", _QUANTITY, m.above_last("2%"))),
    ),
    Way(
        name="stop",
        words="a reduce-only STOP_MARKET order",
        does=_sent(lambda m: stop_market("SELL", _QUANTITY, trigger=m.below_last("2%"))),
    ),
    Way(
        name="stop-limit",
        words="a reduce-only STOP_LIMIT order",
        does=_sent(lambda m: stop_limit("SELL", _QUANTITY, trigger=m.below_last("2%"), price=m.below_last("2.1%"))),
    ),
    Way(
        name="take",
        words="a reduce-only MARKET_IF_TOUCHED order",
        does=_sent(lambda m: take_profit_market("SELL", _QUANTITY, trigger=m.above_last("2%"))),
    ),
    Way(
        name="take-limit",
        words="a reduce-only LIMIT_IF_TOUCHED order",
        does=_sent(
            lambda m: take_profit_limit("SELL", _QUANTITY, trigger=m.above_last("2%"), price=m.above_last("1.9%"))
        ),
    ),
    Way(
        name="trailing",
        words="a reduce-only TRAILING_STOP_MARKET order",
        does=_sent(lambda _: trailing_stop_market("SELL", _QUANTITY, callback_rate="1")),
    ),
)


@case.each(
    "RISK-250",
    axes={"way": WAYS, "prices": PRICES},
    tier="full",
    core=["market.nothing", "trailing.quotes"],
    rule=_RULE,
    needs=["reduce_only", "risk_engine", "unrecordable"],
    profile="default",
    why=_WHY,
)
async def test_exit_needs_no_price(trader: Trader, market: Market, way: Way, prices: AxisValue) -> None:
    """A trader that hears {prices} MUST be able to leave, or to protect, its position by {way}."""
    passes_over_what_is_free(trader)
    # A limit order has a price of its own to be valued by, and is filled at once.
    entry = await trader.submit(limit("BUY", _QUANTITY, market.above_last("1%")))
    await entry.reaches("FILLED")
    await trader.holds(_QUANTITY)

    await way.does(trader, market)


_OPENING: dict[str, tuple[Callable[[Market], OrderRequest], str]] = {
    "MARKET order": (lambda _: market_order("BUY", _QUANTITY), "FILLED"),
    "TRAILING_STOP_MARKET order": (lambda _: trailing_stop_market("BUY", _QUANTITY, callback_rate="1"), "ACCEPTED"),
}


@case.each(
    {"RISK-255": {"kind": "MARKET order"}, "RISK-256": {"kind": "TRAILING_STOP_MARKET order"}},
    tier="full",
    core=["RISK-255"],
    rule=_OPENS,
    needs=["risk_engine", "unrecordable"],
    profile="default",
    why=_WHY,
    trader={"subscribe": []},
)
async def test_unpriced_entry_is_sent_or_denied(trader: Trader, market: Market, wire: Wire, kind: str) -> None:
    """An opening {kind} of a trader that hears no price MUST be sent, or else be DENIED and never be sent."""
    passes_over_what_is_free(trader)
    make, sent = _OPENING[kind]
    order = await trader.submit(make(market))

    await order.reaches(sent, "DENIED")
    if order.state == "DENIED":
        await trader.settles()
        wire.none("place order", newClientOrderId=order.id)
        wire.none("place stop", clientAlgoId=order.id)
