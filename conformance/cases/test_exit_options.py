"""Closing orders that a strategy makes itself, of a market exit or by a command: reduce-only or not, as it is told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Trader, Traders, Venue, Wire, case, equal, market_order


@dataclass(frozen=True, kw_only=True)
class Close(AxisValue):
    """How a strategy closes its position; `closes` is told whether the order is to be reduce-only."""

    closes: Callable[[Trader, bool], Awaitable[object]]


async def _exits(trader: Trader, reduces: bool) -> None:
    del reduces  # The strategy is configured for it.
    await trader.market_exit()


async def _closes(trader: Trader, reduces: bool) -> None:
    (position,) = (await trader.books())["positions"]
    await trader.close_position(position["position_id"], reduce_only=reduces)


async def _closes_all(trader: Trader, reduces: bool) -> None:
    await trader.close_all_positions(side="LONG", reduce_only=reduces)


CLOSES = (
    Close(name="exit", words="a market exit", closes=_exits, needs=("market_exit",)),
    Close(name="one", words="close_position", closes=_closes, needs=("close_position",)),
    Close(name="all", words="close_all_positions", closes=_closes_all, needs=("close_position",)),
)
REDUCES = (AxisValue(name="reduces", words="reduce-only"), AxisValue(name="plain", words="not reduce-only"))


@case.each(
    "LIFE-920",
    axes={"close": CLOSES, "how": REDUCES},
    tier="full",
    core=["all.plain"],
    rule="New Order, reduceOnly: an order that has it never turns a position around",
    needs=["reduce_only", "unrecordable"],
)
async def test_closing_order_reduces_as_it_is_told(traders: Traders, wire: Wire, close: Close, how: AxisValue) -> None:
    """The closing order of {close} that is to be {how} MUST be sent so, and close the position."""
    reduces = how.name == "reduces"
    config = {"strategy": {"market_exit_reduce_only": reduces}} if close.name == "exit" else {}
    trader = await traders.start(**config)
    passes_over_what_is_free(trader)
    await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    await trader.holds("0.010")
    await trader.settles()
    since = trader.moment

    await close.closes(trader, reduces)

    await trader.holds("0")
    sent = [request.params.get("reduceOnly", "false").lower() for request in wire.asked("place order", since=since)]
    equal("reduceOnly of the closing orders", sent, [str(reduces).lower()])


_WORDS = (AxisValue(name="ioc", words="IOC"), AxisValue(name="fok", words="FOK"))


async def _closes_in_time(trader: Trader, close: Close, word: str) -> None:
    if close.name == "one":
        (position,) = (await trader.books())["positions"]
        await trader.close_position(position["position_id"], time_in_force=word)
    else:
        await trader.close_all_positions(time_in_force=word)


@case.each(
    "LIFE-930",
    axes={"close": CLOSES[1:], "word": _WORDS},
    tier="full",
    rule="New Order: a MARKET order has no timeInForce; NautilusTrader, close_position: time_in_force",
    needs=["unrecordable"],
)
async def test_closing_order_closes_whatever_its_time_in_force(
    trader: Trader, venue: Venue, close: Close, word: AxisValue
) -> None:
    """The closing order of {close} that is to be {word} MUST close the position, as one without such a word."""
    passes_over_what_is_free(trader)
    await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    await trader.holds("0.010")
    await trader.settles()

    await _closes_in_time(trader, close, word.words)

    await trader.holds("0")
    equal("the position at the venue", Decimal(await venue.position()), Decimal(0))
